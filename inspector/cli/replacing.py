"""A new authority in place of an old one: what `ca new` and `ca renew` share. The old files are put aside, never deleted."""

from __future__ import annotations

import time

import click

from inspector.app.command import short
from inspector.cli.authority import Place, machine
from inspector.cli.ca_untrust import take_out
from inspector.pki import vault
from inspector.pki.authority import Authority, moment
from inspector.pki.constraints import Scope
from inspector.pki.trust_stores import stores
from inspector.pki.trust_stores.machine import Machine
from inspector.pki.trust_stores.model import Anchor, Store


def make(place: Place, scope: Scope | None) -> Authority:
    """Make an authority where there is none, and say what came of it."""
    authority = Authority.create(place.certs, scope)
    click.echo(f"Made {click.style(authority.name, bold=True)}")
    click.echo(f"  Certificate   {authority.path}")
    click.echo(f"  SHA-256       {authority.fingerprint}")
    if scope is None:
        click.echo(f"  Key           {place.certs / vault.KEY}: never give it away, never copy it.")
        click.echo("  It vouches for any name.")
    else:
        click.echo(
            f"  It vouches for {scope} and for nothing else. The root's own key was destroyed: it signed one intermediate."
        )
        click.echo("  Other hosts pass through Inspector without being decrypted.")
    if authority.warning:
        click.echo(f"{click.style('!', fg='yellow', bold=True)} {authority.warning}", err=True)
    click.echo(f"\n{place.command('ca', 'trust')} makes this computer's programs believe it.")
    return authority


def replace(place: Place, scope: Scope | None, *, yes: bool) -> bool:
    """Put the old authority aside, make a new one, and offer to take the old one out of the stores that believe it.

    Whether no store believes the old one any more.
    """
    place.must_not_run()
    old = place.anchor_if_any()
    computer = machine()
    believing = _believing(old, computer)
    _say_what_follows(place, old, believing)
    if not yes and not click.confirm("\nMake a new one in its place?", default=False):
        raise click.Abort
    aside = vault.put_aside(place.certs, moment(time.time()))
    if aside is not None:
        click.echo(f"\nThe old files are in {short(aside)}. Delete that folder when you need them no more.")
    make(place, scope)
    if not believing or old is None:
        return True
    return _out_with(place, old, believing, computer, yes=yes)


def _believing(anchor: Anchor | None, computer: Machine) -> list[Store]:
    if anchor is None:
        return []
    every = stores.find(computer, anchor)
    return [store for store in every if any(each.current for each in store.look(anchor).held)]


def _say_what_follows(place: Place, old: Anchor | None, believing: list[Store]) -> None:
    if old is None:
        click.echo(f"The authority in {place.certs} cannot be read.")
        return
    click.echo(f"There is an authority: {click.style(old.name, bold=True)}, SHA-256 {old.sha256[:23]}…")
    click.echo("With a new one, browsers have to be told again whom to trust, and certificates that the old one signed stay the old one's.")  # fmt: skip
    for store in believing:
        click.echo(f"  It is in {store.title} ({store.place}).")


def _out_with(place: Place, old: Anchor, believing: list[Store], computer: Machine, *, yes: bool) -> bool:
    names = ", ".join(store.title for store in believing)
    click.echo(f"\nThe old one, {old.name}, is still in: {names}.")
    if not yes and not click.confirm("Take it out there?", default=True):
        click.echo(f"Then do it later: {place.command('ca', 'untrust', '--older')}.")
        return False
    return take_out(place, believing, old, lambda held: held.sha256 == old.sha256, computer, yes=True)
