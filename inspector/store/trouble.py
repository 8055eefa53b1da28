"""When the database cannot be used: what it is called, how long to wait, and whether the file is beyond help."""

from __future__ import annotations

import logging
import sqlite3
import time
from pathlib import Path

import sqlalchemy.exc

from inspector.store.archive import in_words

log = logging.getLogger(__name__)

_FIRST, _LONGEST = 0.1, 2.0
_WORDS = {
    "SQLITE_BUSY": "another program holds the index of captures locked",
    "SQLITE_LOCKED": "another program holds the index of captures locked",
    "SQLITE_FULL": "the disk is full",
    "SQLITE_IOERR": "the disk reports an input/output error",
    "SQLITE_READONLY": "the index of captures can only be read",
    "SQLITE_CANTOPEN": "the index of captures cannot be opened",
    "SQLITE_CORRUPT": "the index of captures is damaged and is made again",
    "SQLITE_NOTADB": "the index of captures is damaged and is made again",
}
_PASSING = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_FULL")


def root(error: BaseException) -> BaseException:
    """What the driver said, below what SQLAlchemy makes of it."""
    if isinstance(error, sqlalchemy.exc.DBAPIError) and error.orig is not None:
        return error.orig
    return error


def code(error: BaseException) -> str:
    """SQLite's name for it, without the details that some names end with; '' if it has none."""
    name = str(getattr(root(error), "sqlite_errorname", ""))
    return "_".join(name.split("_")[:2])


def say(error: BaseException) -> str:
    """What is wrong, for a page."""
    found = root(error)
    if isinstance(found, OSError):
        return in_words(found)
    return _WORDS.get(code(error)) or str(found)


def is_damage(error: BaseException) -> bool:
    """Whether the database file itself is wrong, so that waiting will not help."""
    if code(error) in ("SQLITE_CORRUPT", "SQLITE_NOTADB"):
        return True
    found = root(error)
    if isinstance(found, sqlite3.OperationalError) and str(found).startswith(("no such ", "table ")):
        return True  # tables are missing, or have another shape
    return type(found) is sqlite3.DatabaseError  # what the driver calls what it cannot name


def set_aside(path: Path) -> None:
    """Move a damaged database out of the way, with its log. One older copy is kept at most."""
    for older in path.parent.glob(f"{path.name}.damaged-*"):
        older.unlink(missing_ok=True)
    stamp = time.strftime("%Y%m%d-%H%M%S")
    for suffix in ("-wal", "-shm", "-journal", ""):
        file = path.with_name(path.name + suffix)
        if file.exists():
            file.rename(path.with_name(f"{path.name}.damaged-{stamp}{suffix}"))


class Trouble:
    """What keeps the recorder from its work, in words, and when it tries again."""

    def __init__(self) -> None:
        self.words = ""
        self._pause = 0.0
        self._until = 0.0

    def pausing(self, now: float) -> bool:
        """Whether it is too early to try again."""
        return now < self._until

    def begin(self, error: BaseException, now: float) -> None:
        """Note it, and wait longer each time."""
        words = say(error)
        if words != self.words:
            log.warning("captures cannot be listed for now: %s", words)
        self.words = words
        self._pause = min(_LONGEST, self._pause * 2 or _FIRST)
        self._until = now + self._pause

    def over(self) -> None:
        """It works again."""
        if self.words:
            log.warning("captures are listed again")
        self.words, self._pause = "", 0.0

    def fatal(self, error: BaseException) -> bool:
        """Whether the connection is of no more use and has to be opened again."""
        return code(error) not in _PASSING
