"""Set-up: what is kept, on which terms, and how to forget it."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from inspector.store.captures import Captures
from inspector.web.control import Control
from inspector.web.navigation import back_to
from inspector.web.settings import WebSettings
from inspector.web.veil import presenting


def blueprint(settings: WebSettings, captures: Captures, control: Control) -> Blueprint:
    setup = Blueprint("setup", __name__)

    @setup.get("/set-up")
    def show() -> str:
        return render_template(
            "setup.html", totals=captures.totals(), settings=settings, traces=traces_to(settings)
        )

    @setup.post("/capturing")
    def capturing() -> Response:
        control.capture(request.form.get("on") == "1")
        return redirect(back_to(request.form.get("next")), 303)

    @setup.post("/forget")
    def forget() -> Response:
        control.forget_everything()
        return redirect(back_to(request.form.get("next")), 303)

    return setup


def traces_to(settings: WebSettings) -> str:
    """What makes a program that speaks OpenTelemetry send its traces here; the token only where nobody else looks on."""
    where = settings.addresses[0].replace("0.0.0.0", "127.0.0.1")  # noqa: S104 (said, not bound)
    token = "*" * len(settings.bridge_token) if presenting() else settings.bridge_token
    return "\n".join(
        (
            f"export OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://{where}/v1/traces",
            f"export OTEL_EXPORTER_OTLP_TRACES_HEADERS=x-inspector-token={token}",
            "export OTEL_EXPORTER_OTLP_TRACES_PROTOCOL=http/protobuf",
            "export OTEL_BSP_SCHEDULE_DELAY=500",
        )
    )
