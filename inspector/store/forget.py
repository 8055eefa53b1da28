"""Forgetting everything, while engines go on.

A wish is a generation in the settings (`forget`): the moment it was made, in milliseconds. Each engine answers it by beginning a new segment
with an F frame that carries the number; all before it is stale. The recorder removes stale rows in small
steps, then the stale segment files, and at last notes the generation as done, so that a recorder killed
in between begins again. An engine that doesn't answer within three seconds is not waited for:
all it has written until then goes. One that began after the wish has nothing to forget.

What this means for privacy: rows are overwritten with zeros in the database (secure_delete), its log is
emptied and the file shrunk; segment files with their words, and indexes set aside as damaged, are unlinked. Blocks of
unlinked files are not overwritten: on flash drives that would reach other blocks anyway. An exchange on its
way during the wish may come back when it ends, with what was put after it.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from pathlib import Path

from inspector.store.frames import segment_path, segments
from inspector.store.index import Index, KnownEngine
from inspector.store.reports import Reports
from inspector.store.wordbooks import words_path

log = logging.getLogger(__name__)

_STEP = 2000
_PATIENCE = 3.0
ALL = 2**31


class Forgetting:
    """One wish being carried out."""

    def __init__(self, index: Index, captures: Path, generation: int, now: float) -> None:
        self.generation = generation
        self._index = index
        self._captures = captures
        self._since = now

    def waits_for(self, engine: KnownEngine) -> bool:
        """Whether an engine has yet to answer; until then nothing it says is taken."""
        return not engine.ended and self._stale_below(engine) == ALL

    def step(self, engines: Collection[KnownEngine], now: float) -> bool:
        """One small step. Whether it is done."""
        waiting = [engine for engine in engines if self.waits_for(engine)]
        for engine in engines:
            stale = self._stale_below(engine)
            if any(self._delete_some(table, engine.number, stale) for table in ("exchange", "removed")):
                return False
        if waiting and now - self._since < _PATIENCE:
            return False
        for engine in waiting:
            log.warning("engine %d did not answer; what it wrote so far is forgotten", engine.number)
        for engine in engines:
            for table in ("connection", "ciphertext"):
                while self._delete_some(table, engine.number, self._stale_below(engine)):
                    pass
            self._unlink(engine)
        for broken in self._captures.glob("index.db.damaged-*"):
            _unlink(broken)
        reports = Reports(self._captures.parent)
        reports.forget()
        reports.close()
        with self._index.writing():
            self._index.set_fact("forgotten", str(self.generation))
            self._index.change("DELETE FROM removal WHERE NOT EXISTS (SELECT 1 FROM removed)", [()])
        self._index.shrink()
        return True

    def _stale_below(self, engine: KnownEngine) -> int:
        """Segments with a lower number are to go."""
        if int.from_bytes(engine.id[:6], "big") > self.generation:  # a UUIDv7 begins with its time
            return 0
        return engine.fresh if engine.generation >= self.generation else ALL

    def _delete_some(self, table: str, engine: int, stale: int) -> bool:
        rows = self._index.select(
            f"SELECT id FROM {table} WHERE engine = ? AND segment < ? LIMIT ?",  # noqa: S608 - our own names
            (engine, stale, _STEP),
        )
        if rows:
            with self._index.writing():
                self._index.change(f"DELETE FROM {table} WHERE id = ?", rows)  # noqa: S608
        return bool(rows)

    def _unlink(self, engine: KnownEngine) -> None:
        folder, stale = self._captures / engine.id.hex(), self._stale_below(engine)
        for number in {*segments(folder), *segments(folder, ".words")}:
            if number < stale:
                _unlink(words_path(folder, number))
                _unlink(segment_path(folder, number))
        if engine.ended and folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
        with self._index.writing():
            self._index.change(
                "DELETE FROM segment WHERE engine = ? AND number < ?", [(engine.number, stale)]
            )


def _unlink(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:  # Windows: it is open. Retention will take it in time.
        log.warning("%s could not be removed: %s", path.name, error)
