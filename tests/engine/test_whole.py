"""Messages that wait whole for somebody's word: what is asked, what goes on, what stands on record; with a stand-in for breakpoints and hooks."""

from __future__ import annotations

import asyncio
import threading

import pytest
from peers import PATIENCE, Answer, answering, ok, request
from workshop import waits

from inspector.engine.settings import Limits
from inspector.exchange.consulting import Draft, Reply

MEGABYTE = b"0123456789abcdef" * 65_536


class Stand:
    """Somebody who is asked. `says` maps a moment to a function that gives the Reply; what was asked is in `asked`."""

    def __init__(self, **says):
        self.says = says
        self.asked = []
        self.left = 0
        self._changed = threading.Condition()

    def wants(self, flow, moment):
        return moment in self.says

    async def ask(self, consultation):
        with self._changed:
            self.asked.append(consultation)
            self._changed.notify_all()
        try:
            said = self.says[consultation.moment](consultation)
            return await said if asyncio.iscoroutine(said) else said
        except asyncio.CancelledError:
            with self._changed:
                self.left += 1
                self._changed.notify_all()
            raise

    def until(self, question):
        with self._changed:
            assert self._changed.wait_for(lambda: question(self), PATIENCE)


class Gate:
    """A word that is said when the test says so."""

    def __init__(self, engine, reply=None):
        self._engine = engine
        self._reply = reply or Reply()
        self._event = engine.thread.do(asyncio.Event)

    async def __call__(self, _):
        await self._event.wait()
        return self._reply

    def open(self):
        self._engine.thread.do(self._event.set)


@pytest.fixture
def asking(start):
    """An engine that asks these, one after the other."""

    def starting(*stands, **settings):
        engine = start(**settings)
        engine.context.consultants = stands
        return engine

    return starting


def go_on(_):
    return Reply()


def changed(head=None, body=None, do="go-on", notes=()):
    """A word that changes the message: `head` is (old, new) or all of it."""

    def saying(consultation):
        draft = consultation.draft
        new = draft.head if head is None else draft.head.replace(*head) if isinstance(head, tuple) else head
        return Reply(do, Draft(new, draft.body if body is None else body, draft.body_here), notes)

    return saying


def post(site, body, *fields, path=b"/form", chunked=False):
    lines = (b"Host: " + site.authority, *fields)
    if chunked:
        framed = b"%x\r\n%b\r\n0\r\nX-Trailer: 1\r\n\r\n" % (len(body), body)
        return (
            request(b"POST", b"http://" + site.authority + path, *lines, b"Transfer-Encoding: chunked")
            + framed
        )
    lines += (b"Content-Length: %d" % len(body),)
    return request(b"POST", b"http://" + site.authority + path, *lines) + body


def get(site, path=b"/", *fields, method=b"GET", version=b"HTTP/1.1"):
    return request(
        method, b"http://" + site.authority + path, b"Host: " + site.authority, *fields, version=version
    )


def unchunked(body):
    """What a body in chunks says."""
    said = b""
    while size := int((line := body.partition(b"\r\n")[0]), 16):
        said += body[len(line) + 2 : len(line) + 2 + size]
        body = body[len(line) + 4 + size :]
    return said


def codes(exchange):
    return [each.code for each in exchange.decisions]


# -- requests


def test_who_is_asked_sees_the_request_whole_and_as_it_will_go_on(asking, talk, site):
    stand, here = Stand(request=go_on), site(answering(ok()))
    wire = talk(asking(stand))
    wire.send(*(bytes([byte]) for byte in post(here, b"a=1", b"Connection: keep-alive", b"Cookie: c=1")))
    assert wire.reply().body == b"hello"
    (asked,) = stand.asked
    assert asked.url == f"http://127.0.0.1:{here.port}/form"
    assert (asked.moment, asked.draft.body, asked.draft.body_here, asked.request) == (
        "request",
        b"a=1",
        True,
        None,
    )
    assert asked.draft.head == here.seen.partition(b"a=1")[0]
    assert b"Cookie: c=1\r\n" in asked.draft.head
    assert b"keep-alive" not in asked.draft.head


