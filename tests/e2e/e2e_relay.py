"""A port behind which a host's TLS stands as the proxy plays it, for programs that know no proxy."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import Self


class Relay:
    """Opens a tunnel to `host` through the proxy at `door` for each connection to its own `port`."""

    def __init__(self, door: tuple[str, int], host: str) -> None:
        self._door = door
        self._ask = f"CONNECT {host}:443 HTTP/1.1\r\nHost: {host}:443\r\n\r\n".encode()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=100)
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(10)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                inward, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(inward,), daemon=True).start()

    def _serve(self, inward: socket.socket) -> None:
        with inward, socket.create_connection(self._door) as outward, contextlib.suppress(OSError):
            outward.sendall(self._ask)
            head = b""
            while not head.endswith(b"\r\n\r\n"):
                head += outward.recv(1)
            back = threading.Thread(target=self._pass, args=(outward, inward), daemon=True)
            back.start()
            self._pass(inward, outward)
            back.join(10)

    @staticmethod
    def _pass(source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_WR)
