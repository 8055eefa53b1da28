"""One row of the list in each of its states, for the style guide and its screenshots."""

from __future__ import annotations

from typing import Any

from inspector.store.captures import Row
from inspector.web.rows import row_view

_PLAIN: dict[str, Any] = {
    "id": bytes(16), "change": 1, "state": "done", "kind": "http", "origin": "browser", "started": 1_767_225_600.25,
    "duration": 0.024, "method": "GET", "scheme": "https", "host": "shop.inspector.test", "port": 443, "path": "/",
    "version": "HTTP/1.1", "status": 200, "reason": "OK", "media": "text/html", "resource": "page", "request_size": 0,
    "response_size": 5_214, "client": "127.0.0.1:51234", "agent": "Chrome 156", "protection": "decrypted",
    "tls": "TLSv1.3", "remote": "192.0.2.7:443", "changed": False, "fault": "", "findings": 0, "engine": 1,
}  # fmt: skip

_STATES: tuple[dict[str, Any], ...] = (
    {},
    {"path": "/static/site.css", "resource": "style", "media": "text/css", "response_size": 18_220},
    {"path": "/static/app.js?v=12", "resource": "script", "media": "text/javascript", "status": 304, "reason": ""},
    {"path": "/api/cart?item=17&count=2", "resource": "data", "method": "POST", "status": 201, "reason": "Created",
     "media": "application/json", "request_size": 48, "response_size": 132},
    {"path": "/pictures/mug.webp", "resource": "image", "media": "image/webp", "response_size": 245_000, "changed": True},
    {"path": "/log-in", "status": 302, "reason": "Found", "scheme": "http", "port": 80, "protection": "none", "tls": ""},
    {"path": "/missing", "status": 404, "reason": "Not Found"},
    {"path": "/report", "status": 500, "reason": "Internal Server Error", "duration": 12.5},
    {"path": "/video", "resource": "media", "state": "open", "duration": None, "status": 206, "reason": "Partial Content"},
    {"host": "no-such-name.example", "state": "failed", "status": 502, "reason": "Bad Gateway", "fault": "dns-unknown"},
    {"host": "sealed.example", "kind": "tunnel", "resource": "tunnel", "method": "CONNECT", "path": "",
     "protection": "sealed", "status": 200, "reason": "", "response_size": 90_112},
    {"host": "untrusting.example", "kind": "tls", "resource": "tunnel", "method": "CONNECT", "path": "", "state": "failed",
     "status": 0, "reason": "", "fault": "tls-client-alert"},
)  # fmt: skip


def sample_rows() -> tuple[dict[str, Any], ...]:
    return tuple(
        row_view(Row(**_PLAIN | state | {"id": (n + 1).to_bytes(16, "big")}))
        for n, state in enumerate(_STATES)
    )
