"""What the recorder knows of one engine while it follows it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from inspector.store.index import KnownEngine
from inspector.store.tail import Place, Tail

GRACE = 2.0  # how long an engine that was replaced may still write its last


class Followed:
    """An engine whose archive is read. `known` is what the index had committed last."""

    __slots__ = ("grown", "known", "tail")

    def __init__(self, captures: Path, known: KnownEngine, now: float) -> None:
        self.known = known
        self.tail = Tail(captures / known.id.hex(), Place(max(1, known.segment), known.position))
        self.grown = now

    @property
    def number(self) -> int:
        """Its number in the index."""
        return self.known.number

    def replaced(self, others: Iterable[KnownEngine], now: float) -> bool:
        """Whether a newer engine does its work, and nothing has come from it for a while."""
        if now - self.grown < GRACE:
            return False
        me = self.known
        return any(
            other.number > me.number
            and other.worker >= 0
            and (other.worker == me.worker or other.run != me.run)
            for other in others
        )
