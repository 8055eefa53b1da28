"""The first bytes after a CONNECT: a ClientHello, plain HTTP, or something else; and who speaks first.

A ClientHello is read whole before TLS begins, since the leaf has to be ready by then and a callback could not
wait for it. What is neither TLS nor HTTP passes through unread, and is shown as a tunnel. Where the browser says
nothing at first, a connection is made to hear whether the server does (SMTP, SSH); a late ClientHello is read all the same.
"""

from __future__ import annotations

import asyncio
import re
import time
from typing import TYPE_CHECKING

import msgspec

from inspector.engine.client import ClientConnection, Silent
from inspector.engine.flow import Flow
from inspector.engine.handshakes import browser_facts, browser_fault, refused_facts
from inspector.engine.heads import Way
from inspector.engine.http1 import Http1
from inspector.engine.pipe import Pipe
from inspector.engine.probe import Probe
from inspector.engine.stream import TlsState
from inspector.engine.targets import Origin
from inspector.exchange.model import Fault
from inspector.pki.errors import NotPermitted, PkiError
from inspector.wire.http1 import Problem
from inspector.wire.tls import ClientHello, ClientHelloReader

if TYPE_CHECKING:
    from inspector.engine.mirroring import Mirroring, Reflection
    from inspector.engine.upstream import ServerConnection
    from inspector.pki.leaves import Identity

_WAITING = 8
_LONGEST_GUESS = 4096
_DECODE_ERROR = b"\x15\x03\x01\x00\x02\x02\x32"  # a fatal alert, RFC 8446 §6

# a method and how a target begins, or a whole request line; CONNECT asks the far end to be a proxy, PRI is HTTP/2
_HTTP = re.compile(
    rb"(?:\r\n){0,2}(?!CONNECT |PRI )[!#$%&'*+.^_`|~0-9A-Za-z-]{1,24} (?:[/*]|https?:|[^\r\n]* HTTP/1)"
)
_MAYBE_HTTP = re.compile(
    rb"\r|(?:\r\n){1,2}\r?|(?:\r\n){0,2}(?!CONNECT |PRI )[!#$%&'*+.^_`|~0-9A-Za-z-]{1,24}+(?: [^\r\n]*+)?+"
)


