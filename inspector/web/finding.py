"""From what an address names to the thing itself, or to a page that says why it isn't there."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from inspector.exchange import ids
from inspector.exchange.model import Body, Connection, Exchange, Leg, Message, Summary
from inspector.explain.case import Case
from inspector.store.captures import ArchiveGone, Captures
from inspector.web.errors import not_found

Side = Literal["browser", "site"]
Half = Literal["request", "response"]
SIDES: tuple[Side, ...] = ("browser", "site")
HALVES: tuple[Half, ...] = ("request", "response")


@dataclass(frozen=True, slots=True)
class Part:
    """One message of an exchange. `body` is where its bytes are: the other leg's, if it was passed on unchanged."""

    id: bytes
    side: Side
    half: Half
    message: Message
    body: Body


def leg_of(exchange: Exchange, side: Side) -> Leg | None:
    return exchange.client_leg if side == "browser" else exchange.server_leg


def message_of(exchange: Exchange, side: Side, half: Half) -> Message | None:
    leg = leg_of(exchange, side)
    if leg is None:
        return None
    return leg.request if half == "request" else leg.response


def part_of(exchange: Exchange, side: Side, half: Half) -> Part | None:
    """A message with its body; None where nothing was said."""
    message = message_of(exchange, side, half)
    if message is None:
        return None
    body = message.body
    if body.note == "same":
        other = message_of(exchange, "site" if side == "browser" else "browser", half)
        body = other.body if other is not None and other.body.note != "same" else body
    return Part(exchange.id, side, half, message, body)


def part_asked(exchange: Exchange, side: str, half: str) -> Part:
    """The message that an address names."""
    part = None
    if side in SIDES and half in HALVES:
        part = part_of(exchange, side, half)
    if part is None:
        raise not_found("This exchange has no such message.")
    return part


def find_exchange(captures: Captures, text: str) -> Exchange:
    """The exchange with this id; raises what becomes a page with the reason."""
    id = ids.parse(text)
    exchange = captures.exchange(id) if id else None
    if exchange is None:
        raise not_found("There is no exchange with this number.")
    return exchange


def find_remains(captures: Captures, text: str) -> tuple[Exchange, str]:
    """The exchange, and a sentence if its record is gone: then only what its row in the list knows is left of it."""
    try:
        return find_exchange(captures, text), ""
    except ArchiveGone as gone:
        id = ids.parse(text)
        row = captures.row(id) if id else None
        if row is None:
            raise
        return Exchange(**{name: getattr(row, name) for name in Summary.__struct_fields__}), str(gone)


def case_of(captures: Captures, exchange: Exchange, siblings: Sequence[Exchange] = ()) -> Case:
    """All that is known around an exchange, as explanations want it, told now."""
    client, server = (known_connection(captures, leg) for leg in (exchange.client_leg, exchange.server_leg))
    return Case(exchange, client, server, tuple(siblings), time.time(), report=captures.report(exchange))


def known_connection(captures: Captures, leg: Leg | None) -> Connection | None:
    """The connection of a leg; None where there was none, or its record is gone."""
    try:
        return captures.connection(leg.connection) if leg and leg.connection else None
    except ArchiveGone:
        return None


def find_connection(captures: Captures, text: str) -> Connection:
    id = ids.parse(text)
    connection = captures.connection(id) if id else None
    if connection is None:
        raise not_found("There is no connection with this number.")
    return connection
