"""The list cut into spans, so that a search can stop between two of them, and say how far it has come.

Ids begin with the time and segments follow one another in time, so the ends of segments are good places to cut.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

import sqlalchemy as sa

from inspector.store.schema import exchange, segment
from inspector.store.texts_sql import Clause
from inspector.store.wordbooks import Block

SIZE = 16_000  # exchanges
_X = exchange.c


class Span(NamedTuple):
    """A part of the list: later than `after`, not later than `until`; None is without end. `size` is about how many there are."""

    after: bytes | None
    until: bytes | None
    size: int

    def clauses(self) -> Iterator[Clause]:
        """What its rows meet."""
        if self.after is not None:
            yield _X.id > self.after
        if self.until is not None:
            yield _X.id <= self.until

    def meets(self, block: Block) -> bool:
        """Whether the block may be about any of it."""
        first, last = block.directory.first_id, block.directory.last_id
        return (self.after is None or last > self.after) and (self.until is None or first <= self.until)

    def within(self, ids: list[bytes]) -> list[bytes]:
        """The part of sorted ids that lies in it."""
        begin = bisect_right(ids, self.after) if self.after is not None else 0
        end = bisect_right(ids, self.until) if self.until is not None else len(ids)
        return ids[begin:end]


def spans_of(reading: sa.Connection, before: bytes | None, after: bytes | None) -> tuple[list[Span], int]:
    """The spans before an id (newest first) or after one (oldest first), and about how many exchanges there are in all."""
    own = segment.c
    query = sa.select(own.last, own.exchanges).where(own.last.is_not(None)).order_by(own.last)
    ends = reading.execute(query).all()
    cuts: list[Span] = []
    begin, size = None, 0
    for last, count in ends:
        size += count
        if size >= SIZE:
            cuts.append(Span(begin, last, size))
            begin, size = last, 0
    cuts.append(Span(begin, None, size))
    return _beside(cuts, before, after), sum(count for _, count in ends)


def _beside(cuts: list[Span], before: bytes | None, after: bytes | None) -> list[Span]:
    if after is not None:
        kept = [each for each in cuts if each.until is None or each.until > after]
        return [each._replace(after=max(each.after or b"", after)) for each in kept]
    if before is not None:
        last = step(before, -1)
        kept = [each for each in cuts if each.after is None or each.after < last]
        cuts = [each._replace(until=min(each.until or last, last)) for each in kept]
    return cuts[::-1]


def step(id: bytes, by: int) -> bytes:
    """The id just after another (1), or just before it (-1)."""
    return min(max(int.from_bytes(id, "big") + by, 0), 2**128 - 1).to_bytes(16, "big")
