"""Records as the filter's matcher looks at them: read from the archive when it asks, and only as far as it asks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from inspector.exchange.mark import NO_MARK, Mark
from inspector.exchange.model import Body, Connection, Exchange, Piece, decode_exchange
from inspector.filter.subject import Subject
from inspector.store.reader import ArchiveGone, ArchiveReader
from inspector.store.rows import Row

Look = Callable[[bytes], Connection | None]


class Placed(NamedTuple):
    """A row that may fit, and where its record lies. `decided`: it does."""

    row: Row
    engine: str
    piece: Piece
    decided: bool


class Records:
    """The archive, and a way to its connections. What is gone contains nothing."""

    def __init__(self, archive: ArchiveReader, connection: Look) -> None:
        self._archive = archive
        self._connection = connection

    def subject(self, placed: Placed, mark: Mark = NO_MARK) -> Subject:
        """An exchange; without heads and bodies if they are gone."""
        return Subject(
            placed.row,
            self._record(placed),
            read=lambda body: self._read(placed.engine, body),
            connection=self._look,
            mark=mark,
        )

    def _record(self, placed: Placed) -> Exchange | None:
        if not placed.piece.length:
            return None
        try:
            return decode_exchange(self._archive.record(placed.engine, placed.piece))
        except (ArchiveGone, ValueError):
            return None

    def _read(self, engine: str, body: Body) -> Iterable[bytes]:
        if body.inline:
            yield body.inline
        for piece in body.pieces:
            try:
                yield self._archive.body(engine, piece)
            except ArchiveGone:
                return

    def _look(self, id: bytes) -> Connection | None:
        try:
            return self._connection(id)
        except ArchiveGone:
            return None
