"""What the first page of an exchange would otherwise wait for: modules that are imported when they are first needed, and templates.

Done once, off the request path, when the dashboard has been there for a moment: so a start is as quick as before, and so is the first page that is looked at.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial

from flask import Flask
from jinja2 import TemplateError

from inspector.exchange.model import Body, Exchange, Leg, Message
from inspector.explain.case import Case
from inspector.explain.checks import check
from inspector.explain.fields import explain_fields
from inspector.explain.onlookers import who_sees_what
from inspector.explain.story import tell
from inspector.web.present.highlight import in_colour

AFTER = 1.0  # seconds after the start: the first page is out by then
_PAUSE = 0.005  # seconds between two pieces of work, for whoever asks for a page meanwhile
_FOLDERS = ("exchange/", "parts/", "checks/", "chain/", "history/", "pictures/")
_PAGES = frozenset({"exchange.html", "base.html", "traffic.html"})

_REQUEST = b"GET / HTTP/1.1\r\nHost: warm.invalid\r\nAccept: text/html;q=0.9, */*\r\nCookie: a=b\r\nUser-Agent: Mozilla/5.0\r\n\r\n"
_RESPONSE = b'HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nCache-Control: private, max-age=60\r\nSet-Cookie: a=b; Path=/\r\nETag: "1"\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\n\r\n'  # fmt: skip
_PAGE = b"<!doctype html><title>Warm</title><form method=post><input type=password></form>"


def warm_later(app: Flask, after: float = AFTER) -> threading.Timer:
    """Warms in a thread of its own, a moment from now. `cancel()` takes it back."""
    timer = threading.Timer(after, warm, [app])
    timer.daemon = True
    timer.name = "warm"
    timer.start()
    return timer


def warm(app: Flask) -> None:
    """Makes every explanation once, of a page that nobody asked for, and reads the templates of an exchange."""
    for piece in (*_explanations(), *_templates(app)):
        piece()
        time.sleep(_PAUSE)


def _explanations() -> Iterator[Callable[[], object]]:
    case = Case(_exchange(), now=1_767_225_601.0)
    yield from (partial(tell, case), partial(check, case), partial(who_sees_what, case, None))
    yield from (partial(explain_fields, case, said) for said in (case.request, case.response))
    yield from (partial(in_colour, " ", language) for language in ("html", "json", "css", "javascript"))


def _templates(app: Flask) -> Iterator[Callable[[], object]]:
    for name in app.jinja_env.list_templates():
        if name in _PAGES or name.startswith(_FOLDERS):
            yield partial(_read, app, name)


def _read(app: Flask, name: str) -> None:
    # one that can't be read is the affair of the page that wants it
    with suppress(TemplateError):
        app.jinja_env.get_template(name)


def _exchange() -> Exchange:
    request, response = Message(_REQUEST), Message(_RESPONSE, Body(len(_PAGE), len(_PAGE), _PAGE))
    return Exchange(
        bytes(16), 0, "done", "http", "browser", 1_767_225_600.0, 0.01, "GET", "http", "warm.invalid", 80, "/", "HTTP/1.1", 200, "OK",
        "text/html", "page", 0, len(_PAGE), "127.0.0.1:1", "", "none", "", "", False, "", 0, Leg(b"", request, response), Leg(b"", request, response),
    )  # fmt: skip
