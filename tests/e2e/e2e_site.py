"""A small real web site on this computer, over http and https: what clients fetch through the proxy, and directly.

What it answers is in `e2e_routes`. Connections are kept alive, as sites do. `seen` has every request as it arrived, so that a
test can say what never did.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import select
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import NamedTuple, Self
from urllib.parse import unquote, urlsplit

from e2e_routes import PREFIXES, ROUTES, missing


class Seen(NamedTuple):
    """A request as it reached the site."""

    scheme: str
    method: str
    path: str
    fields: tuple[tuple[str, str], ...]


class Handler(BaseHTTPRequestHandler):
    """One connection to the site."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    timeout = 60
    server: SiteServer

    def setup(self) -> None:
        if self.server.tls is not None:
            self.request.settimeout(self.timeout)
            self.request = self.server.tls.wrap_socket(self.request, server_side=True)
        super().setup()

    def finish(self) -> None:
        with contextlib.suppress(OSError):
            super().finish()
        if isinstance(self.request, ssl.SSLSocket):
            with contextlib.suppress(OSError, ValueError):
                self.request.unwrap()  # says TLS's goodbye: GnuTLS takes a body without it for one that was cut off
            self.request.close()

    def handle_any(self) -> None:
        self.site.seen.append(Seen(self.server.scheme, self.command, self.path, tuple(self.headers.items())))
        path = unquote(urlsplit(self.path).path)
        route = ROUTES.get(path) or next(
            (each for prefix, each in PREFIXES.items() if path.startswith(prefix)), missing
        )
        route(self, path)
        self.wfile.flush()

    do_GET = do_HEAD = do_POST = do_PUT = do_OPTIONS = handle_any  # noqa: N815 (http.server names them)

    @property
    def site(self) -> Site:
        return self.server.site

    def log_message(self, format: str, *args: object) -> None:
        pass

    def reply(self, status: int, body: bytes = b"", media: str = "", **fields: str) -> None:
        """A whole response; `Set_Cookie="a=b"` becomes a field."""
        self.send_response(status)
        if media:
            self.send_header("Content-Type", media)
        for name, value in fields.items():
            self.send_header(name.replace("_", "-"), value)
        if status not in (204, 304):
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def reply_json(self, value: object) -> None:
        self.reply(200, json.dumps(value, ensure_ascii=False).encode(), "application/json")

    def cacheable(self, body: bytes, media: str) -> None:
        """With an ETag, so that a second time it can be 304."""
        tag = f'"{hashlib.sha256(body).hexdigest()[:12]}"'
        if self.headers.get("If-None-Match") == tag:
            self.reply(304, ETag=tag)
        else:
            self.reply(200, body, media, ETag=tag, Cache_Control="no-cache")

    def ranged(self, body: bytes, media: str) -> None:
        """Whole or one range of it (RFC 9110 §14)."""
        kind, _, asked = self.headers.get("Range", "").partition("=")
        if kind != "bytes" or "," in asked:
            self.reply(200, body, media, Accept_Ranges="bytes")
            return
        first, _, last = asked.partition("-")
        begin = int(first) if first else max(0, len(body) - int(last))
        end = min(int(last) if first and last else len(body) - 1, len(body) - 1)
        part = body[begin : end + 1]
        where = f"bytes {begin}-{end}/{len(body)}"
        self.reply(206, part, media, Content_Range=where, Accept_Ranges="bytes")

    def body(self) -> Iterator[bytes]:
        """The request's body, with its chunk framing taken off."""
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            while size := int(self.rfile.readline().partition(b";")[0], 16):
                yield self.rfile.read(size)
                self.rfile.readline()
            while self.rfile.readline().strip():
                pass
            return
        left = int(self.headers.get("Content-Length", 0))
        while left and (piece := self.rfile.read(min(left, 1 << 16))):
            left -= len(piece)
            yield piece

    def chunk(self, data: bytes) -> None:
        self.wfile.write(b"%x\r\n%b\r\n" % (len(data), data))
        self.wfile.flush()

    def gone(self, within: float) -> bool:
        """Whether the other side closes (or speaks) within these seconds, or the site stops."""
        self.close_connection = True
        return bool(select.select([self.connection], [], [], within)[0]) or self.site.stopping.is_set()


class Echo(StreamRequestHandler):
    """Says back what it hears, until it hears no more. It is no HTTP."""

    def handle(self) -> None:
        while data := self.request.recv(65536):
            self.request.sendall(data)


class EchoServer(ThreadingTCPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Echo)


class SiteServer(ThreadingHTTPServer):
    """One listening socket of the site."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, site: Site, tls: ssl.SSLContext | None) -> None:
        self.site, self.tls = site, tls
        self.scheme = "https" if tls else "http"
        super().__init__(("127.0.0.1", 0), Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that hang up in the middle are a part of the tests."""


class Site:
    """The site, running as long as the `with` lasts. `folder` is what /files/ and /git/ serve."""

    def __init__(self, tls: ssl.SSLContext, folder: Path) -> None:
        self.folder = folder
        self.seen: list[Seen] = []
        self.stopping = threading.Event()
        self._servers = [SiteServer(self, None), SiteServer(self, tls), EchoServer()]
        self.http_port, self.https_port, self.echo_port = (
            server.server_address[1] for server in self._servers
        )
        self.http, self.https = f"http://localhost:{self.http_port}", f"https://localhost:{self.https_port}"

    def __enter__(self) -> Self:
        self._threads = [
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
            for server in self._servers
        ]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        for server in self._servers:
            server.shutdown()
        for thread in self._threads:
            thread.join()
        for server in self._servers:
            server.server_close()

    def urls(self, path: str) -> dict[str, str]:
        """The same address over http and https."""
        return {"http": self.http + path, "https": self.https + path}
