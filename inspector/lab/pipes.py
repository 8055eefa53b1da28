"""Bytes both ways with one visitor, plain or inside TLS: what the HTTP above does not have to know apart.

TLS is an SSLObject over memory BIOs and not asyncio's own, because the first bytes have been read already by then: the hello's name
decides with which certificate, and under which rules, the handshake goes on.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol, TypeVar

T = TypeVar("T")

_CHUNK = 16_384


class Pipe(Protocol):
    """A visitor's connection. `read` gives b"" when nothing more will come; both raise OSError when it is broken."""

    async def read(self) -> bytes: ...

    async def write(self, data: bytes) -> None: ...

    async def end(self) -> None: ...


class PlainPipe:
    """TCP as it is. `first` are bytes that were read before."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, first: bytes = b""
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._first = first

    async def read(self) -> bytes:
        if self._first:
            first, self._first = self._first, b""
            return first
        return await self._reader.read(_CHUNK)

    async def write(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def end(self) -> None:
        """Say that nothing more comes, and let the visitor finish: what it sent and nobody reads would reset the connection,
        and the last bytes, an alert or a page, would be lost with it."""
        with suppress(OSError):
            self._writer.write_eof()
            while await self._reader.read(_CHUNK):
                pass


class TlsPipe:
    """The server's side of TLS over a plain pipe."""

    def __init__(self, under: PlainPipe, context: ssl.SSLContext) -> None:
        self._under = under
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self._in, self._out, server_side=True)

    async def handshake(self) -> None:
        """Raises ssl.SSLError when it fails; the alert has been sent by then."""
        await self._until_done(self.tls.do_handshake)

    async def read(self) -> bytes:
        try:
            return await self._until_done(lambda: self.tls.read(_CHUNK))
        except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
            return b""

    async def write(self, data: bytes) -> None:
        for at in range(0, len(data), _CHUNK):
            piece = data[at : at + _CHUNK]
            await self._until_done(lambda piece=piece: self.tls.write(piece))  # type: ignore[misc]  # mypy sees no default

    async def end(self) -> None:
        with suppress(ssl.SSLError):  # "want read": the visitor's own farewell, which nobody waits for
            self.tls.unwrap()
        await self._flush()
        await self._under.end()

    async def _until_done(self, step: Callable[[], T]) -> T:
        """Take the step; as often as TLS wants more from the visitor first, send what it says and read on."""
        while True:
            try:
                return step()
            except ssl.SSLWantReadError:
                await self._flush()
                data = await self._under.read()
                if data:
                    self._in.write(data)
                else:
                    self._in.write_eof()
            finally:
                await self._flush()

    async def _flush(self) -> None:
        if self._out.pending:
            await self._under.write(self._out.read())
