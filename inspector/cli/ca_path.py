"""`inspector ca path`: where the authority's certificate is."""

from __future__ import annotations

from pathlib import Path

import click

from inspector.cli.authority import Place
from inspector.cli.options import home_option


@click.command("path")
@home_option
def command(home_folder: Path | None) -> None:
    """Print the path of the authority's certificate, for curl --cacert and the like."""
    click.echo(Place(home_folder).anchor().path)
