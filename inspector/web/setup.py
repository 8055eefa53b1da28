"""Set-up: what is kept, on which terms, and how to forget it."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from inspector.store.captures import Captures
from inspector.web.control import Control
from inspector.web.navigation import back_to
from inspector.web.settings import WebSettings


def blueprint(settings: WebSettings, captures: Captures, control: Control) -> Blueprint:
    setup = Blueprint("setup", __name__)

    @setup.get("/set-up")
    def show() -> str:
        return render_template("setup.html", totals=captures.totals(), settings=settings)

    @setup.post("/capturing")
    def capturing() -> Response:
        control.capture(request.form.get("on") == "1")
        return redirect(back_to(request.form.get("next")), 303)

    @setup.post("/forget")
    def forget() -> Response:
        control.forget_everything()
        return redirect(back_to(request.form.get("next")), 303)

    return setup
