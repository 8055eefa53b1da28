"""What every connection of an engine shares. Made by `server.Engine`, given to whoever needs it, never looked up."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from inspector.engine.guard import Guard
from inspector.engine.ledger import Ledger
from inspector.engine.pages import Renderer
from inspector.engine.pool import Pool
from inspector.engine.settings import Settings
from inspector.exchange.ids import Ids
from inspector.pki.chains import chain_of
from inspector.pki.leaves import Identity
from inspector.pki.sessions import SessionCache
from inspector.pki.watch import HandshakeWatch
from inspector.wire.http1 import Limits as WireLimits

if TYPE_CHECKING:
    from inspector.engine.dial import Dialer
    from inspector.engine.stream import Stream
    from inspector.engine.upstream import ServerConnection


class LeafSource(Protocol):
    """Where stand-in certificates come from: `pki.leaves.Leaves`."""

    def ready(self, name: str) -> Identity | None: ...
    def make(self, name: str) -> Identity: ...


class Context:
    """One engine's parts. `now` is the loop's time, half a second coarse: good enough for deadlines, and free."""

    def __init__(  # noqa: PLR0917 (made in one place)
        self,
        settings: Settings,
        loop: asyncio.AbstractEventLoop,
        ledger: Ledger,
        leaves: LeafSource,
        render: Renderer,
        authority: tuple[bytes, bytes],
        browser_watch: HandshakeWatch,
        complain: Callable[[str], None],
    ) -> None:
        self.settings = settings
        self.limits = settings.limits
        self.timeouts = settings.timeouts
        limits = settings.limits
        self.wire_limits = WireLimits(head=limits.head, line=limits.request_line, fields=limits.fields)
        self.loop = loop
        self.ids = Ids()
        self.ledger = ledger
        self.leaves = leaves
        self.render = render
        self.authority_pem, self.authority_der = authority
        self.browser_watch = browser_watch
        self.complain = complain
        self.guard = Guard(settings.forbidden_ports, settings.proxy_auth)
        self.pool = Pool(limits)
        self.sessions = SessionCache()
        self.streams: set[Stream] = set()
        self.clients: dict[str, int] = {}
        self.tasks: set[asyncio.Task[None]] = set()
        self.now = loop.time()
        self.stopping = False
        self.dialer: Dialer

    def remember_session(self, connection: ServerConnection) -> None:
        """Keep a site's TLS session, so that the next connection to it is cheaper."""
        tls = connection.tls
        if tls is not None:
            chain = connection.facts.chain if connection.facts is not None else chain_of(tls.object)
            self.sessions.put(connection.origin.name, connection.origin.port, tls.object, chain)

    def spawn(self, task: asyncio.Task[None]) -> None:
        """Keep hold of a task until it is done."""
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
