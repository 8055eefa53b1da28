"""The recorder's hand in the index: SQLite's own driver and a few prepared statements, because of the speed.

An upsert by executemany costs 5 to 6 microseconds a row (SQLAlchemy Core: 18). The newest change wins, so
the same frames may come twice. Everything that one round read is one transaction, its end place included.
A PostgreSQL index (a later issue) is a class with these methods.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from inspector.store.archive import Opening
from inspector.store.database import journal_mode, prepare
from inspector.store.schema import ciphertext, connection, exchange

log = logging.getLogger(__name__)

_WAL_PAGES = 2000  # written back to the database every 8 MiB
_WAL_MOST = 48 * 1024 * 1024


def _upsert(table: Any, newer: str) -> str:
    names = [column.name for column in table.columns]
    blanks = ", ".join("?" * len(names))
    news = ", ".join(f'"{name}" = excluded."{name}"' for name in names if name != "id")
    listed = ", ".join(f'"{name}"' for name in names)
    return (
        f"INSERT INTO {table.name} ({listed}) VALUES ({blanks}) "  # noqa: S608 - names from the schema
        f"ON CONFLICT (id) DO UPDATE SET {news} WHERE {newer}"
    )


# the second half: its engine was thought dead, and then it told the true end
_EXCHANGES = _upsert(
    exchange,
    "excluded.change > exchange.change OR exchange.fault = 'inspector-stopped' AND excluded.state <> 'open'",
)
_LATER = (
    "excluded.segment > {0}.segment OR excluded.segment = {0}.segment AND excluded.position > {0}.position"
)
_CONNECTIONS = _upsert(connection, _LATER.format("connection"))
_CIPHERTEXTS = _upsert(ciphertext, _LATER.format("ciphertext"))
_UNFIT = (
    OverflowError,
    UnicodeError,
    sqlite3.IntegrityError,
    sqlite3.InterfaceError,
    sqlite3.ProgrammingError,
)
_SEGMENT = """
    INSERT INTO segment (engine, number, bytes, exchanges, first, last, first_connection, last_connection)
    VALUES (:engine, :number, :bytes, :exchanges, :first, :last, :first_connection, :last_connection)
    ON CONFLICT (engine, number) DO UPDATE SET
        bytes = max(bytes, excluded.bytes),
        exchanges = exchanges + excluded.exchanges,
        first = min(coalesce(first, excluded.first), coalesce(excluded.first, first)),
        last = max(coalesce(last, excluded.last), coalesce(excluded.last, last)),
        first_connection = min(coalesce(first_connection, excluded.first_connection),
                               coalesce(excluded.first_connection, first_connection)),
        last_connection = max(coalesce(last_connection, excluded.last_connection),
                              coalesce(excluded.last_connection, last_connection))
"""
_STOPPED = """
    UPDATE exchange SET state = 'failed', fault = 'inspector-stopped',
        change = (SELECT coalesce(max(change), 0) + 1 FROM exchange WHERE engine = :engine)
    WHERE id = (SELECT id FROM exchange WHERE engine = :engine AND state = 'open' LIMIT 1)
