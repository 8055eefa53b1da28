"""The way of the dashboard's own requests: `requests` through the engine's listener, marked as ours (see `exchange.sent`).

The engine is asked as a proxy for http and https alike (the whole address in the request line), so it speaks TLS with the site and this side needs no certificate. What
`requests` and urllib3 would add or mend (User-Agent, Accept-Encoding, a normalised address) is left alone: what stands in `Ready` is what is said.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPHeaderDict
from urllib3.util import SKIP_HEADER

from inspector.compose.ready import Ready
from inspector.exchange.model import Origin
from inspector.exchange.sent import FIELD, Word, write
from inspector.web.send.errors import NotSent

CONNECT_WITHIN = 5.0
_QUIET = ("User-Agent", "Accept-Encoding", "Host")


class Door:
    """The engine's listener, as the web process reaches it."""

    def __init__(self, proxies: tuple[str, ...], token: str) -> None:
        parts = urlsplit(f"//{proxies[0]}" if proxies else "//127.0.0.1:0")
        host = parts.hostname or "127.0.0.1"
        self.host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 (compared, not bound)
        self.port = parts.port or 0
        self._token = token

    def mark(self, origin: Origin, parent: bytes = b"", words: Iterable[Word] = ()) -> str:
        """The value of the field that says a request is ours."""
        return write(self._token, origin, parent, words)

    @contextmanager
    def ask(
        self, ready: Ready, origin: Origin, parent: bytes = b"", *, patience: float | None = None
    ) -> Iterator[requests.Response]:
        """Send it; the answer as soon as its head is there, its body still to be read. `patience` limits each wait for bytes, as `ready` says without it.

        Raises NotSent, and OSError or requests' own errors for what happens on the way.
        """
        words: tuple[Word, ...] = () if ready.verify else ("unverified",)
        quiet = [
            (name, SKIP_HEADER)
            for name in _QUIET
            if ready.said(name.lower()) is None and (name != "Host" or not ready.minor)
        ]
        fields = _Said((*ready.fields, *quiet, (FIELD, self.mark(origin, parent, words))))
        prepared = requests.PreparedRequest()
        prepared.method, prepared.url, prepared.hooks = ready.method, ready.url, {}
        prepared.headers = fields  # type: ignore[assignment]  # keeps order and repeated names, which requests' own doesn't
        prepared.body = ready.body() if ready.body is not None else None  # type: ignore[assignment]  # a stream, as requests takes one
        adapter = _Adapter(self.host, self.port, ready)
        try:
            answer = adapter.send(prepared, stream=True, timeout=(CONNECT_WITHIN, patience or ready.timeout))
        except requests.exceptions.ConnectionError as error:
            adapter.close()
            if adapter.pool.connected:
                raise
            raise NotSent("The proxy did not take the request: it is not running, or being started again.", "Try again in a moment.") from error  # fmt: skip
        except BaseException:
            adapter.close()
            raise
        try:
            yield answer
        finally:
            answer.close()
            adapter.close()

    @contextmanager
    def within(self, limit: float, answer: requests.Response) -> Iterator[threading.Event]:
        """Cut the answer off when `limit` seconds have passed; the event tells that it was."""
        over = threading.Event()

        def cut() -> None:
            over.set()
            line = getattr(getattr(answer.raw, "_connection", None), "sock", None)
            if line is not None:
                _shut(line)

        timer = threading.Timer(limit, cut)
        timer.daemon = True
        timer.start()
        try:
            yield over
        finally:
            timer.cancel()


def _shut(line: Any) -> None:
    try:
        line.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # it has ended by itself


class _Said(HTTPHeaderDict):
    """Fields in their very order and spelling: urllib3's own brings those of one name together."""

    def __init__(self, rows: Iterable[tuple[str, str]] = ()) -> None:
        super().__init__()
        self._rows = tuple(rows)
        for name, value in self._rows:
            self.add(name, value)

    def items(self) -> Any:
        return self._rows

    def copy(self) -> _Said:
        return _Said(self._rows)


class _Adapter(HTTPAdapter):
    """Leads each request to the engine, whatever its address says."""

    def __init__(self, host: str, port: int, ready: Ready) -> None:
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)
        self.pool = _Pool(host, port, ready)

    def get_connection_with_tls_context(self, *_: Any, **__: Any) -> HTTPConnectionPool:
        return self.pool

    def cert_verify(self, *_: Any) -> None:
        """The engine looks at certificates."""

    def request_url(self, *_: Any) -> str:
        return "/"  # put right by the pool

    def close(self) -> None:
        self.pool.close()
        super().close()


class _Pool(HTTPConnectionPool):
    """One connection for one request, whose target is written as it stands."""

    def __init__(self, host: str, port: int, ready: Ready) -> None:
        super().__init__(host, port, maxsize=1)
        self._ready = ready
        self.connected = False

    def _make_request(  # type: ignore[override]  # only what is changed here is named
        self, conn: Any, method: str, url: str, **given: Any
    ) -> Any:
        conn._http_vsn, conn._http_vsn_str = 10 + self._ready.minor, f"HTTP/1.{self._ready.minor}"
        conn.connect()
        self.connected = True
        return super()._make_request(conn, method, self._ready.url, **given)
