"""api.elsewhere.test: an API on another origin. What its answers say about CORS is right at some addresses and wrong at others, on purpose.

A browser lets a page's script *send* many things to other origins, with cookies even; what it guards is the *answer*. The server that answers says
in `Access-Control-Allow-…` which origins' scripts may read it. For what a plain form could not have sent the browser asks beforehand: the preflight.
"""

from __future__ import annotations

import os
from pathlib import Path

from flask import Flask, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from ..basics.icon import use_icon
from ..basics.neighbours import HOSTS, know_neighbours
from .cors import allow, preflight


def create_app(folder: Path | str = "") -> Flask:
    """The API. It keeps nothing."""
    app = Flask(__name__)
    app.config.update(MAX_CONTENT_LENGTH=65_536)
    friends = {f"{scheme}://{HOSTS['shop']}" for scheme in ("http", "https")} | {
        os.environ.get("SHOP_URL", "")
    }
    add_right(app, friends - {""})
    add_wrong(app)

    know_neighbours(app)
    use_icon(app, "/static/parcel.svg")

    @app.get("/")
    def about() -> str:
        return render_template("api.html", addresses=_addresses(app))

    return app


def add_right(app: Flask, friends: set[str]) -> None:
    """What is done as it should be, for the shop's scripts."""

    @app.route("/right/days", methods=["GET", "PUT", "OPTIONS"])
    def right_days() -> ResponseReturnValue:
        if request.method == "OPTIONS":
            return preflight(friends, methods="GET, PUT", fields="Content-Type", keep=600)
        return allow(jsonify(days=_days()), friends)

    @app.get("/right/visits")
    def right_visits() -> ResponseReturnValue:
        """With cookies. `SameSite=None` is what lets a cookie come along from a page of another site, and needs https."""
        before = request.cookies.get("visits", "")
        visits = int(before[:4]) + 1 if before.isdecimal() else 1
        response = allow(jsonify(visits=visits), friends, cookies=True)
        same_site = "None" if request.is_secure else None
        response.set_cookie(
            "visits", str(visits), secure=request.is_secure, httponly=True, samesite=same_site, path="/right"
        )
        return response


def add_wrong(app: Flask) -> None:
    """What is often done instead. All of it answers with 200; whether a script may read it is another matter."""

    @app.get("/wrong/none")
    def none() -> ResponseReturnValue:
        return jsonify(days=3)

    @app.get("/wrong/star")
    def star() -> ResponseReturnValue:
        """Allows everybody, which is right for what everybody may know; but never together with cookies."""
        response = jsonify(days=3)
        response.headers["Access-Control-Allow-Origin"] = "*"
        return response

    @app.get("/wrong/other")
    def other() -> ResponseReturnValue:
        response = jsonify(days=3)
        response.headers["Access-Control-Allow-Origin"] = "https://another-shop.example"
        return response

    @app.get("/wrong/everybody")
    def everybody() -> ResponseReturnValue:
        """Repeats whatever origin it is asked from, and allows cookies: any page on the web may read this, as you."""
        response = jsonify(days=3, visits=request.cookies.get("visits", "0")[:10])
        response.headers["Access-Control-Allow-Origin"] = request.headers.get("Origin", "*")
        response.headers["Access-Control-Allow-Credentials"] = "true"
        return response

    @app.route("/wrong/no-put", methods=["GET", "PUT", "OPTIONS"])
    def no_put() -> ResponseReturnValue:
        """Would take a PUT, but its answer to the preflight does not name the method."""
        if request.method == "OPTIONS":
            return preflight(
                {request.headers.get("Origin", "")}, methods="GET", fields="Content-Type", keep=0
            )
        return allow(jsonify(days=_days()), {request.headers.get("Origin", "")})

    @app.route("/wrong/no-field", methods=["GET", "OPTIONS"])
    def no_field() -> ResponseReturnValue:
        if request.method == "OPTIONS":
            return preflight(
                {request.headers.get("Origin", "")}, methods="GET", fields="Content-Type", keep=0
            )
        return allow(jsonify(days=3), {request.headers.get("Origin", "")})


def _days() -> int:
    """What a PUT says, or three. Nothing is kept."""
    said = request.get_json(silent=True)
    days = said.get("days") if isinstance(said, dict) else None
    return days if isinstance(days, int) and 0 < days < 100 else 3


def _addresses(app: Flask) -> list[str]:
    return sorted(
        rule.rule for rule in app.url_map.iter_rules() if rule.rule.startswith(("/right", "/wrong"))
    )
