"""What the table says of browsers, asked of real ones: they visit the lab by themselves, without Inspector, and know its root."""

from __future__ import annotations

import contextlib
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import firefox
import pytest
from lab_running import Lab
from playwright.sync_api import Browser, Error

from inspector.lab.badtls.cases import CASES, DOMAIN

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(180),
    pytest.mark.skipif(
        not shutil.which("certutil"), reason="there is no certutil (Debian: apt install libnss3-tools)"
    ),
]
EVERY = pytest.mark.parametrize("case", CASES, ids=lambda case: case.label)


@pytest.fixture(scope="module")
def chromium(lab: Lab, chromium_believing: Callable[..., Browser]) -> Iterator[Browser]:
    rules = f"MAP {DOMAIN}:80 127.0.0.1:{lab.http}, MAP *.{DOMAIN} 127.0.0.1:{lab.https}"
    browser = chromium_believing(lab.root, f"--host-resolver-rules={rules}")
    yield browser
    browser.close()


@EVERY
def test_chromium_calls_it_so(chromium, case):
    page = chromium.new_page()
    try:
        page.goto(case.url)
        said = ""
    except Error as error:
        said = error.message
    finally:
        page.close()
    assert (f"net::{case.chromium} " in said) if case.chromium else said == "", said


class Relay:
    """A proxy that leads each CONNECT to the lab's door for https, and knows no other place."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._accepting.start()

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._accepting.join(5)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError):
            head = b""
            while not head.endswith(b"\r\n\r\n"):
                if not (byte := client.recv(1)):
                    return
                head += byte
            if not head.startswith(b"CONNECT ") or DOMAIN.encode() not in head.partition(b"\r\n")[0]:
                client.sendall(b"HTTP/1.1 502 Nowhere\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                return
            client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            with self._lab.knock() as server:
                back = threading.Thread(target=pump, args=(server, client))
                back.start()
                pump(client, server)
                back.join()


def pump(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_WR)


@pytest.fixture(scope="module")
def fox(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[firefox.Firefox]:
    if not firefox.find_firefox():
        pytest.skip("there is no Firefox (Debian: apt install firefox-esr)")
    profile: Path = tmp_path_factory.mktemp("firefox")
    relay = Relay(lab)
    try:
        with firefox.running(profile, lab.root, relay.port) as fox:
            yield fox
    finally:
        relay.close()


@EVERY
def test_firefox_calls_it_so(fox, case):
    assert fox.visit(case.url) == case.firefox
