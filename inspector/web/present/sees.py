"""Who sees what, for its page: the records of ciphertext as lines, each as long as it was."""

from __future__ import annotations

from collections.abc import Iterable

from inspector.exchange.model import Ciphertext
from inspector.explain.onlookers import Onlookers, Wire
from inspector.wire.tls_records import CONTENT_TYPES, Record

_HEADER = 5
_WHOLE = 1000  # units of a line's full length
_LEAST = 6


def wire_of(kept: Ciphertext | None) -> Wire | None:
    """The ciphertext that the store kept, as the explanation wants it."""
    if kept is None:
        return None
    return Wire(tuple((chunk.sent_by, chunk.at, chunk.data) for chunk in kept.chunks), kept.full)


class Noise:
    """The records of one exchange, as a page draws them: the longest fills the line."""

    def __init__(self, onlookers: Onlookers) -> None:
        self._records = onlookers.records
        self._longest = max((record.size for record in onlookers.records), default=1) or 1

    def words(self, record: Record) -> str:
        """What stands on it for everybody to read: its type. In TLS 1.3 nearly all claim to be application data."""
        return CONTENT_TYPES[record.type].replace("_", " ")

    def width(self, record: Record) -> int:
        return max(_LEAST, record.size * _WHOLE // self._longest)

    def excerpt(self, record: Record) -> str:
        """The first bytes of the noise, in hexadecimal."""
        return record.data[:24].hex(" ")

    def total(self, numbers: Iterable[int]) -> int:
        """How many bytes these records are on the wire."""
        return sum(self._records[number].size + _HEADER for number in numbers)
