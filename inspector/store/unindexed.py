"""What the word index does not know: told from the engines' change numbers, which its blocks name.

A block is about all changes of its engine between two numbers, so whatever lies between blocks, or after the last, is the rest. Rows
that changed later than their records (their engine was killed) have newer numbers, and so belong to it, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import sqlalchemy as sa

from inspector.store.schema import exchange
from inspector.store.texts_sql import Clause
from inspector.store.wordbooks import Block

FEW = 20_000  # so many are known by id
_MOST_GAPS = 200
_END = 2**62
_X = exchange.c


class Rest(NamedTuple):
    """What is not indexed: known by ids, in order, or, if that is too many, by a condition that at least these meet."""

    ids: list[bytes]
    clause: Clause | None


def rest_of(reading: sa.Connection, blocks: Iterable[Block], engines: Mapping[int, bytes]) -> Rest:
    """The rest beside these blocks."""
    known: dict[bytes, list[tuple[int, int]]] = {}
    for block in blocks:
        known.setdefault(block.engine, []).append((block.directory.first_change, block.directory.last_change))
    gaps = [(number, *gap) for number, id in engines.items() for gap in _gaps(known.get(id, []))]
    ids: list[bytes] = []
    for number, low, high in gaps:
        query = sa.select(_X.id).where(_between(number, low, high)).limit(FEW + 1 - len(ids))
        ids += reading.execute(query).scalars()
        if len(ids) > FEW:
            return Rest([], _condition(gaps))
    return Rest(sorted(ids), None)


def _between(number: int, low: int, high: int) -> Clause:
    return sa.and_(_X.engine == number, _X.change > low, _X.change < high)


def _condition(gaps: list[tuple[int, int, int]]) -> Clause:
    """One condition; databases do not like long ones, and letting through too much only costs time."""
    unknown = [number for number, low, high in gaps if (low, high) == (0, _END)]
    others = [gap for gap in gaps if gap[1:] != (0, _END)]
    if len(others) > _MOST_GAPS:
        return sa.true()
    return sa.or_(_X.engine.in_(unknown), *(_between(*gap) for gap in others))


def _gaps(spans: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """What lies between spans of whole numbers from 1 on, as ends that are not in it; the last has no end."""
    at = 0
    for first, last in sorted(spans):
        if first > at + 1:
            yield at, first
        at = max(at, last)
    yield at, _END
