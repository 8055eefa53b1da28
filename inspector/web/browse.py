"""The buttons that open a captured window on the computer where Inspector runs.

The dashboard only asks for it: what starts the browser is handed in by app. It is offered to, and done for, nobody but a browser on
that same computer, since the window opens there.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple, Protocol

from flask import Blueprint, jsonify, render_template, request
from werkzeug.wrappers import Response

from inspector.engine.guard import is_this_computer
from inspector.web.errors import Refusal
from inspector.web.navigation import back_to

_PLACE = re.compile(r"-?\d{1,5}(?:,-?\d{1,5}){3}")
_LONGEST = 4096


class Outcome(NamedTuple):
    """What came of it: a sentence, and what to know or to do about it."""

    opened: bool
    sentence: str
    cure: str = ""
    notes: tuple[str, ...] = ()


class OpenWindow(Protocol):
    """Opens a window at an address as typed ('' for the start page), at LEFT,TOP,WIDTH,HEIGHT of the screen ('' for anywhere).

    With `again`, in the window that was opened last, if that is still open and its browser can be told.
    """

    def __call__(self, url: str, place: str, *, again: bool = False) -> Outcome: ...


def blueprint(open_window: OpenWindow | None) -> Blueprint:
    browse = Blueprint("browse", __name__)

    def offered() -> bool:
        return open_window is not None and is_this_computer(request.remote_addr or "")

    @browse.app_context_processor
    def windows() -> dict[str, Any]:
        return {"windows": offered(), "near": is_this_computer(request.remote_addr or "")}

    @browse.post("/browse")
    def open() -> Response | str:
        if open_window is None or not offered():
            raise Refusal(
                403,
                "Not from here",
                "A captured window opens on the computer where Inspector runs, and this browser is on another one.",
                "On that computer, type:  inspector browse",
            )
        asked = request.get_json() if request.is_json else request.form
        place = str(asked.get("place", ""))
        wanted = str(asked.get("url", "")).strip()[:_LONGEST], place if _PLACE.fullmatch(place) else ""
        outcome = open_window(*wanted, again=True) if asked.get("again") else open_window(*wanted)
        if request.is_json or request.accept_mimetypes.best == "application/json":
            return jsonify(outcome._asdict())
        return render_template("browse.html", outcome=outcome, next=back_to(asked.get("next")))

    return browse
