"""Making deletions final: what the archive holds of the exchanges is overwritten with zeros where it stands, then their rows go.

For each segment the recorder walks its frames once. Every snapshot of an exchange, and the bytes of its bodies, become frames of zeros, so
that everything behind them is found as before. The segment's words are made anew without them.

What stays: their connections (addresses, certificates, the first ciphertext), which other exchanges share. They go with their segment, or
when everything is forgotten. On flash drives the old blocks may live on somewhere, as with everything that is overwritten there.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any

import msgspec

from inspector.exchange.model import Exchange, Piece, decode_exchange, decode_summary
from inspector.store.frames import BODY, HEADER, Frame, find, header, salt, segment_path, segments, walk
from inspector.store.index import Index
from inspector.store.removal import KEPT
from inspector.store.wordbooks import words_path

log = logging.getLogger(__name__)

STEP = 2_000
_CHUNK = 4 * 1024 * 1024


class Eraser:
    """Carries out what was decided in `removal`. `erased` is told the ids that are no more, `words_gone` that words files were removed."""

    def __init__(
        self,
        index: Index,
        captures: Path,
        *,
        erased: Callable[[list[bytes]], None] = lambda _: None,
        words_gone: Callable[[], None] = lambda: None,
    ) -> None:
        self._index = index
        self._captures = captures
        self._erased = erased
        self._words_gone = words_gone
        with index.writing():  # of a run before: the one in which it could be undone is over
            index.change("UPDATE removal SET final = 1", [()])

    def step(self, now: float) -> bool:
        """One small step. Whether there is more to do."""
        due = self._index.select(
            "SELECT number FROM removal WHERE final OR made < ? ORDER BY number LIMIT 1", (now - KEPT,)
        )
        if not due:
            return False
        (number,) = due[0]
        if not self._index.select("SELECT 1 FROM removal WHERE number = ? AND final", (number,)):
            with self._index.writing():
                self._index.change("UPDATE removal SET final = 1 WHERE number = ?", [(number,)])
        self._erase_some(number)
        return True

    def finish(self) -> None:
        """Inspector stops: make the small ones final at once; larger ones are when it starts again."""
        for number, exchanges in self._index.select("SELECT number, exchanges FROM removal"):
            with self._index.writing():
                self._index.change("UPDATE removal SET final = 1 WHERE number = ?", [(number,)])
            if exchanges <= STEP:
                while self._erase_some(number):
                    pass

    def _erase_some(self, number: int) -> bool:
        """The exchanges of one segment, so many at most; without any left, the deletion itself. Whether there were any."""
        place = self._index.select(
            "SELECT r.engine, r.segment, e.id FROM removed r JOIN engine e ON e.number = r.engine"
            " WHERE r.removal = ? ORDER BY r.engine, r.segment LIMIT 1",
            (number,),
        )
        if not place:
            with self._index.writing():
                self._index.change("DELETE FROM removed WHERE removal = ?", [(number,)])
                self._index.change("DELETE FROM removal WHERE number = ?", [(number,)])
            return False
        engine, segment, id = place[0]
        rows = self._index.select(
            "SELECT id, position, length FROM removed WHERE removal = ? AND engine = ? AND segment = ? ORDER BY id LIMIT ?",
            (number, engine, segment, STEP),
        )
        ids = [row[0] for row in rows]
        self._erase(engine, bytes(id).hex(), segment, ids)
        with self._index.writing():
            self._index.change("DELETE FROM removed WHERE id = ?", [(id,) for id in ids])
        self._erased(ids)
        return True

    def _erase(self, engine: int, name: str, segment: int, ids: list[bytes]) -> None:
        """Every snapshot of these exchanges; one that was long on its way may have begun segments before."""
        folder, wanted = self._captures / name, frozenset(ids)
        spans = self._index.select(
            "SELECT number FROM segment WHERE engine = ? AND number <= ? AND first <= ? AND last >= ?",
            (engine, segment, max(ids), min(ids)),
        )
        pieces: list[Piece] = []
        for number in sorted({segment, *(row[0] for row in spans)}):
            try:
                pieces += erase_records(segment_path(folder, number), name, number, wanted)
            except FileNotFoundError:
                continue
        touched = {segment, *(row[0] for row in spans)}
        for number in {piece.segment for piece in pieces}:
            erase_bytes(segment_path(folder, number), [each for each in pieces if each.segment == number])
        for number in touched & set(segments(folder, ".words")):
            words_path(folder, number).unlink(missing_ok=True)
        self._words_gone()


def erase_records(path: Path, engine: str, segment: int, wanted: Collection[bytes]) -> list[Piece]:
    """Overwrite the records of some exchanges in a segment; where the rest of their bodies lies."""
    pieces: list[Piece] = []
    salted = salt(engine, segment)
    with path.open("r+b", buffering=0) as file:
        for kind, begin, end, payload in _frames(file, salted):
            if kind not in (b"X", b"L"):
                continue
            try:
                if decode_summary(payload).id not in wanted:
                    continue
                pieces += _pieces(decode_exchange(payload)) if kind == b"X" else []
            except (msgspec.MsgspecError, ValueError):
                continue
            zeros = bytes(end - begin)
            file.seek(begin - HEADER.size)
            file.write(header(BODY, zeros, begin - HEADER.size, salted) + zeros)
    return pieces


def erase_bytes(path: Path, pieces: list[Piece]) -> None:
    """Overwrite parts of bodies; their frames stay as they are."""
    try:
        with path.open("r+b", buffering=0) as file:
            for piece in pieces:
                file.seek(piece.offset)
                file.write(bytes(piece.length))
    except FileNotFoundError:
        pass


def _pieces(exchange: Exchange) -> Iterator[Piece]:
    for leg in (exchange.client_leg, exchange.server_leg):
        if leg is not None:
            for message in (leg.request, *leg.interim, leg.response):
                if message is not None:
                    yield from message.body.pieces


def _frames(file: Any, salted: int) -> Iterator[Frame]:
    """All frames of a segment that can be read; what is damaged is stepped over."""
    at, size = 0, _CHUNK
    while True:
        file.seek(at)
        buffer = file.read(size)
        if len(buffer) < HEADER.size:
            return
        frames, cut = walk(buffer, at, salted)
        yield from frames
        if frames:
            at, size = cut.offset, _CHUNK
        elif cut.need > len(buffer) and len(buffer) == size:
            size = cut.need
        else:
            found = find(buffer, at, salted, 1)
            at, size = at + (found if found is not None else max(len(buffer) - 15, 1)), _CHUNK
