"""`inspector ca untrust`: out of every trust store, and the proof for each that nothing is left. Goes by fingerprint, not by name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import click

from inspector.cli import changes
from inspector.cli.authority import Place, chosen_stores, machine
from inspector.cli.options import home_option
from inspector.pki.trust_stores import acts
from inspector.pki.trust_stores.machine import Machine
from inspector.pki.trust_stores.model import Anchor, Held, Sample, Store


@click.command("untrust")
@home_option
@click.option("--store", "names", multiple=True, metavar="STORE", help="Only this store, as `inspector ca status` names it; may be given several times.")  # fmt: skip
@click.option("--older", is_flag=True, help="Take other Inspector authorities out too: older ones, and those of other homes.")  # fmt: skip
@click.option("--yes", is_flag=True, help="Don't ask.")
def command(home_folder: Path | None, names: tuple[str, ...], older: bool, yes: bool) -> None:
    """Take the authority out of the trust stores, and prove that nothing is left. Says what it will change, and asks."""
    place, computer = Place(home_folder), machine()
    anchor = place.anchor_if_any()
    stores = chosen_stores(names, anchor, computer)
    others = _others(stores, anchor)
    if others and not older:
        older = _offer(others, yes=yes)
    wanted = _any_of_ours if older else _the_current
    good = take_out(
        place, stores, anchor, wanted, computer, yes=yes, sample=place.sample() if anchor else None
    )
    raise SystemExit(0 if good else 1)


def take_out(
    place: Place,
    stores: Sequence[Store],
    anchor: Anchor | None,
    wanted: Callable[[Held], bool],
    computer: Machine,
    *,
    yes: bool,
    sample: Sample | None = None,
) -> bool:
    """Say what will be changed, ask, do it, prove it. Whether nothing is left anywhere."""
    plans = [plan for plan in acts.plan_untrust(stores, anchor, wanted) if plan.steps]
    if not plans:
        return _prove_all(stores, anchor, wanted, computer, sample)
    click.echo("This will be changed:")
    changes.announce(plans)
    can, need_root = changes.divide(plans)
    good = not need_root
    if can:
        if not changes.agreed("Change it?", yes=yes):
            raise click.Abort
        good &= changes.carry_out(can, lambda store: acts.untrust(store, anchor, wanted, computer, sample))
    changes.tell_by_hand(plans)
    changes.tell_root(need_root, place.command("ca", "status"))
    untouched = [store for store in stores if store not in {plan.store for plan in plans}]
    return _prove_all(untouched, anchor, wanted, computer, sample) and good


def _prove_all(
    stores: Sequence[Store],
    anchor: Anchor | None,
    wanted: Callable[[Held], bool],
    computer: Machine,
    sample: Sample | None,
) -> bool:
    """For each store in which nothing was found, that this is so."""
    good = True
    for store in stores:
        outcome = acts.untrust(store, anchor, wanted, computer, sample)
        good &= outcome.proof.holds
        mark = click.style("✓", fg="green") if outcome.proof.holds else click.style("?", fg="yellow")
        click.echo(f"  {mark} {store.title}: {outcome.proof.sentence}")
    return good


def _the_current(held: Held) -> bool:
    return held.current


def _any_of_ours(held: Held) -> bool:
    return True


def _others(stores: Sequence[Store], anchor: Anchor | None) -> dict[str, Held]:
    return {each.sha256: each for store in stores for each in store.look(anchor).others}


def _offer(others: dict[str, Held], *, yes: bool) -> bool:
    click.echo("There are other Inspector authorities, older ones or of other homes:")
    for held in others.values():
        click.echo(f"  {held.name}, until {held.until:%d %B %Y}, SHA-256 {held.sha256[:23]}…")
    if yes:
        click.echo("They stay; --older takes them out too.\n")
        return False
    return click.confirm("Take these out too?", default=True)
