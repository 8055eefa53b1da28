"""Captures as a presenter may show them: the same, with every secret replaced before any page, list or file is made from them.

All of the dashboard reads through this, so a page that is added later cannot forget it. While nobody presents it costs a look at the session.
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import brotli
import msgspec
import zstandard
from flask import has_request_context, session

from inspector.exchange.model import Body, Connection, Exchange, Leg, Message, Summary
from inspector.secrets import Hider
from inspector.store.captures import Captures
from inspector.wire.codings import decode
from inspector.wire.fields import parse_fields

_MOST = 16 * 1024 * 1024
_PACK: dict[str, Callable[[bytes], bytes]] = {
    "gzip": lambda data: gzip.compress(data, mtime=0),
    "x-gzip": lambda data: gzip.compress(data, mtime=0),
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": lambda data: zstandard.ZstdCompressor().compress(data),
}
_PATH = re.compile(rb'("(?:path|query)":)("(?:[^"\\]|\\.)*")')
_Summary = TypeVar("_Summary", bound=Summary)


def presenting() -> bool:
    """Whether whoever asks is presenting."""
    return has_request_context() and session.get("presenter") is True


class Veil:
    """`store.captures.Captures`, veiled while somebody presents. `key` decides what the marks look like."""

    def __init__(self, captures: Captures, key: bytes) -> None:
        self._captures = captures
        self._key = key

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._captures, name)
        if not callable(found) or not presenting():
            return found
        return lambda *args, **named: self._veiled(found(*args, **named))

    def body(self, id: bytes, body: Body) -> Iterator[bytes]:
        """The captured bytes of a body; read whole while somebody presents, since a secret may lie across two pieces."""
        # decided now, not when the first byte is asked for: by then the request may be over
        veiled = presenting() and body.pieces
        return self._hidden_body(id, body) if veiled else self._captures.body(id, body)

    def _hidden_body(self, id: bytes, body: Body) -> Iterator[bytes]:
        data = b"".join(self._captures.body(id, body))
        hider = Hider(self._key)
        exchange = self._captures.exchange(id)
        message = next((each for each in messages(exchange) if each.body.pieces == body.pieces), None) if exchange else None  # fmt: skip
        if message is not None:
            hider.head(message.head)
        yield hide_body(hider, data, message.head if message is not None else b"")

    def secret(self, id: bytes, mark: str) -> bytes | None:
        """What a mark on a page of this exchange stands for."""
        exchange = self._captures.exchange(id)
        if exchange is None:
            return None
        hider = Hider(self._key)
        hide_exchange(hider, exchange)
        for leg in (exchange.client_leg, exchange.server_leg):
            line = self._captures.connection(leg.connection) if leg and leg.connection else None
            if line is not None:
                hide_connection(hider, line)
        if mark not in hider.values:  # perhaps in a body that lies in the archive
            for message in messages(exchange):
                if message.body.pieces:
                    hide_body(hider, b"".join(self._captures.body(id, message.body)), message.head)
        return hider.values.get(mark)

    def rows(self, told: bytes) -> bytes:
        """A message of the live feed with the addresses in it veiled; for who presents."""
        hider = Hider(self._key)

        def hide(found: re.Match[bytes]) -> bytes:
            return found[1] + msgspec.json.encode(_text(hider, msgspec.json.decode(found[2], type=str)))

        return _PATH.sub(hide, told)

    def _veiled(self, found: Any) -> Any:
        if isinstance(found, Exchange):
            return hide_exchange(Hider(self._key), found)
        if isinstance(found, Summary):
            return _hide_summary(Hider(self._key), found)
        if isinstance(found, Connection):
            return hide_connection(Hider(self._key), found)
        if isinstance(found, tuple) and hasattr(found, "_replace"):
            named: Any = found
            return named._replace(**{
                name: self._veiled(value) for name, value in zip(named._fields, named, strict=True) if isinstance(value, tuple)
            })  # fmt: skip
        if isinstance(found, (tuple, list)):
            return type(found)(self._veiled(each) for each in found)
        return found


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
        _hide_summary(hider, exchange),
        change=-1 - exchange.change,  # so that nobody who keeps what was found on it takes one for the other
        client_leg=_hide_leg(hider, exchange.client_leg),
        server_leg=_hide_leg(hider, exchange.server_leg),
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
    pack = _PACK.get(coding)
    return pack(hidden) if pack else b""


def _hide_summary(hider: Hider, summary: _Summary) -> _Summary:
    return msgspec.structs.replace(summary, path=_text(hider, summary.path))


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


def _text(hider: Hider, text: str) -> str:
    return hider.address(text.encode("utf-8", "surrogatepass")).decode("utf-8", "replace")
