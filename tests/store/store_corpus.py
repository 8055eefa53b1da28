"""Some hundred exchanges in which everything is mixed that a filter can ask for: odd heads, odd bodies, open ones, lost ones."""

from __future__ import annotations

import gzip
import random
from pathlib import Path

import brotli
import msgspec
from store_samples import IDS

from inspector.exchange.model import (
    NO_BODY,
    Body,
    Connection,
    Decision,
    Exchange,
    Leg,
    Message,
    Tls,
    decode_summary,
    encode,
)
from inspector.store.archive import ArchiveWriter

HOSTS = (
    "shop.test",
    "www.shop.test",
    "SHOP.test",
    "evil-shop.test",
    "::1",
    "localhost",
    "xn--bcher-kva.example",
    "",
)
PATHS = (
    "/", "/static/app.js?v=12", "/Static", "/a%20b?q=a%20b&Item=17", "/gr%C3%BCn?x=%C3%9F", "/cart?item=17&item=18", "/x?y?z", "", "*",
    "/100%", "/under_score", "/back\\slash", "/stock?amp=1&lt=2", "/caf\u00c3\u00a9", "/" + "long/" * 60,
)  # fmt: skip
MEDIA = (
    "text/html",
    "application/json",
    "image/png",
    "",
    "application/problem+json",
    "text/javascript",
    "application/x-www-form-urlencoded",
)
WORDS = ("out of stock", "Stock", "OUT OF STOCK", "restocking", "größe GRÖSSE", "a_b a-b", "\u212a", "日本語のテキスト", "x" * 90 + "needle" + "y" * 90,
         "{}", "  ", "session", "token=abc", "\u017ftock", "sto\nck")  # fmt: skip
HEADERS = (
    "Set-Cookie: session=abc; Path=/", "Set-Cookie: Theme=dark", "Server: nginx/1.25", "X-Empty:", "X-Odd : spaced", 'ETag: "abc"',
    "Content-Language: de", "X-Long: " + "w" * 200, "X-Umlaut: größe", "Cache-Control: no-store, max-age=0",
)  # fmt: skip
REQUEST_HEADERS = (
    "Cookie: session=abc; theme=Dark",
    "Cookie: a=1",
    "Accept: text/html",
    "Authorization: Bearer stock",
    "X-Empty:",
    "Referer: https://shop.test/",
)
CONNECTIONS = tuple(
    Connection(bytes([number]) * 16, "server", 0.0, "192.0.2.7", 443, "127.0.0.1", 5, "shop.test", "", tls)
    for number, tls in enumerate(
        (None, Tls("TLSv1.2", "ECDHE-RSA-AES128-GCM-SHA256", "http/1.1", "shop.test"), Tls("TLSv1.3", "TLS_CHACHA20_POLY1305_SHA256")), 1
    )
)  # fmt: skip


def made(chance: random.Random, change: int, now: float) -> Exchange:
    """One of them."""
    host, path, media = chance.choice(HOSTS), chance.choice(PATHS), chance.choice(MEDIA)
    scheme = chance.choice(("https", "http", "wss"))
    method = chance.choice(("GET", "POST", "get", "PURGE"))
    request = _message(chance, f"{method} {path or '/'} HTTP/1.1", REQUEST_HEADERS, chance.choice(MEDIA))
    response = _message(chance, "HTTP/1.1 200 OK", HEADERS, media) if chance.random() < 0.9 else None
    state = chance.choice(("done",) * 6 + ("failed", "open"))
    same = Message(
        b"", Body(request.body.size, request.body.size, note="same") if request.body.size else NO_BODY
    )
    decisions = tuple(
        Decision(chance.choice(("hop-by-hop", "answered")), "", chance.choice(("", "slow api", "Block")))
        for _ in range(chance.randint(0, 2))
    )
    return Exchange(
        id=IDS.next(), change=change, state=state, kind=chance.choice(("http", "http", "websocket", "tunnel", "page")),
        origin=chance.choice(("browser", "import")), started=now - chance.choice((1, 30, 500, 4000, 90_000)),
        duration=None if state == "open" else chance.choice((0.0, 0.01, 0.5, 2.0)), method=method, scheme=scheme, host=host,
        port=chance.choice((443, 80, 5000, 0)), path=path, version=chance.choice(("HTTP/1.1", "HTTP/1.0", "HTTP/2", "")),
        status=chance.choice((200, 404, 500, 301, 0)), reason=chance.choice(("OK", "Not Found", "")), media=media,
        resource=chance.choice(("page", "data", "script", "other")), request_size=request.body.size,
        response_size=response.body.size if response else 0, client="127.0.0.1:50000", agent=chance.choice(("Chrome 156", "curl 8.5", "")),
        protection=chance.choice(("none", "decrypted", "sealed")), tls=chance.choice(("", "TLSv1.2", "TLSv1.3")),
        remote=chance.choice(("192.0.2.7:443", "")), changed=chance.random() < 0.2,
        fault=chance.choice(("", "", "dns-unknown", "server-closed-early")), findings=0,
        client_leg=Leg(b"c" * 16, request, response if chance.random() < 0.5 else None) if chance.random() < 0.95 else None,
        server_leg=Leg(chance.choice(CONNECTIONS).id, same, response) if chance.random() < 0.8 else None, decisions=decisions,
    )  # fmt: skip


