"""SQLAlchemy, by its own events, for every engine of the process, whatever driver is beneath: statement and parameters as they go to the driver, time, rows."""

from __future__ import annotations

import contextlib
from typing import Any

from inspector.bridge.recording import Query, active

_MARK = "_inspector_query"


def install(module: Any) -> None:
    """Listen to all engines, those that are there already too."""
    from sqlalchemy import event  # noqa: PLC0415 - the app has it
    from sqlalchemy.engine import Engine  # noqa: PLC0415

    event.listen(Engine, "before_cursor_execute", _before)
    event.listen(Engine, "after_cursor_execute", _after)
    event.listen(Engine, "handle_error", _failed)
    event.listen(Engine, "after_execute", _result)


def _before(conn: Any, cursor: Any, statement: str, given: Any, context: Any, executemany: bool) -> None:  # noqa: PLR0917 (the shape of the event)
    recording = active()
    if recording is None or context is None:
        return
    with contextlib.suppress(Exception):
        sets = len(given) if executemany else 1
        first = given[0] if executemany and given else given
        url = conn.engine.url
        database = str(url.database or "").replace("\\", "/").rpartition("/")[2]
        query = recording.query(
            conn.dialect.name, "SQLAlchemy", statement, first, sets=sets, database=database
        )
        setattr(context, _MARK, query)


def _after(conn: Any, cursor: Any, statement: str, given: Any, context: Any, executemany: bool) -> None:  # noqa: PLR0917 (the shape of the event)
    query = getattr(context, _MARK, None)
    if query is None:
        return
    with contextlib.suppress(Exception):
        rows = cursor.rowcount
        unknown = not isinstance(rows, int) or (rows <= 0 and cursor.description is not None)
        query.done(None if unknown else rows)
    query.done()


def _failed(happened: Any) -> None:
    query = getattr(happened.execution_context, _MARK, None)
    if query is not None:
        query.done(error=happened.original_exception)


def _result(conn: Any, clause: Any, multiparams: Any, params: Any, options: Any, result: Any) -> None:  # noqa: PLR0917 (the shape of the event)
    """Where the driver doesn't know how many rows there are, they are counted as they are taken."""
    with contextlib.suppress(Exception):
        query = getattr(result.context, _MARK, None)
        if query is not None and query.rows is None and result.returns_rows:
            if not result.context.isinsert:  # what it returns, SQLAlchemy has taken before
                query.rows = 0
            result.cursor_strategy = _Counting(result.cursor_strategy, query)


class _Counting:
    """In front of what fetches the rows of a result."""

    def __init__(self, inner: Any, query: Query) -> None:
        self._inner = inner
        self._query = query

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def fetchone(self, *args: Any, **named: Any) -> Any:
        row = self._inner.fetchone(*args, **named)
        if row is not None:
            self._query.fetched(1)
        return row

    def fetchmany(self, *args: Any, **named: Any) -> Any:
        rows = self._inner.fetchmany(*args, **named)
        self._query.fetched(len(rows))
        return rows

    def fetchall(self, *args: Any, **named: Any) -> Any:
        rows = self._inner.fetchall(*args, **named)
        self._query.fetched(len(rows))
        return rows
