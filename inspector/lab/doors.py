"""The lab's two doors: http on one socket, https on another. Each visitor is a task; no visitor can hurt another, or the lab.

At the door for https the ClientHello is read whole, before there is a TLS object: the name in it chooses who opens.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

from inspector.lab.limits import Limits
from inspector.lab.pipes import Pipe, PlainPipe, TlsPipe
from inspector.lab.talk import Tls
from inspector.wire.rules import Problem
from inspector.wire.tls import ClientHello, ClientHelloReader

# RFC 6066 §3: "the server SHOULD take one of two actions: either abort the handshake by sending a fatal-level
# unrecognized_name(112) alert or continue the handshake." A record of type alert, TLS 1.0 for all to read: fatal, 112.
NOBODY_HERE = bytes((21, 3, 1, 0, 2, 2, 112))
NO_TLS = b"""HTTP/1.1 400 Bad Request\r
Content-Type: text/plain; charset=utf-8\r
Content-Length: 52\r
Connection: close\r
\r
This door is for https: TLS comes first, then HTTP.
"""

Choose = Callable[[str], ssl.SSLContext | None]
Talk = Callable[[Pipe, Tls | None], Awaitable[None]]


@dataclass(slots=True)
class Visitor:
    """A connection, and `pipe`, which is how one speaks with it by now."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    pipe: Pipe


Visit = Callable[[Visitor], Awaitable[None]]


class Doors:
    """Both doors, open from `open` to `close`. `talk` is what is said with a visitor once inside, the second of its arguments being what was agreed on at the
    door for https; `choose` gives the context for a name in a hello, None where nobody is at home."""

    def __init__(self, talk: Talk, choose: Choose, limits: Limits | None = None) -> None:
        self._talk = talk
        self._choose = choose
        self._limits = limits or Limits()
        self._servers: list[asyncio.Server] = []
        self._visitors: set[asyncio.Task[None]] = set()
        self._closed = False

    async def open(self, http: list[socket.socket], https: list[socket.socket]) -> None:
        """Let visitors in at these listening sockets."""
        for sockets, visit in ((http, self._plain), (https, self._secure)):
            for sock in sockets:
                self._servers.append(await asyncio.start_server(self._welcome(visit), sock=sock))

    async def finish(self, within: float) -> None:
        """Let nobody in any more, and give those who are in some seconds to be served."""
        for server in self._servers:
            server.close()
        if self._visitors:
            await asyncio.wait(self._visitors, timeout=within)

    async def close(self) -> None:
        """Let nobody in any more, and send everybody home."""
        self._closed = True
        for server in self._servers:
            server.close()
        for visitor in list(self._visitors):
            visitor.cancel()
        await asyncio.gather(*self._visitors, return_exceptions=True)

    def _welcome(self, visit: Visit) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], None]:
        def welcome(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            if self._closed or len(self._visitors) >= self._limits.connections:
                writer.transport.abort()
                return
            visitor = Visitor(reader, writer, PlainPipe(reader, writer))
            task = asyncio.get_running_loop().create_task(self._host(visit, visitor))
            self._visitors.add(task)
            task.add_done_callback(self._visitors.discard)
            task.add_done_callback(
                lambda _: _leave(writer)
            )  # one that was sent home before its first step, too

        return welcome

    async def _host(self, visit: Visit, visitor: Visitor) -> None:
        try:
            # What a visitor does wrong was answered where it could be, and is no news for the log.
            with suppress(OSError, TimeoutError):  # ssl.SSLError is an OSError
                await visit(visitor)
            with suppress(OSError, TimeoutError):
                async with asyncio.timeout(self._limits.linger):
                    await visitor.pipe.end()
        finally:
            _leave(visitor.writer)  # `end` has waited for the last bytes already
            with suppress(OSError):
                await visitor.writer.wait_closed()

    async def _plain(self, visitor: Visitor) -> None:
        await self._talk(visitor.pipe, None)

    async def _secure(self, visitor: Visitor) -> None:
        async with asyncio.timeout(self._limits.handshake):
            hello, first = await _hello(visitor.reader)
            if isinstance(hello, Problem):
                await visitor.pipe.write(NO_TLS)
                return
            if hello is None:
                return
            name = hello.sni.lower().removesuffix(".")
            context = self._choose(name)
            if context is None:
                await visitor.pipe.write(NOBODY_HERE)
                return
            inside = TlsPipe(PlainPipe(visitor.reader, visitor.writer, first), context)
            try:
                await inside.handshake()
            except ssl.SSLError:
                await self._until_heard(visitor)
                raise
        visitor.pipe = inside
        await self._talk(inside, _facts(inside.tls, name))

    async def _until_heard(self, visitor: Visitor) -> None:
        """Leave the connection open until the visitor reacts to the alert. In TLS 1.3 one that was refused for want of a certificate thinks that
        all is well and is about to ask for a page; Chromium calls it something else if it finds the connection closed before the alert."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._limits.linger):
                await visitor.reader.read(1)


def _leave(writer: asyncio.StreamWriter) -> None:
    if not writer.is_closing():
        writer.transport.abort()


async def _hello(reader: asyncio.StreamReader) -> tuple[ClientHello | Problem | None, bytes]:
    """The hello, or what is wrong with it, and all bytes that came; None when the visitor left before it was whole."""
    hello = ClientHelloReader()
    while True:
        data = await reader.read(16_384)
        if not data:
            return None, b""
        result = hello.feed(data)
        if result is not None:
            return result, bytes(hello.buffer)


def _facts(tls: ssl.SSLObject, name: str) -> Tls:
    cipher = tls.cipher()
    names = dict(pair[0] for pair in (tls.getpeercert() or {}).get("subject", ()))  # type: ignore[misc]  # typeshed: any depth
    version = {"TLSv1": "TLS 1.0"}.get(tls.version() or "", (tls.version() or "").replace("TLSv", "TLS "))
    return Tls(
        sni=name,
        version=version,
        cipher=cipher[0] if cipher else "",
        visitor=str(names.get("commonName", "")),
    )
