"""The story of an exchange for its page: the steps, the fields that two of them show, and the bytes that a step opens to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from inspector.explain import people
from inspector.explain.case import Case, Place
from inspector.explain.fields import explain_fields
from inspector.explain.log_ins import sends_password
from inspector.explain.story import Step, tell
from inspector.explain.values.cookies import parse_set_cookie
from inspector.web.present.hidden import as_shown
from inspector.web.present.histories import Link, address_link, cookie_link, links_for, log_in_link

MOST_BYTES = 1024
_MOST_COOKIES = 4
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
        "histories_of": lambda note: links_for(case, note.name, note.value),
        "kept_in": _kept_in(case),
    }


def _kept_in(case: Case) -> tuple[Link, ...]:
    """Where one sees what became of what this answer left behind: its cookies, its copy in the cache, the log-in that it is part of."""
    if not case.host or case.answered_here or not case.response.there:
        return ()
    id = case.exchange.id
    names = dict.fromkeys(parse_set_cookie(each).name for each in case.response.values("set-cookie"))
    found = [cookie_link(name, id) for name in list(names)[:_MOST_COOKIES]]
    if case.exchange.method in ("GET", "HEAD"):
        found.append(address_link(id))
    if sends_password(case.exchange):
        found.append(log_in_link(id))
    return tuple(found)


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
