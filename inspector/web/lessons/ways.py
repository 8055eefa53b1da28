"""Where a learner works: in a captured window, or here, in the browser that shows the dashboard, with a lesson's sites opened under names of the gateway.

Chosen once, by opening something here or by saying so, and remembered in the session: another browser may choose otherwise.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, request, session, url_for
from werkzeug.wrappers import Response

from inspector.web.navigation import back_to

_CHOICE = "lessons_here"


def blueprint() -> Blueprint:
    ways = Blueprint("lesson_ways", __name__)

    @ways.post("/learn/way")
    def choose() -> Response:
        session[_CHOICE] = request.form.get("way") == "here"
        return redirect(back_to(request.form.get("next")), 303)

    @ways.post("/learn/open-here")
    def open() -> Response:
        session[_CHOICE] = True
        return redirect(url_for("gateway.open"), 307)  # RFC 9110 §15.4.8: the form goes on as it is

    @ways.app_context_processor
    def around() -> dict[str, Any]:
        return {"works_here": session.get(_CHOICE) is True}

    return ways
