"""What stands in for the engine towards the dashboard's own requests: keeps the bytes that come, and answers as it is told."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable
from contextlib import suppress

from web_fakes import FakeCaptures, made, number

_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)
PATIENCE = 20.0


class FakeEngine:
    """One answer for each connection, by `answer(request bytes)`. Each becomes an exchange, whose id the answer says as the engine's do."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self.listener.getsockname()[1]}"
        self.captures: FakeCaptures | None = None
        self.begin()
        threading.Thread(target=self._serve, daemon=True).start()

    def begin(self) -> None:
        self.seen: list[bytes] = []
        self.answer: Callable[[bytes], bytes] = lambda _: b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
        self.next = 500

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(line,), daemon=True).start()

    def _talk(self, line: socket.socket) -> None:
        with line, suppress(OSError):
            line.settimeout(PATIENCE)
            request = _read(line)
            self.seen.append(request)
            head, _, body = self.answer(request).partition(b"\r\n\r\n")
            id = number(self.next)
            self.next += 1
            if self.captures is not None:
                status = int(head.split(b" ")[1])
                self.captures.add(made(self.next - 1, origin="composer", status=status))
            line.sendall(head + b"\r\nInspector-Exchange-Id: " + id.hex().encode() + b"\r\n\r\n")
            if request.startswith(b"CONNECT ") and b" 200 " in head[:13]:
                self.seen.append(line.recv(65536))
            line.sendall(body)

    def close(self) -> None:
        self.listener.close()


def _read(line: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        piece = line.recv(65536)
        if not piece:
            return data
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    found = _LENGTH.search(head)
    while found and len(body) < int(found[1]):
        body += line.recv(65536)
    while b"transfer-encoding: chunked" in head.lower() and not body.endswith(b"0\r\n\r\n"):
        body += line.recv(65536)
    return head + b"\r\n\r\n" + body
