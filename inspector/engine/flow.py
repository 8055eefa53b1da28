"""One exchange on its way: the only mutable thing in the engine, private to one browser's connection.

A flow gathers what `client` and `upstream` see and do; `exchange()` takes a snapshot of it for the ledger,
as often as anyone wants one. It decides nothing.
"""

from __future__ import annotations

import time
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from inspector.engine.tap import Tap
from inspector.exchange.agents import agent_name
from inspector.exchange.decisions import DECISIONS
from inspector.exchange.model import (
    NO_BODY,
    Attempt,
    Body,
    Decision,
    Exchange,
    Fault,
    Kind,
    Leg,
    Message,
    Protection,
    Resource,
    State,
    Timeline,
    Tls,
)
from inspector.exchange.model import Origin as MadeBy
from inspector.exchange.resources import media_type, resource_kind

if TYPE_CHECKING:
    import asyncio

    from inspector.engine.ruling import Ruled
    from inspector.engine.side import BrowserSide
    from inspector.engine.targets import Origin
    from inspector.engine.upstream import ServerConnection
    from inspector.exchange.sent import Mark
    from inspector.wire.http1 import RequestHead, ResponseHead

_LONGEST_PATH = 2048
_SAME: Literal["same"] = "same"


class Flow:
    """An exchange being made. Times are perf_counter's; `began` is the epoch time that belongs to `zero`.

    Most of it stays as the class says: an instance holds only what happened, which is what makes a flow cheap.
    """

    kind: Kind = "http"
    scheme = "http"
    host = ""
    port = 0
    path = ""
    origin: Origin | None = None
    made_by: MadeBy = "browser"
    mark: Mark | None = None
    parent = b""
    server: ServerConnection | None = None
    dialing: asyncio.Task[None] | None = None
    client_response = b""
    client_tls: tuple[float, float] | None = None
    server_connection = b""
    server_turn = 0
    server_request = b""
    remote = ""
    tls_version = ""
    sealed = False
    response: ResponseHead | None = None
    interim: tuple[tuple[bytes, bytes], ...] = ()
    attempts: tuple[Attempt, ...] = ()
    decisions: tuple[Decision, ...] = ()
    error: Fault | None = None
    up: Tap | None = None
    down: Tap | None = None
    sent: Tap | None = None  # what the site got of the body, where that is another one than the browser's
    request_unknown = False  # a rule would have asked for the request's body, which was not waited for
    request_body: bytes | None = None  # all of it, where a rule will ask for it when the response is there
    method = b""  # the one that was sent, where that is another one than the browser's
    held = False
    passed: Tap | None = None  # what the browser got of the body, where rules made that another one
    ruled: Ruled | None = None
    up_trailers = b""
    trailers = b""
    malformed = b""
    failed_facts: Tls | None = None
    answer: Body = NO_BODY
    request_done = False
    response_done = False
    retried = False
    finished = False
    changed = False
    announced = False
    last_size = 0
    told = 0.0
    request_end: float | None = None
    dns_start: float | None = None
    dns_end: float | None = None
    connect_start: float | None = None
    connect_end: float | None = None
    tls_start: float | None = None
    tls_end: float | None = None
    send_start: float | None = None
    send_end: float | None = None
    response_start: float | None = None
    response_end: float | None = None

    def __init__(self, id: bytes, client: BrowserSide, head: RequestHead | None) -> None:
        connection = client.connection
        self.id = id
        self.client: BrowserSide | None = client
        self.peer = connection.peer
        self.head = head
        self.zero = time.perf_counter()
        self.began = time.time()
        self.client_connection = connection.id
        self.client_turn = connection.turn
        self.client_request = head.raw if head is not None else b""

    def decide(self, code: str, detail: str = "", rule: str = "") -> None:
        """Note something that Inspector did: what every proxy does without the time, the rest with it."""
        if DECISIONS[code].routine and not rule:
            self.decisions += (_routine(code, detail),)
        else:
            self.changed = self.changed or not DECISIONS[code].routine
            self.decisions += (Decision(code, detail, rule, time.perf_counter() - self.zero),)

    def progress(self) -> int:
        """Bytes of bodies so far, both ways: tells whether an open exchange has something new to show."""
        return (self.up.size if self.up else 0) + (self.down.size if self.down else 0)

    def exchange(self, change: int, state: State) -> Exchange:
        """The exchange as it stands now."""
        zero = self.zero
        request = dict(self.head.fields) if self.head is not None else {}
        response, answered = self.response, None
        if response is not None:
            answered = dict(response.fields)
            status, reason = response.status, response.reason.decode("latin-1")
            media = media_type(answered.get(b"content-type", b""))
        else:
            status, reason, media = _status_of(self.client_response)
        final = state != "open"
        up = self.up.body(final=final) if self.up is not None else NO_BODY
        down = self.down.body(final=final) if self.down is not None else self.answer
        error = self.error
        return Exchange(
            self.id,
            change,
            state,
            self.kind,
            self.made_by,
            self.began,
            None if state == "open" else time.perf_counter() - zero,
            self.head.method.decode("latin-1") if self.head is not None else "",
            self.scheme,
            self.host,
            self.port,
            self.path[:_LONGEST_PATH],
            f"HTTP/1.{self.head.minor}" if self.head is not None else "",
            status,
            reason,
            media,
            self._resource(request, media),
            up.size,
            down.size,
            self.peer,
            agent_name(request.get(b"user-agent", b"")),
            self._protection(),
            self.tls_version,
            self.remote,
            self.changed,
            error.code if error is not None else "",
            0,
            self._client_leg(up, down),
            self._server_leg(up, down),
            self._timeline(),
            self.decisions,
            error,
            self.parent,
            b"",
            self.up.when() if self.up is not None else (),
            self.down.when() if self.down is not None else (),
        )

    def _resource(self, request: dict[bytes, bytes], media: str) -> Resource:
        if self.kind in {"http", "page"}:
            return resource_kind(request.get(b"sec-fetch-dest", b""), media)
        return "socket" if self.kind == "websocket" else "tunnel"

    def _protection(self) -> Protection:
        if self.sealed:
            return "sealed"
        return "decrypted" if self.scheme in ("https", "wss") else "none"

    def _client_leg(self, up: Body, down: Body) -> Leg:
        answer = None
        if self.client_response:
            body = down if self.down is None else _passed_on(down)
            if self.passed is not None:
                body = self.passed.body(final=self.finished)
            answer = Message(self.client_response, body, self.trailers)
        return Leg(
            self.client_connection,
            Message(self.client_request, up, self.up_trailers),
            answer,
            tuple(Message(passed) for _, passed in self.interim),
            (),
            self.client_turn,
        )

    def _server_leg(self, up: Body, down: Body) -> Leg | None:
        if not self.server_connection and not self.attempts:
            return None
        response = self.response
        came = Message(response.raw, down, self.trailers) if response is not None else None
        if came is None and (self.malformed or self.down is not None):
            came = Message(self.malformed, down)
        # what was meant for a site that could not be reached was never said
        sent = Message(b"")
        if self.send_start is not None:
            sent = Message(self.server_request, _passed_on(up), self.up_trailers)
            if self.sent is not None:
                sent = Message(self.server_request, self.sent.body(final=self.finished))
        return Leg(
            self.server_connection,
            sent,
            came,
            tuple(Message(raw) for raw, _ in self.interim if raw),
            self.attempts,
            self.server_turn,
        )

    def _timeline(self) -> Timeline:
        zero = self.zero
        if self.server_turn > 1 and self.connect_start is None and self.client_tls is None:
            # the usual case, on connections that were there already
            asked, begun, sent, came, ended = (
                self.request_end, self.send_start, self.send_end, self.response_start, self.response_end,
            )  # fmt: skip
            return Timeline(
                request_end=None if asked is None else asked - zero,
                send_start=None if begun is None else begun - zero,
                send_end=None if sent is None else sent - zero,
                response_start=None if came is None else came - zero,
                response_end=None if ended is None else ended - zero,
            )
        times = (
            self.request_end, self.dns_start, self.dns_end, self.connect_start, self.connect_end, self.tls_start,
            self.tls_end, self.send_start, self.send_end, self.response_start, self.response_end,
            *(self.client_tls or (None, None)),
        )  # fmt: skip
        return Timeline(*(None if at is None else at - zero for at in times))


@lru_cache(maxsize=1024)
def _routine(code: str, detail: str) -> Decision:
    """Most exchanges share a few of these: made once, encoded often."""
    return Decision(code, detail)


def _passed_on(body: Body) -> Body:
    """A body on the other leg: the same bytes, kept once."""
    return Body(body.size, body.wire, b"", (), body.complete, _SAME) if body.size else body


def _status_of(head: bytes) -> tuple[int, str, str]:
    """Status, reason and media type of a response that Inspector made itself."""
    if not head:
        return 0, "", ""
    _, _, rest = head.partition(b"\r\n")[0].partition(b" ")
    status, _, reason = rest.partition(b" ")
    kind = b""
    for line in head.split(b"\r\n")[1:]:
        if line[:13].lower() == b"content-type:":
            kind = line[13:].strip()
    return int(status), reason.decode("latin-1"), media_type(kind)
