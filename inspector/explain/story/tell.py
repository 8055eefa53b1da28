"""The story itself: every step asked in its turn, and where the exchange broke, the rest told as what never came to be."""

from __future__ import annotations

from dataclasses import replace

from inspector.explain.case import Case
from inspector.explain.prose import say
from inspector.explain.story import (
    address,
    after,
    answer,
    arrival,
    certificate,
    handshake,
    interim,
    kept,
    name,
    request,
    server,
)
from inspector.explain.story.frame import Tell, broke_at, failed, skipped
from inspector.explain.story.model import Step, Story

STEPS: tuple[Tell, ...] = (
    address.tell,
    arrival.tell,
    arrival.tunnel,
    handshake.with_browser,
    request.tell,
    name.tell,
    name.connection,
    name.upstream_proxy,
    handshake.with_site,
    certificate.tell,
    request.passed_on,
    answer.wait,
    server.tell,
    interim.tell,
    answer.status,
    answer.body,
    after.inside,
    kept.tell,
    after.tell,
)

# what Inspector still does when the way to the site broke
_STILL = frozenset({"status", "body", "kept", "after"})


def tell(case: Case) -> Story:
    """The whole story, from what is on record."""
    found = [step for each in STEPS if (step := each(case)) is not None]
    broken = broke_at(case.exchange)
    if not broken:
        return Story(tuple(found), handshake.both(case))
    return Story(tuple(_broken(case, found, broken)), handshake.both(case))


def _broken(case: Case, steps: list[Step], broken: str) -> list[Step]:
    found: list[Step] = []
    passed = False
    for step in steps:
        if step.id == broken:
            found.append(failed(case, step))
            passed = True
        elif passed and step.id not in _STILL and step.state in ("unseen", "open"):
            found.append(skipped(step.id, step.title, step.between, say("It never came to this.")))
        else:
            found.append(step)
    if not passed:
        found.append(_without_step(case, found))
    return found


def _without_step(case: Case, found: list[Step]) -> Step:
    """A fault that belongs to no step that was told: said at the end."""
    plain = say("Here it broke.")
    step = Step("broke", "What went wrong", "done", ("browser", "site"), plain)
    return replace(failed(case, step), start=case.exchange.duration)
