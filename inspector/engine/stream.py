"""One socket, plain or TLS, as its owner sees it: `received(bytes)`, `write(bytes)`, pauses both ways, and the end.

TLS runs in an SSLObject over memory BIOs, so the ciphertext passes through our hands. That costs no more than the event loop's own TLS, and a fifth less than asyncio's. Nothing here knows HTTP.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import ssl
import struct
import sys
import time
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from inspector.engine.settings import Timeouts
    from inspector.engine.wiretap import WireTap

_CHUNK = 256 * 1024
_PIECE = 64 * 1024
_RESET = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)  # SO_LINGER: on, no time


class TlsState:
    """TLS over one stream: bytes in, bytes out. `started` and `ended` are perf_counter times of the handshake."""

    __slots__ = ("ended", "incoming", "object", "outgoing", "started")

    def __init__(
        self,
        context: ssl.SSLContext,
        *,
        server_side: bool,
        name: str | None = None,
        session: ssl.SSLSession | None = None,
    ) -> None:
        self.incoming = ssl.MemoryBIO()
        self.outgoing = ssl.MemoryBIO()
        self.object = context.wrap_bio(
            self.incoming, self.outgoing, server_side=server_side, server_hostname=name, session=session
        )
        self.started = time.perf_counter()
        self.ended = 0.0

    def decrypt(self) -> tuple[bytes, bool]:
        """All plain text that has arrived, and whether the other side said it is done. Raises ssl.SSLError."""
        incoming, read = self.incoming, self.object.read
        parts: list[bytes] = []
        try:
            while incoming.pending:
                part = read(_PIECE)
                if not part:
                    return b"".join(parts), True
                parts.append(part)
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLZeroReturnError:  # what `read` gives in place of b"" when our own goodbye has been said
            return b"".join(parts), True
        return (parts[0] if len(parts) == 1 else b"".join(parts)), False


class Stream(asyncio.Protocol):
    """A connection's bytes. Subclasses say what to do with them: `received`, `ended`, `lost`, `secured`, `unsecured`.

    `deadline` is the loop time at which the engine's sweep calls `expired`; 0 means never. A timer per
    request would cost more than the request's own bookkeeping.
    """

    transport: asyncio.Transport
    tls: TlsState | None = None
    tap: WireTap | None = None  # of the ciphertext
    deadline: float = 0.0
    closing: bool = False
    recorded: bool = False
    hung_up: bool = False  # TCP's end has come from the other side
    _handshaking: bool = False
    _reasons: int = 0
    said_goodbye: bool = False  # the other side, by TLS's close_notify
    _left: int = 0
    _left_at: float = 0.0
    writable: bool = True

    # -- what subclasses answer

    def received(self, data: bytes) -> None:
        """Plain bytes have arrived."""

    def ended(self) -> None:
        """The other side will send no more, but may still listen."""

    def lost(self, error: Exception | None) -> None:
        """The connection is gone."""

    def secured(self) -> None:
        """The TLS handshake is complete."""

    def unsecured(self, error: Exception) -> None:
        """The TLS handshake failed; an alert, if one is due, has been sent."""

    def expired(self) -> None:
        """`deadline` has passed."""

    def drained(self) -> None:
        """The other side takes bytes again (`writable`)."""

    def choked(self) -> None:
        """The other side takes no more bytes for now."""

    # -- what the loop calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        tls = self.tls
        if tls is None:
            self.received(data)
            return
        if self.tap is not None and not self.tap.add(True, data):
            self._untap()
        tls.incoming.write(data)
        if self._handshaking and not self._shake(tls):
            return
        try:
            plain, done = tls.decrypt()
        except ssl.SSLError as error:
            self._flush(tls)  # the alert
            self._broken = error
            self.closing = True
            self.transport.close()
            return
        if tls.outgoing.pending:
            self._flush(tls)
        if plain:
            self.received(plain)
        if done and not self.closing:
            self.said_goodbye = True
            self.ended()

    _broken: Exception | None = None

    def eof_received(self) -> bool:
        self.hung_up = True
        if self._handshaking:
            self._handshaking = False
            self.unsecured(EOFError("the connection was closed in the middle of the TLS handshake"))
        elif not self.closing:
            self.ended()
        return True  # the transport stays open for our half; whoever owns the stream closes it

    def connection_lost(self, exc: Exception | None) -> None:
        self.closing = True
        if self._handshaking:
            self._handshaking = False
            self.unsecured(exc or EOFError("the connection was closed in the middle of the TLS handshake"))
        self.lost(exc or self._broken)
        if self.tap is not None:
            self.tap.end()
            self._untap()

    def pause_writing(self) -> None:
        self.writable = False
        self.choked()

    def resume_writing(self) -> None:
        self.writable = True
        self.drained()

    # -- TLS

    def secure(self, tls: TlsState, first: bytes = b"") -> None:
        """Begin a TLS handshake; `first` is what has been read of it already (a ClientHello)."""
        self.tls = tls
        self.tap = self.new_tap()
        self._handshaking = True
        if first:
            if self.tap is not None and not self.tap.add(True, first):
                self._untap()
            tls.incoming.write(first)
        if self._shake(tls):
            self.data_received(b"")

    def give_up_handshake(self) -> None:
        """The other side took too long."""
        self._handshaking = False

    def _shake(self, tls: TlsState) -> bool:
        """Take the handshake on; whether it is complete, and the connection still there."""
        try:
            tls.object.do_handshake()
        except ssl.SSLWantReadError:
            self._flush(tls)
            return False
        except (ssl.SSLError, ssl.CertificateError, ValueError) as error:
            self._handshaking = False
            self._flush(tls)
            tls.ended = time.perf_counter()
            self.unsecured(error)
            return False
        self._flush(tls)
        tls.ended = time.perf_counter()
        self._handshaking = False
        self.secured()
        return not self.closing

    def _flush(self, tls: TlsState) -> None:
        data = tls.outgoing.read()
        if data and not self.transport.is_closing():
            if self.tap is not None and not self.tap.add(False, data):
                self._untap()
            self.transport.write(data)

    def new_tap(self) -> WireTap | None:
        """A tap for the ciphertext that is about to pass, if it is to be kept."""
        return None

    def _untap(self) -> None:
        """The tap has had all that it takes, or all there is."""
        tap = self.tap
        if tap is not None and tap.recorded:
            tap.keep()
            self.tap = None

    def tap_recorded(self) -> None:
        """The connection stands on record now."""
        tap = self.tap
        if tap is not None:
            tap.recorded = True
            if tap.full or tap.over:
                self._untap()

    def forget_tap(self) -> None:
        """What has passed is to be forgotten, and what passes from now on would be half a conversation."""
        if self.tap is not None:
            self.tap.drop()
            self.tap = None

    # -- what owners do

    def write(self, data: bytes) -> None:
        """Send bytes; nothing happens when the connection is gone (its owner hears of that by `lost`)."""
        tls = self.tls
        if self.closing:
            return
        if tls is None:
            self.transport.write(data)
            return
        try:
            if len(data) <= _CHUNK:
                tls.object.write(data)
            else:
                view = memoryview(data)
                for at in range(0, len(data), _CHUNK):
                    tls.object.write(view[at : at + _CHUNK])
        except ssl.SSLError as error:
            self._broken = error
            self.transport.abort()
            return
        self._flush(tls)

    def write_end(self) -> None:
        """Say that no more will be sent, and keep listening (half-close)."""
        if self.closing:
            return
        if self.tls is not None:
            self._say_goodbye(self.tls)
        try:
            if self.transport.can_write_eof():
                self.transport.write_eof()
        except (OSError, RuntimeError):  # gone already
            self.transport.abort()

    def _say_goodbye(self, tls: TlsState) -> None:
        if self._handshaking:
            return
        # unwrap wants the peer's answer, which we don't wait for; our close_notify is in the BIO by then
        with contextlib.suppress(ssl.SSLError, OSError, ValueError):
            tls.object.unwrap()
        self._flush(tls)

    def close(self) -> None:
        """Send what is waiting (and TLS's goodbye), then close."""
        if self.closing:
            return
        if self.tls is not None:
            self._say_goodbye(self.tls)
        self.closing = True
        self.transport.close()

    def cut_off(self) -> None:
        """Send what is waiting, then close without TLS's goodbye: the other side sees that this isn't the end it should have."""
        if not self.closing:
            self.closing = True
            self.transport.close()

    def abort(self) -> None:
        """Close at once; what was waiting is not sent, and the other side is told by a reset."""
        self.closing = True
        sock = self.transport.get_extra_info("socket")
        if sock is not None:
            # closing alone would send a FIN, and what was cut off would look complete
            with contextlib.suppress(OSError):
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self.transport.abort()

    def unread(self) -> bytes:
        """Inside `lost`: what has come and was never read, because the connection broke when we wrote. The socket is closed only afterwards."""
        sock = self.transport.get_extra_info("socket")
        try:
            with socket.socket(fileno=os.dup(sock.fileno())) as double:
                double.setblocking(False)
                return double.recv(_PIECE)
        except (OSError, AttributeError):  # nothing there, or an event loop that is quicker
            return b""

    @property
    def unsent(self) -> int:
        """Bytes that wait to be sent."""
        return self.transport.get_write_buffer_size()

    def see_off(self, now: float, timeouts: Timeouts) -> None:
        """After the last word, each time `deadline` has passed: close as soon as everything is sent, or nothing moves."""
        left = self.transport.get_write_buffer_size()
        if left != self._left:
            self._left, self._left_at = left, now
        if not left:
            self.close()
        elif now - self._left_at >= timeouts.body:
            self.abort()
        self.deadline = now + timeouts.linger

    def hold(self, reason: int) -> None:
        """Stop reading for a reason (a bit); reading goes on when every reason is gone."""
        if not self._reasons and not self.closing:
            self.transport.pause_reading()
        self._reasons |= reason

    def held(self, reasons: int) -> bool:
        """Whether reading is stopped for one of these reasons."""
        return bool(self._reasons & reasons)

    def release(self, reason: int) -> None:
        """Take a reason back."""
        if self._reasons & reason:
            self._reasons &= ~reason
            if not self._reasons and not self.closing:
                self.transport.resume_reading()

    def address(self, which: str) -> tuple[str, int]:
        """(`IP`, port) of this end (`sockname`) or the other (`peername`); ("", 0) if the system doesn't know."""
        pair: Any = self.transport.get_extra_info(which)
        if isinstance(pair, (tuple, list)) and len(pair) >= 2:
            return str(pair[0]), int(pair[1])
        return "", 0
