"""One side's messages of a WebSocket, each of which somebody has a word in before it goes on.

Frames are put together to messages; one is asked about after the other, and what comes meanwhile waits behind it, within bounds. A message that nobody
changes goes on byte for byte. Packed ones (RFC 7692) are unpacked and go on so, which every receiver has to accept. What is larger than 8 MiB, is in more
parts than anybody needs, or is no WebSocket at all, passes unread.
"""

from __future__ import annotations

import asyncio
import os
import zlib
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from typing import NamedTuple

from inspector.engine.consulting import MOST
from inspector.exchange.socket_talk import Packing
from inspector.wire.websocket import Frame, Opcode, frames, written

WAITING = 256 * 1024  # bytes of one side that may wait before it is not read from
PARTS = 65_536  # of one message; each costs memory, also one without a byte in it
_COST = 256  # bytes of memory that each waiting message takes beside its own
_HEADER = 14
_TAIL = b"\x00\x00\xff\xff"  # RFC 7692 §7.2.2


class Waits(NamedTuple):
    """What waits in a lane: bytes as they came, and, if it is a message that can be asked about, its payload and kind. What is `packed` is unpacked when its
    turn comes: a few bytes may become 8 MiB."""

    raw: bytes
    payload: bytes | None = None
    binary: bool = False
    packed: bool = False


class Broken(Exception):  # noqa: N818 (a connection that can't go on, not a mistake of ours)
    """The lane can't go on: what follows builds on something that could not be read."""


Ask = Callable[[bytes, bool], Awaitable[bytes | None]]
Start = Callable[[Coroutine[None, None, None]], asyncio.Task[None]]


