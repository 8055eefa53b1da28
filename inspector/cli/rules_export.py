"""`inspector rules export`: the rules as TOML, to keep or to pass on."""

from __future__ import annotations

from pathlib import Path

import click

from inspector.app.errors import InspectorError
from inspector.cli.kept_rules import rules_of
from inspector.cli.options import home_option


@click.command("export")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True), metavar="[FILE]", default="-")  # fmt: skip
@click.option("--replace", is_flag=True, help="Write over the file if it is there.")
@home_option
def command(file: Path, replace: bool, home_folder: Path | None) -> None:
    """Write the rules as TOML into a file, or to the terminal."""
    with rules_of(home_folder) as kept:
        rules = kept.all()
        text = kept.toml(rules)
    if str(file) == "-":
        click.echo(text, nl=False)
        return
    try:
        with file.open("w" if replace else "x", encoding="utf-8") as out:
            out.write(text)
    except FileExistsError:
        raise InspectorError(f"{file} is there already.", "Give another name, or --replace.") from None
    except OSError as error:
        raise InspectorError(
            f"{file} cannot be written: {error.strerror}.", "Choose another place."
        ) from error
    click.echo(f"{file}: {len(rules)} rule{'s' if len(rules) != 1 else ''}.", err=True)
