"""A TLS conversation as somebody on the way sees it: records, each with a type, a size, and mostly noise inside.

Only what stands in the open is read: the five bytes before each record (RFC 8446 §5.1, "Record Layer"). No keys, no I/O, no clock.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

Sender = Literal["client", "server"]

CHANGE_CIPHER_SPEC, ALERT, HANDSHAKE, APPLICATION_DATA = 20, 21, 22, 23
CONTENT_TYPES = {
    CHANGE_CIPHER_SPEC: "change_cipher_spec",
    ALERT: "alert",
    HANDSHAKE: "handshake",
    APPLICATION_DATA: "application_data",
}
_HEADER = 5
_LARGEST = 16_384 + 256  # RFC 8446 §5.2: "The length MUST NOT exceed 2^14 + 256 bytes."


class Record(NamedTuple):
    """One record: who sent it, when its first and last byte passed (on the clock of the chunks), its type, the version that
    stands on it, where it begins in that direction's stream, how many bytes follow its header, and those bytes as far as they were kept."""

    sender: Sender
    began: float
    ended: float
    type: int
    version: int
    offset: int
    size: int
    data: bytes

    @property
    def whole(self) -> bool:
        """Whether all of it was kept."""
        return len(self.data) == self.size


def records(chunks: Iterable[tuple[Sender, float, bytes]]) -> tuple[Record, ...]:
    """The records of both directions, in the order in which they began.

    `chunks` are the bytes as they passed: who sent them, when, what. Where a direction stops being TLS, the rest of it is left out.
    """
    found: list[Record] = []
    directions: dict[str, _Direction] = {}
    for sender, at, data in chunks:
        direction = directions.get(sender)
        if direction is None:
            direction = directions[sender] = _Direction(sender)
        found += direction.feed(at, data)
    for direction in directions.values():
        found += direction.rest()
    return tuple(sorted(found, key=lambda record: record.began))  # stable: one direction's stay in order


class _Direction:
    """What one side sends, cut into records."""

    def __init__(self, sender: Sender) -> None:
        self._sender: Sender = sender
        self._held = bytearray()
        self._offset = 0
        self._began: float | None = None
        self._at = 0.0
        self._lost = False

    def feed(self, at: float, data: bytes) -> list[Record]:
        if self._lost:
            return []
        self._at = at
        if self._began is None:
            self._began = at
        self._held += data
        found = []
        while (record := self._next(at)) is not None:
            found.append(record)
        return found

    def rest(self) -> list[Record]:
        """The record that was cut off, by the end of the conversation or of what was kept."""
        if self._lost or len(self._held) < _HEADER:
            return []
        return [self._record(self._at, bytes(self._held[_HEADER:]))]

    def _next(self, at: float) -> Record | None:
        held = self._held
        if len(held) < _HEADER:
            return None
        size = int.from_bytes(held[3:5], "big")
        if held[0] not in CONTENT_TYPES or held[1] != 3 or size > _LARGEST:
            self._lost = True
            return None
        if len(held) < _HEADER + size:
            return None
        record = self._record(at, bytes(held[_HEADER : _HEADER + size]))
        del held[: _HEADER + size]
        self._offset += _HEADER + size
        self._began = at if held else None
        return record

    def _record(self, at: float, data: bytes) -> Record:
        held = self._held
        began = at if self._began is None else self._began
        version, size = int.from_bytes(held[1:3], "big"), int.from_bytes(held[3:5], "big")
        return Record(self._sender, began, at, held[0], version, self._offset, size, data)
