"""The captures as lessons look at them."""

from __future__ import annotations

from collections.abc import Iterable

from inspector.exchange import ids
from inspector.exchange.model import Summary
from inspector.filter.tree import Node
from inspector.lessons.witness import Witness
from inspector.store.captures import ArchiveGone, Captures

_ROUNDS = 20  # of exchanges from a file are passed over
WITHIN = 60.0  # seconds: what belongs to a page comes in that time


class CapturesLook:
    """`lessons.witness.Look` over captures; over veiled ones, what a presenter may show."""

    def __init__(self, captures: Captures) -> None:
        self._captures = captures

    def find(self, wanted: Node, after: bytes, limit: int) -> Iterable[Summary]:
        """What fits and is newer than an id, oldest first. What comes out of a file is nobody's step."""
        for _ in range(_ROUNDS):
            rows = self._captures.find(wanted, after=after, limit=limit).rows
            passed = [row for row in rows if row.origin != "import"]
            if passed or len(rows) < limit:
                return passed
            after = rows[-1].id
        return []

    def witness(self, id: bytes) -> Witness | None:
        """One of them whole; None if it is not kept any more."""
        try:
            found = self._captures.exchange(id)
        except ArchiveGone:
            return None
        return Witness(found, lambda body: self._captures.body(id, body)) if found is not None else None

    def named(self, id: str) -> Witness | None:
        """The same, by an id as it is written."""
        parsed = ids.parse(id)
        return self.witness(parsed) if parsed else None

    def count(self, wanted: Node, seen: Witness) -> int:
        """How many exchanges fit in the minute from one on, that one counted."""
        before = (int.from_bytes(seen.row.id, "big") - 1).to_bytes(16, "big")
        until = seen.row.started + WITHIN
        return sum(row.started < until for row in self._captures.find(wanted, after=before, limit=500).rows)
