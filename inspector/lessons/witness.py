"""A captured exchange as a lesson looks at it: what a filter sees of it, and the connection that it came over."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

from inspector.exchange.model import Body, Exchange, Summary
from inspector.filter.subject import Subject
from inspector.filter.tree import Node

Read = Callable[[Body], Iterable[bytes]]


def _inline(body: Body) -> Iterable[bytes]:
    return (body.inline,)


class Witness(Subject):
    """One exchange, whole. `read` gives the bytes of a body that lies outside of its record."""

    def __init__(self, exchange: Exchange, read: Read = _inline) -> None:
        super().__init__(exchange, exchange, read=read)
        self.exchange = exchange

    @property
    def line(self) -> bytes:
        """The connection to Inspector that it came over; empty if it came over none."""
        leg = self.exchange.client_leg
        return leg.connection if leg is not None else b""


class Look(Protocol):
    """The captures, as far as lessons look at them."""

    def find(self, wanted: Node, after: bytes, limit: int) -> Iterable[Summary]:
        """What fits and is newer than an id, oldest first."""

    def witness(self, id: bytes) -> Witness | None:
        """One of them whole; None if it is not kept any more."""
