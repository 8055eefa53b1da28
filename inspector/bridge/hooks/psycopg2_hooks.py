"""psycopg2: its cursors are written in C, so each connection is told to make cursors of a subclass."""

from __future__ import annotations

import functools
import importlib
from typing import Any

from inspector.bridge.hooks.statements import telling


def install(module: Any) -> None:
    """Connections that are made from now on are followed."""
    extensions = importlib.import_module(f"{module.__name__}.extensions")
    connect = module.connect

    @functools.lru_cache(maxsize=64)
    def subclass(cursor: Any) -> Any:
        own = {
            name: telling(getattr(cursor, name), "postgresql", "psycopg2", many=name == "executemany")
            for name in ("execute", "executemany")
        }
        return type(cursor.__name__, (cursor,), {"__module__": cursor.__module__, **own})

    @functools.wraps(connect)
    def connect_followed(*args: Any, **named: Any) -> Any:
        connection = connect(*args, **named)
        connection.cursor_factory = subclass(connection.cursor_factory or extensions.cursor)
        return connection

    module.connect = connect_followed
