"""The API described: as an OpenAPI document for programs, and as a page for people, drawn from that document."""

from __future__ import annotations

from typing import Any

import msgspec
from flask import Blueprint, Flask, Response, jsonify, render_template

from inspector.web.api.bearers import bearer_here
from inspector.web.api.describing import says
from inspector.web.api.document import TAGS, document
from inspector.web.api.reading import chapters, words_of
from inspector.web.api.scopes import SCOPES
from inspector.web.settings import WebSettings


class Caller(msgspec.Struct):
    """Who calls: the token's name and its scopes; a signed-in browser may do everything."""

    name: str
    scopes: list[str]


def blueprint(app: Flask, settings: WebSettings) -> Blueprint:
    pages = Blueprint("api_pages", __name__)
    drawn: dict[str, Any] = {}

    def whole() -> dict[str, Any]:
        """Drawn once, at first need: routes don't change while it runs."""
        if not drawn:
            drawn.update(document(app, settings.version or "0"))
        return drawn

    @pages.get("/api/v1/openapi.json")
    @says("This description, as OpenAPI 3.1", tag="Inspector", scope="any", gives=dict[str, Any])
    def openapi() -> Response:
        return Response(msgspec.json.encode(whole()), mimetype="application/json")

    @pages.get("/api/v1/token")
    @says("Who calls, and what they may", tag="Tokens", scope="any", gives=Caller)
    def caller() -> Response:
        bearer = bearer_here()
        told = Caller(bearer.name, sorted(bearer.scopes)) if bearer else Caller("a browser", list(SCOPES))
        return jsonify(msgspec.to_builtins(told))

    @pages.get("/api")
    def show() -> str:
        where = settings.addresses[0].replace("0.0.0.0", "127.0.0.1")  # noqa: S104 (said, not bound)
        return render_template(
            "api/api.html", chapters=chapters(app, whole(), f"http://{where}"), scopes=SCOPES, tags=TAGS, settings=settings,
            where=where, words_of=words_of,
        )  # fmt: skip

    return pages