def looks_like_http(words: bytes) -> bool | None:
    """Whether these first bytes are an HTTP/1 request, perhaps a malformed one; None while that is open."""
    if _HTTP.match(words):
        return True
    return None if len(words) < _LONGEST_GUESS and _MAYBE_HTTP.fullmatch(words) else False


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
        self._busy = False  # it is decided what this is
        self._half_closed = False
        self._probe: Probe | None = None
        self._reflection: Reflection | None = None

    def begin(self) -> None:
        """Wait for the browser to speak; if it doesn't, the server may be the one who speaks first (SMTP, SSH)."""
        timeouts = self.context.timeouts
        self.connection.deadline = self.context.now + timeouts.idle
        self._wait_a_moment()

    def _wait_a_moment(self) -> None:
        self._stop_timer()
        self._timer = self.context.loop.call_later(
            self.context.timeouts.server_speaks_first, self._nobody_spoke
        )

    def received(self, data: bytes) -> None:
        self._stop_timer()
        if not self._held:
            self.connection.deadline = self.context.now + self.context.timeouts.tls
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
        self._name = hello.sni.lower().rstrip(".") or self.target.host
        why = self.context.opening.why_left(self._name, self.target.host)
        if why:
            self._tunnel(left_encrypted=why)
        elif self.context.mirroring is not None and not self.context.is_own(self._name):
            self._look_first(self.context.mirroring)
        else:
            self._identify(self._name)

    def _no_hello(self, problem: Problem) -> None:
        if problem.code != "tls-not-tls":
            self.connection.write(_DECODE_ERROR)
            self._give_up(Fault(problem.code, "client", "tls", problem.offset, problem.detail, "closed"))
            return
        http = looks_like_http(self._held)
        if http is None:
            self._wait_a_moment()
        elif http:
            self._plain_http()
        else:
            self._tunnel()

    def _give_up(self, fault: Fault) -> None:
        """This was to be TLS, and came to nothing before it began."""
        self._drop_probe()
        self._record_failure(fault)
        self.connection.close()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _nobody_spoke(self) -> None:
        self._timer = None
        if self._held:
            self._tunnel()
        elif self._probe is None:
            self._probe = Probe(self, self._new_flow("tunnel"))

    def _drop_probe(self) -> None:
        if self._probe is not None:
            self._probe.drop()
            self._probe = None
            self.connection.turn -= 1

    # -- TLS

    def _look_first(self, mirroring: Mirroring) -> None:
        self._drop_probe()
        self._busy = True
        self.connection.hold(_WAITING)
        self.context.spawn(self.context.loop.create_task(self._look(mirroring)))

    async def _look(self, mirroring: Mirroring) -> None:
        flow = self._new_flow("tls")
        self.connection.turn -= 1
        origin = self.target._replace(secure=True, name=self._name)
        found = await mirroring.look(origin, flow)
        if self.connection.talk is not self or self.connection.closing:
            return
        if found is not None and found.left_encrypted:
            self._tunnel(left_encrypted=found.left_encrypted)
            return
        self._reflection = found
        self.connection.release(_WAITING)
        if found is None:
            self._identify(self._name)
        elif found.identity is not None:
            self._secure(found.identity)
        else:
            self._pass_alert_on(found)

    def _pass_alert_on(self, found: Reflection) -> None:
        connection, hello = self.connection, self._hello
        assert hello is not None
        connection.write(found.record)
        connection.name = self._name
        connection.facts = refused_facts(hello, found.alert)
        self._give_up(msgspec.structs.replace(found.fault, did="closed"))

    def _identify(self, name: str) -> None:
        self._drop_probe()
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
                self._give_up(Fault("tls-client-failed", "us", "tls", None, str(error), "closed"))
            return
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
        connection.name = self._name
        connection.handshake = (tls.started, tls.ended)
        origin = self.target._replace(secure=True, name=self._name)
        mirrored = ""
        if self._reflection is not None:
            origin, mirrored = origin._replace(mirrored=self._reflection.accepted), self._reflection.sentence
        own = self.context.is_own(connection.name)
        connection.talk = Http1(connection, Way("https", origin, own=own, mirrored=mirrored))
        connection.deadline = self.context.now + self.context.timeouts.idle

    def unsecured(self, error: Exception) -> None:
        connection, hello, identity = self.connection, self._hello, self._identity
        assert hello is not None
        assert identity is not None
        assert connection.tls is not None
        seen = self.context.browser_watch.take_off(connection.tls.object)
        connection.facts = browser_facts(connection.tls, seen, hello, identity, self._began, complete=False)
        connection.name = self._name
        connection.handshake = (connection.tls.started, connection.tls.ended or time.perf_counter())
        self._record_failure(browser_fault(error, connection.facts))
        connection.tls = None
        connection.close()

    def _record_failure(self, fault: Fault) -> None:
        """A handshake that failed is an exchange too: the only trace of it that anyone will see."""
        flow = self._new_flow("tls")
        flow.host = self.connection.name or self.target.host
        flow.sealed = True
        flow.client_tls = self.connection.handshake
        flow.error = fault
        flow.finished = True
        if self._reflection is not None:
            flow.decide("fault-mirrored", self._reflection.sentence)
            flow.server_connection = self._reflection.connection
        self.connection.introduce()
        flow.client = None
        self.context.ledger.finish(flow, "failed")

    def _new_flow(self, kind: str) -> Flow:
        asked = self._asked
        self.connection.turn += 1
        flow = Flow(self.context.ids.next(), Http1(self.connection), asked.head)
        flow.kind = "tls" if kind == "tls" else "tunnel"
        flow.scheme = "https" if kind == "tls" else ""
        flow.client_request = asked.client_request
        flow.client_response = self.connection.answered
        flow.began, flow.zero = asked.began, asked.zero
        flow.host, flow.port = self.target.host, self.target.port
        flow.request_end = asked.zero
        if kind == "tunnel" and self.context.local_sites is not None:
            self.context.note_local_site(flow, self.target)
        return flow

    # -- not TLS

    def _plain_http(self) -> None:
        self._drop_probe()
        connection = self.connection
        origin = self.target._replace(secure=False)
        held, self._held = self._held, b""
        own = self.context.is_own(origin.host)
        connection.talk = Http1(connection, Way("http", origin, own=own))
        connection.talk.received(held)

    def _tunnel(self, left_encrypted: str = "") -> None:
        self._busy = True
        self.connection.hold(_WAITING)
        self.connection.deadline = 0.0
        probe = self._probe = self._probe or Probe(self, self._new_flow("tunnel"))
        if left_encrypted:
            self.connection.name = self._name
            probe.flow.scheme, probe.flow.sealed = "https", True
            probe.flow.decide("left-encrypted", left_encrypted)
        self.context.ledger.begin(probe.flow)
        if probe.server is not None:
            self._pipe(probe.server, probe.flow)

    def site_connected(self, server: ServerConnection, flow: Flow) -> None:
        """The probe has got through: for a tunnel that is wanted already, or to listen whether the server speaks first."""
        if self._busy:
            self._pipe(server, flow)

    def site_spoke(self, server: ServerConnection, flow: Flow, data: bytes) -> None:
        """The server spoke first: neither TLS nor HTTP."""
        self._stop_timer()
        self.context.ledger.begin(flow)
        self._pipe(server, flow)
        server.received(data)

    def site_failed(self, flow: Flow, fault: Fault) -> None:
        """There is no way to the site, or it left without a word."""
        self._stop_timer()
        self._over(flow, msgspec.structs.replace(fault, did="closed"))
        self.connection.abort()

    def _pipe(self, server: ServerConnection, flow: Flow) -> None:
        server.begin(flow)
        server.pipe(flow)
        pipe = Pipe(self.connection, flow)
        flow.client = pipe
        self._probe = None
        self.connection.talk = pipe
        held, self._held = self._held, b""
        pipe.begin(held)
        self.connection.release(_WAITING)
        if self._half_closed:
            pipe.ended()

    def _over(self, flow: Flow, fault: Fault) -> None:
        self._probe = None
        flow.error = fault
        flow.finished = True
        flow.client = None
        self.connection.introduce()
        self.context.ledger.finish(flow, "failed")

    # -- ends

    def ended(self) -> None:
        if self._half_closed:
            return
        self._half_closed = True
        self._stop_timer()
        if self._busy:
            return
        if self._held and self._reader.feed(b"") is None:
            self._give_up(Fault("tls-client-closed", "client", "tls", len(self._held), "", "closed"))
        elif self._held or self._probe is not None:
            self._tunnel()
        else:
            self.connection.close()

    def lost(self, error: Exception | None) -> None:
        self._stop_timer()
        probe = self._probe
        if probe is None:
            return
        if not self._busy:
            self._drop_probe()
            return
        probe.drop()
        why = "before the site answered"
        self._over(probe.flow, Fault("client-closed-early", "client", "tunnel", None, why, "closed"))

    def expired(self) -> None:
        self._stop_timer()
        limit = f"{self.context.timeouts.tls:g} s"
        if self._hello is not None and self._identity is not None and self.connection.tls is not None:
            self.connection.give_up_handshake()
            self.unsecured(TimeoutError(f"no answer within {limit}"))
        elif self._busy:
            return
        elif self._held:
            self._give_up(Fault("client-timeout", "client", "tls", len(self._held), limit, "closed"))
        elif self._probe is not None:
            self._tunnel()  # both are silent: whatever it is, it passes
        else:
            self.connection.close()
