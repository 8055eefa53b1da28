"""Drivers whose cursors are Python classes: `execute` and `executemany` are wrapped where they stand, so that connections made before are followed too."""

from __future__ import annotations

import functools
import importlib
import inspect
from typing import Any

from inspector.bridge.recording import Query, active


def install_psycopg(module: Any) -> None:
    """psycopg 3, its usual and its asynchronous cursors."""
    for name in ("Cursor", "AsyncCursor", "ServerCursor", "AsyncServerCursor"):
        _follow(getattr(module, name), "postgresql", "psycopg")


def install_pymysql(module: Any) -> None:
    _follow(importlib.import_module(f"{module.__name__}.cursors").Cursor, "mysql", "PyMySQL")


def install_mysqldb(module: Any) -> None:
    _follow(importlib.import_module(f"{module.__name__}.cursors").BaseCursor, "mysql", "mysqlclient")


def _follow(cursor: type[Any], system: str, through: str) -> None:
    for name, many in (("execute", False), ("executemany", True)):
        if name in vars(cursor):
            setattr(cursor, name, followed(vars(cursor)[name], system, through, many=many))


def followed(execute: Any, system: str, through: str, *, many: bool) -> Any:
    """The method, telling what it was asked."""

    def begin(cursor: Any, statement: Any, given: Any) -> Query | None:
        recording = active()
        if recording is None:
            return None
        sets = len(given) if many and hasattr(given, "__len__") else 1
        first = (given[0] if isinstance(given, (list, tuple)) and given else None) if many else given
        return recording.query(system, through, _text(statement, cursor), first, sets=sets)

    if inspect.iscoroutinefunction(execute):

        @functools.wraps(execute)
        async def later(self: Any, statement: Any, given: Any = None, *args: Any, **named: Any) -> Any:
            query = begin(self, statement, given)
            if query is None:
                return await execute(self, statement, given, *args, **named)
            try:
                answer = await execute(self, statement, given, *args, **named)
            except BaseException as error:
                query.done(error=error)
                raise
            query.done(self.rowcount)
            return answer

        return later

    @functools.wraps(execute)
    def now(self: Any, statement: Any, given: Any = None, *args: Any, **named: Any) -> Any:
        query = begin(self, statement, given)
        if query is None:
            return execute(self, statement, given, *args, **named)
        try:
            answer = execute(self, statement, given, *args, **named)
        except BaseException as error:
            query.done(error=error)
            raise
        query.done(self.rowcount)
        return answer

    return now


def _text(statement: Any, cursor: Any) -> str:
    """A statement as text; psycopg also takes bytes, and statements composed of parts."""
    if isinstance(statement, str):
        return statement
    if isinstance(statement, bytes):
        return statement.decode("utf-8", "replace")
    compose = getattr(statement, "as_string", None)
    return str(compose(cursor)) if compose is not None else str(statement)
