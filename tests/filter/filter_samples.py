"""One exchange with everything in it that a filter can ask for."""

from __future__ import annotations

import gzip
from typing import Any

import msgspec

from inspector.exchange.mark import Mark
from inspector.exchange.model import Body, Connection, Decision, Exchange, Leg, Message, Tls
from inspector.filter.matching import matcher
from inspector.filter.parsing import parse
from inspector.filter.subject import Subject

NOW = 1_795_390_000.0
PAGE = "<h1>Out of stock</h1> Größe: 5 µm <!-- " + "x" * 300 + " -->"


def head(start: str, *fields: str) -> bytes:
    return "\r\n".join((start, *fields, "", "")).encode()


def body(data: bytes) -> Body:
    return Body(len(data), len(data), data)


REQUEST = Message(
    head(
        "POST /static/cart.js?item=17&size=XL&q=a%20b HTTP/1.1", "Host: shop.inspector.test", "Accept: text/html",
        "Cookie: session=abc; Theme=dark", "Content-Type: application/x-www-form-urlencoded", "X-Empty:",
    ),
    body(b"password=hunter2&amount=3"),
)  # fmt: skip
RESPONSE = Message(
    head(
        "HTTP/1.1 404 Not Found", "Content-Type: text/html; charset=utf-8", "Content-Encoding: gzip", "Server: nginx/1.25",
        "Set-Cookie: session=new; Path=/; HttpOnly", "Set-Cookie: seen=1",
    ),
    body(gzip.compress(PAGE.encode())),
)  # fmt: skip
CONNECTION = Connection(
    b"s" * 16, "server", NOW, "192.0.2.7", 443, "192.0.2.50", 40000, "shop.inspector.test", "",
    Tls("TLSv1.2", "ECDHE-RSA-AES128-GCM-SHA256", "http/1.1", "shop.inspector.test"),
)  # fmt: skip


MARK = Mark(True, "red", "Ask Ada", ("todo", "log-in"))


def made(**changes: Any) -> Exchange:
    """The exchange, with what is asked for otherwise."""
    exchange = Exchange(
        id=b"x" * 16, change=1, state="done", kind="http", origin="browser", started=NOW - 300, duration=0.75, method="POST",
        scheme="https", host="shop.inspector.test", port=8443, path="/static/cart.js?item=17&size=XL&q=a%20b", version="HTTP/1.1",
        status=404, reason="Not Found", media="text/html", resource="page", request_size=REQUEST.body.size,
        response_size=2_000_000, client="127.0.0.1:50000", agent="Chrome 156", protection="decrypted", tls="TLSv1.2",
        remote="192.0.2.7:443", changed=False, fault="", findings=0, client_leg=Leg(b"c" * 16, REQUEST, RESPONSE),
        server_leg=Leg(b"s" * 16, REQUEST, RESPONSE), decisions=(Decision("hop-by-hop", "Connection"), Decision("answered", "", "slow-api")),
    )  # fmt: skip
    return msgspec.structs.replace(exchange, **changes)


def fits(text: str, exchange: Exchange | None = None) -> bool:
    """The matcher's verdict on the exchange, or on another."""
    exchange = exchange or made()
    subject = Subject(exchange, exchange, connection={CONNECTION.id: CONNECTION}.get, mark=MARK)
    return matcher(parse(text, NOW), NOW)(subject)
