"""The browser's side of an exchange, as the site's side sees it: `Http1` and `Pipe` are two of them.

What one kind never hears of (a pipe has no response heads) does nothing here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.engine.client import Silent
from inspector.engine.upstream import BROWSER_SLOW

if TYPE_CHECKING:
    from inspector.engine.client import ClientConnection
    from inspector.engine.flow import Flow
    from inspector.exchange.model import Fault
    from inspector.wire.http1 import Body, ResponseHead


# why a browser is not read from for now: somebody thinks about its request
WAITING = 64


class BrowserSide(Silent):
    """A talk with at most one exchange on its way, `flow`. The site's side calls it as `flow.client`."""

    wants_payload_only = False

    def __init__(self, connection: ClientConnection) -> None:
        super().__init__(connection)
        self.flow: Flow | None = None

    def respond(self, out: list[bytes]) -> None:
        """Pass response bytes on to the browser."""
        connection = self.connection
        connection.write(out[0] if len(out) == 1 else b"".join(out))
        if not connection.writable and self.flow is not None and self.flow.server is not None:
            self.flow.server.hold(BROWSER_SLOW)

    def introduce(self, flow: Flow) -> None:
        """Both connections stand on record before the exchange that names them."""
        if not self.connection.recorded:
            self.connection.introduce()
        if flow.server is not None and not flow.server.recorded:
            flow.server.introduce()

    # -- backpressure

    def choked(self) -> None:
        if self.flow is not None and self.flow.server is not None:
            self.flow.server.hold(BROWSER_SLOW)

    def drained(self) -> None:
        if self.flow is not None and self.flow.server is not None:
            self.flow.server.release(BROWSER_SLOW)

    def hold(self, reason: int) -> None:
        """Read no more from the browser for now."""
        self.connection.hold(reason)

    def release(self, reason: int) -> None:
        """Read on."""
        self.connection.release(reason)

    # -- what the site's side tells

    def response_head(self, flow: Flow, head: ResponseHead, reader: Body | None) -> bytes:
        """The head as the browser gets it."""
        return head.clean

    def pass_interim(self, flow: Flow, head: ResponseHead) -> bytes:
        """A 1xx response as the browser gets it."""
        return head.clean

    def response_complete(self, flow: Flow) -> None:
        """All of the response has been passed on."""

    def abandon_request(self, flow: Flow) -> None:
        """The site answered before it had the whole request, and wants no more of it."""

    def server_failed(self, flow: Flow, fault: Fault) -> None:
        """The site, or the way to it, failed."""

    def retry(self, flow: Flow) -> bool:
        """Send the request again on a new connection, if it may be; whether that is being done."""
        return False

    def keep_malformed_response(self, flow: Flow, data: bytes) -> None:
        """Keep the bytes that could not be understood as a response head, to be looked at."""

    def may_switch(self, flow: Flow, head: ResponseHead) -> bool:
        """Whether the browser asked for what a 101 response announces."""
        return False

    def switch(self, flow: Flow, head: ResponseHead) -> None:
        """101: from here on bytes pass both ways unread."""

    def tunnel_half_closed(self, flow: Flow) -> None:
        """The site has said its last word in a pipe."""

    def tunnel_closed(self, flow: Flow, error: Exception | None) -> None:
        """The site's side of a pipe is gone."""
