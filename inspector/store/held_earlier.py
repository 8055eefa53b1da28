"""Whether something still waits at a breakpoint for an engine that is no more. Asked at each start of an engine, so without SQLAlchemy."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from inspector.store.watch import CONTROL

_OPEN = "SELECT 1 FROM held WHERE state = 'waiting' OR (state = 'decided' AND NOT taken) LIMIT 1"


def something_waits(home: Path) -> bool:
    """False also where there is no table yet, or it can't be read."""
    try:
        with closing(
            sqlite3.connect(f"{(home / CONTROL).absolute().as_uri()}?mode=rw", uri=True, timeout=1.0)
        ) as reading:
            return reading.execute(_OPEN).fetchone() is not None
    except sqlite3.Error:
        return False
