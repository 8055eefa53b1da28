"""The page of one exchange in a real browser: axe finds nothing, and nothing is wider than the window."""

from __future__ import annotations

import msgspec
import pytest
from page_faults import faults
from web_fakes import connection, made, message, number, with_response

from inspector.exchange.model import Attempt, Body, Fault, Leg, Message, Tls

pytestmark = pytest.mark.browser

VIEWS = ("?tab=messages", "?tab=messages&request=raw&response=raw", "?tab=messages&request=hex&response=hex",
         "?tab=messages&side=changes", "?tab=connection", "?tab=timing")  # fmt: skip
WINDOWS = [(1280, "light", "new"), (400, "dark", "details")]


def fill(running):
    """One of each kind that looks different."""
    long = "/" + "a-long-way/" * 40 + "?" + "q=1&" * 100
    running.captures.add(
        with_response(
            message(
                "HTTP/1.1 200 OK",
                "Content-Type: application/json",
                "X-Long: " + "x" * 900,
                body=b'{"a": [1, true, null, "b"]}',
            ),
            1,
            path=long,
        )
    )
    head = b"GET / HTTP/1.1\r\nHost: a\r\nX Bad: 1\r\n\r\n"
    fault = Fault("bad-name", "client", "request-head", 26, "byte 0x20", "answered 400")
    failed = Leg(
        number(901),
        Message(head),
        message("HTTP/1.1 400 Bad Request", body=Body(500, 500, b"x" * 60, (), False, "capped")),
    )
    running.captures.add(
        made(2, state="failed", fault=fault.code, error=fault, client_leg=failed, server_leg=None, status=400)
    )
    form = message(
        "POST /log-in HTTP/1.1",
        "Content-Type: application/x-www-form-urlencoded",
        body=b"user=ada&password=secret",
    )
    leg = msgspec.structs.replace(
        made(3).client_leg, request=form, interim=(message("HTTP/1.1 103 Early Hints", "Link: </a>"),)
    )
    server = msgspec.structs.replace(
        made(3).server_leg, attempts=(Attempt("2001:db8::1", 443, 0.0, 0.2, "no answer"),)
    )
    running.captures.add(
        made(
            3,
            method="POST",
            client_leg=leg,
            server_leg=server,
            changed=True,
            protection="none",
            scheme="http",
        )
    )
    tls = Tls(
        "TLSv1.3",
        "TLS_AES_128_GCM_SHA256",
        "http/1.1",
        "shop.inspector.test",
        (b"x",),
        verified=False,
        why_not="expired",
        verify_code=10,
    )
    running.captures.connections[number(901)] = connection(901, "client")
    running.captures.connections[number(902)] = connection(902, "server", tls)


@pytest.mark.parametrize(("width", "theme", "level"), WINDOWS)
def test_anybody_can_read_it(chromium, running, width, theme, level):
    fill(running)
    context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=theme)
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.goto(running.link())
    page.wait_for_url("**/traffic*")
    page.goto(f"{running.base}/set-up")
    page.evaluate(
        """level => fetch("/preferences", {method: "POST", headers: {"Content-Type": "application/json", "Accept": "application/json",
            "X-CSRF-Token": document.querySelector("meta[name=csrf-token]").content}, body: JSON.stringify({level})})""",
        level,
    )
    for n in (1, 2, 3):
        for view in VIEWS:
            page.goto(f"{running.base}/exchange/{n:032x}{view}")
            assert faults(page) == [], (n, view)
            too_wide = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            assert too_wide <= 0, (n, view)
    context.close()
