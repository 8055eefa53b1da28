"""A connection from a browser (or curl, or a phone). What is said on it is up to its `talk`: HTTP, the first bytes
after a CONNECT, or a pipe. It knows the peer, the TLS towards it, and what stands on record about it.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple, Protocol

from inspector.engine.stream import Stream
from inspector.exchange.model import Connection, Tls

if TYPE_CHECKING:
    import asyncio

    from inspector.engine.context import Context
    from inspector.engine.wiretap import WireTap


class Listener(NamedTuple):
    """One door: whether it wants proxy credentials, and the URL that everything goes to in reverse mode."""

    wants_credentials: bool = False
    reverse: str = ""


class Talk(Protocol):
    """What is being said on a connection at the moment."""

    def received(self, data: bytes) -> None: ...
    def ended(self) -> None: ...
    def lost(self, error: Exception | None) -> None: ...
    def expired(self) -> None: ...
    def secured(self) -> None: ...
    def unsecured(self, error: Exception) -> None: ...
    def choked(self) -> None: ...
    def drained(self) -> None: ...


class Silent:
    """A talk that says nothing: the base of the others, and what follows the last word: bytes are read and thrown away."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.context = connection.context

    def received(self, data: bytes) -> None:
        """Nobody listens any more."""

    def ended(self) -> None:
        self.connection.close()

    def lost(self, error: Exception | None) -> None:
        """Nothing is on its way."""

    def expired(self) -> None:
        self.connection.see_off(self.context.now, self.context.timeouts)

    def secured(self) -> None:
        """No handshake is expected."""

    def unsecured(self, error: Exception) -> None:
        self.connection.abort()

    def choked(self) -> None:
        """Nothing is being sent."""

    def drained(self) -> None:
        """Nothing is being sent."""


class Gone:
    """The talk of a connection that is no more."""

    def received(self, data: bytes) -> None:
        """Too late."""

    def ended(self) -> None:
        """Too late."""

    def lost(self, error: Exception | None) -> None:
        """Told already."""

    def expired(self) -> None:
        """Nothing is waited for."""

    def secured(self) -> None:
        """Too late."""

    def unsecured(self, error: Exception) -> None:
        """Too late."""

    def choked(self) -> None:
        """Nothing is sent."""

    def drained(self) -> None:
        """Nothing is sent."""


GONE = Gone()


class ClientConnection(Stream):
    """One connection from a browser. `turn` counts its exchanges; `start` makes its first talk."""

    def __init__(self, context: Context, listener: Listener) -> None:
        self.context = context
        self.listener = listener
        self.id = context.ids.next()
        self.opened = time.time()
        self.turn = 0
        self.recorded = False
        self.facts: Tls | None = None
        self.asked = b""
        self.answered = b""
        self.name = ""
        self.peer = ""
        self.ip = ""
        self.handshake: tuple[float, float] | None = None
        self.authorized = False
        self.talk: Talk = Silent(self)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.ip, port = self.address("peername")
        self.peer = f"[{self.ip}]:{port}" if ":" in self.ip else f"{self.ip}:{port}"
        context = self.context
        context.streams.add(self)
        context.clients[self.ip] = context.clients.get(self.ip, 0) + 1
        self.deadline = context.now + context.timeouts.head
        from inspector.engine.http1 import Http1, full  # noqa: PLC0415 (http1 speaks of this class: one of the two has to wait)

        self.talk = Http1(self)
        limit = full(context, self.ip)
        if limit:
            self.talk.turn_away(limit)

    def introduce(self) -> None:
        """Put what is known of this connection on record, once."""
        if not self.recorded:
            self.recorded = self.context.ledger.connection(self.describe(None))
            if self.recorded:
                self.tap_recorded()

    def new_tap(self) -> WireTap | None:
        return self.context.ledger.wiretap(self.id, self.opened, of_browser=True, recorded=self.recorded)

    def describe(self, closed: float | None) -> Connection:
        peer, local = self.address("peername"), self.address("sockname")
        return Connection(
            self.id,
            "client",
            self.opened,
            *peer,
            *local,
            self.name,
            "",
            self.facts,
            self.asked,
            self.answered,
            closed,
        )

    def finish(self) -> None:
        """Close after the last word. What the browser still sends is read for a moment: closing on unread bytes
        would reset the connection, and the browser might never see the answer (RFC 9112 §9.6)."""
        if self.closing:
            return
        self.talk = Silent(self)
        self.write_end()
        self.deadline = self.context.now + self.context.timeouts.linger
        self.release(-1)

    def close(self) -> None:
        super().close()
        self.deadline = self.context.now + self.context.timeouts.linger

    # -- the stream's events, handed to the talk

    def received(self, data: bytes) -> None:
        self.talk.received(data)

    def ended(self) -> None:
        self.talk.ended()

    def secured(self) -> None:
        self.talk.secured()

    def unsecured(self, error: Exception) -> None:
        self.talk.unsecured(error)

    def choked(self) -> None:
        self.talk.choked()

    def drained(self) -> None:
        self.talk.drained()

    def expired(self) -> None:
        if self.closing:
            self.see_off(self.context.now, self.context.timeouts)
        else:
            self.deadline = 0.0
            self.talk.expired()

    def lost(self, error: Exception | None) -> None:
        context = self.context
        context.streams.discard(self)
        left = context.clients.get(self.ip, 1) - 1
        if left:
            context.clients[self.ip] = left
        else:
            context.clients.pop(self.ip, None)
        self.talk.lost(error)
        if self.recorded:
            context.ledger.connection(self.describe(time.time() - self.opened))
        self.talk = (
            GONE  # connection and talk hold each other: unbroken, TLS's memory would wait for the collector
        )
