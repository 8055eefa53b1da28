"""TLS servers for real browsers to visit, and a leaf as a thief of the authority's key would make it."""

from __future__ import annotations

import socket
import ssl
import threading

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from inspector.pki import handover
from inspector.pki.authority import Authority
from inspector.pki.certificates import leaf, new_key
from inspector.pki.contexts import server_context

ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 8\r\nConnection: close\r\n\r\nBELIEVED"
)


class Site:
    """Answers whoever believes its certificate. `settled` is set when somebody asked for a page, or refused the handshake; `believed` says which."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=16)
        self._context = context
        self.port: int = self._listener.getsockname()[1]
        self.believed = False
        self.settled = threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection:
            try:
                with self._context.wrap_socket(connection, server_side=True) as secure:
                    if secure.recv(65536):
                        secure.sendall(ANSWER)
                        self.believed = True
                        self.settled.set()
            except ssl.SSLError:
                self.settled.set()
            except OSError:
                return

    def close(self) -> None:
        self._listener.close()


def stolen(practice: Authority, host: str) -> ssl.SSLContext:
    """A server for a host outside, its leaf signed with the authority's very key."""
    key, signer = new_key(), practice.above[0]
    made = leaf(
        [host], key.public_key(), signed_by=signer, key=practice._key,
        starts=signer.not_valid_before_utc, ends=signer.not_valid_after_utc,
    )  # fmt: skip
    context = server_context()
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    handover.give(context, private + b"".join(each.public_bytes(Encoding.PEM) for each in (made, signer)))
    return context
