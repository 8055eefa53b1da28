"""Opening the databases: where they are, how SQLite is told to work, and bringing them to today's shape.

SQLite in write-ahead mode lets the pages read while the recorder writes. Its log lives in shared memory,
which a network drive has not: there (`network=True`) the rollback journal is used. The control database
always uses that journal: it is written seldom, and has one file then.
"""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import sqlalchemy as sa

from inspector.store.schema import CONTROL_VERSION, INDEX_VERSION
from inspector.store.watch import CONTROL

log = logging.getLogger(__name__)

Line = Literal["index", "control"]
_VERSIONS: dict[Line, str] = {"index": INDEX_VERSION, "control": CONTROL_VERSION}


class StoreProblem(Exception):  # noqa: N818 - a state of affairs, told to a person
    """The database cannot be used right now; the message says why, and what happens next."""


def captures_folder(home: Path) -> Path:
    """Where the archive and its index lie."""
    return home / "captures"


def index_path(home: Path) -> Path:
    """The index of the archive."""
    return captures_folder(home) / "index.db"


def control_path(home: Path) -> Path:
    """What people set."""
    return home / CONTROL


def journal_mode(line: Line, *, network: bool) -> str:
    """Which of SQLite's journals a database uses."""
    return "wal" if line == "index" and not network else "truncate"


def open_engine(path: Path, *, timeout: float = 2.0) -> sa.Engine:
    """A pool of connections to an SQLite file; each statement is its own transaction unless one is begun."""

    def connect() -> sqlite3.Connection:
        raw = sqlite3.connect(str(path), timeout=timeout, check_same_thread=False)
        try:
            raw.execute("PRAGMA synchronous=NORMAL")
            raw.execute("PRAGMA cache_size=-8000")
        except BaseException:
            raw.close()  # it is no database: nobody else will hear of this connection
            raise
        return raw

    return sa.create_engine(
        "sqlite://", creator=connect, poolclass=sa.QueuePool, isolation_level="AUTOCOMMIT", pool_size=8, max_overflow=8
    )  # fmt: skip


def prepare(line: Line, path: Path, *, network: bool = False) -> None:
    """Make the database if it isn't there, and bring it to today's shape if it is older."""
    private_folder(path.parent)
    private_file(path)
    engine = open_engine(path, timeout=10.0)
    try:
        with engine.connect() as connection:
            if version(line, connection) == _VERSIONS[line]:
                return
            connection.exec_driver_sql(f"PRAGMA journal_mode={journal_mode(line, network=network)}")
            with immediate(connection):
                _upgrade(line, connection)
    finally:
        engine.dispose()


def version(line: Line, connection: sa.Connection) -> str:
    """Which step of its line the database is at; '' if it is new."""
    if not sa.inspect(connection).has_table(f"{line}_version"):
        return ""
    return str(connection.exec_driver_sql(f"SELECT version_num FROM {line}_version").scalar() or "")  # noqa: S608


def _upgrade(line: Line, connection: sa.Connection) -> None:
    found = version(line, connection)  # again: another process may have done it while this one waited
    if found == _VERSIONS[line]:
        return
    if found and _step(found) > _step(_VERSIONS[line]):
        raise StoreProblem("This home was used by a newer Inspector. Update this one, or use another --home.")
    from inspector.store.migrations import upgrade  # noqa: PLC0415 - Alembic costs 0.2 s, seldom needed

    upgrade(line, connection)
    if line == "index" and not found:  # an older one keeps its birth: what it holds is the same
        birth = os.urandom(4).hex()
        connection.exec_driver_sql("INSERT INTO fact (name, value) VALUES ('birth', ?)", (birth,))


def _step(found: str) -> int:
    number = found.rpartition("_")[2]
    if not number.isdecimal():
        raise sqlite3.DatabaseError(f"unknown version {found!r}")
    return int(number)


@contextmanager
def immediate(connection: sa.Connection) -> Iterator[None]:
    """A transaction that takes the write lock at once, so that it cannot fail half way for want of it."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.exec_driver_sql("ROLLBACK")
        raise
    connection.exec_driver_sql("COMMIT")


def private_file(path: Path) -> None:
    """Made before SQLite makes it, so that its log, too, is only its owner's."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        return


def private_folder(folder: Path) -> None:
    """Make a folder that only its owner can look into."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
