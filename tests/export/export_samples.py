"""Exchanges to export, made from the bytes of their messages."""

from __future__ import annotations

from typing import Any

from inspector.exchange.ids import Ids
from inspector.exchange.model import Body, Exchange, Leg, Message, Timeline
from inspector.export.whole import Whole

IDS = Ids()
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\n"


def asked(
    method: str = "GET",
    target: bytes = b"/",
    fields: tuple[tuple[bytes, bytes], ...] = (),
    body: bytes = b"",
    *,
    host: str = "shop.test",
    port: int = 80,
    scheme: str = "http",
    answer: bytes = ANSWER,
    answered: bytes = b"ok",
    **other: Any,
) -> Whole:
    """An exchange with one request and its response, the same on both sides."""
    named = f"{host}:{port}" if port not in (80, 443) else host
    lines = [b"%b %b HTTP/1.1" % (method.encode(), target), b"Host: " + named.encode()]
    lines += [name + b": " + value for name, value in fields]
    if body:
        lines.append(b"Content-Length: %d" % len(body))
    request = Message(b"\r\n".join(lines) + b"\r\n\r\n", Body(len(body), len(body), body))
    response = Message(answer, Body(len(answered), len(answered), answered)) if answer else None
    status = int(answer.split(b" ")[1]) if answer else 0
    facts: dict[str, Any] = {
        "id": IDS.next(), "change": 1, "state": "done" if answer else "failed", "kind": "http", "origin": "browser", "started": 1_760_000_000.25,
        "duration": 0.5, "method": method, "scheme": scheme, "host": host, "port": port, "path": target.decode("latin-1")[:2048],
        "version": "HTTP/1.1", "status": status, "reason": "OK" if answer else "", "media": "text/plain", "resource": "other",
        "request_size": len(body), "response_size": len(answered), "client": "127.0.0.1:50000", "agent": "", "protection": "none", "tls": "",
        "remote": "192.0.2.7:80", "changed": False, "fault": "" if answer else "connect-refused", "findings": 0,
        "client_leg": Leg(b"", request, response), "server_leg": Leg(b"", request, response),
        "timeline": Timeline(0.01, 0.02, 0.03, 0.03, 0.08, None, None, 0.1, 0.11, 0.3, 0.5),
    }  # fmt: skip
    return Whole(Exchange(**{**facts, **other}))
