"""What the engine asks for when Inspector itself must answer: a page about a fault, the welcome page, the CA's certificate.

The engine renders nothing. It is handed a `Renderer` (by app, from `web.proxy_pages`) and sends what that gives back.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import msgspec

from inspector.exchange.model import Fault

Subject = Literal["welcome", "start", "ca", "fault", "not-found", "probe", "picture", "script"]


class PageAsk(msgspec.Struct, frozen=True, kw_only=True):
    """What a page is wanted about.

    `scheme`, `host`, `port`, `path` and `method` are the request's, `accept` its Accept field, `agent` and `platform` what the browser says of itself and its
    system, `origin` the page that asks (Origin, or that of Referer), `site` and `mode` what the browser says of that (Sec-Fetch). `exchange_id` leads to the
    exchange on the dashboard at `dashboard_url`. `chain` (DER, leaf first), `verify_code` and `verify_message`
    (OpenSSL's) are what the site showed and why it was not believed, `trust_store` where that was looked up. `ca_pem` and `ca_der` are the
    authority's certificate, never its key.
    """

    kind: Subject
    scheme: str = "http"
    host: str = ""
    port: int = 0
    path: str = "/"
    method: str = "GET"
    accept: str = ""
    agent: str = ""
    platform: str = ""
    origin: str = ""
    site: str = ""
    mode: str = ""
    exchange_id: bytes = b""
    fault: Fault | None = None
    chain: tuple[bytes, ...] = ()
    verify_code: int = 0
    verify_message: str = ""
    trust_store: str = ""
    dashboard_url: str = ""
    ca_pem: bytes = b""
    ca_der: bytes = b""


class Page(msgspec.Struct, frozen=True):
    """A whole answer. `headers` has Content-Type and what belongs to the page; framing fields are the engine's."""

    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


Renderer = Callable[[PageAsk], Page]
