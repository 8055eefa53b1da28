"""Who plays in scripts/stories: sites of several kinds, and a program that says what a browser says. All of them real, all on this computer."""

from __future__ import annotations

import contextlib
import gzip
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import formatdate
from pathlib import Path

from https_stage import PATIENCE, Files, NotAsItShouldBe

HOST = "localhost"
_OLD = 600  # seconds that an answer lay in a cache
_WORK = 0.05  # seconds that a site takes for an answer
_PAGE = (
    b"<!doctype html>\n<html lang=en><title>Bread</title><h1>How to bake bread</h1>\n<p>Flour, water, salt, time.</p>\n"
    * 40
)
_PACKED = gzip.compress(_PAGE, mtime=0)
_SMALL = b"<!doctype html>\n<title>Bread</title>\n<h1>How to bake bread</h1>\n"
_HTML = b"Content-Type: text/html; charset=utf-8\r\n"

_FIELDS = (
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0\r\n"
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n"
    "Accept-Language: en-GB,en;q=0.5\r\n"
    "Accept-Encoding: gzip, deflate, br, zstd\r\n"
    "Connection: keep-alive\r\n"
    "Sec-Fetch-Dest: document\r\n"
    "Sec-Fetch-Mode: navigate\r\n"
    "Sec-Fetch-Site: none\r\n"
)


def _answer(path: str, request: bytes) -> bytes:
    """What the sites say: one table for all of them."""
    known = b'if-none-match: "bread-7"' in request.lower()
    if path == "/kept" and known:
        return _head(b"304 Not Modified", b'ETag: "bread-7"\r\nCache-Control: no-cache\r\n')
    bodies = {
        "/": (b"200 OK", _HTML + b"Cache-Control: no-store\r\n", _SMALL),
        "/long": (b"200 OK", _HTML + b"Content-Encoding: gzip\r\nVary: Accept-Encoding\r\nCache-Control: no-store\r\n", _PACKED),
        "/once": (b"200 OK", _HTML + b"Cache-Control: no-store\r\nConnection: close\r\n", _SMALL),
        "/old": (b"301 Moved Permanently", b"Location: /\r\nCache-Control: max-age=3600\r\n", b""),
        "/kept": (b"200 OK", _HTML + b'ETag: "bread-7"\r\nCache-Control: no-cache\r\n', _SMALL),
        "/shared": (b"200 OK", _HTML + b"Cache-Control: public, max-age=3600\r\nAge: %d\r\nVia: 1.1 cache.example\r\n" % _OLD, _SMALL),
        "/log-in": (b"303 See Other", b"Location: /\r\nSet-Cookie: session=4f1e77; Path=/; HttpOnly; SameSite=Lax\r\nCache-Control: no-store\r\n", b""),
    }  # fmt: skip
    status, fields, body = bodies.get(path, (b"404 Not Found", _HTML, b"<h1>Nothing here</h1>\n"))
    return _head(status, fields + b"Content-Length: %d\r\n" % len(body)) + body


def _head(status: bytes, fields: bytes) -> bytes:
    made = time.time() - (_OLD if b"\r\nAge: " in fields else 0)
    return (
        b"HTTP/1.1 "
        + status
        + b"\r\nDate: "
        + formatdate(made, usegmt=True).encode()
        + b"\r\n"
        + fields
        + b"\r\n"
    )


@contextlib.contextmanager
def site(files: Files | None = None, version: ssl.TLSVersion | None = None) -> Iterator[int]:
    """A site, with TLS if it is given files and a version; the port where it listens."""
    context = None
    if files is not None and version is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = context.maximum_version = version
        context.load_cert_chain(files.chain, files.key)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_accept, args=(listener, context), daemon=True).start()
        yield listener.getsockname()[1]


def _accept(listener: socket.socket, context: ssl.SSLContext | None) -> None:
    with contextlib.suppress(OSError):
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=_serve, args=(connection, context), daemon=True).start()


def _serve(connection: socket.socket, context: ssl.SSLContext | None) -> None:
    with contextlib.suppress(OSError), connection:
        connection.settimeout(PATIENCE)
        line = context.wrap_socket(connection, server_side=True) if context else connection
        with line:
            while request := _request(line):
                time.sleep(_WORK)
                answer = _answer(request.split(b" ", 2)[1].decode(), request)
                line.sendall(answer)
                if b"\r\nConnection: close\r\n" in answer:
                    if isinstance(line, ssl.SSLSocket):
                        line.unwrap()
                    return


def _request(line: socket.socket) -> bytes:
    """A request's head; its body is read too, and dropped."""
    got = b""
    while b"\r\n\r\n" not in got:
        data = line.recv(65536)
        if not data:
            return b""
        got += data
    head, _, body = got.partition(b"\r\n\r\n")
    length = next(
        (
            int(each.split(b":")[1])
            for each in head.split(b"\r\n")
            if each.lower().startswith(b"content-length:")
        ),
        0,
    )
    while len(body) < length:
        body += line.recv(65536)
    return head + b"\r\n\r\n"


@dataclass
class Visitor:
    """A program that says what a browser says, on one connection to the proxy. `believes` is the authority's file it was given."""

    proxy: int
    believes: Path | None = None
    line: socket.socket | None = None

    def connect(self, port: int, *, secure: bool) -> None:
        self.line = socket.create_connection(("127.0.0.1", self.proxy), PATIENCE)
        if not secure:
            return
        where = f"{HOST}:{port}"
        agent = _FIELDS.partition("\r\n")[0]
        self.line.sendall(
            f"CONNECT {where} HTTP/1.1\r\n{agent}\r\nProxy-Connection: keep-alive\r\nConnection: keep-alive\r\nHost: {where}\r\n\r\n".encode()
        )
        if not _until(self.line, b"\r\n\r\n").startswith(b"HTTP/1.1 200"):
            raise NotAsItShouldBe("The proxy made no tunnel.")
        context = ssl.create_default_context(cafile=str(self.believes) if self.believes else None)
        context.set_alpn_protocols(["http/1.1"])
        self.line = context.wrap_socket(self.line, server_hostname=HOST)

    def ask(self, port: int, path: str, fields: str = "", body: str = "") -> bytes:
        """One request and its response, whole."""
        assert self.line is not None
        where = f"{HOST}:{port}"
        target = path if isinstance(self.line, ssl.SSLSocket) else f"http://{where}{path}"
        method = "POST" if body else "GET"
        if body:
            fields += f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
        self.line.sendall(
            f"{method} {target} HTTP/1.1\r\nHost: {where}\r\n{_FIELDS}{fields}\r\n{body}".encode()
        )
        answer = _until(self.line, b"\r\n\r\n")
        head, _, rest = answer.partition(b"\r\n\r\n")
        length = next(
            (
                int(each.split(b":")[1])
                for each in head.split(b"\r\n")
                if each.lower().startswith(b"content-length:")
            ),
            0,
        )
        while len(rest) < length and b" 304 " not in head.partition(b"\r\n")[0]:
            rest += self.line.recv(65536)
        return head + b"\r\n\r\n" + rest

    def close(self) -> None:
        if self.line is not None:
            self.line.close()


def _until(line: socket.socket, end: bytes) -> bytes:
    got = b""
    while end not in got:
        data = line.recv(65536)
        if not data:
            raise NotAsItShouldBe(f"The connection ended after {got[:200]!r}.")
        got += data
    return got


def nobody() -> int:
    """A port where nobody listens: it was somebody's a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as gone:
        return int(gone.getsockname()[1])
