"""Bytes both ways, unread: WebSocket after its handshake, and tunnels that aren't TLS. Counted, and kept up to the cap.

Half-close is honoured: when one side has said its last word, the other may still speak.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from inspector.engine.side import BrowserSide
from inspector.exchange.model import Fault

if TYPE_CHECKING:
    from inspector.engine.client import ClientConnection
    from inspector.engine.flow import Flow
    from inspector.engine.upstream import ServerConnection


class Pipe(BrowserSide):
    """A connection whose bytes pass as they are. `flow.client` is this object."""

    cuts_off = True  # a fault is shown to both ends as one

    def __init__(self, connection: ClientConnection, flow: Flow) -> None:
        super().__init__(connection)
        self.flow = flow
        self._browser_done = False
        self._site_done = False

    def begin(self, first: bytes) -> None:
        """Start piping; `first` is what the browser has sent already."""
        assert self.flow is not None
        ledger, flow = self.context.ledger, self.flow
        flow.up = ledger.timed_tap(flow) if flow.kind == "websocket" else ledger.tap()
        self._wait_on(self.flow)
        if first:
            self.received(first)

    # -- from the browser

    def received(self, data: bytes) -> None:
        flow = self.flow
        if flow is None or flow.server is None:
            return
        self._wait_on(flow)
        assert flow.up is not None
        flow.up.add(data)
        self._pass_up(flow.server, data)

    def _pass_up(self, server: ServerConnection, data: bytes) -> None:
        """Bytes on their way to the site."""
        server.send(data)

    def ended(self) -> None:
        self._browser_done = True
        if self.flow is not None and self.flow.server is not None:
            self.flow.server.write_end()
            self._wait_on(self.flow)
        self._maybe_over()

    def lost(self, error: Exception | None) -> None:
        self._over(
            Fault("client-closed-early", "client", "tunnel", None, str(error)) if error is not None else None
        )

    def expired(self) -> None:
        self._over(None)

    # -- from the site

    def respond(self, out: list[bytes]) -> None:
        """Bytes from the site."""
        if self.flow is not None:
            self._wait_on(self.flow)
        super().respond(out)

    def greet(self, data: bytes) -> None:
        """The answer that opened the pipe."""
        self.respond([data])

    def _wait_on(self, flow: Flow) -> None:
        """Something moved. One side may be quiet for long while the other speaks; once one is done, the other soon is."""
        timeouts = self.context.timeouts
        half = self._browser_done or self._site_done
        deadline = self.context.now + (timeouts.idle if half else timeouts.silence)
        self.connection.deadline = deadline
        if flow.server is not None:
            flow.server.deadline = deadline

    def tunnel_half_closed(self, flow: Flow) -> None:
        """The site has said its last word."""
        self._site_done = True
        self.connection.write_end()
        self._wait_on(flow)
        self._maybe_over()

    def tunnel_closed(self, flow: Flow, error: Exception | None) -> None:
        """The site's side is gone."""
        self._over(
            Fault("server-closed-early", "server", "tunnel", None, str(error)) if error is not None else None
        )

    def server_failed(self, flow: Flow, fault: Fault) -> None:
        """The site's side failed."""
        self._over(fault)

    def _verdict(self, flow: Flow, fault: Fault | None) -> Fault | None:
        """What went wrong, at the end of it all."""
        return fault

    def _maybe_over(self) -> None:
        if self._browser_done and self._site_done:
            self._over(None)

    def _over(self, fault: Fault | None) -> None:
        flow, self.flow = self.flow, None
        if flow is None or flow.finished:
            return
        flow.finished = True
        fault = flow.error = self._verdict(flow, fault)
        clean = fault is None or not self.cuts_off
        flow.request_done = flow.response_done = True
        flow.response_end = time.perf_counter()
        for tap in (flow.up, flow.down):
            if tap is not None:
                tap.complete = clean
        self.introduce(flow)
        server, flow.server, flow.client = flow.server, None, None
        self.context.ledger.finish(flow, "failed" if fault is not None else "done")
        if server is not None:
            server.flow = None
            if clean:
                server.close()
            else:
                server.abort()
        if clean:
            self.connection.close()
        else:
            self.connection.abort()
