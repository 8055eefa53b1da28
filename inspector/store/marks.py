"""Pins, colours, comments and tags: what people add to exchanges, kept in the control database by the exchange's id.

There are few, next to the exchanges, so all of them are held in memory and read again when the file has changed (`data_version`,
5 microseconds a look). A filter that asks for marks becomes the ids that have them; the two databases are never joined.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from inspector.exchange.mark import NO_MARK, Mark, tidy
from inspector.store.database import StoreProblem, control_path, immediate, open_engine, prepare
from inspector.store.schema import mark as table

MOST = 20_000
_CHUNK = 500
_T = table.c


class TooManyMarks(Exception):  # noqa: N818 - a state of affairs, told to a person
    """More exchanges would be marked than are kept track of."""


class Marks:
    """The marks of one home. Safe to use from many threads."""

    def __init__(self, home: Path) -> None:
        prepare("control", control_path(home))
        self._engine = open_engine(control_path(home))
        self._lock = threading.Lock()
        self._own: sa.Connection | None = None
        self._version = -1
        self._known: dict[bytes, Mark] = {}
        self._revisions: dict[bytes, int] = {}

    def close(self) -> None:
        """Give the connections back."""
        with self._lock:
            self._let_go()
        self._engine.dispose()

    # -- reading

    def all(self) -> Mapping[bytes, Mark]:
        """Every mark that isn't blank; not to be changed. Raises StoreProblem."""
        with self._lock:
            self._look()
            return self._known

    def of(self, ids: Iterable[bytes]) -> dict[bytes, Mark]:
        """Those of some exchanges."""
        known = self.all()
        return {id: known[id] for id in ids if id in known}

    def one(self, id: bytes) -> Mark:
        """That of one exchange; blank if nobody added anything."""
        return self.all().get(id, NO_MARK)

    def tags(self) -> list[str]:
        """All tags that are in use, the most used first."""
        counts: dict[str, int] = {}
        for mark in self.all().values():
            for tag in mark.tags:
                counts[tag] = counts.get(tag, 0) + 1
        return sorted(counts, key=lambda tag: (-counts[tag], tag))

    def since(self, revision: int) -> tuple[int, dict[bytes, Mark]]:
        """The newest revision, and what changed after another: blank marks too, where one was taken off."""
        with self._lock:
            self._look()
            newest = max(self._revisions.values(), default=0)
            changed = (id for id, each in self._revisions.items() if each > revision)
            return newest, {id: self._known.get(id, NO_MARK) for id in changed}

    # -- writing

    def put(self, id: bytes, mark: Mark) -> Mark:
        """Set what is added to an exchange; as it is kept."""
        return self.put_all({id: mark})[id]

    def put_all(self, marks: Mapping[bytes, Mark]) -> dict[bytes, Mark]:
        """The same for several at once. Raises TooManyMarks."""
        kept = {id: tidy(mark) for id, mark in marks.items()}
        known = self.all()
        fresh = sum(id not in known for id, mark in kept.items() if not mark.blank)
        if len(known) + fresh > MOST:
            raise TooManyMarks
        with self._engine.connect() as connection, immediate(connection):
            revision = int(connection.execute(sa.select(sa.func.max(_T.revision))).scalar() or 0) + 1
            _delete(connection, kept)
            rows = [_row(id, mark, revision) for id, mark in kept.items()]
            if rows:
                connection.execute(table.insert(), rows)
        return kept

    def forget(self, ids: Collection[bytes] | None = None) -> None:
        """Remove the marks of some exchanges, or all, without a trace."""
        with self._engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA secure_delete=ON")
            with immediate(connection):
                if ids is None:
                    connection.execute(table.delete())
                else:
                    _delete(connection, ids)

    # -- below

    def _look(self) -> None:
        try:
            if self._own is None:
                self._own = self._engine.connect()
            version = int(self._own.exec_driver_sql("PRAGMA data_version").scalar_one())
            if version != self._version:
                rows = self._own.execute(sa.select(table)).all()
                self._known = {row.id: mark for row in rows if not (mark := _mark(row)).blank}
                self._revisions = {row.id: int(row.revision) for row in rows}
                self._version = version
        except sa.exc.DBAPIError as error:
            self._let_go()
            raise StoreProblem(f"What was added to exchanges is out of reach: {error.orig}.") from error

    def _let_go(self) -> None:
        own, self._own, self._version = self._own, None, -1
        if own is not None:
            own.close()


def _mark(row: Any) -> Mark:
    return Mark(bool(row.pinned), row.colour, row.comment, tuple(row.tags.split()))


def _row(id: bytes, mark: Mark, revision: int) -> dict[str, Any]:
    return {
        "id": id, "pinned": mark.pinned, "colour": mark.colour, "comment": mark.comment, "tags": " ".join(mark.tags),
        "revision": revision,
    }  # fmt: skip


def _delete(connection: sa.Connection, ids: Collection[bytes]) -> None:
    ordered = list(ids)
    for at in range(0, len(ordered), _CHUNK):
        connection.execute(table.delete().where(_T.id.in_(ordered[at : at + _CHUNK])))
