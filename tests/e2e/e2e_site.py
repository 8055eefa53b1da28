"""A small real web site on this computer, over http and https: what clients fetch through the proxy, and directly.

Each kind of thing the web does is a function in `ROUTES`. Connections are kept alive, as sites do. `seen` has every request as
it arrived, so that a test can say what never did.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import math
import os
import select
import shutil
import ssl
import struct
import subprocess
import threading
import wave
import zlib
from base64 import b64encode
from collections.abc import Callable, Iterator
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import NamedTuple, Self
from urllib.parse import parse_qsl, unquote, urlsplit

MIB = 1 << 20
LARGEST = 20 * MIB
CHUNKS = 40
CHUNK = 5000
WEBSOCKET_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455 §1.3

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>The site</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="/style.css">
<script src="/script.js" defer></script></head>
<body><h1>A page with parts</h1><img src="/picture.png" alt="stripes" width="64" height="64">
<form method="post" action="/form"><input name="name" value="Ada &amp; Grace"><input name="secret" type="password">
<button>Send</button></form><a href="/old">An old address</a></body></html>
"""
STYLE = b"h1 { color: rgb(1, 2, 3); }\n"
SCRIPT = b"document.documentElement.dataset.script = 'ran';\n"
NUMBERS = {"numbers": list(range(50)), "text": "Grüße, 世界"}


class Seen(NamedTuple):
    """A request as it reached the site."""

    scheme: str
    method: str
    path: str
    fields: tuple[tuple[str, str], ...]


@lru_cache
def pattern(size: int) -> bytes:
    """Bytes that don't compress and are always the same."""
    return hashlib.shake_128(b"the site").digest(size)


