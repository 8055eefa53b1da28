"""The first bytes after a CONNECT: a ClientHello, plain HTTP, or something else; and who speaks first.

A ClientHello is read whole before TLS begins, since the leaf has to be ready by then and a callback could not
wait for it. What is neither TLS nor HTTP passes through unread, and is shown as a tunnel.
"""

from __future__ import annotations

import asyncio
import re
import time
from typing import TYPE_CHECKING

import msgspec

from inspector.engine.client import ClientConnection, Silent
from inspector.engine.dial import DialError
from inspector.engine.flow import Flow
from inspector.engine.handshakes import browser_facts, browser_fault
from inspector.engine.heads import Way
from inspector.engine.http1 import Http1
from inspector.engine.pipe import Pipe
from inspector.engine.stream import TlsState
from inspector.engine.targets import Origin
from inspector.exchange.model import Fault
from inspector.pki.errors import NotPermitted, PkiError
from inspector.wire.http1 import Problem
from inspector.wire.tls import ClientHello, ClientHelloReader

if TYPE_CHECKING:
    from inspector.pki.leaves import Identity

_WAITING = 8
_HTTP = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,24} [/*h]")  # a method, and how a target begins


class Hello(Silent):
    """Waits for the first bytes inside a tunnel to `target`. `asked` is the flow of the CONNECT, for its times."""

    def __init__(self, connection: ClientConnection, target: Origin, asked: Flow) -> None:
        super().__init__(connection)
        self.target = target
        self._asked = asked
        self._held = b""
        self._reader = ClientHelloReader()
        self._hello: ClientHello | None = None
        self._identity: Identity | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._busy = False

    def begin(self) -> None:
        """Wait for the browser to speak; if it doesn't, the server may be the one who speaks first (SMTP, SSH)."""
        timeouts = self.context.timeouts
        self.connection.deadline = self.context.now + timeouts.tls
        self._timer = self.context.loop.call_later(timeouts.server_speaks_first, self._nobody_spoke)

    def received(self, data: bytes) -> None:
        self._stop_timer()
        self._held += data
        if self._busy:
            return
        hello = self._reader.feed(data)
        if hello is None:
            return
        if isinstance(hello, Problem):
            self._no_hello(hello)
            return
        self._hello = hello
        self._identify(hello.sni or self.target.host)

    def _no_hello(self, problem: Problem) -> None:
        if problem.code != "tls-not-tls":
            self._record_failure(
                Fault(problem.code, "client", "tls", problem.offset, problem.detail, "closed")
            )
            self.connection.abort()
        elif _HTTP.match(self._held):
            self._plain_http()
        else:
            self._tunnel()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _nobody_spoke(self) -> None:
        self._timer = None
        if self.connection.talk is self and not self._held:
            self._tunnel()

    # -- TLS

    def _identify(self, name: str) -> None:
        identity = self.context.leaves.ready(name)
        if identity is not None:
            self._secure(identity)
            return
        self._busy = True
        self.connection.hold(_WAITING)
        self.context.spawn(self.context.loop.create_task(self._mint(name)))

    async def _mint(self, name: str) -> None:
        try:
            identity = await self.context.loop.run_in_executor(None, self.context.leaves.make, name)
        except NotPermitted as error:
            if self.connection.talk is self and not self.connection.closing:
                self._tunnel(left_encrypted=str(error))
            return
        except PkiError as error:
            if self.connection.talk is self:
                self._record_failure(Fault("tls-client-failed", "us", "tls", None, str(error), "closed"))
                self.connection.abort()
            return
        self._busy = False
        if self.connection.talk is self and not self.connection.closing:
            self.connection.release(_WAITING)
            self._secure(identity)

    def _secure(self, identity: Identity) -> None:
        self._identity = identity
        self._began = time.time()
        held, self._held = self._held, b""
        self.connection.secure(TlsState(identity.context, server_side=True), held)

    def secured(self) -> None:
        connection, hello, identity = self.connection, self._hello, self._identity
        tls = connection.tls
        assert hello is not None
        assert identity is not None
        assert tls is not None
        seen = self.context.browser_watch.take_off(tls.object)
        connection.facts = browser_facts(tls, seen, hello, identity, self._began, complete=True)
        connection.name = hello.sni or self.target.host
        connection.handshake = (tls.started, tls.ended)
        origin = self.target._replace(secure=True, name=hello.sni or self.target.host)
        own = self.context.settings.is_own(connection.name)
        connection.talk = Http1(connection, Way("https", origin, own=own))
        connection.deadline = self.context.now + self.context.timeouts.idle

    def unsecured(self, error: Exception) -> None:
        connection, hello, identity = self.connection, self._hello, self._identity
        assert hello is not None
        assert identity is not None
        assert connection.tls is not None
        seen = self.context.browser_watch.take_off(connection.tls.object)
        connection.facts = browser_facts(connection.tls, seen, hello, identity, self._began, complete=False)
        connection.name = hello.sni or self.target.host
        connection.handshake = (connection.tls.started, connection.tls.ended or time.perf_counter())
        self._record_failure(browser_fault(error, connection.facts))
        connection.tls = None
        connection.close()

    def _record_failure(self, fault: Fault) -> None:
        """A handshake that failed is an exchange too: the only trace of it that anyone will see."""
        flow = self._new_flow("tls")
        flow.scheme = "https"
        flow.host = self.connection.name or self.target.host
        flow.sealed = True
        flow.client_tls = self.connection.handshake
        flow.error = fault
        flow.finished = True
        self.connection.introduce()
        flow.client = None
        self.context.ledger.finish(flow, "failed")

    def _new_flow(self, kind: str) -> Flow:
        asked = self._asked
        self.connection.turn += 1
        flow = Flow(self.context.ids.next(), Http1(self.connection), asked.head)
        flow.kind = "tls" if kind == "tls" else "tunnel"
        flow.client_request = asked.client_request
        flow.client_response = self.connection.answered
        flow.began, flow.zero = asked.began, asked.zero
        flow.host, flow.port = self.target.host, self.target.port
        flow.request_end = asked.zero
        return flow

    # -- not TLS

    def _plain_http(self) -> None:
        connection = self.connection
        origin = self.target._replace(secure=False)
        held, self._held = self._held, b""
        own = self.context.settings.is_own(origin.host)
        connection.talk = Http1(connection, Way("http", origin, own=own))
        connection.talk.received(held)

    def _tunnel(self, left_encrypted: str = "") -> None:
        self._busy = True
        self.connection.hold(_WAITING)
        self.connection.deadline = 0.0
        flow = self._new_flow("tunnel")
        flow.scheme = ""
        if left_encrypted:
            flow.scheme, flow.sealed = "https", True
            flow.decide("left-encrypted", left_encrypted)
        self.context.ledger.begin(flow)
        task = self.context.loop.create_task(self._open(flow))
        flow.dialing = task
        self.context.spawn(task)

    async def _open(self, flow: Flow) -> None:
        try:
            server = await self.context.dialer.connect(self.target, flow, tunnel=True)
        except DialError as error:
            self._over(flow, msgspec.structs.replace(error.fault, did="closed"))
            self.connection.abort()
            return
        if self.connection.closing:
            server.close()
            self._over(
                flow,
                Fault("client-closed-early", "client", "tunnel", None, "before the site answered", "closed"),
            )
            return
        server.begin(flow)
        server.pipe(flow)
        pipe = Pipe(self.connection, flow)
        flow.client = pipe
        self.connection.talk = pipe
        held, self._held = self._held, b""
        pipe.begin(held)
        self.connection.release(_WAITING)

    def _over(self, flow: Flow, fault: Fault) -> None:
        flow.error = fault
        flow.finished = True
        flow.client = None
        self.connection.introduce()
        self.context.ledger.finish(flow, "failed")

    # -- ends

    def ended(self) -> None:
        self._stop_timer()
        self.connection.close()

    def lost(self, error: Exception | None) -> None:
        self._stop_timer()

    def expired(self) -> None:
        self._stop_timer()
        if self._hello is not None and self._identity is not None and self.connection.tls is not None:
            self.connection.give_up_handshake()
            self.unsecured(TimeoutError(f"no answer within {self.context.timeouts.tls:g} s"))
        self.connection.abort()
