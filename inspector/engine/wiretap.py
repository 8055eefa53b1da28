"""What passes on the wire under TLS: the first bytes of a connection, both ways, as anybody on the way would see them.

Up to a bound (`--keep-ciphertext`) it is kept here, piece by piece as it passed; then, each second while it grows, and at the connection's end, what is
new goes to the archive, with a record that says who sent which part of it and when. A connection over its bound has no tap any more, and pays nothing.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from inspector.exchange.model import KeptCiphertext, Piece

if TYPE_CHECKING:
    from inspector.engine.ledger import Ledger

_MOST = 4096  # pieces: a peer may send single bytes


class WireTap:
    """The tap of one connection. `of_browser` says that the other side is the TLS client; `opened` is when the connection was.

    `recorded` says that the connection itself is on record, without which nobody would find this; `over` that it is closed.
    """

    __slots__ = (
        "_connection", "_ledger", "_left", "_lost", "_of_browser", "_opened", "_parts", "_passed", "_pieces", "_told", "_waiting", "full", "over", "recorded",
    )  # fmt: skip

    def __init__(  # noqa: PLR0917 (made in one place)
        self, ledger: Ledger, connection: bytes, opened: float, most: int, of_browser: bool, recorded: bool
    ) -> None:
        self._ledger = ledger
        self._connection = connection
        self._opened = opened
        self._left = most
        self._of_browser = of_browser
        self._parts: list[bytes] = []
        self._passed: list[tuple[bool, float, int]] = []
        self._pieces: tuple[Piece, ...] = ()
        self._waiting = False
        self._lost = False
        self._told = (0, False)
        self.full = False
        self.over = False
        self.recorded = recorded

    def add(self, heard: bool, data: bytes) -> bool:
        """Take bytes that were heard from the other side, or said to it; whether there was room for them."""
        size = len(data)
        if len(self._passed) >= _MOST:
            self._left = 0
        if size > self._left:
            data = data[: self._left]
            size = len(data)
            self.full = True
        self._left -= size
        if size:
            self._passed.append((heard is self._of_browser, time.time() - self._opened, size))
            self._parts.append(data)
            if not self._waiting:
                self._waiting = True
                self._ledger.taps.add(self)
        return not self.full

    def end(self) -> None:
        """The connection is closed. If it is put on record only later, `keep` is called then."""
        self.over = True
        self._ledger.taps.discard(self)

    def drop(self) -> None:
        """Forget what hasn't been put."""
        self._ledger.taps.discard(self)

    def keep(self) -> None:
        """Put what is new into the archive. If there is no room, the connection goes on without."""
        self._waiting = False
        self._ledger.taps.discard(self)
        news = (len(self._passed), self.full)
        if self._lost or news == self._told:
            return
        self._told = news
        if self._parts:
            piece = self._ledger.keep_ciphertext(b"".join(self._parts))
            self._parts = []
            if piece is None:
                self._left, self.full, self._lost = 0, True, True
                return
            self._pieces += (piece,)
        self._ledger.ciphertext(
            KeptCiphertext(self._connection, tuple(self._passed), self._pieces, self.full)
        )
