"""What the web process is told at start."""

from __future__ import annotations

import msgspec


class WebSettings(msgspec.Struct, frozen=True, kw_only=True):
    """`run` is the home's run folder (secret, used tickets, status boards).

    `addresses` are what the dashboard is bound to (`127.0.0.1:8081`), `names` further host names (or `name:port`)
    it may be reached under, `proxies` what the proxy listens on, `ca_path` the authority's certificate and
    `captures_path` where captures lie, for the words on pages. `streams` limits the
    live feeds open at once.
    """

    run: str
    addresses: tuple[str, ...] = ("127.0.0.1:8081",)
    names: tuple[str, ...] = ("inspector.localhost",)
    proxies: tuple[str, ...] = ("127.0.0.1:8080",)
    ca_path: str = ""
    captures_path: str = ""
    version: str = ""
    streams: int = 24
    threads: int = 12
