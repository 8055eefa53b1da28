"""Changes to trust stores on a terminal: what will be changed, the question, what came of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import click

from inspector.pki.trust_stores.acts import Outcome, Plan
from inspector.pki.trust_stores.model import Step, Store

Act = Callable[[Store], Outcome]


def announce(plans: Sequence[Plan]) -> None:
    """Say what will be changed in each store: sentences, and the very commands."""
    for plan in plans:
        click.echo(f"\n  {click.style(plan.store.title, bold=True)}, for {plan.store.serves}")
        for step in plan.steps:
            click.echo(f"    {step.sentence}")
            if step.command:
                click.echo(click.style(f"      {step.typed}", dim=True))


def divide(plans: Iterable[Plan]) -> tuple[list[Plan], list[Plan]]:
    """Those that can be carried out here and now, and those that need root, which this user isn't."""
    every = list(plans)
    return [plan for plan in every if not plan.as_root], [plan for plan in every if plan.as_root]


def agreed(question: str, *, yes: bool) -> bool:
    """Ask, unless --yes answered already."""
    return yes or click.confirm(f"\n{question}", default=False)


def carry_out(plans: Sequence[Plan], act: Act) -> bool:
    """Do it store by store, and say what is proved; whether all of it is so."""
    click.echo()
    outcomes = [_one(plan, act) for plan in plans]
    return all(outcomes)


def _one(plan: Plan, act: Act) -> bool:
    outcome = act(plan.store)
    good = outcome.proof.holds
    mark = click.style("✓", fg="green") if good else click.style("✗", fg="red")
    click.echo(f"  {mark} {plan.store.title}: {outcome.proof.sentence}")
    if outcome.failed is not None and not good:
        click.echo(f"      This failed: {outcome.failed.typed}")
        for line in outcome.said.splitlines()[:4]:
            click.echo(f"      {line}")
    return good


def tell_root(plans: Sequence[Plan], check: str) -> None:
    """The commands for somebody who may be root."""
    if not plans:
        return
    names = " and ".join(plan.store.title for plan in plans)
    click.echo(f"\nChanging {names} needs root. Nothing was done there. Type this yourself:\n")
    for step in _commands(plans):
        click.echo(f"  {step.typed}")
    click.echo(f"\nThen {check} says whether it is so.")


def tell_by_hand(plans: Sequence[Plan]) -> None:
    """What only a person can do."""
    for plan in plans:
        for step in plan.by_hand:
            click.echo(f"  {click.style('By hand', bold=True)}: {step.sentence}")


def _commands(plans: Sequence[Plan]) -> Iterable[Step]:
    return (step for plan in plans for step in plan.steps if step.command)
