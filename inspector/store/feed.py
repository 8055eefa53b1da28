"""The feed of changes: what is new in the list, since a cursor that the page holds.

Every engine numbers its own changes, so a cursor is a number per engine:

    <birth of the index>.<generation of what was forgotten and deleted>.<engine>-<change>.<engine>-<change>...

It names the engines that still ran when it was given, and the newest; an engine with a smaller number that
it doesn't name was over and fully read. Engines that came later have larger numbers and are read from their
beginning. Never the id, nor the time: an exchange may end late.
"""

from __future__ import annotations

import threading
from typing import Any, NamedTuple

import sqlalchemy as sa

from inspector.store.access import Access
from inspector.store.rows import COLUMNS, Row, row_of
from inspector.store.schema import engine, exchange
from inspector.store.texts_sql import Clause

_X = exchange.c
_EVERYTHING: Clause = sa.true()
_ENGINES = 256  # more than ever run at once: a cursor that names more is not ours


class _Heads(NamedTuple):
    """Where the feed stands, or stood: the last change of each engine that runs, and of the newest."""

    birth: str
    forgotten: str
    changes: dict[int, int]

    @property
    def cursor(self) -> str:
        """As the page holds it."""
        numbers = (f"{number}-{change}" for number, change in sorted(self.changes.items()))
        return ".".join((self.birth, self.forgotten, *numbers))


class Feed:
    """Answers `since`. It has a connection of its own, because `data_version` means something only within one."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._lock = threading.Lock()
        self._own: sa.Connection | None = None
        self._births = -1
        self._version = -1
        self._heads = _Heads("", "", {})

    def since(
        self, cursor: str, limit: int, where: Clause = _EVERYTHING
    ) -> tuple[tuple[Row, ...], str, int, bool]:
        """Rows that meet a condition, the new cursor, how many were left out, and whether all is to be loaded anew."""
        heads = self._now()
        given = _parse(cursor)
        if given is None or given == heads:
            return (), heads.cursor, 0, False
        if (given.birth, given.forgotten) != (heads.birth, heads.forgotten):
            return (), heads.cursor, 0, True
        rows, skipped = self._changed(given.changes, heads.changes, limit, where)
        return rows, heads.cursor, skipped, False

    def close(self) -> None:
        """Give the connection back."""
        with self._lock:
            self._let_go()

    def _now(self) -> _Heads:
        with self._lock, self._access.in_words():
            try:
                pool, births = self._access.current()
                if self._own is None or births != self._births:
                    self._let_go()
                    self._own, self._births = pool.connect(), births
                version = int(self._own.exec_driver_sql("PRAGMA data_version").scalar_one())
                if version != self._version:
                    self._heads = _look(self._own)
                    self._version = version
            except BaseException:
                self._let_go()
                raise
            return self._heads

    def _let_go(self) -> None:
        own, self._own, self._version = self._own, None, -1
        if own is not None:
            if not own.invalidated:
                own.detach()  # the pool that it came from may be given up already, and would never close it
            own.close()

    def _changed(
        self, given: dict[int, int], heads: dict[int, int], limit: int, where: Clause
    ) -> tuple[tuple[Row, ...], int]:
        later = sa.select(engine.c.number).where(engine.c.number > max(given, default=0))
        found: list[Row] = []
        skipped = 0
        with self._access.reading() as reading:
            since = {**dict.fromkeys(reading.execute(later).scalars(), 0), **given}
            for number, change in since.items():
                if heads.get(number) == change:
                    continue
                span = sa.and_(_X.engine == number, _X.change > change, where)
                if number in heads:
                    span = sa.and_(span, _X.change <= heads[number])
                rows = _newest(reading, span, limit)
                found += rows
                if len(rows) == limit:
                    skipped += (reading.execute(sa.select(sa.func.count()).where(span)).scalar() or 0) - limit
        found.sort(key=_moment)
        return tuple(found[-limit:]), skipped + max(0, len(found) - limit)


def _look(own: sa.Connection) -> _Heads:
    newest = sa.select(sa.func.max(engine.c.number)).scalar_subquery()
    running = sa.select(engine.c.number).where(sa.or_(engine.c.ended == "", engine.c.number == newest))
    last = sa.select(sa.func.max(_X.change)).where(_X.engine == sa.bindparam("number"))
    changes = {
        number: int(own.execute(last, {"number": number}).scalar() or 0)
        for number in own.execute(running).scalars().all()
    }
    # what was deleted or brought back is told as what was forgotten is: load the list anew
    emptied = int(Access.fact(own, "forgotten") or 0) + int(Access.fact(own, "removals") or 0)
    return _Heads(Access.fact(own, "birth"), str(emptied), changes)


def _newest(reading: sa.Connection, span: Any, limit: int) -> list[Row]:
    query = sa.select(*COLUMNS, _X.engine).where(span).order_by(_X.change.desc()).limit(limit)
    return [row_of(found) for found in reading.execute(query)]


def _moment(row: Row) -> tuple[float, int]:
    """When it changed, near enough to put engines side by side."""
    return row.started + (row.duration or 0.0), row.change


def _parse(cursor: str) -> _Heads | None:
    """A cursor taken apart, or None for anything that isn't one."""
    birth, _, rest = cursor.partition(".")
    forgotten, *numbers = rest.split(".")
    pairs = [pair.split("-") for pair in numbers]
    plain = all(len(pair) == 2 and all(_is_number(each) for each in pair) for pair in pairs)
    if not birth or not _is_number(forgotten) or not plain or len(pairs) > _ENGINES:
        return None
    return _Heads(birth, forgotten, {int(number): int(change) for number, change in pairs})


def _is_number(text: str) -> bool:
    return text.isdecimal() and text.isascii() and len(text) < 19
