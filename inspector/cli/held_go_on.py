"""`inspector held go-on`: a held message goes on."""

from __future__ import annotations

from pathlib import Path

import click

from inspector.cli.held_deciding import decide
from inspector.cli.options import home_option


@click.command("go-on")
@click.argument("message", required=False)
@click.option("--all", "all", is_flag=True, help="Decide about all that wait.")
@home_option
def command(message: str | None, all: bool, home_folder: Path | None) -> None:
    """Let a held message go on as it is, or all with --all."""
    decide("go-on", message, all=all, home_folder=home_folder)
