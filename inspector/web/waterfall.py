"""The waterfall."""

from __future__ import annotations

from flask import Blueprint


def blueprint() -> Blueprint:
    pages = Blueprint("waterfall", __name__)

    @pages.get("/traffic/waterfall")
    def show() -> str:
        return ""

    return pages
