"""Who plays in scripts/demo-https: an authority, a Flask site, a listener on the line, a proxy, a program. All of them real, all on this computer."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import logging
import re
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from inspector.pki.certificates import leaf, new_key

HOST = "localhost"
SECRET = "correct horse"
PATIENCE = 30.0
TOWN = "Town authority"


class NotAsItShouldBe(Exception):
    """What the demonstration shows did not happen: a sentence says what did."""


# --- the authority and the site ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Files:
    """What the site is served with, and the authority above it."""

    authority: Path
    chain: Path
    key: Path


def certify(folder: Path) -> Files:
    """An authority such as browsers know a hundred of, and a certificate for the site that it signs."""
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    starts, ends = now - dt.timedelta(days=1), now + dt.timedelta(days=89)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, TOWN)])
    authority_key, site_key = new_key(), new_key()
    authority = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(authority_key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(starts).not_valid_after(ends)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(authority_key.public_key()), critical=False)
        .sign(authority_key, hashes.SHA256())
    )  # fmt: skip
    site = leaf(
        [HOST], site_key.public_key(), signed_by=authority, key=authority_key, starts=starts, ends=ends
    )
    files = Files(folder / "town.pem", folder / "site.pem", folder / "site-key.pem")
    files.authority.write_bytes(authority.public_bytes(Encoding.PEM))
    files.chain.write_bytes(site.public_bytes(Encoding.PEM))
    files.key.touch(mode=0o600)
    files.key.write_bytes(site_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return files


@contextlib.contextmanager
def flask_site(files: Files) -> Iterator[int]:
    """A Flask app with a log-in, behind TLS; the port where it listens."""
    from flask import Flask, request
    from werkzeug.serving import WSGIRequestHandler, make_server

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    WSGIRequestHandler.protocol_version = "HTTP/1.1"
    app = Flask("site")

    @app.post("/log-in")
    def log_in() -> tuple[str, int, dict[str, str]]:
        right = request.form.get("password") == SECRET
        return (
            ("Hello, ada.\n" if right else "Who?\n"),
            (200 if right else 403),
            {"Set-Cookie": "session=4f1e; Secure; HttpOnly"},
        )

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.chain, files.key)
    server = make_server("127.0.0.1", 0, app, threaded=True, ssl_context=context)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


# --- somebody on the line ---------------------------------------------------------------------------------


@dataclass
class Heard:
    """The bytes of one TCP connection, by direction."""

    out: bytearray = field(default_factory=bytearray)
    back: bytearray = field(default_factory=bytearray)


class Listener:
    """Somebody on the same network: passes every byte on as it is, and writes it down."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._sock = socket.create_server(("127.0.0.1", 0))
        self.port = self._sock.getsockname()[1]
        self.heard: list[Heard] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._sock.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._sock.accept()
                far = socket.create_connection(("127.0.0.1", self._to))
                heard = Heard()
                self.heard.append(heard)
                for source, sink, notes in ((near, far, heard.out), (far, near, heard.back)):
                    threading.Thread(target=_pass_on, args=(source, sink, notes), daemon=True).start()


def _pass_on(source: socket.socket, sink: socket.socket, notes: bytearray) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            notes += data
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)


# --- the proxy and the program ----------------------------------------------------------------------------


@contextlib.contextmanager
def inspector(home: Path, trusting: Path) -> Iterator[dict[str, Any]]:
    """A real Inspector on a home of its own; what it says of itself while it runs."""
    process = subprocess.Popen(
        [sys.executable, "-m", "inspector", "run", "--home", str(home), "--listen", "127.0.0.1:0", "--web", "127.0.0.1:0",
         "--no-browser", "--no-lab", "--upstream-proxy", "none", "--upstream-ca", str(trusting)],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8",
    )  # fmt: skip
    assert process.stdout is not None
    said = ""
    try:
        for line in process.stdout:
            said += line
            if "Ctrl-C stops it" in line:
                break
        else:
            raise NotAsItShouldBe(f"Inspector did not start:\n{said}")
        yield json.loads((home / "run" / "inspector.json").read_bytes())
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()


@dataclass(frozen=True)
class Answer:
    """What the program got, and what it was shown on the way."""

    head: bytes
    body: bytes


def log_in(proxy: int, site: int, authority: Path | None) -> Answer:
    """The program: a log-in at the site through the proxy, believing `authority` alone. Raises ssl.SSLCertVerificationError."""
    body = f"user=ada&password={SECRET.replace(' ', '+')}".encode()
    request = (
        f"POST /log-in HTTP/1.1\r\nHost: {HOST}:{site}\r\nUser-Agent: demo\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body
    context = ssl.create_default_context(cafile=str(authority) if authority else None)
    with socket.create_connection(("127.0.0.1", proxy), PATIENCE) as plain:
        plain.sendall(f"CONNECT {HOST}:{site} HTTP/1.1\r\nHost: {HOST}:{site}\r\n\r\n".encode())
        answer = _until(plain, b"\r\n\r\n")
        if not answer.startswith(b"HTTP/1.1 200"):
            raise NotAsItShouldBe(f"The proxy made no tunnel: {answer.decode(errors='replace')}")
        with context.wrap_socket(plain, server_hostname=HOST) as secure:
            secure.sendall(request)
            head = _until(secure, b"\r\n\r\n")
            length = int((re.search(rb"(?i)content-length: (\d+)", head) or [b"", b"0"])[1])
            rest = head.partition(b"\r\n\r\n")[2]
            while len(rest) < length:
                rest += secure.recv(65536)
    return Answer(head.partition(b"\r\n\r\n")[0], rest)


def _until(connection: socket.socket, end: bytes) -> bytes:
    got = b""
    while end not in got:
        data = connection.recv(65536)
        if not data:
            raise NotAsItShouldBe(f"The connection ended after {got[:200]!r}.")
        got += data
    return got


def wait_for(look: Any, what: str) -> Any:
    """What `look` gives, as soon as that is something."""
    until = time.monotonic() + PATIENCE
    while (found := look()) is None:
        if time.monotonic() > until:
            raise NotAsItShouldBe(f"{what} did not come within {PATIENCE:g} seconds.")
        time.sleep(0.02)
    return found
