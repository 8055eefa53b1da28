"""`inspector export`: exchanges into a file, redacted unless asked otherwise."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from inspector import __version__
from inspector.app import home
from inspector.app.errors import InspectorError
from inspector.cli.filtering import read_filter
from inspector.cli.options import home_option

if TYPE_CHECKING:
    from inspector.export.whole import Whole
    from inspector.store.captures import Captures

FORMATS = ("har", "html", "curl")
_ENDS = {".har": "har", ".html": "html", ".htm": "html", ".sh": "curl"}


@click.command("export")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True), metavar="FILE")
@click.option("--filter", "text", default="", metavar="FILTER", help="Only exchanges that fit, as in the list: 'host:shop.test status:>=400'.")  # fmt: skip
@click.option("--format", "format", type=click.Choice(FORMATS), help="HAR, a report to read offline, or cURL commands. Otherwise by the file's name; a HAR file if that says nothing.")  # fmt: skip
@click.option("--keep-secrets", is_flag=True, help="Leave passwords, cookies and tokens as they are. Otherwise marks stand in their place.")  # fmt: skip
@click.option("--replace", is_flag=True, help="Write over the file if it is there.")
@home_option
def command(
    *, file: Path, text: str, format: str | None, keep_secrets: bool, replace: bool, home_folder: Path | None
) -> None:
    """Write what was captured into a file: HAR, a report to read offline, or cURL commands. FILE may be - for the terminal."""
    from inspector.export.har_file import Told, summary
    from inspector.store.captures import Captures, StoreProblem
    from inspector.store.database import index_path
    from inspector.store.marks import Marks
    from inspector.store.selecting import chosen, newest
    from inspector.web.exporting import FORMATS as WRITERS

    wanted = read_filter(text)
    place = home.locate(home.choose(home_folder))
    if not index_path(place.data).exists():
        raise InspectorError(
            f"Nothing was captured in the home {place.root}.", "For another home: --home DIR."
        )
    if file.exists() and not replace and str(file) != "-":
        raise InspectorError(f"{file} is there already.", "Give another name, or --replace.")
    writer = WRITERS[format or _ENDS.get(file.suffix.lower(), "har")]
    captures, marks, told = Captures(place.data), Marks(place.data), Told()
    try:
        found = chosen(captures, marks, wanted=wanted, until=newest(captures))
        key = None if keep_secrets else os.urandom(16)
        pieces = writer.write(
            _with_progress(found, captures, text),
            told,
            key,
            __version__,
            text or "Everything that was captured",
        )
        _write(pieces, file)
    except StoreProblem as problem:
        raise InspectorError(str(problem)) from problem
    finally:
        captures.close()
        marks.close()
    click.echo(f"{file}: {summary(told, redacted=not keep_secrets)}", err=True)


def _with_progress(found: Iterator[Whole], captures: Captures, text: str) -> Iterator[Whole]:
    """The exchanges, and on a terminal a bar; with a filter nobody knows how many there will be."""
    if not sys.stderr.isatty():
        yield from found
        return
    total = None if text.strip() else captures.totals().exchanges
    with click.progressbar(found, length=total, label="Exporting", file=sys.stderr, show_pos=True) as bar:
        yield from bar


def _write(pieces: Iterator[bytes], file: Path) -> None:
    """Whole or not at all: a name is only given to a file that has come to its end."""
    if str(file) == "-":
        for piece in pieces:
            sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()
        return
    unfinished = file.with_name(f"{file.name}.part")
    try:
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as out:
            out.writelines(pieces)
        unfinished.replace(file)
    except OSError as error:
        raise InspectorError(
            f"{file} cannot be written: {error.strerror}.", "Choose another place."
        ) from error
    finally:
        unfinished.unlink(missing_ok=True)
