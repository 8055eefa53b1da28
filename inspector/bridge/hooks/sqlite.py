"""sqlite3 without SQLAlchemy: `sqlite3.connect` gives a connection of a subclass whose cursors tell what they are asked and count the rows that are taken."""

from __future__ import annotations

import functools
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from inspector.bridge.recording import Query, active


def install(module: Any) -> None:
    """Connections that are made from now on by `sqlite3.connect` are followed. (SQLAlchemy calls another one, and is followed itself.)"""
    connect = module.connect

    @functools.wraps(connect)
    def connect_followed(database: Any, *args: Any, **named: Any) -> Any:
        if len(args) >= 5:  # timeout, detect_types, isolation_level, check_same_thread, factory
            args = (*args[:4], _with(_Followed, args[4]), *args[5:])
        else:
            named["factory"] = _with(_Followed, named.get("factory", sqlite3.Connection))
        connection = connect(database, *args, **named)
        if isinstance(connection, _Followed):
            connection._inspector_name = Path(str(database)).name if isinstance(database, (str, Path)) else ""
        return connection

    module.connect = connect_followed


class _Followed:
    """Mixed into a connection class."""

    _inspector_name = ""

    def cursor(self, factory: Any = sqlite3.Cursor) -> Any:
        made = super().cursor(_with(_FollowedCursor, factory))  # type: ignore[misc]  # the connection's, behind this in the order
        if isinstance(made, _FollowedCursor):
            made._inspector_name = self._inspector_name
        return made

    # sqlite3's own make a plain cursor of themselves
    def execute(self, *args: Any) -> Any:
        return self.cursor().execute(*args)

    def executemany(self, *args: Any) -> Any:
        return self.cursor().executemany(*args)

    def executescript(self, *args: Any) -> Any:
        return self.cursor().executescript(*args)


class _FollowedCursor:
    """Mixed into a cursor class."""

    _inspector_name = ""
    _inspector_query: Query | None = None

    def execute(self, statement: str, *parameters: Any) -> Any:
        return self._asked(super().execute, statement, parameters, parameters[0] if parameters else None)  # type: ignore[misc]

    def executemany(self, statement: str, sets: Iterable[Any]) -> Any:
        if active() is None:
            return super().executemany(statement, sets)  # type: ignore[misc]
        kept = list(sets)
        first = kept[0] if kept else None
        return self._asked(super().executemany, statement, (kept,), first, sets=len(kept))  # type: ignore[misc]

    def executescript(self, script: str) -> Any:
        return self._asked(super().executescript, script, (), None)  # type: ignore[misc]

    def _asked(self, call: Any, statement: str, rest: tuple[Any, ...], first: Any, *, sets: int = 1) -> Any:
        recording = active()
        if recording is None:
            self._inspector_query = None
            return call(statement, *rest)
        query = recording.query(
            "sqlite", "sqlite3", str(statement), first, sets=sets, database=self._inspector_name
        )
        self._inspector_query = query
        with query:
            answer = call(statement, *rest)
            query.done(self.rowcount)  # type: ignore[attr-defined]
        if self.description is not None:  # type: ignore[attr-defined]
            query.rows = 0  # counted as they are taken; SQLite finds them only then
        return answer

    def fetchone(self) -> Any:
        row = super().fetchone()  # type: ignore[misc]
        if row is not None:
            self._fetched(1)
        return row

    def fetchmany(self, *args: Any, **named: Any) -> Any:
        rows = super().fetchmany(*args, **named)  # type: ignore[misc]
        self._fetched(len(rows))
        return rows

    def fetchall(self) -> Any:
        rows = super().fetchall()  # type: ignore[misc]
        self._fetched(len(rows))
        return rows

    def __next__(self) -> Any:
        row = super().__next__()  # type: ignore[misc]
        self._fetched(1)
        return row

    def _fetched(self, count: int) -> None:
        if self._inspector_query is not None and count:
            self._inspector_query.fetched(count)


@functools.lru_cache(maxsize=64)
def _with(mixin: type[Any], factory: Any) -> Any:
    """The class with the mixin before it; whatever makes them and is no class is left as it is."""
    if not isinstance(factory, type) or issubclass(factory, mixin):
        return factory
    return type(factory.__name__, (mixin, factory), {"__module__": factory.__module__})
