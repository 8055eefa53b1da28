"""Bytes typed by hand: passed on as they are, whatever they are, and put on record as what was really said.

Only for what the dashboard marks as its own (see `exchange.sent`); nothing else gets past the strict parser. The guards hold as for every connection: never to the dashboard, the API or the
proxy itself. What went up and what came back is read along: where it is valid HTTP it is kept as such, where it isn't as bytes with the rule that they break, passed on all the same.
"""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

from inspector.engine import reaching
from inspector.engine.answers import ESTABLISHED
from inspector.engine.marking import with_id
from inspector.engine.pipe import Pipe
from inspector.engine.tap import Tap
from inspector.exchange.model import Fault
from inspector.wire.http1 import Body, Problem, body_of_response, parse_request, parse_response

if TYPE_CHECKING:
    from inspector.engine.flow import Flow
    from inspector.engine.heads import Way
    from inspector.engine.http1 import Http1

WORDS = frozenset({"raw", "raw-tls"})
_END = re.compile(rb"\r?\n\r?\n")
_PATH = re.compile(rb"\S+ (\S+)")


class HeadTap(Tap):
    """A tee that keeps what comes before the first empty line apart: the head, as far as there is one."""

    __slots__ = ("_most", "head", "whole")

    def __init__(self, like: Tap, most: int) -> None:
        super().__init__(like._inline, like._cap, like._keep)
        self.note = like.note
        self.head = b""
        self.whole = False
        self._most = most

    def add(self, payload: bytes) -> None:
        """Take one run of bytes, as it passes."""
        if self.whole:
            super().add(payload)
            return
        self.head += payload
        found = _END.search(self.head)
        if found is None and len(self.head) <= self._most:
            return
        self.whole = True
        end = found.end() if found else self._most
        rest, self.head = self.head[end:], self.head[:end]
        if rest:
            super().add(rest)


def open_raw(talk: Http1, flow: Flow, way: Way) -> None:
    """CONNECT with a mark that says raw: a connection to the site, with TLS if it says so, and then bytes both ways."""
    assert flow.mark is not None
    secure = "raw-tls" in flow.mark.words
    unverified = secure and "unverified" in flow.mark.words
    flow.scheme = "https" if secure else "http"
    if unverified:
        flow.decide("unverified", "for this request")
    flow.origin = way.origin._replace(secure=secure, unverified=unverified)
    if talk.context.local_sites is not None:
        talk.context.note_local_site(flow, flow.origin)
    flow.dialing = talk.context.loop.create_task(_dial(talk, flow))
    talk.context.spawn(flow.dialing)


async def _dial(talk: Http1, flow: Flow) -> None:
    assert flow.origin is not None
    server = await reaching.connect(talk, flow, flow.origin, tunnel=True)
    if server is None:
        return
    connection = talk.connection
    connection.asked, connection.answered = flow.client_request, ESTABLISHED
    raw = RawTalk(connection, flow)
    connection.talk = raw
    flow.client, flow.head, flow.client_request = raw, None, b""
    flow.decide("raw")
    connection.write(with_id(flow, ESTABLISHED))
    server.begin(flow)
    server.pipe(flow)
    raw.begin(talk.take_pending())
    talk.flow = None


class RawTalk(Pipe):
    """The two halves of a raw exchange. `flow.client` is this object."""

    cuts_off = False  # what is wrong with it is the lesson: all that came is shown

    def begin(self, first: bytes) -> None:
        assert self.flow is not None
        ledger, most = self.context.ledger, self.context.limits.head
        self.flow.up, self.flow.down = HeadTap(ledger.tap(), most), _AnswerTap(ledger.tap(), most, self.flow)
        self._wait_on(self.flow)
        if first:
            self.received(first)

    def received(self, data: bytes) -> None:
        super().received(data)
        flow = self.flow
        if flow is not None and isinstance(flow.up, HeadTap) and not flow.request_done:
            flow.send_end = time.perf_counter()
            flow.client_request = flow.server_request = flow.up.head

    def lost(self, error: Exception | None) -> None:
        """Whoever sent it has seen enough: no fault, unless nothing came."""
        self._over(None)

    def _verdict(self, flow: Flow, fault: Fault | None) -> Fault | None:
        _read_request(flow)
        return _read_answer(flow) or flow.error or fault


class _AnswerTap(HeadTap):
    """What comes back: interim responses, the head of the first answer, its body without framing, and whatever follows as it is."""

    __slots__ = ("_flow", "_reader", "answered")

    def __init__(self, like: Tap, most: int, flow: Flow) -> None:
        super().__init__(like, most)
        self._flow = flow
        self._reader: Body | None = None
        self.answered = False

    def add(self, payload: bytes) -> None:
        if self.answered:
            self._feed(payload)
            return
        self.head += payload
        while (found := _END.search(self.head)) is not None:
            head, rest = self.head[: found.end()], self.head[found.end() :]
            parsed = parse_response(head)
            if parsed is not None and not isinstance(parsed, Problem) and parsed.status < 200:
                self._flow.interim += ((head, head),)
                self.head = rest
                continue
            self.head, self.answered, self.whole = head, True, True
            self._begin_body()
            if rest:
                self._feed(rest)
            return
        if len(self.head) > self._most:
            self.answered = self.whole = True

    def _begin_body(self) -> None:
        parsed = parse_response(self.head)
        if parsed is not None and not isinstance(parsed, Problem):
            method = self._flow.client_request.partition(b" ")[0]
            self._flow.response = parsed
            self._flow.client_response = parsed.raw
            self._reader = body_of_response(parsed, method)

    def _feed(self, payload: bytes) -> None:
        if self._reader is None or self._reader.done:
            Tap.add(self, payload)
            return
        fed = self._reader.feed(payload)
        if isinstance(fed, Problem):
            self._flow.error = Fault(fed.code, "server", "response-body", fed.offset, fed.detail, "passed on")
            self._reader = None
            Tap.add(self, payload)
            return
        _, content, rest = fed
        if content:
            Tap.add(self, content)
        if rest:
            self._flow.decide("raw-more", f"{len(rest):,}")
            self._reader = None
            Tap.add(self, rest)


def _read_request(flow: Flow) -> None:
    """What was sent, as a request if it is one; else the rule that it breaks."""
    head = flow.up.head if isinstance(flow.up, HeadTap) else b""
    flow.client_request = flow.server_request = head
    parsed = parse_request(head) if head else None
    if parsed is None or isinstance(parsed, Problem):
        found = _PATH.match(head)
        flow.path = found[1].decode("latin-1") if found else ""
        if isinstance(parsed, Problem):
            flow.error = Fault(
                parsed.code, "client", "request-head", parsed.offset, parsed.detail, "passed on"
            )
        elif head:
            flow.error = Fault("head-cut-short", "client", "request-head", len(head), f"{len(head)} bytes came", "passed on")  # fmt: skip
        return
    flow.head = parsed
    flow.path = parsed.path.decode("latin-1")


def _read_answer(flow: Flow) -> Fault | None:
    """The fault of the answer, if it has one that says more than the request's."""
    down = flow.down
    if not isinstance(down, _AnswerTap) or flow.response is not None:
        return None
    flow.malformed = down.head
    if not down.head:
        return (
            None
            if flow.error
            else Fault("server-no-response", "server", "response-head", None, "it said nothing")
        )
    parsed = parse_response(down.head)
    if isinstance(parsed, Problem):
        return Fault(parsed.code, "server", "response-head", parsed.offset, parsed.detail, "passed on")
    return Fault(
        "server-closed-early", "server", "response-head", len(down.head), "the head has no end", "passed on"
    )
