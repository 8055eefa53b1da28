"""Bodies that wait whole in memory: each up to 8 MiB, and all together no more than the engine may spend on them."""

from __future__ import annotations

from inspector.engine.consulting import MOST


class Room:
    """The bytes that may wait in one engine."""

    def __init__(self, most: int) -> None:
        self._most = most
        self.taken = 0

    def take(self, size: int) -> bool:
        """Take room for so many bytes more; whether there was any."""
        if self.taken + size > self._most:
            return False
        self.taken += size
        return True

    def give(self, size: int) -> None:
        """Give it back."""
        self.taken -= size


class Gathering:
    """One body as it comes. `add` says why it can't be had whole; what came is kept all the same until `release`."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._taken = 0
        self._parts: list[bytes] = []
        self.size = 0

    def add(self, payload: bytes) -> str:
        """Take one run of it. Empty, or why no more should be waited for."""
        self._parts.append(payload)
        self.size += len(payload)
        if self.size > MOST:
            return too_large()
        if not self._room.take(len(payload)):
            return "too many bytes of other messages are waiting at the same time"
        self._taken += len(payload)
        return ""

    def whole(self) -> bytes:
        """All that came."""
        if len(self._parts) > 1:
            self._parts = [b"".join(self._parts)]
        return self._parts[0] if self._parts else b""

    def release(self) -> None:
        """It goes on, or is thrown away."""
        self._room.give(self._taken)
        self._taken = 0
        self._parts = []


def too_large() -> str:
    """Why a large body isn't waited for."""
    return f"the body is larger than {MOST >> 20} MiB"


def chunk(payload: bytes) -> bytes:
    """One chunk (RFC 9112 §7.1); of nothing, nothing."""
    return b"%x\r\n%b\r\n" % (len(payload), payload) if payload else b""