def test_a_changed_request_goes_on_with_a_framing_of_ours_and_both_stand_on_record(asking, talk, site):
    stand, here = Stand(request=changed((b"/form", b"/other"), b"a=twice as long")), site(answering(ok()))
    engine = asking(stand)
    wire = talk(engine)
    for chunked in (False, True):
        assert wire.ask(post(here, b"a=1", chunked=chunked)).body == b"hello"
    first, second = here.seen.split(b"a=twice as long")[:2]
    for head in (first, second):
        assert head.startswith(b"POST /other HTTP/1.1\r\n")
        assert b"\r\nContent-Length: 15\r\n" in head
        assert b"chunked" not in head
    exchange = engine.records.finished(2)[1]
    assert engine.records.body(exchange.client_leg.request.body) == b"a=1"
    assert exchange.client_leg.request.trailers
    assert engine.records.body(exchange.server_leg.request.body) == b"a=twice as long"
    assert exchange.server_leg.request.trailers == b""
    assert exchange.server_leg.request.start_line == b"POST /other HTTP/1.1"
    assert (exchange.path, exchange.changed) == ("/form", True)


@pytest.mark.parametrize("chunked", [False, True])
def test_an_unchanged_request_keeps_its_framing_and_its_trailers(asking, talk, site, chunked):
    stand, here = Stand(request=go_on), site(answering(ok()))
    engine = asking(stand)
    assert talk(engine).ask(post(here, b"a=1", chunked=chunked)).body == b"hello"
    assert (b"chunked" in here.seen) == chunked
    assert (b"X-Trailer: 1" in here.seen) == chunked
    assert stand.asked[0].draft.body == b"a=1"
    assert not engine.records.only().changed


def test_a_body_given_to_a_request_without_one_gets_a_length(asking, talk, site):
    stand, here = Stand(request=changed((b"GET", b"PUT"), b"new")), site(answering(ok()))
    assert talk(asking(stand)).ask(get(here)).body == b"hello"
    assert here.seen.startswith(b"PUT / HTTP/1.1\r\n")
    assert here.seen.endswith(b"Content-Length: 3\r\n\r\nnew")


def test_each_in_turn_sees_what_the_one_before_made_of_it(asking, talk, site):
    first = Stand(request=changed(body=b"one"))
    second = Stand(request=lambda asked: Reply("go-on", Draft(asked.draft.head, asked.draft.body + b" two")))
    here = site(answering(ok()))
    talk(asking(first, second)).ask(post(here, b"none"))
    assert second.asked[0].draft.body == b"one"
    assert here.seen.endswith(b"one two")


@pytest.mark.parametrize(
    ("head", "body", "status"),
    [
        (b"HTTP/1.1 418 Teapot\r\nContent-Length: 99\r\nX-Own: 1\r\n\r\n", b"short", 418),
        (b"HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n", b"left off", 204),
        (b"HTTP/1.0 200 OK\r\n\r\n", b"", 200),
    ],
)
def test_an_answer_in_the_sites_place_is_framed_by_us(  # noqa: PLR0917 (fixtures and a table)
    asking, talk, site, head, body, status
):
    stand = Stand(request=lambda _: Reply("answer", Draft(head, body)))
    here, engine = site(answering(ok())), None
    engine = asking(stand)
    wire = talk(engine)
    for _ in range(2):
        reply = wire.ask(post(here, b"x"))
        assert (reply.status, reply.body) == (status, body if status != 204 else b"")
    assert wire.waits()
    assert here.visits == 0
    exchange = engine.records.finished(2)[0]
    assert (exchange.state, exchange.server_leg, exchange.status) == ("done", None, status)


