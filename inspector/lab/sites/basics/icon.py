"""The picture in a browser's tab. Pages name it; for what is no page (JSON, a picture, a text) browsers ask at /favicon.ico by themselves."""

from __future__ import annotations

from flask import Flask, redirect
from flask.typing import ResponseReturnValue


def use_icon(app: Flask, address: str) -> None:
    @app.get("/favicon.ico")
    def icon() -> ResponseReturnValue:
        return redirect(address, 301)
