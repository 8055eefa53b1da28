"""The buttons that open a captured window on the computer where Inspector runs.

The dashboard only asks for it: what starts the browser is handed in by app. It is offered to, and done for, nobody but a browser on
that same computer, since the window opens there.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

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


OpenWindow = Callable[[str, str], Outcome]
"""Opens a window at an address as typed ('' for the start page), at LEFT,TOP,WIDTH,HEIGHT of the screen ('' for anywhere)."""


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
        outcome = open_window(
            str(asked.get("url", "")).strip()[:_LONGEST], place if _PLACE.fullmatch(place) else ""
        )
        if request.is_json or request.accept_mimetypes.best == "application/json":
            return jsonify(outcome._asdict())
        return render_template("browse.html", outcome=outcome, next=back_to(asked.get("next")))

    return browse
