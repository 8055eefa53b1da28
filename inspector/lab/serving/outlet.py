"""An answer on its way: what an app in its thread says, sent by the event loop as fast as the visitor takes it, and not faster."""

from __future__ import annotations

import asyncio
import concurrent.futures
from collections.abc import Callable
from typing import Any

from inspector.lab.limits import Limits
from inspector.lab.pipes import Pipe
from inspector.lab.serving.environ import head_of
from inspector.wire.http1 import RequestHead

_NO_BODY = ("204 ", "304 ")


class GoneError(Exception):
    """The visitor has left: the app may stop."""


class Outlet:
    """One answer. `start`, `write` and `finish` are called by the app's thread and wait there until the bytes are out."""

    def __init__(self, pipe: Pipe, head: RequestHead, limits: Limits, *, keep: bool) -> None:
        self._pipe = pipe
        self._request = head
        self._limits = limits
        self._loop = asyncio.get_running_loop()
        self._status = ""
        self._fields: list[tuple[str, str]] = []
        self._left: int | None = None
        self._chunked = False
        self._gone = False
        self.keep = keep
        self.begun = False

    # --- for the app's thread ----------------------------------------------------------------------------

    def start(
        self, status: str, fields: list[tuple[str, str]], exc_info: Any = None, /
    ) -> Callable[[bytes], object]:
        """PEP 3333's start_response: the head waits for the first bytes of the body."""
        if exc_info and self.begun:
            raise exc_info[1].with_traceback(exc_info[2])
        self._status, self._fields = status, fields
        return self.write

    @property
    def bodyless(self) -> bool:
        """This answer has no body, whatever the app says: the rest of it need not be made."""
        return self._request.method == b"HEAD" or self._status.startswith(_NO_BODY)

    def write(self, data: bytes) -> None:
        """Send a piece of the body. Raises GoneError."""
        if not data and self.begun:
            return
        self._wait_for(self._framed(data))

    def finish(self) -> None:
        """The body is whole. Raises GoneError."""
        last = self._framed(b"", only=True) if not self.begun else b""
        if self._chunked:
            last += b"0\r\n\r\n"
        if self._left:
            self.keep = False  # the app promised more bytes than it had: only the connection's end can say so
        if last:
            self._wait_for(last)

    # --- for the event loop ------------------------------------------------------------------------------

    def leave(self) -> None:
        """The visitor is gone: the app is told with its next word."""
        self._gone = True

    async def _send(self, data: bytes) -> None:
        async with asyncio.timeout(self._limits.write):
            await self._pipe.write(data)

    # --- inside ------------------------------------------------------------------------------------------

    def _wait_for(self, data: bytes) -> None:
        if self._gone:
            raise GoneError
        sending = self._send(data)
        try:
            asyncio.run_coroutine_threadsafe(sending, self._loop).result()
        except (OSError, TimeoutError, concurrent.futures.CancelledError) as error:
            self._gone, self.keep = True, False
            raise GoneError from error
        except RuntimeError as error:  # the loop is closed: the lab is stopping
            sending.close()
            self._gone = True
            raise GoneError from error

    def _framed(self, data: bytes, *, only: bool = False) -> bytes:
        head = b"" if self.begun else self._begin(whole=only)
        if self.bodyless:
            return head
        if self._chunked:
            return head + (b"%x\r\n%b\r\n" % (len(data), data) if data else b"")
        if self._left is not None:
            data = data[: self._left]
            self._left -= len(data)
        return head + data

    def _begin(self, *, whole: bool) -> bytes:
        """The head, and with it the decision how the body's end will be known."""
        self.begun = True
        fields = self._fields
        length = next((value for name, value in fields if name.lower() == "content-length"), None)
        if self.bodyless:
            pass
        elif length is not None:
            self._left = int(length)
        elif whole:
            fields = [*fields, ("Content-Length", "0")]
        elif self._request.minor == 1:
            self._chunked = True
        else:
            self.keep = False  # HTTP/1.0 knows no chunks: the end of the connection ends the body
        return head_of(
            self._status or "500 Internal Server Error", fields, chunked=self._chunked, keep=self.keep, minor=self._request.minor
        )  # fmt: skip
