"""`inspector ca export`: the authority's certificate, without its key, in one of four forms."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from inspector.app.errors import InspectorError
from inspector.cli.authority import Place
from inspector.cli.options import home_option
from inspector.pki.exports import FORMS, PASSWORD


@click.command("export")
@home_option
@click.option(
    "--format",
    "form",
    type=click.Choice(list(FORMS)),
    default="pem",
    show_default=True,
    help=f"pem: text; der: for Windows and Android; p12: for Java, password {PASSWORD}; mobileconfig: for iPhone, iPad and Mac.",
)
@click.option("--output", "-o", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Where to write it; otherwise to the output.")  # fmt: skip
def command(home_folder: Path | None, form: str, output: Path | None) -> None:
    """Write the authority's certificate in the form that a system, a phone or Java asks for. The key is never in it."""
    made = FORMS[form]
    content = made.make(Place(home_folder).anchor().certificate)
    if output is None and not made.text and sys.stdout.isatty():
        raise click.UsageError(
            f"{form} is no text: write it to a file, as in --output inspector-ca.{made.suffix}."
        )
    if output is None:
        click.echo(content, nl=False)
        return
    try:
        output.write_bytes(content)
    except OSError as error:
        raise InspectorError(
            f"{output} cannot be written: {error.strerror}.", "Choose another place with --output."
        ) from error
    click.echo(f"Written to {output}." + (f" Its password is {PASSWORD}." if form == "p12" else ""))
