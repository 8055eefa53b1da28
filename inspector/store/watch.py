"""Settings as an engine sees them: a few rows with a revision, noticed within 100 ms of a change.

The engine must not load SQLAlchemy, so this speaks to SQLite directly, and only reads. `PRAGMA data_version`
tells whether another process has written: 5 microseconds a look. A file that isn't there yet, is locked or
was exchanged for another is waited for; meanwhile what was last known holds.
(With PostgreSQL, a later issue, the same class listens for NOTIFY.)
"""

from __future__ import annotations

import json
import logging
import os
import sqlite3
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)

DEFAULTS: Mapping[str, Any] = {
    "capturing": True,  # whether exchanges are kept; paused, traffic only passes
    "left_encrypted": [],  # hosts (as `wire.patterns` reads them) whose TLS connections pass through unopened
    "rules": [],  # what is changed in traffic, as `rules.reading` reads it
    "apps": {},  # where apps listen that asked for the field Inspector-Exchange, `localhost:5000`, and when they did so last
    "traced": {},  # the same for those that want a traceparent
    "forget": 0,  # a generation: when it grows, all that was captured before is to be forgotten
    "keep_bytes": None,  # how much may be kept; None: what the recorder was started with
    "keep_count": None,
    "keep_days": None,
}

CONTROL = "control.db"


class Watcher:
    """Looks at the settings in HOME/control.db. `notice` is called from the watcher's own thread."""

    def __init__(
        self,
        home: Path,
        notice: Callable[[Mapping[str, Any]], None] | None = None,
        *,
        every: float = 0.05,
    ) -> None:
        self._path = home / CONTROL
        self._notice = notice
        self._every = every
        self._connection: sqlite3.Connection | None = None
        self._file: tuple[int, int] = (0, 0)
        self._version = -1
        self._known: Mapping[str, Any] | None = None
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def look(self) -> Mapping[str, Any] | None:
        """All settings if they changed since the last look (the first look always tells), else None."""
        try:
            found = self._read()
        except (sqlite3.Error, OSError, ValueError) as error:
            log.debug("%s: %s", self._path, error)
            self._close()
            found = None
        if found is None and self._known is None:
            found = dict(DEFAULTS)
        if found is None or found == self._known:
            return None
        self._known = found
        return found

    def start(self) -> None:
        """Watch in a thread of its own until `stop`."""
        self._thread = threading.Thread(target=self._watch, name="settings", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the watching."""
        self._stop.set()
        if self._thread:
            self._thread.join(2)
        else:
            self._close()

    def _watch(self) -> None:
        while True:
            settings = self.look()
            if settings is not None and self._notice:
                self._notice(settings)
            if self._stop.wait(self._every):
                self._close()
                return

    def _read(self) -> Mapping[str, Any] | None:
        """What the file says if it changed, None if it didn't or isn't there."""
        try:
            stat = os.stat(self._path)  # noqa: PTH116 - 20 times a second; Path.stat costs three times as much
        except FileNotFoundError:
            self._close()
            return None
        if self._connection is None or (stat.st_dev, stat.st_ino) != self._file:
            self._close()
            # mode=rw: never made here; not ro, which cannot roll back what a killed writer left half done
            uri = f"{self._path.absolute().as_uri()}?mode=rw"
            self._connection = sqlite3.connect(
                uri, uri=True, timeout=0.05, isolation_level=None, check_same_thread=False
            )
            self._file = (stat.st_dev, stat.st_ino)
        (version,) = self._connection.execute("PRAGMA data_version").fetchone()
        if version == self._version:
            return None
        rows = self._connection.execute("SELECT name, value FROM setting").fetchall()
        self._version = version
        return {**DEFAULTS, **{name: json.loads(value) for name, value in rows}}

    def _close(self) -> None:
        connection, self._connection, self._version = self._connection, None, -1
        if connection:
            connection.close()
