"""The pages' way to the index: a pool of connections that only read, and plain words when it is out of reach."""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from inspector.store.database import StoreProblem, index_path, open_engine, prepare
from inspector.store.schema import fact
from inspector.store.trouble import is_damage, say

log = logging.getLogger(__name__)


class Access:
    """Connections to a home's index. The recorder may exchange the file for another; that is noticed at every use.

    `damaged` is called with the index's birth when it turns out to be damaged.
    """

    def __init__(self, home: Path, *, network: bool, damaged: Callable[[str], None]) -> None:
        self._path = index_path(home)
        self._network = network
        self._damaged = damaged
        self._lock = threading.Lock()
        self._engine: sa.Engine | None = None
        self._file: tuple[int, int] = (0, 0)
        self._births = 0

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A connection, for a few short queries. Raises StoreProblem."""
        with self.in_words(), self.current()[0].connect() as connection:
            yield connection

    @contextmanager
    def in_words(self) -> Iterator[None]:
        """Turns what a database says into a StoreProblem; damage is reported."""
        try:
            yield
        except (sa.exc.DBAPIError, sqlite3.Error, OSError) as error:
            if is_damage(error):
                self._tell()
            raise StoreProblem(f"The list of captures is out of reach: {say(error)}.") from error

    def close(self) -> None:
        """Give the connections back."""
        with self._lock:
            if self._engine:
                self._engine.dispose()
                self._engine = None

    @staticmethod
    def fact(reading: sa.Connection, name: str) -> str:
        """One of the index's own few facts."""
        return str(reading.execute(sa.select(fact.c.value).where(fact.c.name == name)).scalar() or "")

    def current(self) -> tuple[sa.Engine, int]:
        """The pool for the file that is there now, and how many files there have been."""
        with self._lock:
            if self._engine is None or self._file != self._identity():
                if self._engine is not None:
                    self._engine.dispose()
                prepare("index", self._path, network=self._network)
                self._engine = open_engine(self._path)
                self._file = self._identity()
                self._births += 1
            return self._engine, self._births

    def _identity(self) -> tuple[int, int]:
        try:
            stat = self._path.stat()
        except FileNotFoundError:
            return (0, 0)
        return (stat.st_dev, stat.st_ino)

    def _tell(self) -> None:
        try:
            with self.current()[0].connect() as connection:
                birth = self.fact(connection, "birth")
            self._damaged(birth)
        except (sa.exc.SQLAlchemyError, sqlite3.Error, OSError) as error:
            log.debug("so damaged that the recorder will find out by itself: %s", error)
        self.close()  # Windows moves no file that somebody has open
