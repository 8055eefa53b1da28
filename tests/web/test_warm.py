"""Warming: what the first page of an exchange needs is there before anybody asks for it, and a start doesn't wait for it."""

from __future__ import annotations

import sys

import pytest
from flask import Flask

from inspector.web import filters
from inspector.web.places import templates_folder
from inspector.web.warm import warm, warm_later


@pytest.fixture
def app() -> Flask:
    """An app with the templates and no page."""
    made = Flask("warm", template_folder=str(templates_folder()))
    filters.install(made)
    return made


def test_the_templates_of_an_exchange_and_httplint_are_there(app):
    warm(app)
    known = {key[1] for key in app.jinja_env.cache}
    assert {"exchange.html", "exchange/story.html", "exchange/checks.html", "parts/prose.html"} <= known
    assert "httplint" in sys.modules


def test_nothing_is_done_at_once(app):
    timer = warm_later(app, 3600)
    timer.cancel()
    timer.join()
    assert not {key[1] for key in app.jinja_env.cache}