def test_a_dropped_request_ends_the_connection(asking, talk, site):
    stand, here = (
        Stand(request=lambda _: Reply("drop", None, (("hook-failed", "", ""), ("hook-dropped", "", "f.py")))),
        site(answering(ok())),
    )
    engine = asking(stand)
    assert talk(engine).send(get(here)).rest() == b""
    exchange = engine.records.only()
    assert (exchange.state, exchange.fault, exchange.error.did) == ("failed", "hook-dropped", "closed")
    assert here.visits == 0


HOSTILE = [
    b"",
    b"GET / HTTP/1.1",
    b"GET / HTTP/1.1\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\n folded\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nX: a\rb\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nX: a\nb\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n",
    b"GET / HTTP/1.1\nHost: x\n\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nX : a\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n",
    b"\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n , 5\r\n\r\n",
    b"CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET / /smuggled HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET / HTTP/2.0\r\nHost: x\r\n\r\n",
    b"HTTP/1.1 200 OK\r\n\r\n",
    b"GET /" + b"x" * 70_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
]


@pytest.mark.parametrize("head", HOSTILE, ids=[str(number) for number in range(len(HOSTILE))])
def test_a_head_that_is_none_changes_nothing_and_is_told_of(asking, talk, site, head):
    stand, here = Stand(request=changed(head, b"evil")), site(answering(ok()))
    engine = asking(stand)
    assert talk(engine).ask(post(here, b"good")).body == b"hello"
    assert here.seen.startswith(b"POST /form HTTP/1.1\r\n")
    assert here.seen.endswith(b"good")
    exchange = engine.records.only()
    assert "edit-refused" in codes(exchange)
    assert not exchange.changed


@pytest.mark.parametrize(
    "lines",
    [
        b"Content-Length: 0",
        b"content-length:5\r\nContent-Length: 6",
        b"Transfer-Encoding: chunked",
        b"Transfer-Encoding: xchunked",
        b"Content-Length: 1\r\nTransfer-Encoding: chunked",
        b"Content-Length : 0",
        b"Transfer-Encoding\t: chunked",
        b"Connection: Host",
        b"Upgrade: websocket\r\nConnection: upgrade",
        b"Trailer: Host",
        b"TE: chunked",
        b"Expect: 100-continue",
        b"Proxy-Authorization: Basic x",
    ],
)
def test_framing_that_somebody_writes_is_left_out_and_told_of(asking, talk, site, lines):
    stand = Stand(
        request=changed((b"\r\n\r\n", b"\r\n" + lines + b"\r\n\r\n"), b"GET /smuggled HTTP/1.1\r\n\r\n")
    )
    here = site(answering(ok()))
    engine = asking(stand)
    wire = talk(engine)
    assert wire.ask(post(here, b"good")).body == b"hello"
    head, _, body = here.seen.partition(b"\r\n\r\n")
    assert body == b"GET /smuggled HTTP/1.1\r\n\r\n"
    assert head.lower().count(b"content-length") == 1
    assert b"\r\nContent-Length: %d" % len(body) in head
    for name in (b"transfer-encoding", b"trailer", b"expect", b"upgrade", b"proxy-authorization"):
        assert b"\r\n" + name not in head.lower()
    assert "edit-framing" in codes(engine.records.only())
    assert len(engine.records.exchanges) == 1


def test_inspector_asks_for_the_body_itself_where_it_has_to_be_whole(asking, talk, site):
    stand, here = Stand(request=go_on), site(answering(ok()))
    engine = asking(stand)
    wire = talk(engine)
    head, _, body = post(here, b"a=1", b"Expect: 100-continue").partition(b"\r\n\r\n")
    wire.send(head + b"\r\n\r\n")
    assert wire.reply().status == 100
    assert wire.ask(body).body == b"hello"
    assert b"expect" not in here.seen.lower()
    assert wire.ask(get(here)).body == b"hello"
    first = engine.records.finished(2)[0]
    assert "continue-said" in codes(first)
    assert [each.head for each in first.client_leg.interim] == [b"HTTP/1.1 100 Continue\r\n\r\n"]
    assert first.server_leg.interim == ()


