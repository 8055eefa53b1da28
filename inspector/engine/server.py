"""The engine: opens the doors, keeps the clock, and closes everything in order.

One timer serves all connections: ten times a second it tells of exchanges that take long, twice a second it looks
for deadlines that have passed. A timer per request would cost more than the request.
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from inspector.engine.client import ClientConnection, Listener
from inspector.engine.context import Context, LeafSource, OwnAuthority
from inspector.engine.dial import Dialer
from inspector.engine.ledger import Archive, Ledger
from inspector.engine.mirroring import Mirroring, MirrorSource
from inspector.engine.pages import Renderer
from inspector.engine.settings import Settings
from inspector.exchange.model import Fault
from inspector.pki.watch import HandshakeWatch

if TYPE_CHECKING:
    from inspector.engine.flow import Flow

TICK = 0.1
_DEADLINES_EVERY = 5
_BOARD_EVERY = 2
_BACKLOG = 2048


class Figures(Protocol):
    """Where the engine's figures go (`store.status`, by way of app)."""

    def __call__(self, *, exchanges: int, connections: int) -> None: ...


class Engine:
    """One proxy process. `sockets` listen already; `authority` signs the stand-ins.

    `watch` must be the one that `leaves` and `mirror` put on their contexts; without `mirror` no fault is mirrored. `figures` is called five times a second.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        sockets: Sequence[socket.socket],
        archive: Archive,
        leaves: LeafSource,
        authority: OwnAuthority,
        render: Renderer,
        watch: HandshakeWatch,
        mirror: MirrorSource | None = None,
        figures: Figures | None = None,
        roll: Callable[[int], None] | None = None,
        complain: Callable[[str], None] = print,
    ) -> None:
        loop = asyncio.get_running_loop()
        self.settings = settings
        self._sockets = sockets
        self._figures = figures
        self._roll = roll
        self._forgotten: int | None = None
        self.ledger = Ledger(archive, settings.limits, loop, capturing=settings.capture)
        self.context = Context(settings, loop, self.ledger, leaves, render, authority, watch, complain)
        self.context.dialer = Dialer(self.context)
        if mirror is not None:
            self.context.mirroring = Mirroring(self.context, mirror)
        self._servers: list[asyncio.Server] = []
        self._ticks = 0
        self._timer: asyncio.TimerHandle | None = None

    async def start(self) -> None:
        """Accept connections from now on."""
        wants = self.settings.wants_credentials
        for place, each in enumerate(self._sockets):
            listener = Listener(wants[place] if place < len(wants) else False, self.settings.reverse)
            server = await self.context.loop.create_server(
                lambda listener=listener: ClientConnection(self.context, listener),  # type: ignore[misc]  # mypy can't type the default
                sock=each,
                backlog=_BACKLOG,
            )
            self._servers.append(server)
        self._tick()

    def apply(self, wishes: Mapping[str, Any]) -> None:
        """Take settings that were changed while running: `capturing`, `left_encrypted`, `rules`, `forget`."""
        self.ledger.capturing = self.settings.capture and bool(wishes.get("capturing", True))
        if not self.ledger.capturing:
            for stream in self.context.streams:
                stream.forget_tap()  # what passes during a pause is nobody's business
        if self.context.opening.choose(wishes.get("left_encrypted", [])):
            self._close_what_is_to_be_left()
        self.context.ruling.choose(wishes.get("rules", []))
        self.context.reporting.choose(wishes.get("apps", {}), wishes.get("traced", {}))
        generation = int(wishes.get("forget", 0))
        if self._forgotten is not None and generation > self._forgotten and self._roll is not None:
            self._roll(generation)
            for stream in self.context.streams:
                stream.recorded = (
                    False  # what was known of connections is forgotten too: told again with the next exchange
                )
                stream.forget_tap()
        self._forgotten = generation

    def _close_what_is_to_be_left(self) -> None:
        """Opened connections that wait for their next request, and would pass through unopened now: the browser makes new ones."""
        for stream in list(self.context.streams):
            if not isinstance(stream, ClientConnection) or stream.tls is None or self._busy(stream):
                continue
            if stream.name and self.context.opening.why_left(stream.name):
                stream.close()

    async def stop(self) -> None:
        """Accept nothing more, let what is on its way end for a few seconds, and cut off the rest, saying so."""
        context = self.context
        context.stopping = True
        for server in self._servers:
            server.close()
        for stream in list(context.streams):
            if isinstance(stream, ClientConnection) and not self._busy(stream):
                stream.close()
        limit = time.monotonic() + context.timeouts.stop
        while self._unfinished() and time.monotonic() < limit:  # noqa: ASYNC110 (once, at the end: an event would cost every exchange)
            await asyncio.sleep(0.02)
        for flow in list(self.ledger.live):
            self._cut_off(flow)
        context.pool.close()
        for task in list(context.tasks):
            task.cancel()
        for stream in list(context.streams):
            stream.close()
        await self._turn()
        for stream in list(context.streams):
            stream.abort()
        if self._timer is not None:
            self._timer.cancel()
        await self._turn()

    def _unfinished(self) -> bool:
        """Whether an exchange is on its way, or the end of an answer still is."""
        return bool(self.ledger.live) or any(each.unsent for each in self.context.streams)

    def _cut_off(self, flow: Flow) -> None:
        side, server = flow.client, flow.server
        flow.error = Fault("inspector-stopped", "us", "response-head", None, "", "closed")
        flow.finished = True
        if side is not None:
            side.introduce(flow)
        flow.client = flow.server = None
        self.ledger.finish(flow, "failed")
        if server is not None:
            server.flow = None
            server.abort()
        if side is not None:
            side.flow = None
            side.connection.abort()

    @staticmethod
    async def _turn() -> None:
        """Let connections that were closed go, and tasks that were cancelled end."""
        for _ in range(5):
            await asyncio.sleep(0)

    @staticmethod
    def _busy(stream: ClientConnection) -> bool:
        return getattr(stream.talk, "flow", None) is not None

    def _tick(self) -> None:
        context = self.context
        self._ticks += 1
        self._timer = context.loop.call_later(TICK, self._tick)
        self.ledger.sweep()
        if self._ticks % _DEADLINES_EVERY == 0:
            now = context.now = context.loop.time()
            for stream in [each for each in context.streams if 0 < each.deadline < now]:
                stream.expired()
        if self._figures is not None and self._ticks % _BOARD_EVERY == 0:
            self._figures(exchanges=self.ledger.finished, connections=len(context.streams))
