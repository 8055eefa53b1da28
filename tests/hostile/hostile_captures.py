"""What is captured for the tests of hostile traffic: naughty strings in every place of an exchange, bodies that would run, bombs."""

from __future__ import annotations

import gzip
import json
import socket
import socketserver
import zlib
from typing import NamedTuple
from urllib.parse import quote, quote_from_bytes

import brotli
import zstandard

BATCH = 40  # strings in one exchange
EACH = 200  # bytes of one string in a field
MIB = 1024 * 1024


class Exchange(NamedTuple):
    """What a browser says, and what the site answers: whole messages."""

    name: str
    request: bytes
    answer: bytes


def _answer(body: bytes, *fields: bytes, kind: bytes = b"text/html") -> bytes:
    lines = [b"HTTP/1.1 200 OK", b"Content-Type: " + kind, *fields, b"Content-Length: %d" % len(body)]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def _flat(string: str) -> bytes:
    """A string as it can stand in a field: the engine refuses line ends and NUL there, as it should."""
    data = string.encode("utf-8", "surrogatepass").translate(None, b"\r\n\0")
    return bytes(byte for byte in data if byte >= 0x20 and byte != 0x7F)[:EACH]


def naughty(strings: list[str], base: str) -> list[Exchange]:
    """Exchanges that hold all of the strings, each of them in every place."""
    found = []
    for number in range(0, len(strings), BATCH):
        batch = strings[number : number + BATCH]
        encoded = [quote(each.encode("utf-8", "surrogatepass"), safe="") for each in batch]
        path = "/" + "/".join(encoded)[:3000]
        query = "&".join(f"{each}={each}" for each in encoded)[:6000]
        fields = [b"X-Naughty-%d: %b" % (at, _flat(each)) for at, each in enumerate(batch)]
        cookies = b"Cookie: " + b"; ".join(
            b"n%d=%b" % (at, _flat(each).replace(b";", b"")) for at, each in enumerate(batch)
        )
        parts = [
            b'--B\r\nContent-Disposition: form-data; name="f%d"; filename="%b"\r\nContent-Type: text/html\r\n\r\n%b\r\n'
            % (at, _flat(each).replace(b'"', b"%22"), each.encode("utf-8", "surrogatepass"))
            for at, each in enumerate(batch)
        ]
        body = b"".join(parts) + b"--B--\r\n"
        lines = [
            f"POST {path}?{query} HTTP/1.1".encode(),
            b"Host: " + base.encode(),
            b"Content-Type: multipart/form-data; boundary=B",
            *fields,
            cookies,
        ]
        lines.append(b"Content-Length: %d" % len(body))
        said = [b"Set-Cookie: n%d=%b" % (at, _flat(each)) for at, each in enumerate(batch)]
        said += [b"X-Answer-%d: %b" % (at, _flat(each)) for at, each in enumerate(batch)]
        said.append(b'Content-Disposition: attachment; filename="%b"' % _flat(batch[0]).replace(b'"', b""))
        page = "\n".join(batch).encode("utf-8", "surrogatepass")
        found.append(
            Exchange(f"naughty {number}", b"\r\n".join(lines) + b"\r\n\r\n" + body, _answer(page, *said))
        )
    return found


