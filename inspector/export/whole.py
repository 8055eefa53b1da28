"""One exchange with all that belongs to it, bodies in it, as it leaves in a file; and the same with its secrets replaced."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Protocol

import msgspec

from inspector.exchange.mark import NO_MARK, Mark
from inspector.exchange.model import NO_BODY, Body, Connection, Exchange, Leg, Message
from inspector.secrets import Hider
from inspector.secrets.exchanges import hide_connection, hide_exchange
from inspector.wire.codings import decode
from inspector.wire.fields import Field

GONE = "The body is no longer kept."
_MOST = 16 * 1024 * 1024


class Source(Protocol):
    """Where connections and body bytes are read from (`store.captures.Captures`)."""

    def connection(self, id: bytes) -> Connection | None: ...
    def body(self, id: bytes, body: Body) -> Iterator[bytes]: ...


@dataclass(frozen=True, slots=True)
class Whole:
    """An exchange whose bodies are all `inline`. `missing` is a sentence about what is no longer kept of it, `hidden` counts replaced secrets."""

    exchange: Exchange
    client: Connection | None = None
    server: Connection | None = None
    mark: Mark = NO_MARK
    missing: str = ""
    hidden: int = 0

    @property
    def request(self) -> Message | None:
        """What was asked: as the browser said it."""
        for leg in self._legs():
            if leg.request.head:
                return self._with_body(leg.request, "request")
        return None

    @property
    def response(self) -> Message | None:
        """What was answered: as the browser got it, else as the site said it."""
        for leg in self._legs():
            if leg.response is not None:
                return self._with_body(leg.response, "response")
        return None

    def _legs(self) -> Iterator[Leg]:
        for leg in (self.exchange.client_leg, self.exchange.server_leg):
            if leg is not None:
                yield leg

    def _with_body(self, message: Message, half: str) -> Message:
        """The message with the bytes of its body, which the other leg may hold."""
        if message.body.note != "same":
            return message
        for leg in self._legs():
            other: Message | None = getattr(leg, half)
            if other is not None and other.body.note != "same":
                return msgspec.structs.replace(message, body=other.body)
        return message


def whole(
    source: Source, exchange: Exchange, gone: tuple[type[Exception], ...], mark: Mark = NO_MARK
) -> Whole:
    """An exchange with its bodies and connections read. `gone` are the errors that say that something is no longer kept."""
    missing: list[str] = []

    def message(found: Message) -> Message:
        if not found.body.pieces:
            return found
        try:
            data = b"".join(source.body(exchange.id, found.body))
        except gone as error:
            missing.append(str(error) or GONE)
            return msgspec.structs.replace(
                found, body=msgspec.structs.replace(found.body, pieces=(), note="lost")
            )
        return msgspec.structs.replace(
            found, body=msgspec.structs.replace(found.body, inline=data, pieces=())
        )

    def leg(found: Leg | None) -> Leg | None:
        if found is None:
            return None
        return msgspec.structs.replace(
            found,
            request=message(found.request),
            response=message(found.response) if found.response is not None else None,
            interim=tuple(message(each) for each in found.interim),
        )

    def connection(found: Leg | None) -> Connection | None:
        try:
            return source.connection(found.connection) if found is not None and found.connection else None
        except gone:
            return None

    read = msgspec.structs.replace(
        exchange, client_leg=leg(exchange.client_leg), server_leg=leg(exchange.server_leg)
    )
    lines = connection(exchange.client_leg), connection(exchange.server_leg)
    return Whole(read, *lines, mark, " ".join(dict.fromkeys(missing)))


def redacted(found: Whole, key: bytes) -> Whole:
    """The same with its secrets replaced by marks; `key` decides what they look like."""
    hider = Hider(key)
    exchange = hide_exchange(hider, found.exchange)
    lines = [
        hide_connection(hider, line) if line is not None else None for line in (found.client, found.server)
    ]
    return replace(
        found,
        exchange=msgspec.structs.replace(exchange, change=found.exchange.change),
        client=lines[0],
        server=lines[1],
        mark=msgspec.structs.replace(found.mark, comment=_text(hider, found.mark.comment)),
        hidden=hider.count,
    )


def _text(hider: Hider, text: str) -> str:
    return hider.body(text.encode("utf-8", "replace")).decode("utf-8", "replace")


def field(message: Message | None, name: bytes) -> str:
    """The first value of a header field, as text; empty if there is none."""
    fields = message.fields if message is not None else ()
    return next((each.value.decode("latin-1") for each in fields if each.name.lower() == name), "")


def codings(message: Message) -> tuple[str, ...]:
    """The content codings in the order they were applied (RFC 9110 §8.4)."""
    return _words(each for each in message.fields if each.name.lower() == b"content-encoding")


def _words(fields: Iterable[Field]) -> tuple[str, ...]:
    names = (one.strip().lower() for each in fields for one in each.value.decode("latin-1").split(","))
    return tuple(name for name in names if name not in ("", "identity"))


def content(message: Message) -> tuple[bytes, str]:
    """The body without its content coding, and a sentence if that could not be undone (then its bytes as they came)."""
    named = codings(message)
    if not named or not message.body.inline:
        return message.body.inline, ""
    found = decode(named, message.body.inline, max_output=_MOST)
    if found.complete:
        return found.data, ""
    return message.body.inline, found.problem


EMPTY = Message(b"", NO_BODY)
