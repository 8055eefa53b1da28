"""`inspector held drop`: a held message goes no further."""

from __future__ import annotations

from pathlib import Path

import click

from inspector.cli.held_deciding import decide
from inspector.cli.options import home_option


@click.command("drop")
@click.argument("message", required=False)
@click.option("--all", "all", is_flag=True, help="Decide about all that wait.")
@home_option
def command(message: str | None, all: bool, home_folder: Path | None) -> None:
    """Drop a held message, or all with --all: its connection ends."""
    decide("drop", message, all=all, home_folder=home_folder)
