"""An exchange, a connection or a body with its secrets replaced: what the presenter's view shows, and what leaves in a file."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Callable, Iterator
from typing import TypeVar

import brotli
import msgspec
import zstandard

from inspector.exchange.model import Arrival, Connection, Decision, Exchange, Leg, Message, Summary
from inspector.exchange.socket_talk import Speaker, packing_on
from inspector.secrets.hider import Hider
from inspector.secrets.reports import hide_prose
from inspector.secrets.sockets import hide_said
from inspector.wire.codings import decode
from inspector.wire.fields import parse_fields

_MOST = 16 * 1024 * 1024
_WORD = re.compile(r"\S+")
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
        client_leg=_hide_leg(hider, exchange, exchange.client_leg),
        server_leg=_hide_leg(hider, exchange, exchange.server_leg),
        imported=hider.body(exchange.imported, "application/json"),
        asked_when=_when(hider, exchange, "browser"),
        answered_when=_when(hider, exchange, "site"),
        decisions=tuple(_hide_decision(hider, each) for each in exchange.decisions),
    )


def _hide_decision(hider: Hider, decision: Decision) -> Decision:
    """What hooks say is a person's own text, and an exception's message may have any value in it: of that its place and kind are left."""
    if not decision.code.startswith("hook"):
        return decision
    detail = _WORD.sub(lambda word: hide_prose(hider, word[0]), hide_prose(hider, decision.detail))
    if decision.code == "hook-failed":
        detail = ": ".join(detail.partition("\n")[0].split(": ")[:2])
    return msgspec.structs.replace(decision, detail=detail)


def _when(hider: Hider, exchange: Exchange, speaker: Speaker) -> tuple[Arrival, ...]:
    """When each message of a WebSocket came, counted in the bytes that `hide_captured` makes; of other bodies that isn't told."""
    arrivals = exchange.asked_when if speaker == "browser" else exchange.answered_when
    if exchange.kind != "websocket" or not arrivals:
        return ()
    legs = [leg for leg in (exchange.client_leg, exchange.server_leg) if leg is not None]
    said = [leg.request if speaker == "browser" else leg.response for leg in legs]
    data = next((each.body.inline for each in said if each is not None and each.body.inline), b"")
    return hide_said(hider, data, speaker, packing_on(*legs), arrivals)[1]


def hide_captured(hider: Hider, exchange: Exchange, message: Message, data: bytes) -> bytes:
    """The bytes of a body of the exchange with their secrets replaced."""
    if exchange.kind != "websocket":
        return hide_body(hider, data, message.head)
    packing = packing_on(exchange.client_leg, exchange.server_leg)
    return hide_said(hider, data, "site" if message.head.startswith(b"HTTP/") else "browser", packing)[0]


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


def _hide_leg(hider: Hider, exchange: Exchange, leg: Leg | None) -> Leg | None:
    if leg is None:
        return None
    return msgspec.structs.replace(
        leg,
        request=_hide_message(hider, exchange, leg.request),
        interim=tuple(_hide_message(hider, exchange, each) for each in leg.interim),
        response=_hide_message(hider, exchange, leg.response) if leg.response is not None else None,
    )


def _hide_message(hider: Hider, exchange: Exchange, message: Message) -> Message:
    body = message.body
    if body.inline:
        hidden = hide_captured(hider, exchange, message, body.inline)
        same = len(hidden) == len(body.inline)
        body = msgspec.structs.replace(body, inline=hidden, size=body.size if same else len(hidden))
    head = hider.head(message.head)
    return msgspec.structs.replace(
        message, head=head, trailers=hider.head(b"\n" + message.trailers)[1:], body=body
    )


def hide_text(hider: Hider, text: str) -> str:
    """An address, or a text with addresses in it, with its secrets replaced."""
    return hider.address(text.encode("utf-8", "surrogatepass")).decode("utf-8", "replace")
