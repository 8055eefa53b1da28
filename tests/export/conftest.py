"""What the tests of exports share."""

from __future__ import annotations

import importlib.util
import socketserver
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

for _name in ("export_samples", "har_files"):
    _spec = importlib.util.spec_from_file_location(_name, Path(__file__).with_name(f"{_name}.py"))
    assert _spec is not None
    assert _spec.loader is not None
    sys.modules[_name] = importlib.util.module_from_spec(_spec)
    _spec.loader.exec_module(sys.modules[_name])


class Ear(socketserver.ThreadingTCPServer):
    """Keeps every request as its bytes, and answers each with 200."""

    daemon_threads = True

    def __init__(self) -> None:
        self.heard: list[tuple[bytes, bytes]] = []
        super().__init__(("127.0.0.1", 0), _Hearing)

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    @staticmethod
    def parts(heard: tuple[bytes, bytes]) -> tuple[bytes, list[tuple[bytes, bytes]], bytes]:
        """Start line, header fields and body of a request."""
        head, body = heard
        start, *lines = head.split(b"\r\n")
        pairs = [line.partition(b":") for line in lines]
        return start, [(name, value.strip(b" ")) for name, _, value in pairs], body


class _Hearing(socketserver.StreamRequestHandler):
    server: Ear

    def handle(self) -> None:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = self.rfile.readline()
            if not line:
                return
            head += line
        size = next(
            (int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
        )
        body = self.rfile.read(size)
        if b"\r\ntransfer-encoding: chunked" in head.lower():
            while (length := int(self.rfile.readline(), 16)) > 0:
                body += self.rfile.read(length)
                self.rfile.readline()
            self.rfile.readline()
        self.server.heard.append((head[:-4], body))
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")


@pytest.fixture(scope="module")
def ear() -> Iterator[Ear]:
    """A server that hears what is really sent."""
    server = Ear()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()
