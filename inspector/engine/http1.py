"""HTTP/1 with a browser: takes its requests one after the other, finds each a way, and passes the answer back.

Pipelined requests wait their turn. Where no rule applies bytes stream through: what has been validated goes
on at once, and a tee keeps a copy up to the cap. `flow.client` is this object.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import msgspec

from inspector.engine import answers, by_rule, reaching, watched
from inspector.engine.flow import Flow
from inspector.engine.heads import (
    Way,
    WayError,
    find_way,
    request_head,
    response_head,
    without_own_cookie,
)
from inspector.engine.marking import with_id, without_mark
from inspector.engine.raw import WORDS as RAW
from inspector.engine.raw import open_raw
from inspector.engine.side import WAITING, BrowserSide
from inspector.engine.unasked import left_unasked
from inspector.engine.upstream import SITE_SLOW
from inspector.exchange.faults import look_up
from inspector.exchange.model import Fault, Stage
from inspector.wire.http1 import (
    Body,
    CloseBody,
    Problem,
    RequestHead,
    ResponseHead,
    body_of_request,
    parse_request,
)
from inspector.wire.rules import RULES

if TYPE_CHECKING:
    from inspector.engine.client import ClientConnection
    from inspector.engine.context import Context
    from inspector.engine.shaping import Shaper
    from inspector.engine.whole_request import WholeRequest
    from inspector.engine.whole_response import WholeResponse

PIPELINED = 4
DIALING = 8

_SOON = 1.0
_MOST_INTERIM = 64  # are kept; all are passed on

_PROCESSING = (
    b"HTTP/1.1 102 Processing\r\n\r\n"  # RFC 2518 §10.1; who doesn't know it passes over it (RFC 9110 §15.2)
)

_HEAD, _BODY, _WAIT = range(3)


class Http1(BrowserSide):
    """The HTTP/1 talk of one connection. `way` is where a tunnel leads, None at the proxy's own door."""

    def __init__(self, connection: ClientConnection, way: Way | None = None) -> None:
        super().__init__(connection)
        self.way = way
        self._state = _HEAD
        self._pending = b""
        self._seen = 0
        self._reader: Body | None = None
        self._out: list[bytes] = []
        self._keep = True
        self._half_closed = False
        self._moved = -1
        self._taking = False
        self._shaper: Shaper | WholeResponse | None = None
        self.whole: WholeRequest | by_rule.Unwanted | None = None

    # -- bytes from the browser

    def received(self, data: bytes) -> None:
        if self._pending:
            data = self._pending + data
            self._pending = b""
        self._taking = True
        while data:
            if self._state == _HEAD:
                if not self.connection.writable:  # answers that aren't read must not pile up here
                    self._pending = data
                    self.connection.hold(PIPELINED)
                    break
                head = parse_request(data, self.context.wire_limits, 0, self._seen)
                if head is None:
                    self._wait_for_more(data)
                    break
                self._seen = 0
                if isinstance(head, Problem):
                    self._malformed(head, data)
                    return
                data = data[head.consumed :]
                self._begin(head)
                if self.connection.talk is not self:
                    self._hand_over(data)
                    return
            elif self._state == _BODY:
                rest = self._body(data)
                if rest is None:
                    return
                data = rest
            else:
                self._pending = data
                if len(data) > self.context.limits.pipelined:
                    self.connection.hold(PIPELINED)
                break
        self._taking = False
        if self._out:
            self._push()
        if self._half_closed and self._state != _WAIT:
            self._nothing_more()

    def _hand_over(self, data: bytes) -> None:
        """Another talk has begun: what has come already is said to it."""
        talk = self.connection.talk
        if data:
            talk.received(data)
        if self._half_closed and self.connection.talk is talk:
            talk.ended()

    def _wait_for_more(self, data: bytes) -> None:
        if not self._seen:
            self.connection.deadline = self.context.now + self.context.timeouts.head
        self._pending, self._seen = data, len(data)

    def _body(self, data: bytes) -> bytes | None:
        """Take body bytes; what follows the body, or None if the connection is done for."""
        flow, reader = self.flow, self._reader
        assert flow is not None
        assert reader is not None
        self.connection.deadline = self.context.now + self.context.timeouts.body
        fed = reader.feed(data)
        if isinstance(fed, Problem):
            self._fail(flow, Fault(fed.code, "client", "request-body", fed.offset, fed.detail))
            return None
        raw, payload, rest = fed
        if payload:
            assert flow.up is not None
            flow.up.add(payload)
        if self.whole is not None:
            raw = self.whole.take(payload) if payload else b""
        if raw:
            self._out.append(raw)
            if flow.ruled is not None and flow.ruled.up:
                by_rule.pace(self, flow, len(raw))
        if reader.done:
            assert flow.up is not None
            flow.up.complete = True
            flow.up.wire = reader.wire
            flow.up_trailers = reader.trailers
            self._reader = None
            self._request_complete(flow)
        return rest

    def _push(self) -> None:
        """Send on what has gathered for the site; while there is no connection yet it waits, within bounds."""
        flow = self.flow
        if flow is None or flow.server is None:
            if sum(map(len, self._out)) > self.context.limits.waiting_body:
                self.connection.hold(DIALING)
        else:
            out = self._out
            data = out[0] if len(out) == 1 else b"".join(out)
            self._out = []
            flow.server.send(data)
            flow.send_end = time.perf_counter()

    def go_on(self) -> None:
        """The request need wait no longer; what has gathered of it goes as soon as there is a connection."""
        self.connection.release(DIALING | WAITING)
        if self._out:
            self._push()

    def pass_on(self, data: bytes) -> None:
        """Bytes of a request that rules have had their say in, for the site."""
        if data:
            self._out.append(data)

    # -- a request

    def _begin(self, head: RequestHead) -> None:
        connection, context = self.connection, self.context
        connection.turn += 1
        flow = self.flow = Flow(context.ids.next(), self, head)
        context.ledger.begin(flow)
        if connection.handshake is not None:
            flow.client_tls, connection.handshake = connection.handshake, None
        connection.deadline = 0.0
        self._state = _WAIT
        self._keep = head.keep_alive and not context.stopping
        self._reader = body_of_request(head)
        try:
            way = find_way(flow, head, self.way, connection.listener, context)
        except WayError as error:
            self.expect_body(flow)
            self._answer_fault(flow, error.fault, error.extra)
            return
        if head.method == b"CONNECT" and self.way is None:
            if flow.mark is not None and flow.mark.words & RAW:
                self._request_complete(flow)
                open_raw(self, flow, way)
                return
            answers.open_tunnel(self, flow, head, way)
            return
        if way.own or answers.is_last_hop(head):
            self.expect_body(flow)
            self._keep = self._keep and flow.request_done
            (answers.own_page if way.own else answers.last_hop)(self, flow)
            return
        if context.ruling.active or context.asks:
            watched.begin(self, flow, head, way)
            return
        flow.server_request = request_head(flow, head, way, context)
        self._out.append(flow.server_request)
        self.expect_body(flow)
        reaching.find_server(self, flow, way.origin)

    def expect_body(self, flow: Flow) -> None:
        """The body is what follows, if there is one."""
        if self._reader is None or self._reader.done:
            self._reader = None
            self._request_complete(flow)
        else:
            flow.up = self.context.ledger.tap()
            self._state = _BODY
            self.connection.deadline = self.context.now + self.context.timeouts.body

    def _request_complete(self, flow: Flow) -> None:
        flow.request_done = True
        flow.request_end = time.perf_counter()
        self._state = _WAIT
        self.connection.deadline = 0.0
        if self.whole is not None:
            self.pass_on(self.whole.end())
        if flow.response_done and self._shaper is None:
            self._push()
            self._finish(flow)

    # -- a response, told by the server's side

    def response_head(self, flow: Flow, head: ResponseHead, reader: Body | None) -> bytes:
        """The head as the browser gets it; decides what becomes of its connection."""
        assert flow.head is not None
        self.wants_payload_only = head.chunked and not flow.head.minor
        if isinstance(reader, CloseBody) or self.wants_payload_only:
            self._keep = False
        if not flow.request_done and self._uninvited(flow):
            self._keep = False
        if self.context.stopping or (self._half_closed and not self._pending):
            self._keep = False
        data = response_head(flow, head, keep=self._keep, dechunk=self.wants_payload_only)
        if flow.ruled is not None or self.context.ruling.asks_responses or self.context.asks:
            data, self._shaper = by_rule.shape(
                self, flow, head, data, has_body=reader is not None and not reader.done
            )
            if self._shaper is not None:
                self.wants_payload_only = True
                return b""
        flow.client_response = data
        return data if flow.mark is None else with_id(flow, data)

    def respond(self, out: list[bytes]) -> None:
        if self._shaper is None:
            super().respond(out)
        else:
            self._shaper.take(b"".join(out))

    def send(self, data: bytes) -> None:
        """Bytes of a response that rules have let go."""
        super().respond([data])

    def let_go(self, shaper: Shaper) -> None:
        """A response that waited whole goes on this way."""
        self._shaper = shaper

    def shaped(self, flow: Flow) -> None:
        """All of a response that rules had to do with has been sent."""
        self._shaper = None
        self.response_complete(flow)

    def break_off(self, flow: Flow, fault: Fault) -> None:
        """A rule ends the response here."""
        by_rule.break_off(self, flow, fault)

    def give_up(self, flow: Flow, fault: Fault) -> None:
        """Put the exchange on record as one that ends here, without an answer or in the middle of one."""
        flow.error = fault
        self._keep = False
        self._close_flow(flow, "failed")

    def pass_interim(self, flow: Flow, head: ResponseHead) -> bytes:
        """A 1xx response as the browser gets it; none for HTTP/1.0 (RFC 9110 §15.2)."""
        data = head.clean if flow.head is not None and flow.head.minor else b""
        if len(flow.interim) < _MOST_INTERIM:
            flow.interim += ((head.raw, data),)
        return data

    def response_complete(self, flow: Flow) -> None:
        """All of the response has come, and been passed on unless rules hold it."""
        if self._shaper is not None:
            self._shaper.end()
        elif flow.request_done:
            self._finish(flow)
        elif (
            flow.server is None
            or not flow.response
            or not flow.response.keep_alive
            or flow.server.finished_sending
            or self._uninvited(flow)
        ):
            self.abandon_request(flow)

    def _uninvited(self, flow: Flow) -> bool:
        """Whether the browser still waits to be asked for its body. Answered without that it may send the body or its next
        request, and whoever guesses wrong reads the one as the other."""
        if flow.head is None or not flow.head.expects_continue:
            return False
        return not (flow.up is not None and flow.up.size) and not any(
            b" 100 " in passed[:13] or b" 100 " in raw[:13] for raw, passed in flow.interim
        )

    def abandon_request(self, flow: Flow) -> None:
        """The site answered before it had the whole request, and wants no more of it."""
        self._keep = False
        self._finish(flow)

    def _finish(self, flow: Flow) -> None:
        if flow.finished:
            return
        self._close_flow(flow, "done")
        self._next()

    def _close_flow(self, flow: Flow, state: str) -> None:
        """Let go of the flow and put it on record."""
        flow.finished = True
        if self._shaper is not None:
            self._shaper.drop()
            self._shaper = None
        if self.whole is not None:
            self.whole.drop()
            self.whole = None
        server, self.flow = flow.server, None
        reusable = server is not None and state == "done" and server.reusable(flow)
        self._out = []
        self.introduce(flow)
        flow.server = None
        flow.client = None
        self.context.ledger.finish(flow, "done" if state == "done" else "failed")
        if server is not None:
            server.release_flow(reusable=reusable)

    def _next(self) -> None:
        """On to the next request, or to the end of the connection."""
        connection = self.connection
        self._state = _HEAD
        self._reader = None
        connection.release(SITE_SLOW | DIALING | WAITING)
        if not self._keep:
            connection.finish()
            return
        connection.deadline = self.context.now + self.context.timeouts.idle
        connection.release(PIPELINED)
        if not self._taking and (self._pending or self._half_closed):
            self._seen = 0
            self.received(b"")

    def drained(self) -> None:
        super().drained()
        if self._state == _HEAD and self._pending:
            self.connection.release(PIPELINED)
            self.received(b"")

    # -- when it goes wrong

    def server_failed(self, flow: Flow, fault: Fault) -> None:
        """The site, or the way to it, failed."""
        self._fail(flow, fault)

    def retry(self, flow: Flow) -> bool:
        """Send the request again on a new connection, if it may be; whether that is being done."""
        if not reaching.retries(self, flow):
            return False
        self._out = [flow.server_request]
        return True

    def keep_malformed_response(self, flow: Flow, data: bytes) -> None:
        """Keep the bytes that could not be understood as a response head, to be looked at."""
        flow.malformed = data[: self.context.limits.head]

    def _fail(self, flow: Flow, fault: Fault) -> None:
        if flow.finished:
            return
        server = flow.server
        if server is not None:
            server.flow = None
            server.abort()
            self.introduce(flow)
        if flow.client_response:
            # too late for an error page: an incomplete message must look incomplete
            self._end_broken(flow, fault)
            return
        flow.server = None
        self._answer_fault(flow, fault)

    def _end_broken(self, flow: Flow, fault: Fault) -> None:
        flow.error = msgspec.structs.replace(fault, did="closed")
        until_close = flow.response is not None and flow.response.length is None and not flow.response.chunked
        server, connection = flow.server, self.connection
        self._close_flow(flow, "failed")
        if until_close or self.wants_payload_only:
            if server is not None and server.finished_sending and connection.tls is not None:
                connection.cut_off()  # as the site did
            else:
                connection.abort()
        else:
            self.connection.finish()

    def _answer_fault(self, flow: Flow, fault: Fault, extra: tuple[tuple[str, str], ...] = ()) -> None:
        status = look_up(fault.code).status
        if fault.code in RULES and fault.who == "server":
            status = 502
        flow.error = msgspec.structs.replace(fault, did=f"answered {status or 502}")
        if not flow.request_done or fault.stage in ("request-head", "request-body"):
            self._keep = False
        if not (self.context.asks and watched.asks_about_fault(self, flow, status or 502, extra)):
            answers.fault_page(self, flow, status or 502, extra)

    def answered(self, flow: Flow, *, failed: bool) -> None:
        """Inspector's own answer has been written."""
        flow.response_end = time.perf_counter()
        flow.response_done = True
        self._close_flow(flow, "failed" if failed else "done")
        self._next()

    def keep_no_longer(self) -> None:
        """The connection ends with this exchange."""
        self._keep = False

    @property
    def keeps(self) -> bool:
        """Whether the connection stays open after the answer."""
        return self._keep

    def _malformed(self, problem: Problem, data: bytes) -> None:
        """Bytes that are no valid request: kept, explained, answered with 4xx, and nothing is passed on."""
        connection = self.connection
        connection.turn += 1
        flow = self.flow = Flow(self.context.ids.next(), self, None)
        self.context.ledger.begin(flow)
        data = without_mark(flow, data, self.context.sender)
        flow.client_request = without_own_cookie(data[: self.context.limits.head])
        if self.way is not None:
            flow.scheme, flow.host, flow.port = self.way.scheme, self.way.origin.host, self.way.origin.port
        self._answer_fault(
            flow, Fault(problem.code, "client", "request-head", problem.offset, problem.detail)
        )

    def turn_away(self, limit: str) -> None:
        """The engine has no room for this connection."""
        flow = self.flow = Flow(self.context.ids.next(), self, None)
        self.context.ledger.begin(flow)
        self._answer_fault(flow, Fault("refused-limit", "us", "refused", None, limit))

    # -- the browser's side ends

    def ended(self) -> None:
        self._half_closed = True
        if self._state != _WAIT:
            self._nothing_more()
        elif self.connection.tls is not None and self.connection.hung_up:
            self.connection.abort()  # inside TLS nobody says by TCP alone that he still listens
        else:
            self._moved = -1
            self._listens_still()

    def _listens_still(self) -> None:
        """The answer still goes out, as long as it moves: closed and half closed look alike until something is sent."""
        assert self.flow is not None
        moved = self.flow.down.size if self.flow.down is not None else 0
        if self.flow.held:
            self._prod(self.flow)
            return
        if moved == self._moved:
            self.connection.abort()
            return
        self._moved = moved
        self.connection.deadline = self.context.now + self.context.timeouts.half_closed

    def _prod(self, flow: Flow) -> None:
        """Say something to a browser whose exchange waits for somebody's word: if it is gone, its computer says so."""
        soon = self._moved == -1
        self._moved = 0
        if flow.head is not None and flow.head.minor and not flow.client_response:
            self.connection.write(_PROCESSING)
            if len(flow.interim) < _MOST_INTERIM:
                flow.interim += ((b"", _PROCESSING),)
        self.connection.deadline = self.context.now + (_SOON if soon else self.context.timeouts.half_closed)

    def _nothing_more(self) -> None:
        """The browser has said its last word, and no exchange is waiting for its answer."""
        flow = self.flow
        if self._state == _BODY and flow is not None:
            problem = self._reader.eof() if self._reader is not None else None
            why = problem.detail if problem else ""
            self._fail(flow, Fault("client-closed-early", "client", "request-body", None, why))
        elif not self._pending:
            left_unasked(self)
            self.connection.close()
        elif self.connection.writable:
            data, self._pending = self._pending, b""
            self._malformed(Problem("head-cut-short", len(data), f"{len(data)} bytes came"), data)

    def lost(self, error: Exception | None) -> None:
        flow = self.flow
        if flow is None or flow.finished:
            left_unasked(self)
            return
        if flow.dialing is not None:
            flow.dialing.cancel()
        if not flow.response_done or self._shaper is not None:
            stage: Stage = (
                "response-body"
                if flow.response is not None
                else "response-head"
                if flow.request_done
                else "request-body"
            )
            size = flow.down.size if flow.down is not None else 0
            flow.error = Fault(
                "client-closed-early", "client", stage, None, f"after {size} bytes of the body", "closed"
            )
        server = flow.server
        if server is not None:
            self.introduce(flow)
        self._close_flow(flow, "failed" if flow.error else "done")
        if server is not None and not flow.response_done:
            server.abort()

    def expired(self) -> None:
        flow, timeouts = self.flow, self.context.timeouts
        if self.connection.held(SITE_SLOW | DIALING | WAITING):
            self.connection.deadline = self.context.now + timeouts.body
            return  # the site is to blame, and has time limits of its own
        if self._half_closed and self._state == _WAIT and flow is not None:
            self._listens_still()
        elif self._state == _BODY and flow is not None:
            self._fail(flow, Fault("client-timeout", "client", "request-body", None, f"{timeouts.body:g} s"))
        elif self._state == _HEAD and self._pending:
            data, self._pending = self._pending, b""
            self._malformed(Problem("client-timeout", len(data), f"{timeouts.head:g} s"), data)
        elif flow is None:
            self.connection.close()

    # -- other protocols

    def may_switch(self, flow: Flow, head: ResponseHead) -> bool:
        """Whether the browser asked for what a 101 response announces (RFC 9110 §15.2.2)."""
        if flow.head is None or not flow.head.upgrade or not head.upgrade or not flow.request_done:
            return False
        asked = {item.strip().lower() for item in flow.head.upgrade.split(b",")}
        return all(item.strip().lower() in asked for item in head.upgrade.split(b","))

    def switch(self, flow: Flow, head: ResponseHead) -> None:
        """101: from here on bytes pass both ways unread."""
        answers.switch_protocols(self, flow, head)
        self.flow = None
        self._hand_over(b"")

    def take_pending(self) -> bytes:
        """What came after the request that changes the protocol."""
        data, self._pending = self._pending, b""
        return data


def full(context: Context, ip: str) -> str:
    """Which limit a new connection from this address would break, in words; empty if none."""
    limits = context.limits
    if len(context.streams) > limits.connections:
        return f"{limits.connections} connections are open"
    if context.clients.get(ip, 0) > limits.connections_per_client:
        return f"{limits.connections_per_client} connections from {ip} are open"
    return ""
