"""What is said of a Set-Cookie is what a real Chromium does with it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from explain_fakes import EPOCH

from inspector.explain.keeping import COOKIE_REFUSALS
from inspector.explain.values.cookies import REFUSALS, Setting, judge, parse_set_cookie

COOKIES = (
    "a1=1", "a2=1; Secure", "a3=1; SameSite=None", "a4=1; SameSite=None; Secure", "__Host-a5=1; Secure; Path=/", "__Host-a6=1; Secure",
    "__Secure-a7=1", "__host-a8=1", "a9=1; Domain=localhost", "a10=1; Domain=other.test", "a11=1; Max-Age=0", "a12=1; Max-Age=abc",
    "a13=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "a14=1; Expires=nonsense", "a15=a\x01b", "justvalue17", "a18=" + "x" * 4093,
    "a19=" + "x" * 4094, "a20=1; Partitioned", "a21=1; Partitioned; Secure; SameSite=None", "a22=1; Path=/sub", "a23=1; Path=nope",
    "a24=1; SameSite=Bogus", "a25=1; Domain=.localhost", "a26=1; Max-Age=99999999999", "a27=1; Expires=Wed, 21-Oct-2099 07:28:00 GMT",
    "a28=1; Path=/" + "p" * 1100, "__Http-a29=1; Secure", "__Http-a30=1; Secure; HttpOnly", "__Host-Http-a31=1; Secure; Path=/",
    "__Host-Http-a32=1; Secure; Path=/; HttpOnly", "a33=1; Path=/; Path=/sub", " a35 = 1 ; HTTPONLY", "=", ";",
)  # fmt: skip


class AllCookies(BaseHTTPRequestHandler):
    """Answers every request with all the cookies."""

    def do_GET(self) -> None:
        lines = "".join(f"Set-Cookie: {cookie}\r\n" for cookie in COOKIES)
        self.wfile.write(
            f"HTTP/1.1 200 OK\r\n{lines}Content-Length: 2\r\nConnection: close\r\n\r\nok".encode("latin-1")
        )
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@pytest.fixture(scope="module")
def kept_by_chromium(page_browser: Any) -> Iterator[list[dict]]:
    """The cookies that a real Chromium has after it was given all of them."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), AllCookies)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        context = page_browser.new_context()
        context.new_page().goto(f"http://localhost:{server.server_port}/set/here")
        yield context.cookies()
        context.close()
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.browser
@pytest.mark.parametrize("value", COOKIES, ids=[each[:40] for each in COOKIES])
def test_a_browser_keeps_what_is_said_to_be_kept(kept_by_chromium, value):
    cookie = parse_set_cookie(value)
    judged = judge(cookie, Setting("http", "localhost", "/set/here", EPOCH, True, True, local=True))
    really = [
        each for each in kept_by_chromium if each["name"] == cookie.name and each["value"] == cookie.value
    ]
    assert (judged.code == "kept") == bool(really), judged
    if really and judged.cookie is not None:
        assert really[0]["path"] == judged.cookie.path
        assert really[0]["httpOnly"] == judged.cookie.http_only
        assert (really[0]["expires"] == -1) == (judged.cookie.expires is None)


def test_every_refusal_has_its_words():
    assert set(REFUSALS) == set(COOKIE_REFUSALS)
