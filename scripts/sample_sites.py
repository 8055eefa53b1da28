"""Made-up sites and what a browser would fetch from them: the material of scripts/fill."""

from __future__ import annotations

import gzip
import json
import random
import struct
import tempfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from inspector.exchange.model import (
    NO_BODY,
    Body,
    Connection,
    Decision,
    Exchange,
    Fault,
    HandshakeMessage,
    Leg,
    Message,
    Resource,
    Timeline,
    Tls,
)
from inspector.pki.authority import Authority

HOSTS = (
    "www.example.com", "shop.example.com", "api.example.com", "static.example.net", "images.example.net",
    "news.example.org", "login.identity.example", "maps.example.org", "fonts.example.net", "video.example.net",
    "mail.example.com", "status.example.org", "metrics.example.net", "localhost", "wiki.example.org",
)  # fmt: skip
AGENTS = (
    ("Chrome 141", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"),
    ("Firefox 144", "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0"),
    ("curl 8.5", "curl/8.5.0"),
    ("requests 2.32", "python-requests/2.32.5"),
)  # fmt: skip
REASONS = {
    200: "OK", 201: "Created", 204: "No Content", 206: "Partial Content", 301: "Moved Permanently", 302: "Found",
    304: "Not Modified", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found",
    429: "Too Many Requests", 500: "Internal Server Error", 503: "Service Unavailable",
}  # fmt: skip
STATUSES = (
    [200] * 160 + [304] * 14 + [404] * 7 + [302] * 6 + [301] * 3 + [206] * 3 + [500, 401, 403, 429, 503, 400]
)
WORDS = "harbour lantern meadow copper violet saddle orchard thunder pebble marble willow ember".split()  # noqa: SIM905
SYLLABLES = "ba ce di fo gu ha je ki lo mu na pe ri so tu va wi xe yo zu".split()  # noqa: SIM905
RARE, EVERY = "nightingale", 250_000  # a word that stands in some four bodies of so many


class Thing(NamedTuple):
    """A kind of thing to fetch: how often, from where, as what, and a few bodies."""

    weight: int
    resource: Resource
    media: str
    path: str
    bodies: list[bytes]


class Failure(NamedTuple):
    """A way to fail: the fault, who erred, at which stage, in which detail."""

    code: str
    who: str
    stage: str
    detail: str


FAILURES = (
    Failure("dns-unknown", "network", "dns", ""),
    Failure("connect-refused", "server", "connect", ""),
    Failure("connect-timeout", "network", "connect", "10 s"),
    Failure("tls-untrusted", "server", "tls", "self-signed certificate"),
    Failure("server-closed-early", "server", "response-body", "812 of 4,096 bytes"),
    Failure("client-closed-early", "client", "response-body", "after 1,204 bytes"),
)


class Sites:
    """An endless walk through the web. `id` gives ids, `keep` puts a body where it belongs."""

    def __init__(self, seed: int, id: Callable[[], bytes], keep: Callable[[bytes], Body]) -> None:
        self._random = random.Random(seed)
        self._id, self._keep = id, keep
        self._things = _things(self._random)
        self._weights = [thing.weight for thing in self._things]
        self._chains = _chains()
        self._open: dict[str, tuple[bytes, bytes, int]] = {}

    def next(self, change: int, now: float) -> tuple[list[Connection], Exchange]:
        """The next exchange, after the connections that it needed."""
        chance = self._random
        host = chance.choice(HOSTS)
        secure = host != "localhost"
        (thing,) = chance.choices(self._things, self._weights)
        agent, user_agent = chance.choices(AGENTS, (60, 25, 10, 5))[0]
        made, (client, server, turn) = self._connections(host, now, secure=secure)
        failure = chance.choice(FAILURES) if chance.random() < 0.02 else None
        status = 0 if failure and failure.stage != "response-body" else chance.choice(STATUSES)
        posts = thing.resource == "data" and chance.random() < 0.3
        word = chance.choice(WORDS)
        path = thing.path.format(word=word, number=change % 9973)
        sent = f'{{"name": "{word}", "count": {change % 7}}}'.encode() if posts else b""
        request = _request_head(host, path, user_agent, len(sent), posts=posts, secure=secure)
        mark = f"{chance.getrandbits(64):016x}"
        answer = b"" if status in (0, 204, 301, 302, 304) else chance.choice(thing.bodies)
        if answer and thing.resource in ("page", "data"):
            answer = answer.replace(b"REQUEST", (f"{RARE} {mark}" if change % EVERY < 10 else mark).encode())
        response = _response_head(status, thing.media, answer, word, mark, fresh=turn == 1) if status else b""
        duration = chance.lognormvariate(-3.0, 1.0)
        body = self._keep(answer) if answer else NO_BODY
        legs = _legs((client, server, turn), request, sent, response, body, secure=secure)
        exchange = Exchange(
            id=self._id(), change=change, state="failed" if failure else "done", kind="http", origin="browser",
            started=now, duration=duration, method="POST" if posts else "GET",
            scheme="https" if secure else "http", host=host, port=443 if secure else 5000, path=path,
            version="HTTP/1.1", status=status, reason=REASONS.get(status, ""), media=thing.media if answer else "",
            resource=thing.resource, request_size=len(sent), response_size=len(answer),
            client=f"127.0.0.1:{40000 + turn}", agent=agent, protection="decrypted" if secure else "none",
            tls="TLSv1.3" if secure else "", remote="192.0.2.7:443" if secure else "127.0.0.1:5000", changed=False,
            fault=failure.code if failure else "", findings=0, client_leg=legs[0],
            server_leg=None if failure and failure.stage == "dns" else legs[1],
            timeline=_timeline(duration, reused=turn > 1, secure=secure, answered=bool(status)),
            decisions=(Decision("origin-form"), Decision("hop-by-hop", "Proxy-Connection")) if not secure else (),
            error=Fault(failure.code, failure.who, failure.stage, None, failure.detail) if failure else None,  # type: ignore[arg-type]
        )  # fmt: skip
        return made, exchange

    def _connections(
        self, host: str, now: float, *, secure: bool
    ) -> tuple[list[Connection], tuple[bytes, bytes, int]]:
        """Kept alive for some twenty exchanges."""
        client, server, turn = self._open.get(host, (b"", b"", 0))
        if turn and self._random.random() > 0.05:
            self._open[host] = found = (client, server, turn + 1)
            return [], found
        self._open[host] = found = (self._id(), self._id(), 1)
        tls = _tls(host, self._chains[host]) if secure else None
        return [
            Connection(found[0], "client", now, "127.0.0.1", 51234, "127.0.0.1", 8080, host, "", tls),
            Connection(found[1], "server", now, "192.0.2.7", 443, "192.0.2.50", 40312, host, "", tls),
        ], found


def _things(chance: random.Random) -> list[Thing]:
    lexicon = WORDS + ["".join(chance.choices(SYLLABLES, k=chance.randint(2, 5))) for _ in range(6000)]
    weights = [
        1 / (rank + 3) for rank in range(len(lexicon))
    ]  # as in any language, a few words are most of a text

    def prose(size: int) -> str:
        text = " ".join(chance.choices(lexicon, weights, k=size // 7 + 1))
        return text[:size]

    pages = [
        f"<!doctype html><title>{w}</title><h1>{w}</h1><!-- REQUEST --><p>{prose(1500)}".encode()
        for w in WORDS * 20
    ]
    data = [
        json.dumps({"request": "REQUEST", "items": prose(300).split(), "page": n}).encode()
        for n in range(240)
    ]
    scripts = [f"export const {w} = () => '{prose(900)}';\n".encode() for w in WORDS]
    styles = [
        f".{w} {{ color: #{chance.randrange(16**6):06x}; margin: {n}px }}\n".encode() * 20
        for n, w in enumerate(WORDS)
    ]
    images = [_png(chance, 16 + 4 * n) for n in range(8)]
    return [
        Thing(22, "page", "text/html", "/{word}/{number}", pages),
        Thing(30, "data", "application/json", "/api/v1/{word}?page={number}", data),
        Thing(18, "script", "text/javascript", "/assets/{word}.{number}.js", [gzip.compress(each) for each in scripts]),
        Thing(10, "style", "text/css", "/assets/{word}.css?v={number}", [gzip.compress(each) for each in styles]),
        Thing(16, "image", "image/png", "/images/{word}-{number}.png", images),
        Thing(3, "font", "font/woff2", "/fonts/{word}.woff2", [chance.randbytes(9000) for _ in range(3)]),
        Thing(1, "media", "video/mp4", "/films/{word}-{number}.mp4", [chance.randbytes(150_000)]),
    ]  # fmt: skip


def _png(chance: random.Random, size: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + chance.randbytes(3) * size for _ in range(size))
    header = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def _chains() -> dict[str, tuple[bytes, ...]]:
    """A certificate for every host, by an authority that is gone at once."""
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    with tempfile.TemporaryDirectory() as folder:
        authority = Authority.load_or_create(Path(folder) / "made-up")
        root = authority.certificate.public_bytes(Encoding.DER)
        return {host: (authority.issue([host], key).public_bytes(Encoding.DER), root) for host in HOSTS}


def _tls(host: str, chain: tuple[bytes, ...]) -> Tls:
    sizes = ((1, 517), (2, 122), (8, 32), (11, 812), (15, 96), (20, 52))
    handshake = tuple(
        HandshakeMessage("client" if type == 1 else "server", 22, type, size, 0.001 * at)
        for at, (type, size) in enumerate(sizes)
    )
    return Tls(
        "TLSv1.3", "TLS_AES_256_GCM_SHA384", "http/1.1", host, chain, verified=True, handshake=handshake
    )


def _request_head(host: str, path: str, user_agent: str, length: int, *, posts: bool, secure: bool) -> bytes:
    lines = [
        f"{'POST' if posts else 'GET'} {path} HTTP/1.1", f"Host: {host}" + ("" if secure else ":5000"),
        f"User-Agent: {user_agent}", "Accept: */*", "Accept-Language: en-GB,en;q=0.8",
        "Accept-Encoding: gzip, deflate, br, zstd", "Cookie: session=4b1fa0c2d7; theme=dark", "Connection: keep-alive",
    ]  # fmt: skip
    if posts:
        lines += ["Content-Type: application/json", f"Content-Length: {length}"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def _response_head(status: int, media: str, body: bytes, word: str, mark: str, *, fresh: bool) -> bytes:
    lines = [
        f"HTTP/1.1 {status} {REASONS[status]}", "Date: Tue, 11 Nov 2025 10:00:00 GMT", "Server: nginx",
        "Cache-Control: max-age=600", f'ETag: "{word}-17"', "Strict-Transport-Security: max-age=31536000",
        f"X-Request-Id: {mark}",
    ]  # fmt: skip
    if fresh:
        lines += [f"Set-Cookie: session={mark}; Path=/; HttpOnly"]
    if status in (301, 302):
        lines += [f"Location: /{word}/", "Content-Length: 0"]
    elif body:
        lines += [f"Content-Type: {media}", f"Content-Length: {len(body)}"]
        lines += ["Content-Encoding: gzip"] if body.startswith(b"\x1f\x8b") else []
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def _legs(
    ends: tuple[bytes, bytes, int], request: bytes, sent: bytes, response: bytes, body: Body, *, secure: bool
) -> tuple[Leg, Leg]:
    client, server, turn = ends
    same = Body(body.size, body.wire, note="same") if body.size else NO_BODY
    sent_body = Body(len(sent), len(sent), sent) if sent else NO_BODY
    sent_same = Body(len(sent), len(sent), note="same") if sent else NO_BODY
    line, _, rest = request.partition(b"\r\n")
    method, path, version = line.split(b" ")
    absolute = line if secure else b" ".join((method, b"http://localhost:5000" + path, version))
    return (
        Leg(client, Message(absolute + b"\r\n" + rest, sent_body), Message(response, same) if response else None, turn=turn),
        Leg(server, Message(request, sent_same), Message(response, body) if response else None, turn=turn),
    )  # fmt: skip


def _timeline(duration: float, *, reused: bool, secure: bool, answered: bool) -> Timeline:
    at = [duration * share for share in (0.01, 0.02, 0.08, 0.09, 0.2, 0.21, 0.4, 0.41, 0.42, 0.9, 1.0)]
    end = (at[9], at[10]) if answered else (None, None)
    if reused:
        return Timeline(at[0], send_start=at[1], send_end=at[2], response_start=end[0], response_end=end[1])
    tls = (at[5], at[6]) if secure else (None, None)
    return Timeline(at[0], at[1], at[2], at[3], at[4], *tls, at[7], at[8], *end)
