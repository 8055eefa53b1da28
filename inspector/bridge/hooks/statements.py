"""Drivers whose cursors are Python classes: `execute` and `executemany` are wrapped where they stand, so that connections made before are followed too."""

from __future__ import annotations

import importlib
from typing import Any

from inspector.bridge.hooks.following import followed
from inspector.bridge.recording import Query, Recording

_PARAMETERS = ("params", "params_seq", "args", "vars", "vars_list")


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
            setattr(cursor, name, telling(vars(cursor)[name], system, through, many=many))


def telling(execute: Any, system: str, through: str, *, many: bool) -> Any:
    """A cursor's `execute`, or with `many` its `executemany`, telling what it was asked."""

    def ask(recording: Recording, cursor: Any, args: tuple[Any, ...], named: dict[str, Any]) -> Query:
        statement, given = _said(args, named)
        sets = len(given) if many and hasattr(given, "__len__") else 1
        first = (given[0] if isinstance(given, (list, tuple)) and given else None) if many else given
        return recording.query(system, through, _text(statement, cursor), first, sets=sets)

    return followed(execute, ask, lambda cursor, _: cursor.rowcount)


def _said(args: tuple[Any, ...], named: dict[str, Any]) -> tuple[Any, Any]:
    """The statement and its parameters, in their order or by the names that the drivers have for them."""
    statement = args[0] if args else named.get("query", "")
    given = args[1] if len(args) > 1 else next((named[name] for name in _PARAMETERS if name in named), None)
    return statement, given


def _text(statement: Any, cursor: Any) -> str:
    """A statement as text; psycopg also takes bytes, and statements composed of parts."""
    if isinstance(statement, str):
        return statement
    if isinstance(statement, bytes):
        return statement.decode("utf-8", "replace")
    compose = getattr(statement, "as_string", None)
    return str(compose(cursor)) if compose is not None else str(statement)
