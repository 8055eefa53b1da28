"""Settings that may change while Inspector runs: rows of name and JSON value, with one growing revision.

The pages set them here; engines see them through `watch.Watcher` within 100 ms.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from inspector.store.database import control_path, immediate, open_engine, prepare
from inspector.store.schema import setting
from inspector.store.watch import DEFAULTS


class Settings:
    """The settings of one home. Safe to use from many threads; made with its file if that isn't there."""

    def __init__(self, home: Path) -> None:
        prepare("control", control_path(home))
        self._engine = open_engine(control_path(home))

    @property
    def revision(self) -> int:
        """Grows with every `set`; 0 before the first."""
        with self._engine.connect() as connection:
            return _revision(connection)

    def read(self) -> Mapping[str, Any]:
        """All settings, defaults filled in."""
        with self._engine.connect() as connection:
            rows = connection.execute(sa.select(setting.c.name, setting.c.value)).all()
        return {**DEFAULTS, **{name: json.loads(value) for name, value in rows}}

    def set(self, name: str, value: Any) -> int:
        """Change one setting; the new revision."""
        with self._engine.connect() as connection, immediate(connection):
            return _put(connection, name, value)

    def wish_to_forget(self) -> int:
        """Ask that everything captured until now be forgotten; the wish's generation (see `forget`)."""
        with self._engine.connect() as connection, immediate(connection):
            found = connection.execute(sa.select(setting.c.value).where(setting.c.name == "forget")).scalar()
            generation = max(int(json.loads(found)) + 1 if found else 0, time.time_ns() // 1_000_000)
            _put(connection, "forget", generation)
            return generation

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()


def _revision(connection: sa.Connection) -> int:
    return int(connection.execute(sa.select(sa.func.max(setting.c.revision))).scalar() or 0)


def _put(connection: sa.Connection, name: str, value: Any) -> int:
    revision = _revision(connection) + 1
    row = {"value": json.dumps(value), "revision": revision}
    if not connection.execute(setting.update().where(setting.c.name == name).values(row)).rowcount:
        connection.execute(setting.insert().values(name=name, **row))
    return revision
