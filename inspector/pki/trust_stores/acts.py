"""Changes to trust stores: what is to be done, doing it, and proving that it is so. Asks nothing, prints nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from inspector.pki.trust_stores.machine import Machine
from inspector.pki.trust_stores.model import Anchor, Held, Proof, Sample, Step, Store


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done to one store. No steps: it is as wished already."""

    store: Store
    steps: tuple[Step, ...]

    @property
    def as_root(self) -> bool:
        return any(step.as_root for step in self.steps)

    @property
    def by_hand(self) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if not step.command)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a plan: whether it is so now, how one knows, and the step that failed, if one did."""

    store: Store
    proof: Proof
    failed: Step | None = None
    said: str = ""


def plan_trust(stores: Sequence[Store], anchor: Anchor) -> tuple[Plan, ...]:
    """For each store what it takes for it to trust the authority."""
    return tuple(
        Plan(store, () if store.look(anchor).state == "trusted" else store.to_trust(anchor))
        for store in stores
    )


def plan_untrust(
    stores: Sequence[Store], anchor: Anchor | None, wanted: Callable[[Held], bool]
) -> tuple[Plan, ...]:
    """For each store what it takes for nothing of those that are `wanted` gone to be left."""
    return tuple(Plan(store, store.to_untrust(_held(store, anchor, wanted))) for store in stores)


def trust(store: Store, anchor: Anchor, sample: Sample | None, machine: Machine) -> Outcome:
    """Make the store trust the authority, and prove it. What the store of the system did for others meanwhile counts."""
    (plan,) = plan_trust((store,), anchor)
    failed, said = _run(plan.steps, machine)
    return Outcome(store, store.prove(anchor, sample), failed, said)


def untrust(
    store: Store, anchor: Anchor | None, wanted: Callable[[Held], bool], machine: Machine, sample: Sample | None = None
) -> Outcome:  # fmt: skip
    """Take them out of the store, and prove by their fingerprints that nothing is left; where a sample is given, that it is refused too."""
    (plan,) = plan_untrust((store,), anchor, wanted)
    failed, said = _run(plan.steps, machine)
    return Outcome(store, _gone(store, anchor, wanted, sample), failed, said)


def _held(store: Store, anchor: Anchor | None, wanted: Callable[[Held], bool]) -> tuple[Held, ...]:
    return tuple(each for each in store.look(anchor).held if wanted(each))


def _run(steps: Sequence[Step], machine: Machine) -> tuple[Step | None, str]:
    """The steps in order, until one fails: that one, and what it said. Steps for a person are passed over."""
    for step in steps:
        if step.command:
            done = machine.run(*step.command)
            if done.code != 0:
                return step, done.said
    return None, ""


def _gone(
    store: Store, anchor: Anchor | None, wanted: Callable[[Held], bool], sample: Sample | None
) -> Proof:
    found = store.look(anchor)
    left = [each for each in found.held if wanted(each)]
    if left:
        return Proof(False, f"It still holds {', '.join(each.name for each in left)}.")
    if found.state == "unknown":
        return Proof(False, found.note or "It cannot be read.")
    if anchor is not None and sample is not None:
        proof = store.prove(anchor, sample)
        if proof.holds:
            return Proof(False, f"It still believes this authority: {proof.sentence}")
    return Proof(True, "No certificate with that fingerprint is left in it.")
