"""Deleting exchanges, so that it can be undone: they move from the list into a table of their own, and back.

What is there is in no list, search, count or feed, since those know one table only. The recorder makes it final (`erasing`): ten minutes
later, or when Inspector stops, or when somebody says so. Exchanges that are still on their way stay: their end would bring them back.

The pages' process does this itself, in short transactions between the recorder's; what is deleted is overwritten where it stood.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import sqlalchemy as sa

from inspector.store.access import Access
from inspector.store.database import immediate
from inspector.store.schema import exchange, fact, removal, removed, segment

KEPT = 600.0  # seconds, in which it can be undone
STEP = 2_000  # rows a transaction: 30 ms
_X, _R, _L = exchange.c, removed.c, removal.c
_NAMES = [column.name for column in exchange.columns]


class Removal(NamedTuple):
    """Exchanges that were deleted together, and until when that can be undone (seconds since the epoch)."""

    number: int
    exchanges: int
    until: float


class Removals:
    """The deletions of one home that can be undone. Methods raise StoreProblem."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def all(self) -> list[Removal]:
        """In the order in which they were made."""
        query = sa.select(removal).where(_L.final == sa.false(), _L.exchanges > 0).order_by(_L.number)
        with self._access.reading() as reading:
            rows = reading.execute(query).all()
        now = time.time()
        found = [Removal(row.number, row.exchanges, row.made + KEPT) for row in rows]
        return [each for each in found if each.until > now]

    def begin(self) -> int:
        """A new deletion, of nothing yet."""
        with self._writing() as writing:
            number = (
                int(writing.execute(sa.select(sa.func.coalesce(sa.func.max(_L.number), 0))).scalar_one()) + 1
            )
            writing.execute(
                removal.insert().values(number=number, made=time.time(), exchanges=0, final=False)
            )
        return number

    def take(self, number: int, ids: Collection[bytes]) -> int:
        """Move some exchanges out of the list; how many there were. Those still on their way stay."""
        ordered, moved = list(ids), 0
        for at in range(0, len(ordered), 500):
            moved += self._move(number, sa.and_(_X.id.in_(ordered[at : at + 500]), _X.state != "open"))
        return moved

    def take_all(self, number: int, until: bytes, deadline: float) -> tuple[int, bool]:
        """Move everything up to an id out of the list, for so long; how many there were, and whether that was all."""
        moved, after = 0, b""
        over = sa.and_(_X.id <= until, _X.state != "open")
        while time.monotonic() < deadline:
            some = sa.select(_X.id).where(over, _X.id > after).order_by(_X.id).limit(STEP)
            with self._access.reading() as reading:
                ids = reading.execute(some).scalars().all()
            if not ids:
                return moved, True
            moved += self._move(number, sa.and_(_X.id.between(ids[0], ids[-1]), _X.state != "open"))
            after = ids[-1]
        return moved, False

    def undo(self, number: int) -> int:
        """Bring a deletion back; how many exchanges are in the list again."""
        back, after = 0, b""
        own = _R.removal + 0 == number  # not by its index, which would sort all of them at each step
        while True:
            with self._writing() as writing:
                if writing.execute(sa.select(_L.final).where(_L.number == number)).scalar() is not False:
                    return back
                some = sa.select(_R.id).where(own, _R.id > after).order_by(_R.id).limit(STEP)
                ids = writing.execute(some).scalars().all()
                if not ids:
                    writing.execute(removal.delete().where(_L.number == number))
                    _tell(writing)
                    return back
                among = sa.and_(own, _R.id.between(ids[0], ids[-1]))
                columns = [_R[name] for name in _NAMES]
                chosen = sa.select(*columns).where(among)
                writing.execute(exchange.insert().prefix_with("OR IGNORE").from_select(_NAMES, chosen))
                _count(writing, removed, among, +1)
                writing.execute(removed.delete().where(among))
                back, after = back + len(ids), ids[-1]

    def finish(self, number: int) -> None:
        """It shall not be undone: the recorder makes it final now."""
        with self._writing() as writing:
            writing.execute(removal.update().where(_L.number == number).values(final=True))

    def _move(self, number: int, which: Any) -> int:
        with self._writing() as writing:
            chosen = sa.select(*(_X[name] for name in _NAMES), sa.literal(number)).where(which)
            into = removed.insert().prefix_with("OR REPLACE")
            moved = writing.execute(into.from_select([*_NAMES, "removal"], chosen)).rowcount
            if moved:
                _count(writing, exchange, which, -1)
                writing.execute(exchange.delete().where(which))
                grown = {"exchanges": _L.exchanges + moved, "made": time.time()}
                writing.execute(removal.update().where(_L.number == number).values(**grown))
                _tell(writing)
        return int(moved)

    @contextmanager
    def _writing(self) -> Iterator[sa.Connection]:
        with self._access.reading() as connection:
            connection.exec_driver_sql("PRAGMA secure_delete=ON")
            with immediate(connection):
                yield connection


def _count(writing: sa.Connection, table: sa.Table, which: Any, sign: int) -> None:
    """The segments' numbers of finished exchanges, which totals are made of."""
    own = table.c
    counts = sa.select(own.engine, own.segment, sa.func.count()).where(which, own.state != "open")
    for number, part, count in writing.execute(counts.group_by(own.engine, own.segment)).all():
        place = sa.and_(segment.c.engine == number, segment.c.number == part)
        writing.execute(segment.update().where(place).values(exchanges=segment.c.exchanges + sign * count))


def _tell(writing: sa.Connection) -> None:
    """Open pages load the list anew: the feed's cursor holds this number."""
    known = writing.execute(sa.select(fact.c.value).where(fact.c.name == "removals")).scalar()
    if known is None:
        writing.execute(fact.insert().values(name="removals", value="1"))
    else:
        writing.execute(fact.update().where(fact.c.name == "removals").values(value=str(int(known) + 1)))