@lru_cache
def picture() -> bytes:
    """A small PNG with stripes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + bytes(255 if (x // 8) % 2 else 90 for x in range(64)) for _ in range(64))
    head = struct.pack(">IIBBBBB", 64, 64, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


@lru_cache
def sound() -> bytes:
    """Ten seconds of a tone, so that a browser asks for it by ranges."""
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(22050)
        out.writeframes(b"".join(struct.pack("<h", int(9000 * math.sin(n / 8))) for n in range(22050)) * 10)
    return file.getvalue()


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


def page(handler: Handler, path: str) -> None:
    handler.reply(
        200, PAGE.encode(), "text/html; charset=utf-8", Set_Cookie="visited=yes; Path=/; SameSite=Lax"
    )


def numbers(handler: Handler, path: str) -> None:
    handler.reply_json(NUMBERS)


def form(handler: Handler, path: str) -> None:
    told = dict(parse_qsl(b"".join(handler.body()).decode()))
    handler.reply(
        200,
        f"<!doctype html><title>Thanks</title><h1>Thanks, {told.get('name')}</h1>".encode(),
        "text/html; charset=utf-8",
    )


def old(handler: Handler, path: str) -> None:
    handler.reply(302, b"It has moved.", "text/plain", Location="/new")


def new(handler: Handler, path: str) -> None:
    handler.reply(200, b"<!doctype html><title>New</title><h1>Arrived</h1>", "text/html")


def cookies(handler: Handler, path: str) -> None:
    handler.reply_json({"cookie": handler.headers.get("Cookie", "")})


def events(handler: Handler, path: str) -> None:
    """Three events, then nothing but a sign of life now and then, until the browser leaves."""
    handler.send_response(200)
    handler.send_header("Content-Type", "text/event-stream")
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    for number in range(3):
        handler.chunk(f"id: {number}\ndata: event {number}\n\n".encode())
    while not handler.gone(within=0.5):
        handler.chunk(b": still here\n\n")


def websocket(handler: Handler, path: str) -> None:
    """Echoes messages of one frame each (RFC 6455), until it is closed."""
    key = handler.headers.get("Sec-WebSocket-Key", "").encode()
    accept = b64encode(hashlib.sha1(key + WEBSOCKET_GUID).digest()).decode()
    handler.send_response(101)
    handler.send_header("Upgrade", "websocket")
    handler.send_header("Connection", "Upgrade")
    handler.send_header("Sec-WebSocket-Accept", accept)
    handler.end_headers()
    handler.wfile.flush()
    handler.close_connection = True
    while True:
        first, second = handler.rfile.read(2) or (0x88, 0x80)
        size = second & 0x7F
        if size > 125:
            size = int.from_bytes(handler.rfile.read(2 if size == 126 else 8), "big")
        mask = handler.rfile.read(4)
        data = bytes(byte ^ mask[at % 4] for at, byte in enumerate(handler.rfile.read(size)))
        length = bytes([size]) if size < 126 else b"\x7e" + size.to_bytes(2, "big")
        handler.wfile.write(bytes([first]) + length + data)
        handler.wfile.flush()
        if first & 0x0F == 8:
            return


def chunked(handler: Handler, path: str) -> None:
    """Chunks of odd sizes, an extension on one of them, and a trailer field."""
    handler.send_response(200)
    handler.send_header("Content-Type", "application/octet-stream")
    handler.send_header("Transfer-Encoding", "chunked")
    handler.send_header("Trailer", "X-Checksum")
    handler.end_headers()
    body = pattern(CHUNKS * CHUNK)
    for number in range(CHUNKS):
        handler.chunk(body[number * CHUNK : (number + 1) * CHUNK])
    handler.wfile.write(f"0;last\r\nX-Checksum: {hashlib.sha256(body).hexdigest()}\r\n\r\n".encode())


def until_close(handler: Handler, path: str) -> None:
    """A response as in HTTP/1.0: its body ends with the connection."""
    handler.send_response(200)
    handler.send_header("Content-Type", "application/octet-stream")
    handler.send_header("Connection", "close")
    handler.end_headers()
    handler.wfile.write(pattern(100_000))


def upload(handler: Handler, path: str) -> None:
    digest, size = hashlib.sha256(), 0
    for piece in handler.body():
        digest.update(piece)
        size += len(piece)
    handler.reply_json({"size": size, "sha256": digest.hexdigest()})


def some_bytes(handler: Handler, path: str) -> None:
    handler.ranged(pattern(int(path.rpartition("/")[2])), "application/octet-stream")


def load(handler: Handler, path: str) -> None:
    handler.reply(200, f"This is {path}.\n".encode(), "text/plain")


def hanging(handler: Handler, path: str) -> None:
    """Begins an answer and never ends it."""
    handler.send_response(200)
    handler.send_header("Content-Type", "text/plain")
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    handler.wfile.write(b"and then ")
    handler.wfile.flush()
    while not handler.gone(within=0.1):
        pass


def files(handler: Handler, path: str) -> None:
    """The folder that the test serves: links to what is in it, as a package index has them."""
    found = handler.site.folder / path.removeprefix("/files/").strip("/")
    if handler.site.folder not in (found, *found.parents) or not found.exists():
        missing(handler, path)
    elif found.is_dir():
        links = "".join(f'<a href="{each.name}">{each.name}</a>\n' for each in sorted(found.iterdir()))
        handler.reply(200, f"<!doctype html><html><body>{links}</body></html>".encode(), "text/html")
    else:
        handler.reply(200, found.read_bytes(), "application/octet-stream")


def repository(handler: Handler, path: str) -> None:
    """`git http-backend` as a CGI program, over the repositories in the site's folder."""
    git = shutil.which("git")
    assert git is not None
    asked = urlsplit(handler.path)
    environment = {
        "PATH": os.environ["PATH"], "GIT_PROJECT_ROOT": str(handler.site.folder), "GIT_HTTP_EXPORT_ALL": "1",
        "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*",
        "PATH_INFO": path.removeprefix("/git"), "QUERY_STRING": asked.query, "REQUEST_METHOD": handler.command,
        "CONTENT_TYPE": handler.headers.get("Content-Type", ""), "REMOTE_ADDR": "127.0.0.1",
        "HTTP_CONTENT_ENCODING": handler.headers.get("Content-Encoding", ""),
        "GIT_PROTOCOL": handler.headers.get("Git-Protocol", ""),
    }  # fmt: skip
    done = subprocess.run(
        [git, "http-backend"],
        input=b"".join(handler.body()),
        env=environment,
        capture_output=True,
        check=True,
    )
    head, _, body = done.stdout.partition(b"\r\n\r\n")
    fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
    status = int(fields.pop("Status", "200").split()[0])
    handler.reply(status, body, **{name.replace("-", "_"): value for name, value in fields.items()})


def missing(handler: Handler, path: str) -> None:
    for _ in handler.body():
        pass
    handler.reply(404, b"There is nothing here.\n", "text/plain")


Route = Callable[[Handler, str], None]
ROUTES: dict[str, Route] = {
    "/": page,
    "/style.css": lambda handler, _: handler.cacheable(STYLE, "text/css"),
    "/script.js": lambda handler, _: handler.cacheable(SCRIPT, "text/javascript"),
    "/picture.png": lambda handler, _: handler.cacheable(picture(), "image/png"),
    "/sound.wav": lambda handler, _: handler.ranged(sound(), "audio/wav"),
    "/data.json": numbers,
    "/form": form,
    "/old": old,
    "/new": new,
    "/cookies": cookies,
    "/events": events,
    "/socket": websocket,
    "/chunked": chunked,
    "/until-close": until_close,
    "/upload": upload,
    "/hanging": hanging,
}
PREFIXES: dict[str, Route] = {"/bytes/": some_bytes, "/load/": load, "/files/": files, "/git/": repository}


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
