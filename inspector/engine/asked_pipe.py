"""A WebSocket in whose messages somebody has a word: a pipe whose two directions are lanes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from typing import TYPE_CHECKING

from inspector.engine.asking import ask_about_message
from inspector.engine.pipe import Pipe
from inspector.engine.shaping import HELD
from inspector.engine.side import WAITING, BrowserSide
from inspector.engine.socket_lane import Lane
from inspector.exchange.model import Fault
from inspector.exchange.socket_talk import Packing, packing_of

if TYPE_CHECKING:
    from inspector.engine.client import ClientConnection
    from inspector.engine.consulting import Consultant
    from inspector.engine.flow import Flow
    from inspector.engine.upstream import ServerConnection
    from inspector.wire.http1 import ResponseHead


class AskedPipe(Pipe):
    """The two lanes of one exchange. `flow.client` is this object."""

    def __init__(
        self, connection: ClientConnection, flow: Flow, head: ResponseHead, asked: Sequence[Consultant]
    ) -> None:
        super().__init__(connection, flow)
        self._asked = asked
        named = b",".join(value for name, value in head.fields if name == b"sec-websocket-extensions")
        packing = packing_of(named.decode("latin-1")) or {}
        self._up = self._lane(self._to_site, self._slow_browser, packing.get("browser"), from_browser=True)
        self._down = self._lane(self._to_browser, self._slow_site, packing.get("site"), from_browser=False)
        # what went on is kept beside what came, since the two may differ from the first changed message on
        ledger = self.context.ledger
        flow.sent, flow.passed = ledger.timed_tap(flow), ledger.timed_tap(flow)

    def _lane(
        self,
        send: Callable[[bytes], None],
        slow: Callable[[bool], None],
        packing: Packing | None,
        *,
        from_browser: bool,
    ) -> Lane:
        ask = partial(self._ask, from_browser=from_browser)
        return Lane(ask, send, slow, self._broken, self._start, packing, from_browser=from_browser)

    def _start(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = self.context.loop.create_task(work)
        self.context.spawn(task)
        return task

    async def _ask(self, payload: bytes, binary: bool, *, from_browser: bool) -> bytes | None:
        flow = self.flow
        if flow is None:
            return None
        said = await ask_about_message(
            self.context, flow, payload, self._asked, binary=binary, from_browser=from_browser
        )
        if self.flow is not None:
            self._wait_on(self.flow)
        return said

    # -- lanes

    def _pass_up(self, server: ServerConnection, data: bytes) -> None:
        self._up.take(data)

    def respond(self, out: list[bytes]) -> None:
        """Bytes from the site."""
        if self.flow is not None:
            self._wait_on(self.flow)
            self._down.take(b"".join(out))

    def greet(self, data: bytes) -> None:
        BrowserSide.respond(self, [data])

    def _to_site(self, data: bytes) -> None:
        flow = self.flow
        if flow is not None and flow.server is not None and flow.sent is not None:
            flow.sent.add(data)
            flow.server.send(data)

    def _to_browser(self, data: bytes) -> None:
        if self.flow is not None and self.flow.passed is not None:
            self.flow.passed.add(data)
            BrowserSide.respond(self, [data])

    def _slow_browser(self, slow: bool) -> None:
        (self.connection.hold if slow else self.connection.release)(WAITING)

    def _slow_site(self, slow: bool) -> None:
        server = self.flow.server if self.flow is not None else None
        if server is not None:
            (server.hold if slow else server.release)(HELD)

    def _broken(self, why: str) -> None:
        self._over(Fault("message-unreadable", "us", "tunnel", None, why, "closed"))

    # -- ends

    def ended(self) -> None:
        self._up.end(super().ended)

    def tunnel_half_closed(self, flow: Flow) -> None:
        self._down.end(partial(super().tunnel_half_closed, flow))

    def tunnel_closed(self, flow: Flow, error: Exception | None) -> None:
        self._down.end(partial(super().tunnel_closed, flow, error))

    def _over(self, fault: Fault | None) -> None:
        flow = self.flow
        self._up.drop()
        self._down.drop()
        if flow is not None:
            flow.sent = flow.sent if self._up.differs else None  # else the same bytes twice
            flow.passed = flow.passed if self._down.differs else None
            for tap in (flow.sent, flow.passed):
                if tap is not None:
                    tap.complete = fault is None
        super()._over(fault)
