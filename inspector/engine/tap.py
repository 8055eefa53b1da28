"""The tee: what passes through is counted, and kept up to the cap, without a copy where none is needed.

A body up to the inline limit stays in the exchange's record. A larger one goes to the archive in runs of about that
size while it passes, so an engine never holds more than one run of it. Over the cap it is only counted.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Literal

from inspector.exchange.model import NO_BODY, Arrival, Body, Piece

MOST_ARRIVALS = 5000
Keep = Callable[[bytes], Piece | None]
Note = Literal["", "capped", "lost", "off", "same", "absent"]


class Tap:
    """Counts and keeps one body. `keep` puts a run of bytes into the archive, or returns None if it couldn't."""

    __slots__ = ("_cap", "_inline", "_keep", "complete", "held", "note", "parts", "pieces", "size", "wire")

    def __init__(self, inline: int, cap: int, keep: Keep) -> None:
        self._inline = inline
        self._cap = cap
        self._keep = keep
        self.size = 0
        self.wire = 0
        self.held = 0
        self.parts: list[bytes] = []
        self.pieces: list[Piece] = []
        self.note: Note = ""
        self.complete = False

    def add(self, payload: bytes) -> None:
        """Take one run of body bytes, as it passes."""
        size = self.size + len(payload)
        self.size = size
        if self.note:
            return
        if size > self._cap:
            payload = payload[: max(0, self._cap - (size - len(payload)))]
            self.note = "capped"
        self.parts.append(payload)
        self.held += len(payload)
        if self.held > self._inline:
            self._spill()

    def _spill(self) -> None:
        piece = self._keep(self.parts[0] if len(self.parts) == 1 else b"".join(self.parts))
        self.parts.clear()
        self.held = 0
        if piece is None:
            self.note = "lost"
        else:
            self.pieces.append(piece)

    def body(self, *, final: bool = False) -> Body:
        """The body as it stands; asked again later, it may have grown, unless it is complete or this is the `final` time."""
        if not self.size:
            return NO_BODY if self.complete else Body(complete=False)
        if self.pieces and self.parts and (final or self.complete):
            self._spill()
        inline = b"" if self.pieces else b"".join(self.parts)
        return Body(self.size, self.wire or self.size, inline, tuple(self.pieces), self.complete, self.note)

    def when(self) -> tuple[Arrival, ...]:
        """When its runs came; only a tee that looks at the clock knows."""
        return ()


class TimedTap(Tap):
    """A tee for a body in which several messages lie: it also keeps when each run came, up to a number. `zero` is the flow's."""

    __slots__ = ("_arrivals", "_zero")

    def __init__(self, inline: int, cap: int, keep: Keep, zero: float) -> None:
        super().__init__(inline, cap, keep)
        self._zero = zero
        self._arrivals: list[Arrival] = []

    def add(self, payload: bytes) -> None:
        """Take one run of body bytes, and the time."""
        super().add(payload)
        if len(self._arrivals) < MOST_ARRIVALS and not self.note:
            self._arrivals.append(Arrival(self.size, time.perf_counter() - self._zero))

    def when(self) -> tuple[Arrival, ...]:
        return tuple(self._arrivals)
