"""`inspector ca renew`: a new authority of the same kind, the old one put aside."""

from __future__ import annotations

from pathlib import Path

import click

from inspector.cli.authority import Place
from inspector.cli.options import home_option
from inspector.cli.replacing import replace
from inspector.pki.constraints import Scope


@click.command("renew")
@home_option
@click.option("--yes", is_flag=True, help="Don't ask; also take the old one out of the trust stores.")
def command(home_folder: Path | None, yes: bool) -> None:
    """Make a new authority of the same kind in place of this one. The old files are put aside, with the date."""
    place = Place(home_folder)
    good = replace(place, Scope.of(place.anchor().certificate), yes=yes)
    raise SystemExit(0 if good else 1)
