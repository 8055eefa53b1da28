"""What the style guide shows of an exchange: a story with a step in each state, what was found on one, one click as a picture. Nothing of it depends on the clock."""

from __future__ import annotations

import datetime as dt
from typing import Any

from inspector.exchange.model import Body, Connection, Exchange, Leg, Message, Timeline, Tls
from inspector.exchange.report import Function, Query, Report, Route, Template
from inspector.explain.case import Case
from inspector.explain.checks import SEVERITIES, check
from inspector.explain.prose import say
from inspector.explain.references import rfc
from inspector.explain.story import Number, Step, Story
from inspector.web.present.checks import found_on
from inspector.web.present.click_picture import ClickPicture, draw
from inspector.web.present.drawing import LAYOUTS
from inspector.web.present.journey import journey
from inspector.web.tour import STOPS, Place

_SEEN = 1_767_225_600.0
_LINE = b"\1" * 16
_FORM = b"<!doctype html><title>Log in</title><form method=post><input name=user><input type=password name=password></form>"
_ASKED = b"GET /log-in HTTP/1.1\r\nHost: shop.inspector.test\r\nUser-Agent: Mozilla/5.0\r\n\r\n"
_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nSet-Cookie: session=4f1e77c9; Path=/\r\nServer: Werkzeug/3.1\r\n\r\n"
_TIMES = Timeline(0.0004, 0.0011, 0.0019, 0.0019, 0.0026, 0.0026, 0.0071, 0.0074, 0.0076, 0.0225, 0.0234, -0.0042, -0.0006)  # fmt: skip
_TOLD = Report(
    _SEEN + 0.0079, 0.0141, framework="Flask 3.1", route=Route("/log-in"),
    functions=(Function("before", "load_user", 0.0008, 0.0009), Function("view", "log_in", 0.0019, 0.0118)),
    templates=(Template("log-in.html", (), 0.0083, 0.0051),),
    queries=(
        Query("sqlite", "SELECT id, name FROM user WHERE id = ?", rows=1, began=0.0012, took=0.0004),
        *(Query("sqlite", "SELECT count(*) FROM visit WHERE user = ?", rows=1, began=0.003 + n / 1000, took=0.0004) for n in range(4)),
        Query("sqlite", "INSERT INTO visit (user, at) VALUES (?, ?)", began=0.0072, took=0.0009, error="database is locked"),
    ),
)  # fmt: skip


def sample_case() -> Case:
    """A log-in page over plain http, of which there is something to find."""
    request, response = Message(_ASKED), Message(_ANSWER, Body(len(_FORM), len(_FORM), _FORM))
    exchange = Exchange(
        _LINE, 1, "done", "http", "browser", _SEEN, 0.024, "GET", "http", "shop.inspector.test", 80, "/log-in", "HTTP/1.1", 200, "OK",
        "text/html", "page", 0, len(_FORM), "127.0.0.1:51234", "Chrome 156", "none", "", "192.0.2.7:80", False, "", 0,
        Leg(_LINE, request, response), Leg(_LINE, request, response), _TIMES,
    )  # fmt: skip
    server = Connection(_LINE, "server", _SEEN, "192.0.2.7", 80, "198.51.100.4", 40312, "shop.inspector.test", tls=Tls("TLSv1.3"))  # fmt: skip
    return Case(exchange, None, server, (), _SEEN + 60, dt.UTC)


def sample_story() -> Story:
    """A step in each of its states."""
    return Story((
        Step("done", "What was wanted", "done", ("browser", "site"), say("Your browser wanted `http://shop.inspector.test/`."), say("The [[scheme]] says how to ask."), start=-0.004, references=(rfc(9110, "4.2"),)),
        Step("skipped", "The name", "skipped", ("inspector", "site"), say(""), why=say("Inspector was connected already, so no name had to be looked up.")),
        Step("unseen", "The way through another proxy", "unseen", ("inspector", "proxy"), say(""), why=say("How that proxy reached the site is not visible from here.")),
        Step("failed", "The connection to the site", "failed", ("inspector", "site"), say("Inspector tried to open a [[TCP]] connection."), why=say("The site refused it: no program listens on that port."), start=0.0012),
        Step("open", "The wait", "open", ("site", "inspector"), say("The request was at the site, and Inspector waits for an answer."), start=0.0076, took=0.015, numbers=(Number("waited", "15 ms"),), marks=(say("This is a practice site: nothing left this computer."),)),
    ))  # fmt: skip


def sample_pictures() -> list[ClickPicture]:
    told = journey(sample_case(), _TOLD)
    return [draw(told, _SEEN, layout) for layout in LAYOUTS.values()]


def sample_parts() -> dict[str, Any]:
    """For the style guide's template."""
    case = sample_case()
    found = check(case)
    each_kind = [issue for kind in SEVERITIES for issue in [one for one in found if one.severity == kind][:2]]
    return {
        "story": sample_story(),
        "groups": found_on(case, each_kind),
        "clicks": sample_pictures(),
        "stops": [Place(2, len(STOPS), STOPS[1], False, True), Place(5, len(STOPS), STOPS[-1], False, False)],
    }
