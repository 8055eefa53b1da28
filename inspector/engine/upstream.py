"""A connection to a site: sends what a flow asks for, validates what comes back, hands it to the browser's side.

It serves one flow after another and waits in the pool between them. What a site may do wrong ends here as a
fault on the flow; no byte that wasn't understood goes on.
"""

from __future__ import annotations

import ssl
import time
from typing import TYPE_CHECKING, Protocol

from inspector.engine.handshakes import certificate_fault, with_alert
from inspector.engine.stream import Stream, TlsState
from inspector.exchange.model import Connection, Fault, Stage, Tls
from inspector.pki.chains import chain_of
from inspector.wire.http1 import Body, CloseBody, Problem, ResponseHead, body_of_response, parse_response

if TYPE_CHECKING:
    import asyncio

    from inspector.engine.context import Context
    from inspector.engine.flow import Flow
    from inspector.engine.targets import Origin
    from inspector.engine.wiretap import WireTap
    from inspector.pki.sessions import SessionCache

# why a site (the first two), or a browser, is not read from for now
BROWSER_SLOW = 1
UNUSED = 2
SITE_SLOW = 2

_NO_GOODBYE = (
    "no TLS close_notify came, without which nobody knows whether a body without a length is complete"
)


class Waiting(Protocol):
    """Who hears of a connection before it serves flows (see `dial`)."""

    def received(self, data: bytes) -> None: ...
    def secured(self) -> None: ...
    def unsecured(self, error: Exception) -> None: ...
    def lost(self, error: Exception | None) -> None: ...


