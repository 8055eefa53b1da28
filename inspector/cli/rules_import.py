"""`inspector rules import`: rules out of a TOML file. What is wrong in it is said with its line; then nothing is changed."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from inspector.app.errors import InspectorError
from inspector.cli.kept_rules import obeyed, rules_of
from inspector.cli.options import home_option

if TYPE_CHECKING:
    from inspector.rules.errors import RuleMistake

_BEGIN = re.compile(r"\s*\[\[\s*rule\s*\]\]")


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False, allow_dash=True), metavar="FILE")  # fmt: skip
@click.option("--replace", is_flag=True, help="Remove the rules that are there and not in the file.")
@home_option
def command(file: Path, replace: bool, home_folder: Path | None) -> None:
    """Read rules from a TOML file, beside those that are there. One of the same name takes the other's place. FILE may be - for the input."""
    from inspector.rules.errors import RuleMistake
    from inspector.rules.reading import read_toml

    text = _text(file)
    with rules_of(home_folder, make=True) as kept:
        try:
            if replace:
                new = read_toml(text)
                kept.replace(new)
            else:
                new = kept.take_in(text)
        except RuleMistake as mistake:
            number = line_of(text, mistake)
            where = f"{file}, line {number}" if number else str(file)
            raise InspectorError(f"{where}: {mistake}", "No rule was changed.") from mistake
    many = f"{len(new)} rule{'s' if len(new) != 1 else ''}"
    click.echo(f"{file}: {many}, obeyed {obeyed(home_folder)}." if new else f"{file} has no rules in it.")


def _text(file: Path) -> str:
    from inspector.web.rules.kept import LARGEST_FILE

    try:
        with sys.stdin.buffer if str(file) == "-" else file.open("rb") as opened:
            data = opened.read(LARGEST_FILE + 1)
        if len(data) > LARGEST_FILE:
            raise InspectorError(f"{file} is too large for rules: {LARGEST_FILE >> 10} KiB are the most.")
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise InspectorError(f"{file} is no text in UTF-8 (byte {error.start}).") from error
    except OSError as error:
        raise InspectorError(f"{file} cannot be read: {error.strerror}.") from error


def line_of(text: str, mistake: RuleMistake) -> int:
    """The line that a mistake is in, as near as its words say; 0 where they say nothing, or the place stands in them already."""
    if not mistake.rule:
        return 0
    lines = text.splitlines()
    begins = [at for at, line in enumerate(lines) if _BEGIN.match(line)]
    blocks = list(zip(begins, [*begins[1:], len(lines)], strict=True))
    fitting = [
        block
        for number, block in enumerate(blocks, 1)
        if mistake.rule == str(number) or _named(lines[slice(*block)], mistake.rule)
    ]
    if not fitting:
        return 0
    begin, end = fitting[-1]  # of two with one name the second is the mistake
    key = re.compile(rf"\s*[\"']?{re.escape(mistake.key)}[\"']?\s*[=.]")
    return next((at for at in range(begin, end) if mistake.key and key.match(lines[at])), begin) + 1


def _named(lines: list[str], name: str) -> bool:
    return any(line.partition("=")[0].strip() == "name" and name in line.partition("=")[2] for line in lines)
