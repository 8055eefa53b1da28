"""Exchanges made by hand, of every kind that is explained, as the engine records them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec

from inspector.exchange.model import (
    Body,
    Connection,
    Decision,
    Exchange,
    Fault,
    HandshakeMessage,
    Leg,
    Message,
    Timeline,
    Tls,
)
from inspector.explain.case import Case

EPOCH = 1_767_225_600.0  # 1 January 2026, 00:00:00 UTC
CHROME = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"
)
CLIENT, SERVER = b"c" * 16, b"s" * 16


def number(n: int) -> bytes:
    return n.to_bytes(16, "big")


def message(start: str, *fields: str, body: bytes | Body = b"", trailers: bytes = b"") -> Message:
    head = "\r\n".join((start, *fields, "", "")).encode("latin-1")
    if isinstance(body, bytes):
        body = Body(len(body), len(body), body)
    return Message(head, body, trailers)


def request(*fields: str, start: str = "GET /cart?item=17 HTTP/1.1", body: bytes | Body = b"") -> Message:
    return message(start, "Host: shop.example", f"User-Agent: {CHROME}", *fields, body=body)


def response(*fields: str, status: str = "200 OK", body: bytes | Body = b"<h1>Your cart</h1>") -> Message:
    return message(f"HTTP/1.1 {status}", "Date: Thu, 01 Jan 2026 00:00:00 GMT", *fields, body=body)


FIRST = Timeline(
    0.0001, 0.0002, 0.004, 0.004, 0.012, 0.012, 0.030, 0.030, 0.0302, 0.075, 0.080, -0.02, -0.012
)
POOLED = Timeline(
    request_end=0.0001, send_start=0.0002, send_end=0.0003, response_start=0.045, response_end=0.05
)


def made(
    n: int = 1, *, asked: Message | None = None, answered: Message | None = None, **changes: Any
) -> Exchange:
    """A finished GET of a page over https, the first on both of its connections, with what is asked for otherwise."""
    asked = asked if asked is not None else request()
    answered = (
        answered
        if answered is not None
        else response("Content-Type: text/html; charset=utf-8", "Content-Length: 18")
    )
    status = answered.start_line.split(b" ")
    body = answered.body
    passed = msgspec.structs.replace(body, inline=b"", pieces=(), note="same") if body.size else body
    usual: dict[str, Any] = {
        "id": number(n), "change": n, "state": "done", "kind": "http", "origin": "browser", "started": EPOCH + n,
        "duration": 0.0803, "method": asked.start_line.split(b" ")[0].decode(), "scheme": "https", "host": "shop.example", "port": 443,
        "path": asked.start_line.split(b" ")[1].decode() if b" " in asked.start_line else "", "version": "HTTP/1.1",
        "status": int(status[1]) if len(status) > 1 else 0, "reason": "OK", "media": "text/html",
        "resource": "page", "request_size": asked.body.size, "response_size": body.size, "client": "127.0.0.1:51234",
        "agent": "Chrome 156", "protection": "decrypted", "tls": "TLSv1.3", "remote": "192.0.2.7:443",
        "changed": False, "fault": "", "findings": 0,
        "client_leg": Leg(CLIENT, asked, msgspec.structs.replace(answered, body=passed)),
        "server_leg": Leg(SERVER, asked, answered),
        "timeline": FIRST,
        "decisions": (Decision("hop-by-hop", "Connection"),),
    }  # fmt: skip
    return Exchange(**usual | changes)


def hand(*messages: tuple[str, int, float], content: int = 22) -> tuple[HandshakeMessage, ...]:
    return tuple(HandshakeMessage(who, content, type, 100 + type, at) for who, type, at in messages)  # type: ignore[arg-type]


TLS13 = hand(
    ("client", 1, 0.0), ("server", 2, 0.004), ("server", 8, 0.004), ("server", 11, 0.005), ("server", 15, 0.005),
    ("server", 20, 0.005), ("client", 20, 0.006), ("server", 4, 0.007),
)  # fmt: skip
TLS12 = hand(
    ("client", 1, 0.0), ("server", 2, 0.004), ("server", 11, 0.004), ("server", 12, 0.004), ("server", 14, 0.004),
    ("client", 16, 0.005), ("client", 20, 0.005), ("server", 4, 0.009), ("server", 20, 0.009),
)  # fmt: skip

CONNECT = b"CONNECT shop.example:443 HTTP/1.1\r\nHost: shop.example:443\r\n\r\n"
ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"


def client(tls: Tls | None = None, *, asked: bytes = CONNECT, **changes: Any) -> Connection:
    made = Connection(
        CLIENT, "client", EPOCH + 0.95, "127.0.0.1", 51234, "127.0.0.1", 8080, "shop.example", "", tls,
        asked, ESTABLISHED if asked else b"",
    )  # fmt: skip
    return msgspec.structs.replace(made, **changes)


def server(tls: Tls | None = None, **changes: Any) -> Connection:
    made = Connection(
        SERVER, "server", EPOCH + 1.012, "192.0.2.7", 443, "198.51.100.4", 40312, "shop.example", "", tls
    )
    return msgspec.structs.replace(made, **changes)


def tls(version: str = "TLSv1.3", **changes: Any) -> Tls:
    ciphers = {"TLSv1.3": "TLS_AES_256_GCM_SHA384", "TLSv1.2": "ECDHE-RSA-AES128-GCM-SHA256"}
    usual: dict[str, Any] = {
        "version": version, "cipher": ciphers.get(version, ""), "sni": "shop.example",
        "handshake": TLS13 if version == "TLSv1.3" else TLS12,
    }  # fmt: skip
    return Tls(**usual | changes)


def case(
    exchange: Exchange | None = None, *others: Exchange, now: float = EPOCH + 60, **connections: Any
) -> Case:
    """An exchange with both its connections, looked at a minute later, in UTC."""
    given = {"client": client(tls()), "server": server(tls(verified=True))} | connections
    return Case(exchange or made(), given["client"], given["server"], others, now, dt.UTC)


def plain_http(**changes: Any) -> Exchange:
    asked = message("GET http://shop.example/cart HTTP/1.1", "Host: shop.example", f"User-Agent: {CHROME}")
    sent = message("GET /cart HTTP/1.1", "Host: shop.example", f"User-Agent: {CHROME}")
    answered = response("Content-Type: text/html", "Content-Length: 18")
    usual: dict[str, Any] = {
        "scheme": "http", "port": 80, "path": "/cart", "protection": "none", "tls": "",
        "client_leg": Leg(CLIENT, asked, answered), "server_leg": Leg(SERVER, sent, answered),
        "timeline": Timeline(0.0001, 0.0002, 0.004, 0.004, 0.012, None, None, 0.012, 0.0122, 0.05, 0.055),
        "decisions": (Decision("origin-form"),),
    }  # fmt: skip
    return made(**usual | changes)


def failed(code: str, who: str, stage: str, *, detail: str = "", **changes: Any) -> Exchange:
    """An exchange whose way to the site broke before anything was said there; Inspector answered 502."""
    page = message("HTTP/1.1 502 Bad Gateway", "Content-Type: text/html", body=b"<h1>Sorry</h1>")
    asked = request()
    usual: dict[str, Any] = {
        "state": "failed", "status": 502, "reason": "Bad Gateway", "fault": code, "remote": "",
        "client_leg": Leg(CLIENT, asked, page), "server_leg": None,
        "error": Fault(code, who, stage, None, detail, "answered 502"),  # type: ignore[arg-type]
        "timeline": Timeline(request_end=0.0001, dns_start=0.0002, dns_end=0.02, response_start=0.021, response_end=0.021,
                             client_tls_start=-0.02, client_tls_end=-0.01),
        "decisions": (Decision("answered", "502 Bad Gateway"),),
    }  # fmt: skip
    return made(**usual | changes)
