"""One secret for ten seconds: what a mark stands for, asked for by a click of whoever presents."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from inspector.exchange import ids
from inspector.web.errors import not_found
from inspector.web.veil import Veil
from inspector.web.words import visible

SECONDS = 10


def blueprint(veil: Veil) -> Blueprint:
    pages = Blueprint("secrets", __name__)

    @pages.get("/exchange/<id>/secrets/<mark>")
    def show(id: str, mark: str) -> Response:
        found = ids.parse(id)
        value = veil.secret(found, mark) if found else None
        if value is None:
            raise not_found("No secret of this exchange has that mark.")
        response = jsonify(value=visible(value), seconds=SECONDS)
        response.headers["Cache-Control"] = "no-store"
        return response

    return pages
