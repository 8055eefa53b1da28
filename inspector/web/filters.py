"""The words of `words` as filters of the templates."""

from __future__ import annotations

import re

from flask import Flask
from markupsafe import Markup, escape

from inspector.web.present.certificates import counted, issued_by, names_of, pem, rows
from inspector.web.present.hexdump import dump
from inspector.web.present.highlight import in_colour
from inspector.web.present.server import short_time
from inspector.web.words import (
    clock,
    day,
    phrase,
    plural,
    size,
    status_class,
    thousands,
    tls_version,
    took,
    visible,
)


def install(app: Flask) -> None:
    """Give every template the same words for numbers, times and codes."""
    for filter in (clock, day, took, size, thousands, plural, phrase, status_class, tls_version, visible):
        app.add_template_filter(filter)
    app.add_template_filter(counted)
    app.add_template_filter(issued_by)
    app.add_template_filter(pem)
    app.add_template_filter(rows, "certificate_rows")
    app.add_template_filter(names_of, "browser_names")
    app.add_template_filter(dump, "hexdump")
    app.add_template_filter(with_code)
    app.add_template_filter(in_colour)
    app.add_template_filter(short_time)


def with_code(sentence: str) -> Markup:
    """What stands between back-ticks is a command or a name: as such."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(sentence))))  # noqa: S704 - escaped just here
