"""One raw exchange: bytes up, bytes down, as a program without manners would do it. What came is kept with when it came, up to a limit."""

from __future__ import annotations

import re
import socket
import struct
import sys
import time
from dataclasses import dataclass

from inspector.exchange import ids
from inspector.exchange.sent import FIELD, ID_FIELD, Word
from inspector.web.send.door import CONNECT_WITHIN, Door
from inspector.web.send.errors import NotSent
from inspector.wire.hosts import join_authority

MOST = 256 * 1024
_GONE = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
_ID = re.compile(rb"\r\n%b: ([0-9a-f]{32})" % ID_FIELD.encode())


@dataclass(frozen=True, slots=True)
class RawWish:
    """Where to, and how: `half_close` says that nothing more will come after the bytes; `patience` is how long to listen, in seconds."""

    scheme: str
    host: str
    port: int
    verify: bool = True
    half_close: bool = False
    patience: float = 10.0


@dataclass(frozen=True, slots=True)
class RawAnswer:
    """What came: `pieces` are (seconds after the bytes were sent, bytes). `end` says in a sentence how it ended."""

    exchange: bytes
    pieces: tuple[tuple[float, bytes], ...]
    end: str
    opened: bool

    @property
    def data(self) -> bytes:
        return b"".join(piece for _, piece in self.pieces)


def send_raw(door: Door, wish: RawWish, data: bytes, parent: bytes = b"") -> RawAnswer:
    """Send these bytes. Raises NotSent."""
    try:
        line = socket.create_connection((door.host, door.port), timeout=CONNECT_WITHIN)
    except OSError as error:
        raise NotSent("The proxy did not take the request: it is not running, or being started again.", "Try again in a moment.") from error  # fmt: skip
    with line:
        line.settimeout(wish.patience + 30)  # the proxy has time limits of its own for the way to the site
        head, early = _connect(door, wish, line, parent)
        found = _ID.search(head)
        exchange = (ids.parse(found[1].decode()) or b"") if found else b""
        if not head.startswith(b"HTTP/1.1 200"):
            return RawAnswer(exchange, (), "There was no connection to the site.", opened=False)
        answer = _talk(line, wish, data, early)
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _GONE)
        return RawAnswer(exchange, *answer, opened=True)


def _connect(door: Door, wish: RawWish, line: socket.socket, parent: bytes) -> tuple[bytes, bytes]:
    """Ask for the way; the proxy's answer, and what came behind it already."""
    how: list[Word] = ["raw-tls" if wish.scheme == "https" else "raw"]
    if not wish.verify:
        how.append("unverified")
    target = join_authority(wish.host, wish.port)
    mark = door.mark("composer", parent, how)
    line.sendall(f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n{FIELD}: {mark}\r\n\r\n".encode("ascii", "replace"))  # fmt: skip
    held = b""
    try:
        while b"\r\n\r\n" not in held:
            piece = line.recv(65536)
            if not piece:
                break
            held += piece
    except OSError as error:
        raise NotSent(f"The proxy did not answer: {error}.") from error
    head, _, early = held.partition(b"\r\n\r\n")
    return head + b"\r\n\r\n", early


def _talk(
    line: socket.socket, wish: RawWish, data: bytes, early: bytes
) -> tuple[tuple[tuple[float, bytes], ...], str]:
    pieces = [(0.0, early)] if early else []
    size, began = len(early), time.monotonic()
    try:
        line.sendall(data)
        if wish.half_close:
            line.shutdown(socket.SHUT_WR)
        while size < MOST:
            left = began + wish.patience - time.monotonic()
            if left <= 0:
                raise TimeoutError
            line.settimeout(left)
            piece = line.recv(65536)
            if not piece:
                return tuple(pieces), "The site closed the connection."
            size += len(piece)
            pieces.append((time.monotonic() - began, piece))
    except TimeoutError:
        more = "Nothing more came" if pieces else "Nothing came"
        return tuple(
            pieces
        ), f"{more} for the {wish.patience:g} s that it was listened; the connection was still open."
    except OSError:
        return tuple(pieces), "The connection was reset."
    return tuple(pieces), f"More than {MOST >> 10} KiB came; the rest was not waited for."
