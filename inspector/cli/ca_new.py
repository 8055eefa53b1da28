"""`inspector ca new`: an authority of a kind that is chosen: for a few names (a practice authority), or for all."""

from __future__ import annotations

from pathlib import Path

import click

from inspector.cli.authority import Place
from inspector.cli.options import home_option
from inspector.cli.replacing import make, replace
from inspector.pki import vault
from inspector.pki.constraints import PRACTICE_DOMAIN, Scope
from inspector.pki.errors import BadScope


@click.command("new")
@home_option
@click.option(
    "--only",
    metavar="LIST",
    help="A practice authority, for these domains (with all below them) and networks alone: test,example.com,10.0.0.0/8. "
    f"The practice domain {PRACTICE_DOMAIN} is always among them.",
)
@click.option("--full", is_flag=True, help="An authority that can vouch for any name.")
@click.option("--if-missing", is_flag=True, help="Do nothing where there is an authority already.")
@click.option("--yes", is_flag=True, help="Don't ask; also take the old one out of the trust stores.")
def command(home_folder: Path | None, only: str | None, full: bool, if_missing: bool, yes: bool) -> None:
    """Make an authority: for a few names only, or for all. Where there is one already it asks, and puts that aside."""
    scope = _scope(only, full)
    place = Place(home_folder)
    if not vault.exists(place.certs):
        make(place, scope)
        return
    if if_missing:
        click.echo(f"There is an authority already: {place.anchor().path}")
        return
    raise SystemExit(0 if replace(place, scope, yes=yes) else 1)


def _scope(only: str | None, full: bool) -> Scope | None:
    if (only is None) == (not full):
        raise click.UsageError(
            "Say which kind: --only LIST for a practice authority that can vouch for a few names (--only test,example.com), "
            "or --full for one that can vouch for any."
        )
    if only is None:
        return None
    try:
        return Scope.parse(only)
    except BadScope as error:
        raise click.UsageError(f"--only: {error}") from error