@pytest.mark.parametrize("how", ["length", "chunked", "expecting"])
def test_of_a_request_that_is_too_large_only_the_head_is_asked_about(asking, talk, site, how):
    stand, here = (
        Stand(request=changed((b"\r\n\r\n", b"\r\nX-New: 1\r\n\r\n"), b"not this")),
        site(answering(ok())),
    )
    engine = asking(stand)
    body = MEGABYTE * 9
    wire = talk(engine)
    if how == "chunked":
        data = request(
            b"POST",
            b"http://" + here.authority + b"/",
            b"Host: " + here.authority,
            b"Transfer-Encoding: chunked",
        )
        data += b"".join(b"100000\r\n%b\r\n" % MEGABYTE for _ in range(9)) + b"0\r\nX-Trailer: 1\r\n\r\n"
        wire.send(data)
    else:
        wire.send(post(here, body, *((b"Expect: 100-continue",) if how == "expecting" else ())))
    assert wire.reply().body == b"hello"
    asked = stand.asked[0].draft
    assert (asked.body, asked.body_here) == (b"", False)
    assert b"\r\nX-New: 1\r\n" in here.seen[:1000]
    exchange = engine.records.only()
    assert exchange.request_size == len(body)
    assert "not-whole" in codes(exchange)
    assert engine.thread.do(lambda: engine.context.room.taken) == 0
    if how == "chunked":
        assert here.seen.endswith(b"0\r\nX-Trailer: 1\r\n\r\n")
        assert unchunked(here.seen.partition(b"\r\n\r\n")[2]) == body


def test_more_than_may_wait_in_all_passes_unchanged(asking, talk, site):
    stand, here = Stand(request=changed(body=b"not this")), site(answering(ok()))
    engine = asking(stand, limits=Limits(waiting_whole=1000))
    wire = talk(engine)
    assert wire.ask(post(here, b"x" * 2000)).body == b"hello"
    assert here.seen.endswith(b"x" * 2000)
    assert not stand.asked[0].draft.body_here
    assert wire.ask(post(here, b"y" * 900)).body == b"hello"
    assert here.seen.endswith(b"not this")
    assert engine.thread.do(lambda: engine.context.room.taken) == 0


def test_pipelined_requests_wait_their_turn(asking, talk, site):
    here = site(answering(ok(b"one"), ok(b"two")))
    stand = Stand()
    engine = asking(stand)
    gate = Gate(engine)
    stand.says["request"] = gate
    wire = talk(engine)
    wire.send(post(here, b"first") + get(here, b"/second"))
    stand.until(lambda it: len(it.asked) == 1)
    assert wire.waits()
    gate.open()
    assert (wire.reply().body, wire.reply().body) == (b"one", b"two")
    assert [asked.url.rpartition("/")[2] for asked in stand.asked] == ["form", "second"]


@pytest.mark.parametrize("how", ["close", "reset", "half"])
@pytest.mark.parametrize("moment", ["request", "response"])
def test_a_browser_that_leaves_meanwhile_is_noticed(asking, talk, site, moment, how):
    here = site(answering(ok()))
    stand = Stand()
    engine = asking(stand)
    stand.says[moment] = Gate(engine)
    wire = talk(engine)
    wire.send(post(here, b"x"))
    stand.until(lambda it: it.asked)
    {"close": wire.close, "reset": wire.reset, "half": lambda: wire.half_close() and wire.close()}[how]()
    stand.until(lambda it: it.left == 1)
    exchange = engine.records.only()
    assert (exchange.state, exchange.fault) == ("failed", "client-closed-early")
    assert engine.thread.do(lambda: engine.context.room.taken) == 0
    assert engine.settled() == (0, 0, 0)


def test_a_browser_that_said_its_last_word_and_listens_gets_its_answer(asking, talk, site):
    here = site(answering(ok()))
    stand = Stand()
    engine = asking(stand, timeouts=waits(half_closed=0.05))
    gate = stand.says["request"] = Gate(engine)
    wire = talk(engine)
    wire.send(get(here)).half_close()
    stand.until(lambda it: it.asked)
    assert wire.reply().status == 102
    gate.open()
    reply = wire.reply()
    while reply.status == 102:
        reply = wire.reply()
    assert reply.body == b"hello"


