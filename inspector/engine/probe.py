"""A connection to the site of a tunnel, made while it isn't clear yet what will be spoken in it.

Whoever asked (`hello`) is told when it stands, when the server says something, and when it fails.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.engine.dial import DialError
from inspector.exchange.model import Fault

if TYPE_CHECKING:
    from inspector.engine.flow import Flow
    from inspector.engine.hello import Hello
    from inspector.engine.upstream import ServerConnection


class Probe:
    """Dials for `hello`, then listens. `flow` is the tunnel's exchange, should it become one."""

    def __init__(self, hello: Hello, flow: Flow) -> None:
        self.flow = flow
        self.server: ServerConnection | None = None
        self._hello = hello
        context = hello.context
        self._task = context.loop.create_task(self._dial())
        context.spawn(self._task)

    async def _dial(self) -> None:
        hello, flow = self._hello, self.flow
        try:
            server = await hello.context.dialer.connect(hello.target, flow, tunnel=True)
        except DialError as error:
            hello.site_failed(flow, error.fault)
            return
        self.server = server
        server.to(self)
        hello.site_connected(server, flow)

    def drop(self) -> None:
        """It is not needed any more."""
        if self.server is None:
            self._task.cancel()
        else:
            self.server.to(None)
            self.server.close()

    # -- what the connection tells until its flow begins

    def received(self, data: bytes) -> None:
        """The server speaks first."""
        server = self.server
        assert server is not None
        server.to(None)
        self._hello.site_spoke(server, self.flow, data)

    def secured(self) -> None:
        """A tunnel has no TLS of ours."""

    def unsecured(self, error: Exception) -> None:
        """A tunnel has no TLS of ours."""

    def lost(self, error: Exception | None) -> None:
        """The server left without a word."""
        why = str(error) if error is not None else "it closed the connection"
        self._hello.site_failed(self.flow, Fault("server-closed-early", "server", "tunnel", None, why))
