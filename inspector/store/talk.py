"""What was said over a captured WebSocket, read from the archive."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple

from inspector.exchange.model import NO_BODY, Body, Exchange, Message
from inspector.exchange.socket_talk import Spoken, packing_on, spoken

READ = 8 * 1024 * 1024  # of each side

Side = Literal["browser", "site"]
Bodies = Callable[[bytes, Body], Iterator[bytes]]


class Talk(NamedTuple):
    """All messages, in order; `timed` if it is known when each came; `cut` if more passed than could be read."""

    said: tuple[Spoken, ...]
    timed: bool
    cut: bool


def talk_of(exchange: Exchange, side: Side, read: Bodies) -> Talk:
    """The messages as they passed on one of the two conversations: the browser's with Inspector, or Inspector's with the site."""
    legs = (exchange.client_leg, exchange.server_leg)
    here, there = legs if side == "browser" else legs[::-1]
    asked, asked_cut = _bytes(
        exchange, here.request if here else None, there.request if there else None, read
    )
    came, came_cut = _bytes(
        exchange, here.response if here else None, there.response if there else None, read
    )
    said = spoken(
        asked,
        came,
        arrivals=(exchange.asked_when, exchange.answered_when),
        packing=packing_on(here),
        cut=(asked_cut or exchange.state == "open", came_cut or exchange.state == "open"),
    )
    return Talk(said, all(each.at is not None for each in said), asked_cut or came_cut)


def _bytes(
    exchange: Exchange, message: Message | None, other: Message | None, read: Bodies
) -> tuple[bytes, bool]:
    """The first bytes of one side, and whether there were more."""
    body = message.body if message is not None else NO_BODY
    if body.note == "same" and other is not None:
        body = other.body
    kept = bytearray()
    for piece in read(exchange.id, body):
        kept += piece
        if len(kept) >= READ:
            break
    return bytes(kept[:READ]), body.size > min(len(kept), READ)