class Lane:
    """One direction. `ask` gives the payload that goes on (None: nothing does), `send` passes bytes on, `slow` says whether to wait with reading,
    `fail` ends the connection, `start` begins a task. `differs` says whether other bytes went on than came."""

    def __init__(  # noqa: PLR0917 (made in one place)
        self,
        ask: Ask,
        send: Callable[[bytes], None],
        slow: Callable[[bool], None],
        fail: Callable[[str], None],
        start: Start,
        packing: Packing | None,
        *,
        from_browser: bool,
    ) -> None:
        self._ask = ask
        self._send = send
        self._slow = slow
        self._fail = fail
        self._start = start
        self.differs = False
        self._packing = packing
        self._inflate = zlib.decompressobj(-packing.bits) if packing is not None else None
        self._from_browser = from_browser
        self._came: list[bytes] = []
        self._at = 0  # how much of the first of them is done with
        self._have = 0
        self._through: list[bytes] = []  # frames in a row that nobody is asked about
        self._passing = 0  # bytes of a large frame that are still to come
        self._unread = False
        self._parts: list[Frame] = []
        self._raw: list[bytes] = []
        self._size = 0
        self._large = False
        self._queue: deque[Waits] = deque()
        self._waiting = 0
        self._end: Callable[[], None] | None = None
        self._task: asyncio.Task[None] | None = None

    # -- what comes

    def take(self, data: bytes) -> None:
        """Bytes have come."""
        self._came.append(data)
        self._have += len(data)
        try:
            while self._have and self._step():
                pass
            self._let_through()
        except Broken as error:
            self._fail(str(error))

    def end(self, then: Callable[[], None]) -> None:
        """No more will come: `then` is for when all has gone on."""
        self._flush()
        if self._have:
            self._pass(self._cut(self._have))
        self._let_through()
        if self._task is None:
            then()
        else:
            self._end = then

    def drop(self) -> None:
        """The exchange is over."""
        if self._task is not None and self._task is not asyncio.current_task():
            self._task.cancel()
        self._queue.clear()

    def _whole(self, size: int) -> bytes:
        """The first of the pieces that came, after it was joined with the others if it has fewer bytes than `size`."""
        if len(self._came) > 1 and len(self._came[0]) - self._at < size:
            self._came, self._at = [b"".join([self._came[0][self._at :], *self._came[1:]])], 0
        return self._came[0]

    def _cut(self, size: int) -> bytes:
        """Take so many bytes from what has come. What is behind them stays where it is: a read may hold a hundred thousand frames."""
        piece = self._whole(size)
        data = piece[self._at : self._at + size]
        self._at += len(data)
        self._have -= len(data)
        if self._at == len(piece):
            del self._came[0]
            self._at = 0
        return data

    def _step(self) -> bool:
        """Take what has come one frame on; False: more has to come."""
        if self._unread:
            self._pass(self._cut(self._have))
            return False
        if self._passing:
            data = self._cut(min(self._passing, len(self._came[0]) - self._at))
            self._passing -= len(data)
            self._pass(data)
            return True
        size = _size(self._whole(_HEADER)[self._at : self._at + _HEADER])
        if not size:
            return False
        if size > MOST + _HEADER:
            self._let_by(size)
            return True
        if self._have < size:
            return False
        self._frame(self._cut(size))
        return True

    def _let_by(self, size: int) -> None:
        """A frame that is too large to be waited for."""
        if self._inflate is not None:
            raise Broken(f"a message of more than {MOST >> 20} MiB on a connection whose messages are packed")
        self._flush()
        self._passing = size
        first = self._came[0][self._at]
        self._large = not first & 0x80

    def _frame(self, raw: bytes) -> None:
        frame = next(frames(raw, from_browser=self._from_browser))
        if not isinstance(frame, Frame) or (frame.reserved and not (frame.packed and self._inflate)):
            self._flush()
            self._unread = True
            self._pass(raw)
            return
        if frame.opcode.control:
            self._pass(raw)
            return
        if self._large:
            self._large = not frame.final
            self._pass(raw)
            return
        self._parts.append(frame)
        self._raw.append(raw)
        self._size += len(frame.payload)
        if self._size > MOST or len(self._parts) > PARTS:
            if self._parts[0].packed:
                much = f"{MOST >> 20} MiB" if self._size > MOST else f"{PARTS:,} parts"
                raise Broken(f"a message of more than {much} on a connection whose messages are packed")
            self._flush()
            self._large = not frame.final
        elif frame.final:
            self._message()

    def _flush(self) -> None:
        if self._raw:
            self._pass(b"".join(self._raw))
        self._parts, self._raw, self._size = [], [], 0

    def _message(self) -> None:
        parts, raw = self._parts, b"".join(self._raw)
        self._parts, self._raw, self._size = [], [], 0
        payload = b"".join(each.payload for each in parts)
        packed = parts[0].packed
        binary = parts[0].opcode is not Opcode.TEXT
        wrong = any(each.wrong for each in parts) or parts[0].opcode is Opcode.CONTINUATION
        if wrong and not packed:
            self._pass(raw)
        else:
            self._let_through()
            self._put(Waits(raw, payload, binary, packed))

    def _unpacked(self, data: bytes) -> bytes:
        assert self._packing is not None
        assert self._inflate is not None
        if self._packing.alone:
            self._inflate = zlib.decompressobj(-self._packing.bits)
        try:
            payload = self._inflate.decompress(data + _TAIL, MOST)
        except zlib.error as error:
            raise Broken(f"a packed message could not be unpacked: {error}") from None
        if self._inflate.unconsumed_tail:
            raise Broken(f"a packed message has more than {MOST >> 20} MiB")
        return payload

    # -- what goes on

    def _pass(self, raw: bytes) -> None:
        """Bytes that nobody is asked about; they go on together with their like."""
        self._through.append(raw)

    def _let_through(self) -> None:
        if self._through:
            raw, self._through = b"".join(self._through), []
            self._put(Waits(raw))

    def _put(self, waits: Waits) -> None:
        if waits.payload is None and self._task is None:
            self._send(waits.raw)
            return
        self._queue.append(waits)
        self._waiting += len(waits.raw) + _COST
        if self._waiting > WAITING:
            self._slow(True)
        if self._task is None:
            self._task = self._start(self._run())

    async def _run(self) -> None:
        try:
            await self._on()
        except Broken as error:
            self._fail(str(error))
            return
        except Exception as error:  # noqa: BLE001 (a mistake of ours must not leave both sides waiting)
            self._fail(repr(error))
            return
        self._task = None
        if self._end is not None:
            self._end()

    async def _on(self) -> None:
        while self._queue:
            waits = self._queue.popleft()
            if waits.payload is None:
                self._send(waits.raw)
            else:
                await self._message_on(waits, waits.payload)
            self._waiting -= len(waits.raw) + _COST
            if self._waiting <= WAITING:
                self._slow(False)

    async def _message_on(self, waits: Waits, payload: bytes) -> None:
        if waits.packed:
            payload = self._unpacked(payload)
        said = await self._ask(payload, waits.binary)
        if said == payload and not waits.packed:
            self._send(waits.raw)
            return
        self.differs = True
        if said is None:
            return
        opcode = Opcode.BINARY if waits.binary else Opcode.TEXT
        self._send(written(opcode, said, os.urandom(4) if self._from_browser else b""))


def _size(start: bytes) -> int:
    """How long the frame is that begins so, with its header; 0 while that can't be told."""
    if len(start) < 2:
        return 0
    length = start[1] & 0x7F
    extended = {126: 2, 127: 8}.get(length, 0)
    header = 2 + extended + (4 if start[1] & 0x80 else 0)
    if len(start) < header:
        return 0
    return header + (int.from_bytes(start[2 : 2 + extended]) if extended else length)