RUN = b"document.title='ran';alert(1);window.hit=1"
BODIES = {
    "html": (b"<!doctype html><base href=//evil.test/><script>" + RUN + b'</script><img src=x onerror="' + RUN + b'"><meta http-equiv=refresh content=0;url=//evil.test/>'
             b"<iframe src=//evil.test></iframe><style>@import '//evil.test/';*{display:none!important}</style></textarea></pre></code></title><script>" + RUN + b"</script>", b"text/html"),
    "svg": (b'<svg xmlns="http://www.w3.org/2000/svg" onload="' + RUN + b'"><script>' + RUN + b'</script><image href="//evil.test/x.png"/></svg>', b"image/svg+xml"),
    "pdf": (b"%PDF-1.7\n1 0 obj<</Type/Catalog/OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\n\xff\xfe<script>" + RUN + b"</script>%%EOF", b"application/pdf"),
    "json": (json.dumps({"__proto__": {"x": 1}, "constructor": "<script>" + RUN.decode() + "</script>", "</script>": ["<img src=x onerror=alert(1)>"] * 50}).encode(), b"application/json"),
    "deep json": (b"[" * 100_000 + b"]" * 100_000, b"application/json"),
    "deep objects": (b'{"a":' * 50_000 + b"1" + b"}" * 50_000, b"application/json"),
    "huge json": (b'{"a":[' + b'{"b":"<script>alert(1)</script>","c":[1,2,3]},' * 100_000 + b"1]}", b"application/json"),
    "a long line": (b"<b>" * 700_000, b"text/plain"),
    "surrogates": (b'{"a":"\\ud800","b":"\\udfff\\ud800","c":"\xed\xa0\x80"}', b"application/json"),
    "invalid utf-8": (b"\xff\xfe\xfd<script>" + RUN + b"</script>\xc0\xaf\xf5\x80" * 20, b"text/html; charset=utf-8"),
    "an unknown charset": (b"<script>" + RUN + b"</script>", b'text/html; charset="\\"><script>alert(1)</script>"'),
    "utf-7": (b"+ADw-script+AD4-alert(1)+ADw-/script+AD4-", b"text/html; charset=utf-7"),
    "xml": (b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;&x;"><!ENTITY e SYSTEM "file:///etc/passwd">]><a>&y;&e;</a>', b"application/xml"),
    "a picture that is none": (b"\x89PNG\r\n\x1a\n<script>" + RUN + b"</script>", b"image/png"),
    "a huge picture": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\x7f\xff\xff\xff\x7f\xff\xff\xff\x08\x06\0\0\0", b"image/png"),
    "events": (b"event: x\ndata: <script>" + RUN + b"</script>\n\n" * 50, b"text/event-stream"),
    "a form": (b"<script>=" + quote_from_bytes(b"<script>" + RUN).encode() + b"&%=%zz&=&&a", b"application/x-www-form-urlencoded"),
    "right to left": ("\u202egpj.exe\u2066 \u200b\u0301\u0301\u0301 ".encode() * 200, b"text/plain; charset=utf-8"),
}  # fmt: skip


def _nested(data: bytes, times: int) -> bytes:
    for _ in range(times):
        data = gzip.compress(data, 9, mtime=0)
    return data


def _zeros(size: int) -> bytes:
    """So many zeros, packed by gzip without having them all at once."""
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    return b"".join([*(packer.compress(bytes(MIB)) for _ in range(size // MIB)), packer.flush()])


def bombs() -> dict[str, tuple[bytes, bytes]]:
    """Bodies of kilobytes that unfold to hundreds of megabytes, by name, with their codings."""
    many = _zeros(512 * MIB)
    page = b"<p>" + b"a" * (60 * MIB)
    return {
        "gzip": (many, b"gzip"),
        "deflate": (zlib.compress(bytes(200 * MIB), 9), b"deflate"),
        "br": (brotli.compress(bytes(200 * MIB), quality=3), b"br"),
        "zstd": (zstandard.ZstdCompressor(level=3).compress(bytes(200 * MIB)), b"zstd"),
        "gzip in gzip": (_nested(many, 1), b"gzip, gzip"),
        "gzip in gzip in gzip": (_nested(many, 2), b"gzip, gzip, gzip"),
        "br in gzip": (gzip.compress(brotli.compress(page, quality=3)), b"br, gzip"),
        "ten codings": (b"x", b", ".join([b"gzip"] * 10)),
    }


def hostile(base: str) -> list[Exchange]:
    """One exchange for each body, both ways."""
    found = []
    for name, (body, kind) in BODIES.items():
        head = b"POST /body/%b HTTP/1.1\r\nHost: %b\r\nContent-Type: %b\r\nContent-Length: %d\r\n\r\n"
        asked = head % (quote(name).encode(), base.encode(), kind, len(body))
        found.append(Exchange(name, asked + body, _answer(body, kind=kind)))
    for name, (body, coding) in bombs().items():
        asked = b"GET /bomb/%b HTTP/1.1\r\nHost: %b\r\n\r\n" % (quote(name).encode(), base.encode())
        found.append(Exchange(f"bomb {name}", asked, _answer(body, b"Content-Encoding: " + coding)))
    return found


class Site(socketserver.ThreadingTCPServer):
    """Answers each request with what was agreed on, in turn."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        self.answers: dict[bytes, bytes] = {}
        super().__init__(("127.0.0.1", 0), _Answering)

    @property
    def base(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"


class _Answering(socketserver.StreamRequestHandler):
    server: Site

    def handle(self) -> None:
        while start := self.rfile.readline():
            head = b""
            while not head.endswith(b"\r\n\r\n"):
                head += self.rfile.readline()
            size = next(
                (
                    int(line[15:])
                    for line in head.split(b"\r\n")
                    if line.lower().startswith(b"content-length:")
                ),
                0,
            )
            self.rfile.read(size)
            self.wfile.write(self.server.answers[start.split(b" ")[1]])


def send(proxy: str, site: Site, exchanges: list[Exchange]) -> list[int]:
    """Say every request through the proxy; the statuses that came back."""
    host, _, port = proxy.rpartition(":")
    statuses = []
    with socket.create_connection((host, int(port)), 20) as line, line.makefile("rb") as answers:
        for each in exchanges:
            method, target, rest = each.request.split(b" ", 2)
            site.answers[target] = each.answer
            line.sendall(b"%b http://%b%b %b" % (method, site.base.encode(), target, rest))
            status = int(answers.readline().split(b" ")[1])
            size = 0
            while (field := answers.readline()) != b"\r\n":
                if field.lower().startswith(b"content-length:"):
                    size = int(field[15:])
            while size:
                size -= len(answers.read(min(size, MIB)))
            statuses.append(status)
    return statuses