"""


class KnownEngine(NamedTuple):
    """An engine as the index knows it."""

    number: int
    id: bytes
    worker: int
    run: str
    ended: str
    segment: int
    position: int
    generation: int
    fresh: int


class Index:
    """One connection that writes. Whatever SQLite raises, it raises: the recorder decides what to do then."""

    def __init__(self, path: Path, *, network: bool = False) -> None:
        self.path = path
        self._network = network
        prepare("index", path, network=network)
        self._db = sqlite3.connect(path, timeout=1.0, isolation_level=None, check_same_thread=False)
        try:
            self._set_up()
        except BaseException:
            self._db.close()
            raise

    def _set_up(self) -> None:
        stat = self.path.stat()
        self._file = (stat.st_dev, stat.st_ino)
        mode = journal_mode("index", network=self._network)
        for pragma in (
            f"journal_mode={mode}",
            "synchronous=NORMAL",
            "cache_size=-16000",
            f"wal_autocheckpoint={_WAL_PAGES}",
            f"journal_size_limit={_WAL_MOST}",
            "secure_delete=ON",  # what was forgotten shall not stand in free pages
        ):
            self._db.execute(f"PRAGMA {pragma}")

    def close(self) -> None:
        """Give the connection back."""
        self._db.close()

    def moved(self) -> bool:
        """Whether the file at our path isn't the one we write to any more."""
        try:
            stat = os.stat(self.path)  # noqa: PTH116 - cheap
        except OSError:
            return True
        return (stat.st_dev, stat.st_ino) != self._file

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One transaction."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise

    # -- what the recorder writes

    def exchanges(self, rows: list[tuple[Any, ...]]) -> None:
        """Put rows in the schema's order; a row that is older than what is there changes nothing."""
        self._put(_EXCHANGES, rows)

    def connections(self, rows: list[tuple[Any, ...]]) -> None:
        """The same for connections."""
        self._put(_CONNECTIONS, rows)

    def ciphertexts(self, rows: list[tuple[Any, ...]]) -> None:
        """The same for what is kept of connections' ciphertext."""
        self._put(_CIPHERTEXTS, rows)

    def _put(self, sql: str, rows: list[tuple[Any, ...]]) -> None:
        try:
            self._db.executemany(sql, rows)
        except _UNFIT:  # an impossible value, by a mistake of ours: it must not stop what follows for ever
            for row in rows:
                try:
                    self._db.execute(sql, row)
                except _UNFIT:
                    log.exception("a row that no database takes is left out: %r", row)

    def segment(self, **found: Any) -> None:
        """Add to what is known of a segment."""
        self._db.execute(_SEGMENT, found)

    def engines(self) -> list[KnownEngine]:
        """All engines, in the order in which they were found."""
        fields = ", ".join(KnownEngine._fields)
        return [KnownEngine(*row) for row in self._db.execute(f"SELECT {fields} FROM engine ORDER BY number")]  # noqa: S608

    def add_engine(self, id: bytes) -> None:
        """Know a new engine."""
        self._db.execute("INSERT INTO engine (id) VALUES (?) ON CONFLICT (id) DO NOTHING", (id,))

    def opening(self, number: int, said: Opening) -> None:
        """What the first frame of a segment said about its engine."""
        self._set(
            number, worker=said.worker, run=said.run, pid=said.pid, version=said.version, started=said.started
        )

    def place(self, number: int, segment: int, position: int) -> None:
        """How far an engine's archive was read."""
        self._set(number, segment=segment, position=position)

    def fresh(self, number: int, generation: int, segment: int) -> None:
        """An engine began anew because of a wish to forget."""
        self._set(number, generation=generation, fresh=segment)

    def ended(self, number: int, how: str, lost: int = 0, lost_bytes: int = 0) -> None:
        """An engine is over; what it left open is so no more."""
        self._set(number, ended=how, lost=lost, lost_bytes=lost_bytes)
        while self._db.execute(_STOPPED, {"engine": number}).rowcount > 0:
            pass

    def alive(self, number: int) -> None:
        """An engine that was thought to be over is not."""
        self._set(number, ended="")

    def fact(self, name: str) -> str:
        """One of the index's own few facts; '' if it isn't known."""
        row = self._db.execute("SELECT value FROM fact WHERE name = ?", (name,)).fetchone()
        return str(row[0]) if row else ""

    def set_fact(self, name: str, value: str) -> None:
        """Set one."""
        self._db.execute("INSERT OR REPLACE INTO fact (name, value) VALUES (?, ?)", (name, value))

    def _set(self, number: int, **values: Any) -> None:
        listed = ", ".join(f"{name} = ?" for name in values)
        self._db.execute(f"UPDATE engine SET {listed} WHERE number = ?", (*values.values(), number))  # noqa: S608

    # -- upkeep

    def select(self, sql: str, values: Iterable[Any] = ()) -> list[tuple[Any, ...]]:
        """Rows, for retention."""
        return self._db.execute(sql, tuple(values)).fetchall()

    def change(self, sql: str, rows: Iterable[tuple[Any, ...]]) -> None:
        """Run a statement for each of `rows`, for retention."""
        self._db.executemany(sql, rows)

    def used_bytes(self) -> int:
        """How much of the database is in use (pages that are free are used again)."""
        (pages,) = self._db.execute("PRAGMA page_count").fetchone()
        (free,) = self._db.execute("PRAGMA freelist_count").fetchone()
        (size,) = self._db.execute("PRAGMA page_size").fetchone()
        return int((pages - free) * size)

    def keep_log_short(self) -> None:
        """Write the log back when it is long: readers that follow each other can keep SQLite from doing so."""
        try:
            size = self.path.with_name(self.path.name + "-wal").stat().st_size
        except OSError:
            return
        if size > _WAL_MOST:
            self._checkpoint(0.2)

    def shrink(self) -> None:
        """After much was deleted: give the room back, and leave nothing of it in the log."""
        (pages,) = self._db.execute("PRAGMA page_count").fetchone()
        (free,) = self._db.execute("PRAGMA freelist_count").fetchone()
        try:
            if free > 1000 and free > pages * 0.9:
                self._db.execute("VACUUM")
        except sqlite3.OperationalError as error:  # a reader holds it: the pages will be used again anyway
            log.debug("not shrunk: %s", error)
        self._checkpoint(1.0)

    def _checkpoint(self, patience: float) -> None:
        began = time.monotonic()
        self._db.execute(f"PRAGMA busy_timeout={int(patience * 1000)}")
        try:
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        finally:
            self._db.execute("PRAGMA busy_timeout=1000")
        log.debug("checkpoint: %.3f s", time.monotonic() - began)
