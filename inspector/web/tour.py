"""The tour: five stops for somebody who is here for the first time. It ends with one exchange of their own, explained.

Each stop is a strip on a page that exists anyway, so there is nothing to learn that isn't there later. Where one stands is kept in the session.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from flask import Blueprint, redirect, request, session, url_for
from werkzeug.wrappers import Response

from inspector.store.captures import Captures
from inspector.store.database import StoreProblem
from inspector.web.guard import signed_in

_LOOKED_AT = 100


class Stop(NamedTuple):
    """One stop: what it is called, what is said there, and where it is (of an exchange: which tab)."""

    title: str
    text: str
    path: str = ""
    tab: str = ""


STOPS = (
    Stop("Somebody in between", "Inspector stands between your browser and the sites. It passes everything on, and writes down both halves. Say below how you would like to read it.", "/start"),
    Stop("Make something happen", "Open a captured window, or use a tool with the proxy's address, and visit any site. Each line here is one request and its response. Go on as soon as there is one.", "/traffic"),
    Stop("One exchange, as a story", "This is one of yours, told from top to bottom with its own numbers: name, connection, encryption, question, answer. Faint steps were skipped, and say why. The arrow keys walk through it.", tab="story"),
    Stop("The very words", "The same exchange as it was said: the request, and its response. The question mark beside a line says what its value means, and Raw and Hex show the bytes.", tab="messages"),
    Stop("Who could read along", "And the same once more, as someone on the same network saw it, as Inspector did, and as the site did. That is the tour. Words with dots under them lead to the glossary, under Learn.", tab="sees"),
)  # fmt: skip


class Place(NamedTuple):
    """Where somebody stands on the tour."""

    number: int
    of: int
    stop: Stop
    waiting: bool
    here: bool

    @property
    def last(self) -> bool:
        return self.number == self.of


def blueprint(captures: Captures) -> Blueprint:
    tour = Blueprint("tour", __name__)

    @tour.post("/tour")
    def go() -> Response:
        asked = request.form.get("to", "")
        number = int(asked) if asked in {str(n) for n in range(1, len(STOPS) + 1)} else 0
        if number == 0:
            session["tour"] = 0
            return redirect(
                url_for("traffic.list") if request.form.get("ended") else url_for("start.first"), 303
            )
        address = _address(captures, STOPS[number - 1])
        if not address:  # nothing was captured yet: it waits at the list
            number = next(n for n, stop in enumerate(STOPS, 1) if stop.path == "/traffic")
            address = url_for("traffic.list")
        session["tour"] = number
        return redirect(address, 303)

    @tour.app_context_processor
    def around() -> dict[str, Any]:
        return {"tour": _place(captures) if signed_in() else None, "toured": "tour" in session}

    return tour


def _place(captures: Captures) -> Place | None:
    number = session.get("tour", 0)
    if not isinstance(number, int) or not 1 <= number <= len(STOPS):
        return None
    stop = STOPS[number - 1]
    here = request.path == stop.path if stop.path else request.path.startswith("/exchange/") and request.args.get("tab") == stop.tab  # fmt: skip
    waiting = stop.path == "/traffic" and not _quietly(lambda: _newest(captures))
    return Place(number, len(STOPS), stop, waiting, here)


def _address(captures: Captures, stop: Stop) -> str:
    """Where a stop is; empty if it needs an exchange and there is none."""
    if stop.path:
        return stop.path
    newest = _newest(captures)
    return f"/exchange/{newest}?tab={stop.tab}" if newest else ""


def _newest(captures: Captures) -> str:
    """The exchange to look at: the newest page that came, else whatever came last."""
    rows = [
        row for row in reversed(captures.page(limit=_LOOKED_AT).rows) if row.kind == "http" and row.status
    ]
    best = next(
        (row for row in rows if row.resource == "page" and row.state == "done" and not row.fault), None
    )
    found = best or next(iter(rows), None)
    return found.id.hex() if found else ""


def _quietly(look: Callable[[], str]) -> str:
    """No page fails because the tour can't look at the captures; the page itself says so."""
    try:
        return look()
    except StoreProblem:
        return ""
