"""A socket lent to an app that speaks WebSocket itself.

simple-websocket, below flask-sock, wants the visitor's socket, as Werkzeug's own server gives it. Inside TLS there is none to give; so the
app gets one end of a pair, and what it says there is carried to the visitor, and back. The same app then runs anywhere.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from inspector.lab.pipes import Pipe
from inspector.lab.serving.incoming import Incoming

ENVIRON_KEY = "werkzeug.socket"
_CHUNK = 16_384


class LentSocket(socket.socket):
    """The app's end. `used` tells whether the app has spoken through it: if so, it has answered."""

    used = False

    def send(self, data: Any, flags: int = 0, /) -> int:
        self.used = True
        return super().send(data, flags)

    def sendall(self, data: Any, flags: int = 0, /) -> None:
        self.used = True
        super().sendall(data, flags)


class Bridge:
    """Carries bytes between the visitor and the app's end of the pair."""

    def __init__(self) -> None:
        theirs, self._ours = socket.socketpair()
        self.lent = LentSocket(theirs.family, theirs.type, theirs.proto, fileno=theirs.detach())

    async def carry(self, pipe: Pipe, incoming: Incoming) -> None:
        """Until either side ends. The app's end is shut then, so that its thread notices."""
        reader, writer = await asyncio.open_connection(sock=self._ours)
        try:
            async with asyncio.TaskGroup() as both:
                there = both.create_task(_to_app(incoming, writer))
                back = both.create_task(_to_visitor(reader, pipe))
                there.add_done_callback(lambda _: back.cancel())
                back.add_done_callback(lambda _: there.cancel())
        finally:
            writer.transport.abort()

    @asynccontextmanager
    async def carrying(self, pipe: Pipe, incoming: Incoming) -> AsyncIterator[asyncio.Task[None]]:
        """Carries meanwhile; the task is done when either side has ended. In the end all is closed."""
        task = asyncio.create_task(self.carry(pipe, incoming))
        try:
            yield task
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            self.close()

    def close(self) -> None:
        """Close what is still open: the app's end too, unless it has closed that itself."""
        self._ours.close()
        with suppress(OSError):
            self.lent.shutdown(socket.SHUT_RDWR)
        if not self.lent.used:
            self.lent.close()  # one that is used is its reader's to close


async def _to_app(incoming: Incoming, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await incoming.read():
            writer.write(data)
            await writer.drain()


async def _to_visitor(reader: asyncio.StreamReader, pipe: Pipe) -> None:
    with suppress(OSError):
        while data := await reader.read(_CHUNK):
            await pipe.write(data)