@pytest.mark.parametrize("moment", ["request", "response", "error"])
def test_no_time_limit_ends_what_is_held(asking, talk, site, moment):
    here = site(answering(ok() if moment != "error" else Answer((b"nonsense\r\n\r\n",), "close")))
    stand = Stand()
    engine = asking(
        stand, timeouts=waits(body=0.05, idle=0.05, response=0.05, silence=0.05, head=0.05, pool=0.05)
    )
    gate = stand.says[moment] = Gate(engine)
    wire = talk(engine)
    wire.send(post(here, b"x"))
    stand.until(lambda it: it.asked)
    for _ in range(5):
        assert wire.waits()
    gate.open()
    assert wire.reply().status == (502 if moment == "error" else 200)


@pytest.mark.parametrize("moment", ["request", "response", "error"])
def test_an_engine_that_stops_ends_what_is_held_and_says_so(asking, talk, site, moment):
    here = site(answering(ok() if moment != "error" else Answer((b"nonsense\r\n\r\n",), "close")))
    stand = Stand()
    engine = asking(stand, timeouts=waits(stop=0.05))
    stand.says[moment] = Gate(engine)
    wire = talk(engine)
    wire.send(get(here))
    stand.until(lambda it: it.asked)
    engine.stop()
    assert stand.left == 1
    assert engine.records.only().fault == "inspector-stopped"


# -- responses


@pytest.mark.parametrize(
    "answer",
    [
        ok(b"hello"),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Trailer: 1\r\n\r\n",
        Answer((b"HTTP/1.1 200 OK\r\n\r\nhello",), "close"),
        b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + ok(b"hello"),
    ],
    ids=["length", "chunked", "until-close", "after-hints"],
)
def test_a_response_is_asked_about_whole_and_goes_on_changed(asking, talk, site, answer):
    stand = Stand(response=changed((b"200 OK", b"201 Made"), b"another body"))
    here = site(answering(answer))
    engine = asking(stand)
    wire = talk(engine)
    reply = wire.ask(post(here, b"x=1"))
    while reply.status == 103:
        reply = wire.reply()
    assert (reply.status, reply.body, reply.field("Content-Length")) == (201, b"another body", b"12")
    assert reply.field("Transfer-Encoding") is None
    (asked,) = stand.asked
    assert (asked.draft.body, asked.draft.body_here) == (b"hello", True)
    assert asked.request.head.startswith(b"POST /form HTTP/1.1\r\n")
    assert asked.request.body == b"x=1"
    exchange = engine.records.only()
    assert engine.records.body(exchange.server_leg.response.body) == b"hello"
    assert engine.records.body(exchange.client_leg.response.body) == b"another body"
    assert exchange.changed


def test_an_unchanged_response_keeps_its_framing_and_trailers(asking, talk, site):
    raw = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Trailer: 1\r\n\r\n"
    engine = asking(Stand(response=go_on))
    here = site(answering(raw))
    wire = talk(engine)
    for _ in range(2):
        reply = wire.ask(get(here))
        assert reply.body == b"5\r\nhello\r\n0\r\nX-Trailer: 1\r\n\r\n"
    exchange = engine.records.finished(2)[0]
    assert exchange.client_leg.response.body.note == "same"
    assert here.visits == 1


