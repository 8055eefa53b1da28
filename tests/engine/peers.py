"""Scripted peers over real sockets: a raw client, and a site that does exactly what its script says.

Everything blocks, with a time limit; nothing sleeps. A script runs once for each connection, in a thread of its own.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

PATIENCE = 20.0
_BODILESS = (204, 304)


@dataclass(frozen=True)
class Reply:
    """A response as a client saw it: the head's bytes, and the body's with whatever framing it has."""

    head: bytes
    body: bytes = b""

    @property
    def status(self) -> int:
        return int(self.head.split(b" ", 2)[1])

    @property
    def raw(self) -> bytes:
        return self.head + self.body

    def all(self, name: str) -> list[bytes]:
        """The values of all fields of that name."""
        return fields(self.head, name)

    def field(self, name: str) -> bytes | None:
        """The only value of a field, None without one."""
        values = self.all(name)
        assert len(values) < 2, values
        return values[0] if values else None


def fields(head: bytes, name: str) -> list[bytes]:
    lines = (line.partition(b":") for line in head.split(b"\r\n")[1:] if b":" in line)
    return [value.strip() for key, _, value in lines if key.lower() == name.lower().encode()]


class Wire:
    """One end of a connection. `heard` is every byte that came, whoever asked for it."""

    def __init__(self, sock: socket.socket) -> None:
        sock.settimeout(PATIENCE)
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock = sock
        self.heard = b""
        self._read = 0

    # -- saying

    def send(self, *chunks: bytes) -> Wire:
        """Each chunk with a system call of its own."""
        for chunk in chunks:
            self.sock.sendall(chunk)
        return self

    def half_close(self) -> Wire:
        """No more from here, but still listening. Over TLS this cuts the stream off without a close_notify."""
        socket.socket.shutdown(self.sock, socket.SHUT_WR)
        return self

    def reset(self) -> None:
        """Gone at once, with a RST."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()

    def close(self) -> None:
        if isinstance(self.sock, ssl.SSLSocket):
            socket.socket.close(self.sock)
        self.sock.close()

    # -- hearing

    def more(self) -> bool:
        """Read whatever comes next; False at the end."""
        data = self.sock.recv(262_144)
        self.heard += data
        return bool(data)

    def until(self, mark: bytes) -> bytes:
        """Everything up to and with the mark."""
        at = self._read
        while (found := self.heard.find(mark, at)) < 0:
            at = max(self._read, len(self.heard) - len(mark) + 1)
            if not self.more():
                raise EOFError(f"no {mark!r} in {self.heard[self._read :]!r}")
        return self._take(found + len(mark))

    def exactly(self, count: int) -> bytes:
        while len(self.heard) < self._read + count:
            if not self.more():
                raise EOFError(f"{count} bytes wanted, {self.heard[self._read :]!r} came")
        return self._take(self._read + count)

    def rest(self) -> bytes:
        """Everything until the other end has said its last word."""
        while self.more():
            pass
        return self._take(len(self.heard))

    def waits(self) -> bool:
        """Whether the connection is still there and nothing is to be read."""
        if len(self.heard) > self._read:
            return False
        self.sock.settimeout(0.05)
        try:
            return not self.more() and False
        except TimeoutError:
            return True
        finally:
            self.sock.settimeout(PATIENCE)

    def _take(self, end: int) -> bytes:
        data, self._read = self.heard[self._read : end], end
        return data

    # -- HTTP, as far as tests need it

    def head(self) -> bytes:
        return self.until(b"\r\n\r\n")

    def message(self) -> tuple[bytes, bytes]:
        """A request: head, and body as it is on the wire."""
        head = self.head()
        if fields(head, "transfer-encoding"):
            return head, self._chunks()
        length = fields(head, "content-length")
        return head, self.exactly(int(length[0])) if length else b""

    def _chunks(self) -> bytes:
        start = self._read
        while size := int(self.until(b"\r\n").partition(b";")[0], 16):
            self.exactly(size + 2)
        while self.until(b"\r\n") != b"\r\n":
            pass
        return self.heard[start : self._read]

    def reply(self, method: str = "GET") -> Reply:
        """The next response, whole."""
        head = self.head()
        status = int(head.split(b" ", 2)[1])
        if method == "HEAD" or status < 200 or status in _BODILESS:
            return Reply(head)
        if fields(head, "transfer-encoding"):
            return Reply(head, self._chunks())
        length = fields(head, "content-length")
        return Reply(head, self.exactly(int(length[0])) if length else self.rest())

    def ask(self, request: bytes, method: str = "GET") -> Reply:
        """Send, and read the response."""
        return self.send(request).reply(method)

    # -- tunnels and TLS

    def connect(self, target: bytes, extra: bytes = b"") -> Wire:
        """CONNECT, and the 200."""
        reply = self.send(b"CONNECT %b HTTP/1.1\r\nHost: %b\r\n%b\r\n" % (target, target, extra)).head()
        assert reply == b"HTTP/1.1 200 Connection established\r\n\r\n", reply
        return self

    def secure(
        self, context: ssl.SSLContext, name: str | None, session: ssl.SSLSession | None = None
    ) -> Wire:
        """TLS from here on, as its client."""
        self.sock = context.wrap_socket(
            self.sock, server_hostname=name, session=session, suppress_ragged_eofs=False
        )
        return self

    def goodbye(self) -> Wire:
        """Say TLS's goodbye without waiting for the other's."""
        self.tls.setblocking(False)
        with contextlib.suppress(ssl.SSLWantReadError, ssl.SSLError):
            self.tls._sslobj.shutdown()  # type: ignore[attr-defined]  # unwrap() would wait, and forget the TLS
        self.tls.settimeout(PATIENCE)
        return self

    def encrypted_rest(self) -> bytes:
        """What comes on the wire until the end, still encrypted."""
        parts = []
        while part := socket.socket.recv(self.sock, 65_536):
            parts.append(part)
        return b"".join(parts)

    @property
    def tls(self) -> ssl.SSLSocket:
        assert isinstance(self.sock, ssl.SSLSocket)
        return self.sock


