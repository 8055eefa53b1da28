"""What comes from a visitor, readable with a look ahead: while an answer is on its way somebody must notice that the visitor has left."""

from __future__ import annotations

import asyncio
from typing import Any

from inspector.lab.pipes import Pipe


class Incoming:
    """At most one read of the pipe is under way; whoever asks next gets what it brings."""

    def __init__(self, pipe: Pipe) -> None:
        self._pipe = pipe
        self._reading: asyncio.Task[bytes] | None = None
        self.rest = b""
        self.ended = False

    async def read(self) -> bytes:
        """The next bytes; b"" at the end. Raises OSError. May be cancelled without losing any."""
        if self.rest:
            rest, self.rest = self.rest, b""
            return rest
        return await self._next()

    async def watch(self, done: asyncio.Future[None], most: int) -> bool:
        """Read ahead, `most` bytes at most, until `done` or the visitor's end; whether the visitor has left before."""
        while not done.done() and not self.ended and len(self.rest) < most:
            reading = self._begin()
            either: set[asyncio.Future[Any]] = {done, reading}
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            if reading.done():
                self.rest += self._take(reading)
        return self.ended and not done.done()

    async def stop(self) -> None:
        """Nobody will ask any more: whoever owns the pipe may read from it again."""
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.wait({self._reading})
            self._reading = None

    def _begin(self) -> asyncio.Task[bytes]:
        if self._reading is None:
            self._reading = asyncio.get_running_loop().create_task(self._read())
        return self._reading

    async def _next(self) -> bytes:
        if self.ended:
            return b""
        reading = self._begin()
        await asyncio.wait({reading})
        return self._take(reading)

    def _take(self, reading: asyncio.Task[bytes]) -> bytes:
        self._reading = None
        data = reading.result()
        self.ended = not data
        return data

    async def _read(self) -> bytes:
        try:
            return await self._pipe.read()
        except OSError:
            return b""  # broken is ended: what is written next says so too
