"""Small exchanges, engines that are played by a test, and a way to have the recorder take in all there is."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import msgspec

from inspector.exchange.ids import Ids
from inspector.exchange.model import Body, Connection, Exchange, KeptCiphertext, Leg, Message, Piece, encode
from inspector.store.archive import ArchiveWriter
from inspector.store.recorder import Recorder

IDS = Ids()
HEAD = b"GET /one HTTP/1.1\r\nHost: example.test\r\n\r\n"
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n"


def sample(change: int = 1, **given: Any) -> Exchange:
    """A finished exchange with a small body."""
    leg = Leg(b"c" * 16, Message(HEAD), Message(ANSWER, Body(5, 5, b"hello")))
    exchange = Exchange(
        id=IDS.next(), change=change, state="done", kind="http", origin="browser", started=time.time(),
        duration=0.02, method="GET", scheme="https", host="example.test", port=443, path="/one", version="HTTP/1.1",
        status=200, reason="OK", media="text/plain", resource="page", request_size=0, response_size=5,
        client="127.0.0.1:50000", agent="curl 8.5", protection="decrypted", tls="TLSv1.3", remote="192.0.2.1:443",
        changed=False, fault="", findings=0, client_leg=leg, server_leg=leg,
    )  # fmt: skip
    return msgspec.structs.replace(exchange, **given)


class Played:
    """An engine without sockets: it puts exchanges and counts its changes."""

    def __init__(self, writer: ArchiveWriter) -> None:
        self.writer = writer
        self.change = 0

    @property
    def name(self) -> str:
        """Its folder's name."""
        return self.writer.folder.name

    def put(self, **given: Any) -> Exchange:
        """One exchange into the archive; it is handed to the disk at once."""
        self.change += 1
        exchange = sample(self.change, **given)
        self.place = self.writer.put(b"X", encode(exchange), final=exchange.state != "open")
        self.writer.flush()
        return exchange

    def again(self, exchange: Exchange, **given: Any) -> Exchange:
        """A later snapshot of an exchange."""
        return self.put(**{"id": exchange.id, "started": exchange.started, **given})

    def connection(self, **given: Any) -> Connection:
        """One connection into the archive."""
        made = Connection(
            IDS.next(), "client", time.time(), "127.0.0.1", 50000, "127.0.0.1", 8080, "example.test"
        )
        made = msgspec.structs.replace(made, **given)
        self.writer.put(b"C", encode(made))
        self.writer.flush()
        return made

    def body(self, data: bytes) -> Piece | None:
        """Body bytes into the archive."""
        return self.writer.put(b"B", data)

    def ciphertext(
        self,
        connection: bytes,
        *said: tuple[bool, bytes],
        after: KeptCiphertext | None = None,
        full: bool = False,
    ) -> KeptCiphertext:
        """What passed on a connection into the archive: by the client or not, and what; `after` is what was put of it before."""
        piece = self.writer.put(b"B", b"".join(data for _, data in said))
        assert piece is not None
        before = after or KeptCiphertext(connection, (), ())
        passed = tuple((by_client, 0.25, len(data)) for by_client, data in said)
        kept = KeptCiphertext(connection, before.passed + passed, (*before.pieces, piece), full)
        self.writer.put(b"T", encode(kept))
        self.writer.flush()
        return kept

    def on_disk(self) -> Played:
        """Wait until all that was put is written."""
        self.writer.flush()
        wait_for(lambda: self.writer.backlog == 0)
        return self

    def killed(self) -> None:
        """What kill -9 leaves: everything written, and no clean end."""
        self.on_disk()


def wait_for(reached: Callable[[], Any], seconds: float = 20.0) -> Any:
    """Until something is so, looking again all the time; fails after `seconds`."""
    end = time.monotonic() + seconds
    while not (found := reached()):
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.002)
    return found


def take_in(recorder: Recorder) -> int:
    """Have the recorder take in all that is there; how much that was."""
    took = 0
    while True:
        step = recorder.step()
        assert not recorder.trouble.words
        took += step
        if not step:
            return took
