"""The words of `words` as filters of the templates."""

from __future__ import annotations

from flask import Flask

from inspector.web.present.hexdump import dump
from inspector.web.words import clock, day, phrase, plural, size, status_class, thousands, took, visible


def install(app: Flask) -> None:
    """Give every template the same words for numbers, times and codes."""
    for filter in (clock, day, took, size, thousands, plural, phrase, status_class, visible):
        app.add_template_filter(filter)
    app.add_template_filter(dump, "hexdump")