@pytest.mark.parametrize(
    ("method", "answer", "say", "status", "length"),
    [
        (b"HEAD", b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n", changed((b"200", b"202")), 202, b"500"),
        (b"HEAD", b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n", changed(body=b"four"), 200, b"4"),
        (b"GET", b"HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n", go_on, 304, None),
        (
            b"GET",
            b"HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n",
            changed((b"304", b"200"), b"four"),
            200,
            b"4",
        ),
        (b"GET", b"HTTP/1.1 204 No Content\r\n\r\n", changed((b"204", b"200")), 200, b"0"),
        (b"GET", ok(b"gone"), changed((b"200", b"204")), 204, None),
        (b"GET", ok(b"gone"), changed((b"200", b"304"), b""), 304, None),
    ],
)
def test_responses_without_a_body_stay_so_and_others_get_a_length(  # noqa: PLR0917 (fixtures and a table)
    asking, talk, site, method, answer, say, status, length
):
    here, engine = site(answering(answer)), asking(Stand(response=say))
    wire = talk(engine)
    for _ in range(2):
        reply = wire.ask(get(here, method=method), method.decode())
        assert (reply.status, reply.field("Content-Length")) == (status, length)
        assert reply.body == (b"four" if length == b"4" and method == b"GET" else b"")
    assert wire.waits()


def test_a_dropped_response_ends_the_connection(asking, talk, site):
    here, engine = site(answering(ok())), asking(Stand(response=lambda _: Reply("drop")))
    assert talk(engine).send(get(here)).rest() == b""
    exchange = engine.records.only()
    assert (exchange.state, exchange.fault, exchange.server_leg.response.start_line) == (
        "failed",
        "held-dropped",
        b"HTTP/1.1 200 OK",
    )


@pytest.mark.parametrize(
    "head",
    [b"", b"HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n", b"HTTP/1.1 200 OK\r\nA: b\nC: d\r\n\r\n", b"HTTP/1.1 101 Switching\r\n\r\n", b"HTTP/1.1 100 Continue\r\n\r\n",
     b"HTTP/1.1 20 OK\r\n\r\n", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"],
)  # fmt: skip
@pytest.mark.parametrize("do", ["go-on", "answer"])
def test_a_response_that_is_none_changes_nothing(asking, talk, site, head, do):
    here, engine = site(answering(ok())), asking(Stand(response=changed(head, b"evil", do)))
    wire = talk(engine)
    assert wire.ask(get(here)).body == b"hello"
    assert "edit-refused" in codes(engine.records.only())


def test_framing_in_a_response_is_ours(asking, talk, site):
    lines = b"\r\nContent-Length: 3\r\nTransfer-Encoding : chunked\r\nConnection: close\r\n\r\n"
    here, engine = (
        site(answering(ok())),
        asking(Stand(response=changed((b"\r\n\r\n", lines), b"twelve bytes"))),
    )
    wire = talk(engine)
    for _ in range(2):
        reply = wire.ask(get(here))
        assert (reply.body, reply.field("Content-Length"), reply.field("Connection")) == (
            b"twelve bytes",
            b"12",
            None,
        )


@pytest.mark.parametrize("kind", ["events", "large", "endless-large"])
def test_of_a_response_that_cannot_be_whole_only_the_head_is_asked_about(asking, talk, site, kind):
    stand = Stand(response=changed((b"\r\n\r\n", b"\r\nX-New: 1\r\n\r\n"), b"not this"))
    if kind == "events":
        head, body = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n", b"data: 1\n\n"
        answer = Answer((head, body), "close")
    elif kind == "large":
        body = MEGABYTE * 20
        answer = Answer((ok(body),))
    else:
        body = MEGABYTE * 9
        answer = Answer((b"HTTP/1.1 200 OK\r\n\r\n", body), "close")
    here, engine = site(answering(answer)), asking(stand)
    reply = talk(engine).ask(get(here))
    assert (reply.field("X-New"), reply.body) == (b"1", body)
    assert (stand.asked[0].draft.body, stand.asked[0].draft.body_here) == (b"", False)
    exchange = engine.records.only()
    assert "not-whole" in codes(exchange)
    assert exchange.response_size == len(body)


def test_events_pass_at_once_behind_their_head(asking, talk, site):
    go = threading.Event()

    def script(wire):
        wire.message()
        wire.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
        assert go.wait(PATIENCE)
        wire.send(b"data: 1\n\n")

    here, engine = site(script), asking(Stand(response=go_on))
    wire = talk(engine).send(get(here))
    assert b"event-stream" in wire.head()
    go.set()
    assert wire.rest() == b"data: 1\n\n"


def test_a_site_that_closes_meanwhile_changes_nothing(asking, talk, site):
    here = site(answering(Answer((ok(),), "close")))
    stand = Stand()
    engine = asking(stand)
    gate = stand.says["response"] = Gate(engine)
    wire = talk(engine).send(get(here))
    stand.until(lambda it: it.asked)
    here.ended()
    gate.open()
    assert wire.reply().body == b"hello"
    assert engine.records.only().state == "done"
    assert wire.ask(get(here)).body == b"hello"


def test_a_site_that_breaks_off_is_told_of_instead(asking, talk, site):
    stand = Stand(response=go_on)
    here, engine = (
        site(answering(Answer((b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhell",), "close"))),
        asking(stand),
    )
    reply = talk(engine).ask(get(here))
    assert (reply.status, reply.body) == (502, b"fault server-closed-early\n")
    assert stand.asked == []
    exchange = engine.records.only()
    assert engine.records.body(exchange.client_leg.response.body) == b"fault server-closed-early\n"
    assert engine.records.body(exchange.server_leg.response.body) == b"hell"


# -- methods and addresses


def test_a_get_that_becomes_a_head_is_answered_without_a_body_and_the_connection_goes_on(asking, talk, site):
    stand = Stand(request=changed((b"GET", b"HEAD")))
    here, engine = site(answering(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n")), asking(stand)
    wire = talk(engine)
    for _ in range(2):
        reply = wire.ask(get(here))
        assert (reply.status, reply.field("Content-Length"), reply.body) == (200, b"0", b"")
    assert here.visits == 1


def test_a_head_that_becomes_a_get_gets_no_body(asking, talk, site):
    here, engine = site(answering(ok(b"hello"))), asking(Stand(request=changed((b"HEAD", b"GET"))))
    wire = talk(engine)
    for _ in range(2):
        assert wire.ask(get(here, method=b"HEAD"), "HEAD").field("Content-Length") == b"5"
    assert wire.waits()


def test_a_full_address_in_the_request_line_sends_it_elsewhere(asking, talk, site):
    here, there = site(answering(ok(b"here"))), site(answering(ok(b"there")))
    stand = Stand(request=changed((b"GET /page", b"GET http://" + there.authority + b"/other?q=1")))
    engine = asking(stand)
    assert talk(engine).ask(get(here, b"/page")).body == b"there"
    assert there.seen.startswith(b"GET /other?q=1 HTTP/1.1\r\nHost: " + there.authority)
    exchange = engine.records.only()
    assert "edit-elsewhere" in codes(exchange)
    assert (exchange.port, exchange.path) == (here.port, "/page")


def test_an_address_of_inspector_itself_leads_nowhere(asking, talk, site):
    here, engine = site(answering(ok())), asking()
    engine.context.consultants = (
        Stand(request=changed((b"GET /", b"GET http://127.0.0.1:%d/" % engine.port))),
    )
    assert talk(engine).ask(get(here)).status in (403, 502)
    assert engine.records.only().fault


# -- errors


def test_who_wants_may_answer_in_place_of_a_page_about_a_fault(asking, talk, site, hosts):
    stand = Stand(
        error=lambda _: Reply("answer", Draft(b"HTTP/1.1 200 OK\r\nX-Made: up\r\n\r\n", b"all is well"))
    )
    engine = asking(stand)
    wire = talk(engine)
    for _ in range(2):
        reply = wire.ask(request(b"GET", b"http://none.test/", b"Host: none.test"))
        assert (reply.status, reply.field("X-Made"), reply.body) == (200, b"up", b"all is well")
    asked = stand.asked[0]
    assert (asked.fault, asked.url, asked.draft.head) == ("dns-unknown", "http://none.test/", b"")
    assert asked.request.head.startswith(b"GET / HTTP/1.1\r\n")
    exchange = engine.records.finished(2)[0]
    assert (exchange.state, exchange.fault, exchange.error.did) == ("failed", "dns-unknown", "answered 200")


def test_nobody_is_asked_about_a_request_that_is_none_or_is_for_a_tunnel(asking, talk):
    stand = Stand(error=go_on, request=go_on)
    engine = asking(stand, proxy_auth="u:p", wants_credentials=(True,))
    assert talk(engine).ask(request(b"CONNECT", b"none.test:443", b"Host: none.test:443")).status == 407
    assert talk(engine).ask(request(b"GET", b"http://none.test/", b"Host: none.test")).status == 407
    assert talk(asking(stand)).ask(b"GET / HTTP/1.1\r\nA b\r\n\r\n").status == 400
    assert stand.asked == []


# -- whoever fails


def test_somebody_who_fails_stops_nothing(asking, talk, site):
    class Broken(Stand):
        async def ask(self, consultation):
            raise ValueError("broken")

    class Lost(Stand):
        def wants(self, flow, moment):
            raise ValueError("lost")

    here, engine = site(answering(ok())), asking(Broken(request=go_on, response=go_on), Lost())
    assert talk(engine).ask(post(here, b"x")).body == b"hello"
    assert len(engine.complaints) == 4
    engine.complaints.clear()


# -- other roads


def test_decrypted_https_and_old_clients_are_asked_about_alike(  # noqa: PLR0917 (fixtures)
    asking, talk, site, site_authority, hosts, browser_tls
):
    hosts["shop.test"] = ["127.0.0.1"]
    stand = Stand(request=changed(body=b"sent"), response=changed(body=b"got"))
    here = site(answering(ok()), tls=site_authority.context("shop.test"))
    engine = asking(stand)
    wire = talk(engine).connect(b"shop.test:%d" % here.port)
    wire.secure(browser_tls, "shop.test")
    reply = wire.ask(request(b"POST", b"/", b"Host: shop.test", b"Content-Length: 1") + b"x")
    assert (reply.body, here.seen[-4:]) == (b"got", b"sent")
    assert stand.asked[0].url == f"https://shop.test:{here.port}/"
    plain = site(answering(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"))
    reply = talk(engine).ask(get(plain, version=b"HTTP/1.0"))
    assert (reply.body, reply.field("Content-Length"), reply.field("Transfer-Encoding")) == (
        b"got",
        b"3",
        None,
    )


def test_of_an_upgrade_the_head_is_asked_about_and_its_bytes_pass(asking, talk, site):
    def script(wire):
        wire.message()
        wire.send(b"HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n")
        wire.send(wire.exactly(4))

    stand = Stand(request=changed((b"\r\n\r\n", b"\r\nX-New: 1\r\n\r\n")))
    here, engine = site(script), asking(stand)
    wire = talk(engine).send(get(here, b"/", b"Connection: Upgrade", b"Upgrade: websocket"))
    assert wire.head().startswith(b"HTTP/1.1 101")
    wire.send(b"ping")
    assert wire.exactly(4) == b"ping"
    assert not stand.asked[0].draft.body_here
    assert b"X-New: 1" in here.seen
    assert b"upgrade: websocket" in here.seen.lower()


@pytest.mark.parametrize("size", [5, 3_000_000])
def test_where_nobody_wants_the_body_only_the_head_waits(asking, talk, site, size):
    stand = Stand(
        request=changed((b"\r\n\r\n", b"\r\nX-New: 1\r\n\r\n")),
        response=changed((b"\r\n\r\n", b"\r\nX-New: 2\r\n\r\n")),
    )
    stand.wants_body = lambda *_: False
    here, engine = site(answering(ok(b"y" * size))), asking(stand)
    wire = talk(engine)
    for _ in range(2):
        reply = wire.ask(post(here, b"x" * size, b"Expect: nothing"))
        assert (reply.field("X-New"), reply.body) == (b"2", b"y" * size)
    assert here.seen.count(b"X-New: 1") == 2
    assert here.seen.endswith(b"x" * size)
    assert [each.draft.body_here for each in stand.asked] == [False] * 4
    assert "not-whole" not in codes(engine.records.finished(2)[0])
