"""Captured requests made ready to be sent again, as they were or with a difference."""

from __future__ import annotations

from typing import Any

import pytest

from inspector.compose.errors import CannotSend
from inspector.compose.ready import host_of
from inspector.compose.repeat import again, draft_of, gaps
from inspector.compose.whatif import BY_CODE, CHANGES
from inspector.exchange.model import Body, Exchange, Leg, Message


def captured(head: str, body: bytes | Body = b"", answer: str = "", **changes: Any) -> Exchange:
    if isinstance(body, bytes):
        body = Body(len(body), len(body), body)
    usual: dict[str, Any] = {
        "id": b"i" * 16, "change": 1, "state": "done", "kind": "http", "origin": "browser", "started": 1.0, "duration": 0.1,
        "method": head.split(" ", maxsplit=1)[0], "scheme": "https", "host": "shop.test", "port": 443, "path": "/", "version": "HTTP/1.1", "status": 200,
        "reason": "OK", "media": "", "resource": "page", "request_size": 0, "response_size": 0, "client": "", "agent": "", "protection": "decrypted",
        "tls": "", "remote": "", "changed": False, "fault": "", "findings": 0,
    }  # fmt: skip
    request = Message(head.replace("\n", "\r\n").encode("latin-1") + b"\r\n\r\n", body)
    response = Message(answer.replace("\n", "\r\n").encode() + b"\r\n\r\n") if answer else None
    return Exchange(**usual | changes, client_leg=Leg(b"c" * 16, request, response))


def stream_of(exchange):
    return lambda: iter((exchange.client_leg.request.body.inline,))


def ready_of(exchange, **how):
    return again(exchange, stream_of(exchange), **how)


GET = "GET /a/../b?x=%7e HTTP/1.1\nHost: shop.test\nX-Two: 1\nx-two: 2\nAccept-Encoding: gzip\nCookie: s=1\nConnection: keep-alive, X-Hop\nX-Hop: 1"


def test_a_request_is_repeated_as_it_was_but_for_what_belongs_to_the_connection():
    exchange = captured(GET)
    ready = ready_of(exchange)
    assert ready.url == "https://shop.test/a/../b?x=%7e"
    assert ready.fields == (
        ("Host", "shop.test"), ("X-Two", "1"), ("x-two", "2"), ("Accept-Encoding", "gzip"), ("Cookie", "s=1"),
    )  # fmt: skip
    assert gaps(exchange) == ("Not sent again, since they belong to one connection: Connection, X-Hop.",)


def test_a_whole_address_in_the_request_line_stays():
    exchange = captured("GET http://shop.test:8000/x HTTP/1.0\nHost: other", scheme="http", port=8000)
    ready = ready_of(exchange)
    assert (ready.url, ready.minor, ready.said("host")) == ("http://shop.test:8000/x", 0, "other")


def test_a_body_keeps_its_framing():
    chunked = ready_of(captured("POST / HTTP/1.1\nHost: shop.test\nTransfer-Encoding: chunked", b"abc"))
    assert (chunked.chunked, b"".join(chunked.body())) == (True, b"abc")
    length = ready_of(captured("POST / HTTP/1.1\nHost: shop.test\nContent-Length: 3", b"abc"))
    assert (length.chunked, length.said("content-length")) == (False, "3")


@pytest.mark.parametrize("body", [Body(10, 10, b"abc", note="capped"), Body(3, 3, b"abc", complete=False), Body(10, 10, note="lost"), Body(9, 9, note="off")])  # fmt: skip
def test_a_body_that_was_not_kept_whole_is_refused_unless_asked_for(body):
    exchange = captured("POST / HTTP/1.1\nHost: shop.test\nContent-Length: 10", body)
    with pytest.raises(CannotSend, match="whole"):
        ready_of(exchange)
    wanted = str(len(body.inline)) if body.inline else None
    assert ready_of(exchange, partly_too=True).said("content-length") == wanted


@pytest.mark.parametrize(
    "changes", [{"kind": "websocket"}, {"kind": "tunnel"}, {"kind": "tls"}, {"method": ""}, {"method": "CONNECT"}, {"client_leg": None}]
)  # fmt: skip
def test_what_is_no_single_request_says_so(changes):
    import msgspec

    exchange = msgspec.structs.replace(captured(GET), **changes)
    with pytest.raises(CannotSend):
        again(exchange, lambda: iter(()))


def test_a_draft_has_its_body_in_the_form_that_can_be_changed():
    kinds = {
        ("application/x-www-form-urlencoded", b"a=1&b=%26"): "form",
        ("application/json", b"{}"): "json",
        ("text/plain", "é".encode()): "text",
        ("text/plain", b"\xff"): "captured",
        ("multipart/form-data; boundary=x", b"--x--"): "captured",
    }
    for (media, data), kind in kinds.items():
        exchange = captured(f"POST / HTTP/1.1\nHost: shop.test\nContent-Type: {media}", data)
        assert draft_of(exchange, stream_of(exchange)).body == kind, media
    packed = captured("POST / HTTP/1.1\nHost: shop.test\nContent-Encoding: gzip", b"abc")
    assert draft_of(packed, stream_of(packed)).body == "captured"


def test_a_host_other_than_the_addresss_stays_in_the_draft():
    rows = draft_of(captured("GET / HTTP/1.1\nHost: other.test"), lambda: iter(())).fields
    assert [row.name for row in rows] == ["Host"]
    assert draft_of(captured("GET / HTTP/1.1\nHost: shop.test"), lambda: iter(())).fields == ()


def changed(code, exchange):
    return BY_CODE[code].change(exchange, ready_of(exchange))


def test_each_what_if_changes_one_thing():
    exchange = captured(GET, answer='HTTP/1.1 200 OK\nETag: "v1"')
    plain = ready_of(exchange)
    assert changed("no-cookies", exchange).fields == plain.without("cookie").fields
    assert changed("no-accept-encoding", exchange).said("accept-encoding") is None
    assert changed("http-1.0", exchange).minor == 0
    assert changed("if-none-match", exchange).said("if-none-match") == '"v1"'
    assert "iPhone" in changed("other-agent", exchange).said("user-agent")
    assert changed("other-origin", exchange).said("origin") == "https://elsewhere.test"
    other = changed("other-scheme", exchange)
    assert (other.url, other.said("host")) == ("http://shop.test/a/../b?x=%7e", "shop.test")


def test_a_port_of_its_own_stays_when_the_scheme_changes():
    exchange = captured("GET / HTTP/1.1\nHost: shop.test:5000", port=5000)
    other = changed("other-scheme", exchange)
    assert other.url == "http://shop.test:5000/"
    assert host_of(other.url) == other.said("host") == "shop.test:5000"


def test_a_what_if_that_would_change_nothing_says_why():
    exchange = captured("GET / HTTP/1.0\nHost: shop.test")
    ready = ready_of(exchange)
    useless = {each.code for each in CHANGES if each.why_not(exchange, ready)}
    assert useless == {"no-cookies", "no-authorization", "http-1.0", "no-accept-encoding", "if-none-match", "no-conditions"}  # fmt: skip