def _message(chance: random.Random, start: str, headers: tuple[str, ...], media: str) -> Message:
    lines = [start, *chance.sample(headers, chance.randint(0, 4))]
    data = "\n".join(chance.choices(WORDS, k=chance.randint(0, 3))).encode()
    if media:
        lines.append(f"Content-Type: {media}")
    packed = chance.random()
    if data and packed < 0.2:
        lines.append("Content-Encoding: gzip")
        data = gzip.compress(data)
    elif data and packed < 0.3:
        lines.append("Content-Encoding: br")
        data = brotli.compress(data)
    head = "\r\n".join((*lines, "", "")).encode()
    if chance.random() < 0.05:
        head = head.replace(b"\r\n\r\n", b"\r\nX-Folded: one\r\n two stock\r\n\r\n")
    if chance.random() < 0.05:
        head = head.replace(b"\r\n\r\n", b"\r\nX-Latin: gr\xf6\xdfe\r\n\r\n")
    return Message(head, Body(len(data), len(data), data) if data else NO_BODY)


def play(home: Path, number: int, seed: int, now: float) -> dict[bytes, Exchange | None]:
    """Put so many into an archive of several segments; what is to be found there, by id (None: only its row)."""
    chance = random.Random(seed)
    writer = ArchiveWriter(home / "captures", engine=IDS.next(), segment_size=60_000)
    for connection in CONNECTIONS:
        writer.put(b"C", encode(connection))
    found: dict[bytes, Exchange | None] = {}
    for change in range(1, number + 1):
        exchange = made(chance, change, now)
        if found and chance.random() < 0.1:  # a later snapshot of an earlier one
            exchange = msgspec.structs.replace(exchange, id=chance.choice(list(found)))
        if chance.random() < 0.03:
            writer.put(b"L", encode(decode_summary(encode(exchange))))
            found[exchange.id] = None
            continue
        if (
            chance.random() < 0.2
            and exchange.server_leg
            and exchange.server_leg.response
            and exchange.server_leg.response.body.inline
        ):
            exchange = _with_pieces(writer, exchange)
        writer.put(b"X", encode(exchange), final=True)
        found[exchange.id] = exchange
    writer.close()
    return found


def _with_pieces(writer: ArchiveWriter, exchange: Exchange) -> Exchange:
    """Its response body as one that is too large to stand in the record."""
    assert exchange.server_leg is not None
    assert exchange.server_leg.response is not None
    response = exchange.server_leg.response
    half = len(response.body.inline) // 2
    halves = (response.body.inline[:half], response.body.inline[half:])
    pieces = tuple(piece for each in halves if (piece := writer.put(b"B", each)) is not None)
    body = msgspec.structs.replace(response.body, inline=b"", pieces=pieces)
    leg = msgspec.structs.replace(exchange.server_leg, response=msgspec.structs.replace(response, body=body))
    return msgspec.structs.replace(exchange, server_leg=leg)
