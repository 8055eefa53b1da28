"""The story of an exchange for its page: the steps, the fields that two of them show, and the bytes that a step opens to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from inspector.explain import people
from inspector.explain.case import Case, Place
from inspector.explain.fields import explain_fields
from inspector.explain.story import Step, tell
from inspector.web.present.hidden import as_shown

MOST_BYTES = 1024
_SIDES = {"browser": "between the browser and Inspector", "site": "between Inspector and the site"}


def story_of(case: Case) -> dict[str, Any]:
    """What the tab's template needs."""
    return {
        "story": tell(case),
        "asker": people.asker(case.exchange),
        "notes": {
            "request": tuple(map(as_shown, explain_fields(case, case.request))),
            "response": tuple(map(as_shown, explain_fields(case, case.response))),
        },
        "bytes_of": _bytes(case),
    }


def _bytes(case: Case) -> Callable[[Step], list[tuple[str, bytes]]]:
    """Gives the bytes that a step points to, each run with its words: whose they are, and how much of them is shown."""

    def of(step: Step) -> list[tuple[str, bytes]]:
        found = []
        for place in step.places:
            data = _run(case, place)
            if data:
                cut = f", the first {MOST_BYTES:,} bytes" if len(data) > MOST_BYTES else ""
                found.append((f"The bytes, {_SIDES[place.side]}{cut}", data[:MOST_BYTES]))
        return found

    return of


def _run(case: Case, place: Place) -> bytes:
    said = case.said(place.side, place.half)
    if place.part == "body":
        whole = said.message.body.inline
    else:
        whole = said.message.head if place.part == "head" else said.message.trailers
    return whole[place.offset : place.offset + place.length]