Script = Callable[[Wire], object]


class Site:
    """A server that plays `script` with each connection. What went wrong in a script is raised when the site is closed."""

    def __init__(
        self,
        script: Script,
        *,
        tls: ssl.SSLContext | None = None,
        host: str = "127.0.0.1",
        backlog: int = 128,
    ) -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listener = socket.create_server((host, 0), family=family, backlog=backlog)
        self._script = script
        self._tls = tls
        self._changed = threading.Condition()
        self._ended = 0
        self.host = host
        self.port: int = self._listener.getsockname()[1]
        self.wires: list[Wire] = []
        self.failures: list[BaseException] = []
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def authority(self) -> bytes:
        """`host:port`, as it stands in a request."""
        return (f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}").encode()

    @property
    def seen(self) -> bytes:
        """Every byte that came, over all connections in order."""
        return b"".join(wire.heard for wire in self.wires)

    @property
    def visits(self) -> int:
        """How many connections came."""
        return len(self.wires)

    def ended(self, count: int = 1) -> None:
        """Wait until that many scripts have come to their end."""
        with self._changed:
            assert self._changed.wait_for(lambda: self._ended >= count, PATIENCE), "a script has not ended"

    def visited(self, count: int = 1) -> None:
        """Wait until that many connections have come."""
        with self._changed:
            assert self._changed.wait_for(lambda: self.visits >= count, PATIENCE), "nobody came"

    def _serve(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            wire = Wire(sock)
            with self._changed:
                self.wires.append(wire)
                self._changed.notify_all()
            threading.Thread(target=self._play, args=(wire,), daemon=True).start()

    def _play(self, wire: Wire) -> None:
        try:
            if self._tls is not None:
                wire.sock = self._tls.wrap_socket(wire.sock, server_side=True, suppress_ragged_eofs=False)
            self._script(wire)
        except (EOFError, ConnectionError, ssl.SSLError):
            pass  # the other end went away: tests look at what came of it
        except BaseException as error:
            self.failures.append(error)
        finally:
            wire.close()
            with self._changed:
                self._ended += 1
                self._changed.notify_all()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for wire in self.wires:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(wire.sock, socket.SHUT_RDWR)
        if self.failures:
            raise self.failures[0]


class Answer(NamedTuple):
    """A response, and what its site does then: `close`, `reset`, or keep the connection."""

    chunks: tuple[bytes, ...]
    then: str = "keep"


def ok(body: bytes = b"hello", *more: bytes) -> bytes:
    """A plain 200 response."""
    lines = (b"HTTP/1.1 200 OK", b"Content-Length: %d" % len(body), *more)
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def answering(*answers: bytes | Sequence[bytes] | Answer) -> Script:
    """A script that answers one request after the other, the last answer again and again."""
    turns = [_answer(each) for each in answers]

    def script(wire: Wire) -> None:
        with contextlib.suppress(EOFError, ConnectionError, ssl.SSLError, TimeoutError):
            for turn in range(1_000_000):
                wire.message()
                answer = turns[min(turn, len(turns) - 1)]
                wire.send(*answer.chunks)
                if answer.then == "reset":
                    return wire.reset()
                if answer.then == "close":
                    return None
        return None

    return script


def _answer(given: bytes | Sequence[bytes] | Answer) -> Answer:
    if isinstance(given, Answer):
        return given
    return Answer((given,) if isinstance(given, bytes) else tuple(given))


def in_turn(*scripts: Script) -> Script:
    """The first connection plays the first script, and so on; further ones the last."""
    turns = list(scripts)

    def script(wire: Wire) -> object:
        return (turns.pop(0) if len(turns) > 1 else turns[0])(wire)

    return script


def get(site: Site, path: bytes = b"/", *lines: bytes) -> bytes:
    """An absolute-form GET for a site."""
    return request(b"GET", b"http://" + site.authority + path, b"Host: " + site.authority, *lines)


def request(
    method: bytes, target: bytes, *lines: bytes, body: bytes = b"", version: bytes = b"HTTP/1.1"
) -> bytes:
    head = b"\r\n".join((b"%b %b %b" % (method, target, version), *lines))
    return head + b"\r\n\r\n" + body
