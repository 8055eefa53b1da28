"""An exchange, a connection or a body with its secrets replaced: what the presenter's view shows, and what leaves in a file."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator
from typing import TypeVar

import brotli
import msgspec
import zstandard

from inspector.exchange.model import Connection, Exchange, Leg, Message, Summary
from inspector.secrets.hider import Hider
from inspector.wire.codings import decode
from inspector.wire.fields import parse_fields

_MOST = 16 * 1024 * 1024
PACK: dict[str, Callable[[bytes], bytes]] = {
    "gzip": lambda data: gzip.compress(data, mtime=0),
    "x-gzip": lambda data: gzip.compress(data, mtime=0),
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": lambda data: zstandard.ZstdCompressor().compress(data),
}
_Summary = TypeVar("_Summary", bound=Summary)


def messages(exchange: Exchange) -> Iterator[Message]:
    """Every message of an exchange."""
    for leg in (exchange.client_leg, exchange.server_leg):
        if leg is not None:
            yield leg.request
            yield from leg.interim
            if leg.response is not None:
                yield leg.response


def hide_exchange(hider: Hider, exchange: Exchange) -> Exchange:
    """The exchange with its secrets replaced. Heads first: what is secret there is then found in bodies as well."""
    for message in messages(exchange):
        hider.head(message.head)
    return msgspec.structs.replace(
        hide_summary(hider, exchange),
        change=-1 - exchange.change,  # so that nobody who keeps what was found on it takes one for the other
        client_leg=_hide_leg(hider, exchange.client_leg),
        server_leg=_hide_leg(hider, exchange.server_leg),
        imported=hider.body(exchange.imported, "application/json"),
    )


def hide_connection(hider: Hider, connection: Connection) -> Connection:
    """The connection with the secrets of its CONNECT replaced."""
    return msgspec.structs.replace(connection, asked=hider.head(connection.asked), answered=hider.head(connection.answered))  # fmt: skip


def hide_body(hider: Hider, data: bytes, head: bytes) -> bytes:
    """A body with its secrets replaced, packed again as its head says. What cannot be unpacked stays noise."""
    fields = {each.name.lower(): each.value for each in parse_fields(head)}
    media = fields.get(b"content-type", b"").partition(b";")[0].strip().lower().decode("latin-1")
    coding = fields.get(b"content-encoding", b"").decode("latin-1").strip().lower()
    if coding in ("", "identity"):
        return hider.body(data, media)
    plain = decode(coding, data, max_output=_MOST).data
    hidden = hider.body(plain, media)
    if hidden == plain:
        return data
    pack = PACK.get(coding)
    return pack(hidden) if pack else b""


def hide_summary(hider: Hider, summary: _Summary) -> _Summary:
    """A row of the list with the secrets in its address replaced."""
    return msgspec.structs.replace(summary, path=hide_text(hider, summary.path))


def _hide_leg(hider: Hider, leg: Leg | None) -> Leg | None:
    if leg is None:
        return None
    return msgspec.structs.replace(
        leg,
        request=_hide_message(hider, leg.request),
        interim=tuple(_hide_message(hider, each) for each in leg.interim),
        response=_hide_message(hider, leg.response) if leg.response is not None else None,
    )


def _hide_message(hider: Hider, message: Message) -> Message:
    body = message.body
    if body.inline:
        hidden = hide_body(hider, body.inline, message.head)
        same = len(hidden) == len(body.inline)
        body = msgspec.structs.replace(body, inline=hidden, size=body.size if same else len(hidden))
    head = hider.head(message.head)
    return msgspec.structs.replace(
        message, head=head, trailers=hider.head(b"\n" + message.trailers)[1:], body=body
    )


def hide_text(hider: Hider, text: str) -> str:
    """An address, or a text with addresses in it, with its secrets replaced."""
    return hider.address(text.encode("utf-8", "surrogatepass")).decode("utf-8", "replace")
