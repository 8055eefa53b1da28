"""`inspector ca trust`: into the trust stores of this computer, each step said beforehand and proved afterwards."""

from __future__ import annotations

from pathlib import Path

import click

from inspector.cli import changes
from inspector.cli.authority import Place, chosen_stores, machine
from inspector.cli.options import home_option
from inspector.pki import vault
from inspector.pki.constraints import Scope
from inspector.pki.trust_stores import acts
from inspector.pki.trust_stores.model import Anchor


@click.command("trust")
@home_option
@click.option("--store", "names", multiple=True, metavar="STORE", help="Only this store, as `inspector ca status` names it; may be given several times.")  # fmt: skip
@click.option("--yes", is_flag=True, help="Don't ask.")
def command(home_folder: Path | None, names: tuple[str, ...], yes: bool) -> None:
    """Make this computer's programs believe the authority. Says what it will change, asks, does it, and proves it."""
    place, computer = Place(home_folder), machine()
    anchor = place.anchor()
    stores = [store for store in chosen_stores(names, anchor, computer) if store.chosen or names]
    plans = acts.plan_trust(stores, anchor)
    open_plans = [plan for plan in plans if plan.steps]
    _say_which_are_done([plan for plan in plans if not plan.steps])
    if not open_plans:
        click.echo("Nothing to do." if plans else "There is no trust store here that Inspector knows.")
        raise SystemExit(0 if plans else 1)
    click.echo(f"So that {anchor.name} is believed, this will be changed:")
    changes.announce(open_plans)
    click.echo(_warning(place, anchor))
    can, need_root = changes.divide(open_plans)
    good = not need_root
    if can:
        if not changes.agreed("Change it?", yes=yes):
            raise click.Abort
        sample = place.sample()
        good &= changes.carry_out(can, lambda store: acts.trust(store, anchor, sample, computer))
    changes.tell_root(need_root, place.command("ca", "status"))
    raise SystemExit(0 if good else 1)


def _say_which_are_done(plans: list[acts.Plan]) -> None:
    for plan in plans:
        click.echo(f"  {click.style('✓', fg='green')} {plan.store.title}: trusted already")


def _warning(place: Place, anchor: Anchor) -> str:
    scope = Scope.of(anchor.certificate)
    end = f"{place.command('ca', 'untrust')} takes it back."
    if scope is not None:
        return f"\nThis authority can vouch for {scope} and for nothing else, whoever has its key. {end}"
    return (
        f"\nWhoever gets {place.certs / vault.KEY} can then read and change the HTTPS traffic of these programs. "
        f"Keep it on this computer. {end}"
    )
