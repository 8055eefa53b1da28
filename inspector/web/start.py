"""The first page, and what a person chooses once: level and theme."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from inspector.store.captures import Captures
from inspector.web.navigation import LEVELS, THEMES, back_to
from inspector.web.present.chain_picture import draw
from inspector.web.present.drawing import LAYOUTS
from inspector.web.present.palette import INLINE
from inspector.web.sample_parts import sample_parts
from inspector.web.samples import sample_chains, sample_rows
from inspector.web.settings import WebSettings


def blueprint(settings: WebSettings, captures: Captures) -> Blueprint:
    start = Blueprint("start", __name__)

    def context() -> dict[str, Any]:
        return {"totals": captures.totals(), "proxies": settings.proxies, "ca_path": settings.ca_path}

    @start.get("/")
    def home() -> Response | str:
        if captures.page(limit=1).rows:
            return redirect(url_for("traffic.list"), 303)
        return render_template("first.html", **context())

    @start.get("/start")
    def first() -> str:
        return render_template("first.html", **context())

    @start.get("/styleguide")
    def styleguide() -> str:
        chains = sample_chains()
        pictures = [draw(*chains, layout) for layout in LAYOUTS.values()]
        return render_template(
            "styleguide.html",
            rows=sample_rows(),
            chains=chains,
            pictures=pictures,
            inline=INLINE,
            parts=sample_parts(),
        )

    @start.post("/preferences")
    def preferences() -> Response:
        asked = request.get_json() if request.is_json else request.form
        for name, known in (("level", LEVELS), ("theme", THEMES)):
            if asked.get(name) in known:
                session[name] = asked[name]
        if asked.get("presenter") in ("on", "off"):
            session["presenter"] = asked["presenter"] == "on"
        if request.accept_mimetypes.best == "application/json":
            return jsonify(level=session.get("level", "new"), theme=session.get("theme", "auto"))
        return redirect(back_to(asked.get("next")), 303)

    return start
