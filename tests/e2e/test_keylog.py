"""`inspector run --keylog`: with the file alone, what was recorded of both connections can be read.

Both are recorded on their way by relays; a TLS 1.3 record is decrypted here by hand (RFC 8446 §5.2, §7.3), with no help of ours.
"""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from e2e_running import until
from e2e_site import Site

pytestmark = [pytest.mark.clients, pytest.mark.timeout(90)]
SUITES = {
    0x1301: (hashes.SHA256(), AESGCM, 16),
    0x1302: (hashes.SHA384(), AESGCM, 32),
    0x1303: (hashes.SHA256(), ChaCha20Poly1305, 32),
}
HANDSHAKE, APPLICATION = 22, 23


class Relay:
    """Passes bytes between whoever connects and `target`, and keeps both directions of the first connection."""

    def __init__(self, target: tuple[str, int]) -> None:
        self.sent, self.received = bytearray(), bytearray()
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            inward, _ = self._listener.accept()
            outward = socket.create_connection(self._target)
            back = threading.Thread(target=self._pass, args=(outward, inward, self.received), daemon=True)
            back.start()
            self._pass(inward, outward, self.sent)
            back.join(10)
            inward.close()
            outward.close()

    @staticmethod
    def _pass(source: socket.socket, target: socket.socket, kept: bytearray) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                kept += data
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        self._listener.close()
        self._thread.join(10)


@pytest.fixture
def relays() -> Iterator[Any]:
    started: list[Relay] = []

    def start(port: int) -> Relay:
        started.append(Relay(("127.0.0.1", port)))
        return started[-1]

    yield start
    for each in started:
        each.close()


def records(stream: bytes) -> list[tuple[int, bytes, bytes]]:
    """The TLS records of one direction: type, header, content."""
    found = []
    while len(stream) >= 5:
        size = int.from_bytes(stream[3:5], "big")
        found.append((stream[0], stream[:5], stream[5 : 5 + size]))
        stream = stream[5 + size :]
    return found


def after_connect(stream: bytes) -> bytes:
    return stream.partition(b"\r\n\r\n")[2]


def secrets(keylog: Path, random: str) -> dict[str, bytes]:
    """What the file has for the connection with this random number of its ClientHello."""
    lines = [line.split() for line in keylog.read_text().splitlines() if line and not line.startswith("#")]
    return {label: bytes.fromhex(secret) for label, of, secret in lines if of == random}


def expand(hash: hashes.HashAlgorithm, secret: bytes, label: bytes, size: int) -> bytes:
    """HKDF-Expand-Label with an empty context."""
    info = size.to_bytes(2, "big") + bytes([6 + len(label)]) + b"tls13 " + label + b"\0"
    return HKDFExpand(hash, size, info).derive(secret)


def read(sent: bytes, received: bytes, keylog: Path) -> bytes:
    """What a client said inside TLS 1.3, from what was recorded and the file."""
    hello = records(sent)[0][2]
    answer = next(content for kind, _, content in records(received) if kind == HANDSHAKE)
    after_session = 39 + answer[38]
    hash, cipher, size = SUITES[int.from_bytes(answer[after_session : after_session + 2], "big")]
    secret = secrets(keylog, hello[6:38].hex())["CLIENT_TRAFFIC_SECRET_0"]
    key, start = cipher(expand(hash, secret, b"key", size)), expand(hash, secret, b"iv", 12)
    text, number = b"", 0
    for kind, header, content in records(sent):
        if kind != APPLICATION:
            continue
        nonce = bytes(a ^ b for a, b in zip(start, number.to_bytes(12, "big"), strict=True))
        with contextlib.suppress(Exception):  # the client's Finished has another key
            text += key.decrypt(nonce, content, header).rstrip(b"\0")[:-1]
            number += 1
    return text


def test_both_connections_can_be_read_with_it_and_without_it_not(
    start_running: Any, site: Site, relays: Any, tmp_path: Path
) -> None:
    curl, keylog = shutil.which("curl"), tmp_path / "keys.log"
    if curl is None:
        pytest.skip("curl is not installed")
    running = start_running("--keylog", str(keylog), home=tmp_path / "home").wait_until_ready()
    assert "Careful" in running.said
    assert "(--keylog)" in running.said
    assert keylog.stat().st_mode & 0o777 == 0o600
    to_proxy, to_site = relays(int(running.proxy.rpartition(":")[2])), relays(site.https_port)
    done = subprocess.run(
        [curl, "-sS", "--tlsv1.3", "--proxy", f"http://127.0.0.1:{to_proxy.port}", "--cacert", str(running.ca),
         f"https://localhost:{to_site.port}/load/with-keys"],
        capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    assert done.stdout == "This is /load/with-keys.\n", done.stderr
    until(lambda: records(bytes(to_site.received)), "the record")
    for sent, received in (
        (after_connect(bytes(to_proxy.sent)), after_connect(bytes(to_proxy.received))),
        (bytes(to_site.sent), bytes(to_site.received)),
    ):
        assert b"with-keys" not in sent
        assert b"GET /load/with-keys HTTP/1.1\r\n" in read(sent, received, keylog)


def test_a_file_that_others_can_open_stops_the_start(start_running: Any, tmp_path: Path) -> None:
    keylog = tmp_path / "keys.log"
    keylog.touch()
    keylog.chmod(0o640)
    running = start_running("--keylog", str(keylog), home=tmp_path / "home")
    assert running.process.wait(30) == 1
    assert "chmod 600" in running.said
    assert not (tmp_path / "home" / "captures").exists()