class ServerConnection(Stream):
    """One connection to `origin`. `through_proxy` says that requests carry the full address, for an upstream proxy."""

    def __init__(self, context: Context, origin: Origin, *, through_proxy: bool = False) -> None:
        self.context = context
        self.origin = origin
        self.through_proxy = through_proxy
        self.id = context.ids.next()
        self.opened = time.time()
        self.facts: Tls | None = None
        self.sessions: SessionCache | None = None
        self.flow: Flow | None = None
        self.turn = 0
        self.recorded = False
        self.remote = ""
        self.via = ""
        self.finished_sending = False
        self._held = b""
        self._gone: Exception | None = None
        self._seen = 0
        self._reader: Body | None = None
        self._piping = False
        self._waiting: Waiting | None = None

    # -- while it is being made

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        # What the site says before anyone listens (a greeting, its goodbye) waits in the kernel, or, since uvloop
        # begins to read in spite of this, in `_held` and `_gone`.
        self.hold(UNUSED)

    def to(self, waiting: Waiting | None) -> None:
        """Tell `waiting` what happens; None: nobody until a flow begins."""
        self._waiting = waiting
        if waiting is None:
            self.hold(UNUSED)
            return
        self.release(UNUSED)
        if self._held or self._gone is not None:
            self.context.loop.call_soon(self._tell_early, waiting)

    def _tell_early(self, waiting: Waiting) -> None:
        if self._waiting is waiting and self._held:
            waiting.received(self.take_early())
        if self._waiting is waiting and self._gone is not None:
            self._tell_lost(self._gone)

    def keep_early(self, data: bytes) -> None:
        """Bytes that came before a flow began, and belong to it."""
        if data:
            self._held += data
            self.hold(UNUSED)
            self.transport.pause_reading()

    def take_early(self) -> bytes:
        """What came before anyone listened."""
        data, self._held = self._held, b""
        return data

    def secured(self) -> None:
        self.hold(UNUSED)
        if self._waiting is not None:
            self._waiting.secured()

    def unsecured(self, error: Exception) -> None:
        if self._waiting is not None:
            self._waiting.unsecured(error)

    # -- for the flow

    def begin(self, flow: Flow) -> None:
        """Serve this flow from now on. Its request head is sent by `send`."""
        self.turn += 1
        self.flow = flow
        self._waiting = None
        flow.server = self
        flow.server_connection = self.id
        flow.server_turn = self.turn
        flow.remote = self.remote
        if self.facts is not None:
            flow.tls_version = self.facts.version
        self.deadline = self.context.now + self.context.timeouts.response
        flow.send_start = time.perf_counter()
        if self.turn > 1:
            return
        self.release(UNUSED)
        if self._held or self._gone is not None:
            self.context.loop.call_soon(self._hear_early, flow)

    def _hear_early(self, flow: Flow) -> None:
        if self.flow is flow and self._held:
            self.received(self.take_early())
        if self.flow is flow and self._gone is not None:
            if self.closing:
                self.lost(self._gone)
            else:
                self.ended()

    def send(self, data: bytes) -> None:
        """Pass request bytes on to the site."""
        self.write(data)
        flow, timeouts = self.flow, self.context.timeouts
        if flow is None or flow.client is None:
            return
        if not self._piping:
            begun = flow.response is not None
            self.deadline = self.context.now + (timeouts.silence if begun else timeouts.response)
        if not self.writable:
            flow.client.hold(SITE_SLOW)

    def introduce(self) -> None:
        """Put what is known of this connection on record, once."""
        if not self.recorded:
            self.recorded = self.context.ledger.connection(self.describe(None))
            if self.recorded:
                self.tap_recorded()

    def new_tap(self) -> WireTap | None:
        return self.context.ledger.wiretap(self.id, self.opened, of_browser=False, recorded=self.recorded)

    def describe(self, closed: float | None) -> Connection:
        peer, local = self.address("peername"), self.address("sockname")
        return Connection(
            self.id,
            "server",
            self.opened,
            *peer,
            *local,
            self.origin.host,
            self.via,
            self.facts,
            b"",
            b"",
            closed,
        )

    def release_flow(self, *, reusable: bool) -> None:
        """The flow is over: back to the pool, or close."""
        self.flow = None
        self._reader = None
        if reusable and not self.closing and self.context.pool.give(self):
            self.release(BROWSER_SLOW)  # that was the last browser's
            self.deadline = self.context.now + self.context.timeouts.pool
        else:
            self.close()

    # -- what comes back

    def received(self, data: bytes) -> None:
        flow = self.flow
        if flow is None or flow.client is None:
            if self._waiting is not None and self.tls is None:
                self._waiting.received(data)
                return
            if not self.turn:
                self.keep_early(data)
                return
            self.context.pool.discard(self)
            self.close()  # nobody asked: RFC 9112 §9.2 says to close
            return
        if self._piping:
            self._pipe(flow, data)
            return
        if flow.response_done:
            self._surplus()
            return
        if self._reader is not None:
            self.deadline = self.context.now + self.context.timeouts.silence
            self._feed(flow, [], data)
            return
        if flow.response_start is None:
            flow.response_start = time.perf_counter()
        if self._held:
            data = self._held + data
            self._held = b""
        self._heads(flow, data)

    def _heads(self, flow: Flow, data: bytes) -> None:
        out: list[bytes] = []
        while True:
            head = parse_response(data, self.context.wire_limits, 0, self._seen)
            if head is None:
                self._held, self._seen = data, len(data)
                if out and flow.client is not None:
                    flow.client.respond(out)
                return
            self._seen = 0
            if isinstance(head, Problem):
                self._fault(flow, head, "response-head", data)
                return
            data = data[head.consumed :]
            if head.status >= 200:
                break
            self.deadline = self.context.now + self.context.timeouts.response
            if head.status == 101:
                if out and flow.client is not None:
                    flow.client.respond(out)
                self._switch(flow, head, data)
                return
            if flow.client is not None:
                out.append(flow.client.pass_interim(flow, head))
            if not data:
                if flow.client is not None:
                    flow.client.respond(out)
                return
        self._final(flow, head, data, out)

    def _final(self, flow: Flow, head: ResponseHead, data: bytes, out: list[bytes]) -> None:
        assert flow.client is not None
        assert flow.head is not None
        if head.status == 407 and self.through_proxy:
            # our log-in is wrong, not the browser's, and what the upstream proxy asks is not for the browser's ears
            flow.client.keep_malformed_response(flow, head.raw)
            why = f"it answered 407 {head.reason.decode('latin-1')}"
            flow.client.server_failed(flow, Fault("upstream-proxy", "server", "proxy", None, why, ""))
            return
        flow.response = head
        if out:  # rules may hold the answer back, not what comes before it
            flow.client.respond(out)
            out = []
        self.deadline = self.context.now + self.context.timeouts.silence
        reader = body_of_response(head, flow.method or flow.head.method)
        out.append(flow.client.response_head(flow, head, reader))
        if self.turn == 1 and self.tls is not None:
            self._remember_session(self.tls)
        if reader is None or reader.done:
            self._reader = None
            flow.client.respond(out)
            self._done(flow, data)
            return
        self._reader = reader
        ledger = self.context.ledger
        flow.down = ledger.timed_tap(flow) if b"text/event-stream" in head.raw else ledger.tap()
        if data:
            self._feed(flow, out, data)
        else:
            flow.client.respond(out)

    def _remember_session(self, tls: TlsState) -> None:
        """Keep the TLS session, so that the next connection to this site is cheaper."""
        if self.sessions is not None:
            facts = self.facts or Tls(chain=chain_of(tls.object))
            self.sessions.put(
                self.origin.name,
                self.origin.port,
                tls.object,
                facts.chain,
                asked=facts.asked_for_certificate,
                shown=facts.client_chain,
            )

    def _feed(self, flow: Flow, out: list[bytes], data: bytes) -> None:
        reader, tap = self._reader, flow.down
        assert reader is not None
        assert tap is not None
        assert flow.client is not None
        fed = reader.feed(data)
        if isinstance(fed, Problem):
            if out:
                flow.client.respond(out)
            self._fault(flow, fed, "response-body", data)
            return
        raw, payload, rest = fed
        if payload:
            tap.add(payload)
        if raw or out:
            out.append(payload if flow.client.wants_payload_only else raw)
            flow.client.respond(out)
        if reader.done and self.flow is flow:
            tap.wire = reader.wire
            tap.complete = True
            flow.trailers = reader.trailers
            self._done(flow, rest)

    def _done(self, flow: Flow, rest: bytes) -> None:
        flow.response_end = time.perf_counter()
        flow.response_done = True
        if rest:
            self._surplus()
        if flow.client is not None:
            flow.client.response_complete(flow)

    def _surplus(self) -> None:
        # bytes after a complete response belong to no request of ours; whoever reads them as the next
        # response has been split (RFC 9112 §11.1), so this connection ends here
        self.finished_sending = True
        self.hold(UNUSED)

    def reusable(self, flow: Flow) -> bool:
        """Whether the next exchange may use this connection."""
        response = flow.response
        return (
            response is not None
            and response.keep_alive
            and not self.finished_sending
            and not self.closing
            and self.writable
            and not isinstance(self._reader, CloseBody)
            and flow.request_done
        )

    # -- other protocols

    def _switch(self, flow: Flow, head: ResponseHead, rest: bytes) -> None:
        assert flow.client is not None
        if not flow.client.may_switch(flow, head):
            problem = Problem("upgrade-unasked", 0, head.upgrade.decode("latin-1"))
            self._fault(flow, problem, "response-head", head.raw)
            return
        flow.response = head
        self.pipe(flow)
        flow.client.switch(flow, head)
        if rest:
            self._pipe(flow, rest)

    def pipe(self, flow: Flow) -> None:
        """From now on bytes pass both ways unread."""
        self._piping = True
        flow.down = self.context.ledger.tap()
        self.deadline = self.context.now + self.context.timeouts.silence

    def _pipe(self, flow: Flow, data: bytes) -> None:
        if flow.response_start is None:
            flow.response_start = time.perf_counter()
        if flow.down is not None:
            flow.down.add(data)
        if flow.client is not None:
            flow.client.respond([data])

    # -- ends

    def ended(self) -> None:
        flow = self.flow
        if self._unheard and not self.closing:
            self._gone = EOFError("it closed the connection")
            return
        if flow is None or flow.client is None:
            self._tell_lost(None)
            self.context.pool.discard(self)
            self.close()
            return
        self.finished_sending = True
        if self._piping:
            flow.client.tunnel_half_closed(flow)
            return
        if flow.response_done:
            if not flow.request_done:
                flow.client.abandon_request(flow)
            return
        reader = self._reader
        if isinstance(reader, CloseBody) and self.tls is not None and not self.said_goodbye:
            # RFC 9112 §9.8: it "is complete only if a valid closure alert has been received"
            self._cut_off(flow, EOFError(_NO_GOODBYE))
            return
        if reader is not None and reader.eof() is None:
            assert flow.down is not None
            flow.down.wire = reader.wire
            flow.down.complete = True
            self._done(flow, b"")
            return
        self._cut_off(flow, None)

    def lost(self, error: Exception | None) -> None:
        self.context.streams.discard(self)
        if self.facts is not None and self._unanswered:
            if self.facts.asked_for_certificate and isinstance(error, ConnectionError):
                error = self._last_words() or error
            if isinstance(error, ssl.SSLError):
                self.facts = with_alert(self.facts, error)
        if self.recorded:
            self.context.ledger.connection(self.describe(time.time() - self.opened))
        flow = self.flow
        if flow is None:
            if self._unheard:
                self._gone = error or EOFError("it closed the connection")
            else:
                self._tell_lost(error)
            self.context.pool.discard(self)
            return
        if flow.client is None:
            return
        if self._piping:
            flow.client.tunnel_closed(flow, error)
        elif not flow.response_done:
            self._cut_off(flow, error)
        elif not flow.request_done:
            flow.client.abandon_request(flow)

    @property
    def _unheard(self) -> bool:
        """Whether the connection is new, and nobody listens yet, or hasn't heard all."""
        return not self.turn and (self._waiting is None or self._held != b"")

    def _tell_lost(self, error: Exception | None) -> None:
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            waiting.lost(error)

    def _cut_off(self, flow: Flow, error: Exception | None) -> None:
        assert flow.client is not None
        why = str(error) if error is not None else "it closed the connection"
        if flow.response_start is None or (flow.response is None and not self._held):
            if self.turn > 1 and not flow.interim and flow.client.retry(flow):
                return
            fault = self._refused(error) or Fault("server-no-response", "server", "response-head", None, why)
        elif flow.response is None:
            fault = Fault("server-closed-early", "server", "response-head", len(self._held), why, "")
        else:
            assert self._reader is not None
            problem = self._reader.eof()
            detail = problem.detail if problem is not None else why
            offset = problem.offset if problem is not None else self._reader.wire
            fault = Fault("server-closed-early", "server", "response-body", offset, detail, "")
        flow.client.server_failed(flow, fault)

    @property
    def _unanswered(self) -> bool:
        """Whether the site has said nothing yet since the handshake."""
        return self.turn <= 1 and (self.flow is None or self.flow.response_start is None)

    def _last_words(self) -> ssl.SSLError | None:
        """The alert that came before the connection was reset, if writing noticed the reset before anybody had read the alert."""
        data = self.unread()
        if self.tls is not None and data:
            self.tls.incoming.write(data)
            try:
                self.tls.decrypt()
            except ssl.SSLError as alert:
                return alert
        return None

    def _refused(self, error: Exception | None) -> Fault | None:
        """What the site's silence says about our certificate, if it asked for one."""
        if self.facts is None or not self._unanswered:
            return None
        return certificate_fault(self.facts, error)

    def _fault(self, flow: Flow, problem: Problem, stage: Stage, data: bytes) -> None:
        assert flow.client is not None
        if stage == "response-head":
            flow.client.keep_malformed_response(flow, data)
        fault = Fault(problem.code, "server", stage, problem.offset, problem.detail, "")
        flow.client.server_failed(flow, fault)

    def close(self) -> None:
        super().close()
        self.deadline = self.context.now + self.context.timeouts.linger

    def expired(self) -> None:
        flow = self.flow
        if self.closing:
            self.see_off(self.context.now, self.context.timeouts)
        elif flow is None:
            self.context.pool.discard(self)
            self.close()
        elif self._piping and flow.client is not None:
            flow.client.tunnel_closed(flow, None)
        elif flow.client is not None:
            waited = (
                self.context.timeouts.response if flow.response is None else self.context.timeouts.silence
            )
            stage: Stage = "response-head" if flow.response is None else "response-body"
            flow.client.server_failed(
                flow, Fault("server-timeout", "server", stage, None, f"{waited:g} s", "")
            )

    # -- backpressure: this end takes no more of the request

    def choked(self) -> None:
        if self.flow is not None and self.flow.client is not None:
            self.flow.client.hold(SITE_SLOW)

    def drained(self) -> None:
        if self.flow is not None and self.flow.client is not None:
            self.flow.client.release(SITE_SLOW)
