"""Identifiers: UUIDv7 (RFC 9562 §5.7), so that sorting by id is sorting by time.

Within one process they grow strictly: the 12 bits after the version count the ids of one millisecond, and
when those are used up the clock is pushed forward rather than an order be broken.
"""

from __future__ import annotations

import os
import struct
import time
from collections.abc import Callable

_LAYOUT = struct.Struct(">QQ").pack
_VARIANT = 0x8000000000000000
_SPREAD = 0x9E3779B97F4A7C15  # golden-ratio step: successive tails look unrelated and never repeat


class Ids:
    """A source of ids for one process.

    `clock` returns seconds since the Unix epoch.
    """

    __slots__ = ("_clock", "_count", "_last", "_tail")

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._last = 0
        self._count = 0
        self._tail = int.from_bytes(os.urandom(8), "big")

    def next(self) -> bytes:
        """A new id, 16 bytes, greater than every one before it."""
        now = int(self._clock() * 1000)
        if now > self._last:
            self._last, self._count = now, 0
        else:
            self._count += 1
            if self._count > 0xFFF:
                self._last, self._count = self._last + 1, 0
        self._tail = (self._tail + _SPREAD) & 0xFFFFFFFFFFFFFFFF
        return _LAYOUT(
            (self._last << 16) | 0x7000 | self._count, _VARIANT | (self._tail & 0x3FFFFFFFFFFFFFFF)
        )


def text(id: bytes) -> str:
    """An id as it stands in addresses and on pages: 32 hexadecimal digits."""
    return id.hex()


def parse(text: str) -> bytes | None:
    """The id that `text` spells (hyphens allowed), or None if it spells none."""
    digits = text.replace("-", "")
    if len(digits) != 32 or not digits.isalnum() or not digits.isascii():
        return None
    try:
        return bytes.fromhex(digits)
    except ValueError:
        return None
