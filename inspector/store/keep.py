"""Retention: captures are kept up to a size, a number and an age, and the oldest go first.

In small steps between the recorder's rounds: at most 2,000 rows a transaction, and a segment file goes when
none of its rows is left. An exchange whose body began in a removed segment keeps the rest of it.
The segment that an engine writes to is never touched.

Exchanges that somebody pinned or commented on stay. By size a whole segment has to stay for one of them, so
together these get at most half of the room; beyond, the oldest of them go as well.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from inspector.store.frames import segment_path
from inspector.store.index import Index
from inspector.store.wordbooks import words_path

log = logging.getLogger(__name__)

STEP = 2000
GIB = 1024**3


class Keep(msgspec.Struct, frozen=True):
    """How much is kept; 0 is without limit."""

    bytes: int = 10 * GIB
    count: int = 0
    days: float = 0.0

    def but(self, settings: Mapping[str, Any]) -> Keep:
        """With what people set in its place."""
        set_bytes, set_count, set_days = (settings.get(f"keep_{name}") for name in ("bytes", "count", "days"))
        return Keep(
            self.bytes if set_bytes is None else int(set_bytes),
            self.count if set_count is None else int(set_count),
            self.days if set_days is None else float(set_days),
        )


class _Segment(NamedTuple):
    engine: int
    number: int
    size: int
    exchanges: int
    first: bytes | None
    last: bytes | None
    first_connection: bytes | None
    last_connection: bytes | None
    folder: str


class Keeper:
    """Removes what is too much. `live` maps the engines that still write to their present segments."""

    def __init__(
        self,
        index: Index,
        captures: Path,
        *,
        cherished: Callable[[], Collection[bytes]] = frozenset,
        gone: Callable[[list[bytes]], None] = lambda _: None,
    ) -> None:
        self._index = index
        self._captures = captures
        self._cherished = cherished
        self._gone = gone
        self._going: _Segment | None = None  # being removed, row by row
        self._after = b""  # up to which id it is done

    def step(self, keep: Keep, live: Mapping[int, int], now: float) -> bool:
        """One small step. Whether there is more to do."""
        if self._going is None:
            if keep.days and self._drop_rows(id_floor(now - keep.days * 86400), STEP, live):
                return True
            segments = self._segments()
            surplus = sum(each.exchanges for each in segments) - keep.count if keep.count else 0
            if surplus > 0 and self._drop_rows(b"\xff" * 16, min(surplus, STEP), live):
                return True
            if not keep.bytes or self._size(segments) <= keep.bytes:
                return False
            closed = [each for each in segments if each.number != live.get(each.engine)]
            self._going, self._after = self._oldest(closed, keep.bytes // 2), b""
        return self._going is not None and self._empty(self._going)

    def _segments(self) -> list[_Segment]:
        return [
            _Segment._make((*row[:-1], row[-1].hex()))
            for row in self._index.select(
                "SELECT s.engine, s.number, s.bytes, s.exchanges, s.first, s.last, s.first_connection,"
                " s.last_connection, e.id FROM segment s JOIN engine e ON e.number = s.engine"
                " ORDER BY s.engine, s.number"
            )
        ]

    def _size(self, segments: list[_Segment]) -> int:
        return sum(each.size + self._words(each) for each in segments) + self._index.used_bytes()

    def _words(self, each: _Segment) -> int:
        """How large the word index of a segment is."""
        try:
            return words_path(self._captures / each.folder, each.number).stat().st_size
        except OSError:
            return 0

    def _oldest(self, closed: list[_Segment], room: int) -> _Segment | None:
        """The segment that was written first, of those that need not stay."""
        ordered, spared = sorted(closed, key=self._written), set()
        places = self._places(self._cherished())
        for each in reversed(ordered):
            if (each.engine, each.number) in places and each.size <= room:
                room -= each.size
                spared.add((each.engine, each.number))
        return next((each for each in ordered if (each.engine, each.number) not in spared), None)

    def _places(self, ids: Collection[bytes]) -> set[tuple[int, int]]:
        """The segments that the records of some exchanges lie in."""
        found = set()
        for id in ids:
            found.update(self._index.select("SELECT engine, segment FROM exchange WHERE id = ?", (id,)))
        return found

    def _written(self, each: _Segment) -> tuple[float, int, int]:
        """When its last bytes were written, so that engines side by side lose their oldest first."""
        try:
            return (self._path(each).stat().st_mtime, each.engine, each.number)
        except OSError:
            return (0.0, each.engine, each.number)

    def _path(self, each: _Segment) -> Path:
        return segment_path(self._captures / each.folder, each.number)

    def _empty(self, going: _Segment) -> bool:
        """Remove some rows of a segment, or the segment when it has none."""
        rows = self._rows(going)
        with self._index.writing():
            self._index.change("DELETE FROM exchange WHERE id = ?", rows)
        self._gone([row[0] for row in rows])
        if len(rows) == STEP:
            self._after = rows[-1][0]
            return True
        self._going = None
        return self._remove(going)

    def _rows(self, going: _Segment) -> list[tuple[Any, ...]]:
        first = max(going.first or b"\xff" * 16, self._after)
        return self._index.select(
            "SELECT id FROM exchange WHERE id >= ? AND id <= ? AND engine = ? AND segment = ? ORDER BY id LIMIT ?",
            (first, going.last or b"", going.engine, going.number, STEP),
        )

    def _remove(self, going: _Segment) -> bool:
        """The file first: its row stays until it is gone, so that nothing is forgotten on the way."""
        try:
            words_path(self._captures / going.folder, going.number).unlink(missing_ok=True)
            self._path(going).unlink(missing_ok=True)
            if not any((self._captures / going.folder).glob("*.seg")):
                (self._captures / going.folder).rmdir()
        except OSError as error:  # Windows: somebody reads it. The next round tries again.
            log.warning("%s stays for now: %s", self._path(going).name, error)
            if self._path(going).exists():
                return False
        with self._index.writing():
            for table in ("connection", "ciphertext"):
                self._index.change(
                    f"DELETE FROM {table} WHERE id >= ? AND id <= ? AND engine = ? AND segment = ?",  # noqa: S608 - our own names
                    [(going.first_connection, going.last_connection, going.engine, going.number)],
                )
            place = [(going.engine, going.number)]
            self._index.change("DELETE FROM removed WHERE engine = ? AND segment = ?", place)
            self._index.change("DELETE FROM segment WHERE engine = ? AND number = ?", place)
        return True

    def _drop_rows(self, below: bytes, most: int, live: Mapping[int, int]) -> bool:
        """Remove the oldest rows below an id, then segments that have none left."""
        stay = frozenset(self._cherished())
        rows = [
            row
            for row in self._index.select(
                "SELECT id, engine, segment, state FROM exchange WHERE id < ? ORDER BY id LIMIT ?",
                (below, most + len(stay)),
            )
            if row[0] not in stay
        ][:most]
        if not rows:
            return False
        finished = Counter((engine, segment) for _, engine, segment, state in rows if state != "open")
        with self._index.writing():
            self._index.change("DELETE FROM exchange WHERE id = ?", [(row[0],) for row in rows])
            self._index.change(
                "UPDATE segment SET exchanges = exchanges - ? WHERE engine = ? AND number = ?",
                [(count, *place) for place, count in finished.items()],
            )
        self._gone([row[0] for row in rows])
        self._remove_empty(live, stay)
        return True

    def _remove_empty(self, live: Mapping[int, int], stay: Collection[bytes]) -> None:
        first = self._index.select("SELECT id FROM exchange ORDER BY id LIMIT ?", (len(stay) + 1,))
        oldest = next((id for (id,) in first if id not in stay), b"\xff" * 16)
        places = self._places(stay)
        last: dict[int, bytes] = {}
        for each in reversed(self._segments()):
            # bodies alone belong to an exchange in a later segment
            last[each.engine] = each.last or last.get(each.engine, b"\xff" * 16)
            empty = last[each.engine] < oldest and (each.engine, each.number) not in places
            if empty and each.number != live.get(each.engine):
                self._remove(each)


def id_floor(when: float) -> bytes:
    """The smallest id of a moment in seconds since the epoch (RFC 9562 §5.7: its first 48 bits are milliseconds)."""
    return max(0, int(when * 1000)).to_bytes(6, "big") + bytes(10)
