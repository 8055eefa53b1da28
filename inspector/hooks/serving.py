"""The hooks process's door: the engine comes in, is told which hooks there are, and asks."""

from __future__ import annotations

import asyncio
import hmac
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress

import msgspec

from inspector.exchange.consulting import Reply
from inspector.exchange.hooking import LARGEST, LENGTH, Answer, Ask, Hello, Hook, Told, framed

_HELLO_WITHIN = 5.0
_SHORT = 4096
Asking = Callable[[Ask], Awaitable[Reply]]


class Door:
    """Serves engines at listening sockets. `ask` asks the hooks; `token` is what an engine knows."""

    def __init__(self, token: str, ask: Asking) -> None:
        self._token = token.encode()
        self._ask = ask
        self._told = Told(())
        self._inside: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self.somebody = asyncio.Event()

    async def open(self, sockets: list[socket.socket]) -> None:
        for sock in sockets:
            await asyncio.start_server(self._come_in, sock=sock)

    def tell(self, hooks: tuple[Hook, ...]) -> None:
        """There are these hooks from now on."""
        self._told = Told(hooks)
        for writer in self._inside:
            writer.write(framed(self._told))

    async def _come_in(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(OSError, EOFError, TimeoutError, msgspec.MsgspecError, ValueError):
                await self._talk(reader, writer)
        finally:
            self._inside.discard(writer)
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with asyncio.timeout(_HELLO_WITHIN):
            hello = msgspec.msgpack.decode(await read_frame(reader, _SHORT), type=Hello)
        if not hmac.compare_digest(hello.token.encode(), self._token):
            return
        self._inside.add(writer)
        writer.write(framed(self._told))
        self.somebody.set()
        decode = msgspec.msgpack.Decoder(Ask).decode
        asked: dict[int, asyncio.Task[None]] = {}
        try:
            while True:
                ask = decode(await read_frame(reader))
                if not ask.hooks:  # the browser left: nobody waits for this any more
                    if (left := asked.pop(ask.number, None)) is not None:
                        left.cancel()
                    continue
                task = asyncio.create_task(self._answer(ask, writer))
                asked[ask.number] = task
                task.add_done_callback(lambda _, number=ask.number: asked.pop(number, None))  # type: ignore[misc]
        finally:
            for task in list(asked.values()):
                task.cancel()

    async def _answer(self, ask: Ask, writer: asyncio.StreamWriter) -> None:
        reply = await self._ask(ask)
        with suppress(OSError):
            writer.write(framed(Answer(ask.number, reply)))
            await writer.drain()


async def read_frame(reader: asyncio.StreamReader, most: int = LARGEST) -> bytes:
    """The next frame. Raises EOFError (of which IncompleteReadError is one) and ValueError."""
    (length,) = LENGTH.unpack(await reader.readexactly(LENGTH.size))
    if length > most:
        raise ValueError(length)
    return await reader.readexactly(length)
