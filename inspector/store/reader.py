"""Reading single records from the archive, by the place that the index or a body names."""

from __future__ import annotations

import os
import zlib
from pathlib import Path

from inspector.exchange.model import Piece
from inspector.store.frames import HEADER, MARK, salt, segment_path


class ArchiveGone(Exception):  # noqa: N818 - a state of affairs, told to a person
    """What was asked for is not in the archive any more; the message says why, for the page."""


_REMOVED = "The details are no longer kept: they were removed to make room, or forgotten as was asked for."
_DAMAGED = "The details cannot be read: this part of the archive is damaged, as after a power failure."


class ArchiveReader:
    """Reads what lies in the engines' folders below `captures`. Holds no file open, so that old ones can go."""

    def __init__(self, captures: Path) -> None:
        self._captures = captures

    def record(self, engine: str, piece: Piece) -> bytes:
        """The payload of an X or C frame, its checksum verified. Raises ArchiveGone."""
        at = piece.offset - HEADER.size
        data = self._bytes(engine, piece.segment, at, piece.length + HEADER.size)
        marked, length, crc, place = HEADER.unpack_from(data)
        payload = data[HEADER.size :]
        true = place == (salt(engine, piece.segment) ^ at) & 0xFFFFFFFF and marked.startswith(MARK)
        if not true or length != piece.length or zlib.crc32(payload) != crc:
            raise ArchiveGone(_DAMAGED)
        return payload

    def body(self, engine: str, piece: Piece) -> bytes:
        """Body bytes. Raises ArchiveGone."""
        return self._bytes(engine, piece.segment, piece.offset, piece.length)

    def _bytes(self, engine: str, segment: int, offset: int, length: int) -> bytes:
        if offset < 0:
            raise ArchiveGone(_DAMAGED)
        try:
            with segment_path(self._captures / engine, segment).open("rb", buffering=0) as file:
                file.seek(offset)
                data = file.read(length)
        except FileNotFoundError:
            raise ArchiveGone(_REMOVED) from None
        except OSError as error:
            raise ArchiveGone(f"The details cannot be read: {os.strerror(error.errno or 0)}.") from error
        if len(data) != length:
            raise ArchiveGone(_DAMAGED)
        return data
