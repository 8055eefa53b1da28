"""A SQLite file that strangers may write SQL into: what it may do, how much it may hold, how long a statement may take.

SQLite asks an *authorizer* about each thing that a statement would do, before it does anything. Ours says no to what reaches beyond this one
file: attaching others (VACUUM INTO does that too), loading code, changing how the file is written.
"""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event

MOST_PAGES = 8_192  # of 4 KiB: the file never grows beyond 32 MiB
MOST_SECONDS = 2.0
_LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: 100_000,
    sqlite3.SQLITE_LIMIT_COLUMN: 60,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 20_000,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 200,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 50,
    sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH: 10,
}
_FORBIDDEN = {sqlite3.SQLITE_ATTACH, sqlite3.SQLITE_DETACH, sqlite3.SQLITE_CREATE_VTABLE}
_PRAGMAS = {
    "table_info",
    "table_xinfo",
    "table_list",
    "index_list",
    "index_info",
    "foreign_key_list",
    "foreign_keys",
}
_FUNCTIONS = {"load_extension", "fts3_tokenizer"}


def guarded(path: Path) -> Engine:
    """An engine on that file whose every connection is watched."""
    engine = create_engine(f"sqlite:///{path.as_posix()}", connect_args={"timeout": MOST_SECONDS})

    @event.listens_for(engine, "connect")
    def watch(connection: sqlite3.Connection, record: Any) -> None:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute(f"PRAGMA max_page_count = {MOST_PAGES}")
        for limit, value in _LIMITS.items():
            connection.setlimit(limit, value)
        record.info["deadline"] = float("inf")
        connection.set_progress_handler(lambda: time.monotonic() > record.info["deadline"], 10_000)
        connection.set_authorizer(_may)

    @event.listens_for(engine, "before_cursor_execute")
    def begin(connection: Any, *_: Any) -> None:
        connection.info["deadline"] = time.monotonic() + MOST_SECONDS

    return engine


def _may(action: int, first: str | None, second: str | None, database: str | None, by: str | None) -> int:
    if action in _FORBIDDEN:
        return sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_PRAGMA:
        return sqlite3.SQLITE_OK if first in _PRAGMAS else sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_FUNCTION and second in _FUNCTIONS:
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK
