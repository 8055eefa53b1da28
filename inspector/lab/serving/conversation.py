"""HTTP/1.1 with one visitor of the practice sites: heads and bodies in, the apps' answers out, until one of the two has had enough."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from inspector.exchange.faults import look_up, say
from inspector.lab.limits import Limits
from inspector.lab.pipes import Pipe
from inspector.lab.serving.environ import App, Environ, build, head_of, host_of
from inspector.lab.serving.incoming import Incoming
from inspector.lab.serving.lent import ENVIRON_KEY, Bridge
from inspector.lab.serving.limits import AppLimits
from inspector.lab.serving.on_sockets import OnSockets, hand_over
from inspector.lab.serving.outlet import Outlet
from inspector.lab.serving.worker import at_work
from inspector.lab.talk import Tls
from inspector.wire.http1 import Problem, RequestHead, body_of_request, parse_request

FindApp = Callable[[str], App | OnSockets | None]

_STATUS = {400: "Bad Request", 404: "Not Found", 413: "Content Too Large", 421: "Misdirected Request", 503: "Service Unavailable"}  # fmt: skip


class Desk:
    """What all conversations share: which app plays which host, the limits, and the places for requests at work."""

    def __init__(self, find: FindApp, limits: Limits | None = None, apps: AppLimits | None = None) -> None:
        self.find = find
        self.limits = limits or Limits()
        self.apps = apps or AppLimits()
        self.places = asyncio.Semaphore(self.apps.at_work)

    async def talk(self, pipe: Pipe, tls: Tls | None = None) -> None:
        """Answer what comes over `pipe` until it ends. Raises OSError and TimeoutError when the visitor is gone or too slow."""
        conversation = _Conversation(self, pipe, tls)
        try:
            await conversation.run()
        finally:
            await conversation.incoming.stop()


class _RefusedError(Exception):
    """This request is not for an app: `status` and a sentence for the visitor. The connection ends with it."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class _Conversation:
    def __init__(self, desk: Desk, pipe: Pipe, tls: Tls | None) -> None:
        self._desk = desk
        self._limits = desk.limits
        self._pipe = pipe
        self._tls = tls
        self.incoming = Incoming(pipe)

    async def run(self) -> None:
        for number in range(1, self._limits.requests + 1):
            try:
                head = await self._next_head()
                if head is None:
                    return
                app = self._app_for(head)
                if isinstance(app, OnSockets):
                    await hand_over(app, self._pipe, self.incoming, head.raw, self._desk.apps.upload_time)
                    return
                body = await self._body(head)
                keep = head.keep_alive and number < self._limits.requests
                if not await self._answer(app, head, build(head, body, self._tls), keep=keep):
                    return
            except _RefusedError as refused:
                await self._refuse(refused)
                return

    # --- in ----------------------------------------------------------------------------------------------

    async def _next_head(self) -> RequestHead | None:
        """The next head; None when the visitor says no more. The time for a head runs from its first byte."""
        buffer, seen = b"", 0
        loop = asyncio.get_running_loop()
        deadline = loop.time() + (self._limits.head if self.incoming.rest else self._limits.idle)
        while True:
            async with asyncio.timeout_at(deadline):
                data = await self.incoming.read()
            if not data:
                return None
            if not buffer:
                deadline = loop.time() + self._limits.head
            buffer += data
            head = parse_request(buffer, self._limits.wire, seen=seen)
            if isinstance(head, Problem):
                raise _RefusedError(look_up(head.code).status or 400, _sentence(head))
            if head is not None:
                self.incoming.rest = buffer[head.consumed :]
                return head
            seen = len(buffer)

    def _app_for(self, head: RequestHead) -> App | OnSockets:
        host = host_of(head)
        app = self._desk.find(host)
        if (
            self._tls is not None
            and self._tls.sni not in {"", host}
            and app is not self._desk.find(self._tls.sni)
        ):
            # RFC 9110 §15.5.20: "the server is not able to produce an authoritative response for the target URI"
            raise _RefusedError(421, f"This connection was opened for {self._tls.sni}, not for {host}.")
        if app is None:
            raise _RefusedError(404, f"No practice site is called {host}.")
        return app

    async def _body(self, head: RequestHead) -> bytes:
        reader = body_of_request(head)
        if reader is None:
            return b""
        most = self._desk.apps.upload
        if (head.length or 0) > most:
            raise _RefusedError(413, f"More than {most} bytes is not taken here.")
        if head.expects_continue and not self.incoming.rest:
            await self._pipe.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        content, behind = bytearray(), b""
        async with asyncio.timeout(self._desk.apps.upload_time):
            while not reader.done:
                data = await self.incoming.read()
                fed = reader.feed(data) if data else reader.eof() or (b"", b"", b"")
                if isinstance(fed, Problem):
                    raise _RefusedError(400, _sentence(fed))
                content += fed[1]
                behind = fed[2]
                if len(content) > most:
                    raise _RefusedError(413, f"More than {most} bytes is not taken here.")
        self.incoming.rest = behind + self.incoming.rest
        return bytes(content)

    # --- out ---------------------------------------------------------------------------------------------

    async def _answer(self, app: App, head: RequestHead, environ: Environ, *, keep: bool) -> bool:
        """Let the app answer; whether the connection stays open."""
        try:
            async with asyncio.timeout(self._desk.apps.waiting):
                await self._desk.places.acquire()
        except TimeoutError:
            raise _RefusedError(503, "Too many requests are at work here; try again in a moment.") from None
        try:
            if head.upgrade.lower() == b"websocket" and head.method == b"GET":
                return await self._upgrade(app, head, environ, keep=keep)
            outlet = Outlet(self._pipe, head, self._limits, keep=keep)
            return await self._let_work(app, environ, outlet)
        finally:
            self._desk.places.release()

    async def _let_work(self, app: App, environ: Environ, outlet: Outlet) -> bool:
        done = at_work(app, environ, outlet)
        try:
            if await self.incoming.watch(done, self._desk.apps.read_ahead):
                outlet.keep = False
            await done
        finally:
            outlet.leave()
        return outlet.keep and outlet.begun

    async def _upgrade(self, app: App, head: RequestHead, environ: Environ, *, keep: bool) -> bool:
        """A WebSocket, if the app takes the socket that it is lent; any other answer goes out as usual."""
        bridge = Bridge()
        environ[ENVIRON_KEY] = bridge.lent
        outlet = _SilentOnceUsed(bridge, self._pipe, head, self._limits, keep=keep)
        done = at_work(app, environ, outlet)
        try:
            async with bridge.carrying(self._pipe, self.incoming) as carrying:
                await asyncio.wait({done, carrying}, return_when=asyncio.FIRST_COMPLETED)
                if bridge.lent.used:
                    # The app's last words, or the visitor's, are still on their way.
                    await asyncio.wait({carrying}, timeout=self._desk.apps.farewell)
                return False  # what was read for the WebSocket is no request any more
        finally:
            outlet.leave()

    async def _refuse(self, refused: _RefusedError) -> None:
        body = f"{refused}\n".encode()
        phrase = _STATUS.get(refused.status, "Bad Request")
        fields = [
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Length", str(len(body))),
            ("Cache-Control", "no-store"),
        ]
        head = head_of(f"{refused.status} {phrase}", fields, chunked=False, keep=False, minor=1)
        async with asyncio.timeout(self._limits.write):
            await self._pipe.write(head + body)


class _SilentOnceUsed(Outlet):
    """What an app answers after it spoke through the socket it was lent goes nowhere: it has answered."""

    def __init__(self, bridge: Bridge, pipe: Pipe, head: RequestHead, limits: Limits, *, keep: bool) -> None:
        super().__init__(pipe, head, limits, keep=keep)
        self._bridge = bridge

    def _wait_for(self, data: bytes) -> None:
        if not self._bridge.lent.used:
            super()._wait_for(data)


def _sentence(problem: Problem) -> str:
    row = look_up(problem.code)
    rule = f"\n{row.rfc}: {row.quote}" if row.rfc else ""
    return say(problem.code, detail=problem.detail) + rule
