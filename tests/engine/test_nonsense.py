"""Whatever either side sends, the other side gets valid HTTP or less of it; h11 is the judge."""

from __future__ import annotations

import contextlib
import re

import h11
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from peers import Wire, answering, ok, request

NASTY = [
    b"\r\n", b"\n", b"\r", b"\x00", b" ", b"\t", b":", b"\r\n\r\n", b"0\r\n\r\n", b"5\r\nhello\r\n", b';a="\n"', b"GET / HTTP/1.1\r\n",
    b"HTTP/1.1", b"HTTP/1.0", b"Transfer-Encoding: chunked\r\n", b"Transfer-Encoding: x\r\n", b"Content-Length: 5\r\n",
    b"Content-Length: 0\r\n", b"Content-Length: +5\r\n", b"Host: b\r\n", b"Connection: close\r\n", b"Connection: host\r\n",
    b"Expect: 100-continue\r\n", b"Upgrade: h2c\r\n", b"\xff", b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n", b",", b"A" * 30,
]  # fmt: skip
REQUESTS = [
    request(b"GET", b"http://SITE/", b"Host: a"),
    request(b"POST", b"http://SITE/", b"Host: a", b"Content-Length: 5", body=b"12345"),
    request(
        b"PUT", b"/", b"Host: a", b"Transfer-Encoding: chunked", body=b"3;x=y\r\nabc\r\n0\r\nX: y\r\n\r\n"
    ),
]
RESPONSES = [
    ok(b"hello"),
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\nX: y\r\n\r\n",
    b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + ok(b"hi"),
    b"HTTP/1.0 200 OK\r\nX : y\r\n\r\nuntil the end",
    b"HTTP/1.1 204 No Content\r\n\r\n",
]


@st.composite
def spoiled(draw, messages):
    """A few messages in a row, with a few nasty things put in, taken out, or put in place of something."""
    data = b"".join(draw(st.lists(st.sampled_from(messages), min_size=1, max_size=3)))
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(data)))
        gone = draw(st.sampled_from([0, 0, 1, 3]))
        data = data[:at] + draw(st.sampled_from([b"", *NASTY])) + data[at + gone :]
    # RFC 9112 §7.1.1 allows white space there ("BWS"), and h11 doesn't
    assume(not re.search(rb"[0-9A-Fa-f][ \t]+;", data))
    return data


def judge_requests(data: bytes) -> int:
    """How many requests begin in there; raises where h11 would not read on."""
    begun = 0
    connection = h11.Connection(h11.SERVER)
    connection.receive_data(data)
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            return begun
        if event is h11.PAUSED:
            connection.send(h11.Response(status_code=200, headers=[("Content-Length", "0")]))
            connection.send(h11.EndOfMessage())
            if connection.our_state is not h11.DONE:
                return begun
            connection.start_next_cycle()
        begun += isinstance(event, h11.Request)


def judge_response(data: bytes) -> None:
    """Raises where h11 would not read on; what is cut off is fine."""
    connection = h11.Connection(h11.CLIENT)
    connection.send(h11.Request(method="GET", target="/", headers=[("Host", "a")]))
    connection.send(h11.EndOfMessage())
    connection.receive_data(data)
    while connection.next_event() not in (h11.NEED_DATA, h11.PAUSED):
        if connection.their_state in (h11.DONE, h11.MUST_CLOSE):
            return


def say_all(wire: Wire, data: bytes) -> bytes:
    with contextlib.suppress(ConnectionError):
        wire.send(data).half_close()
        wire.rest()
    return wire.heard


LIBERAL = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@LIBERAL
@given(data=spoiled(REQUESTS))
def test_a_site_only_ever_gets_valid_requests(talk, site, engine, data):
    here = site(answering(ok()))
    known = len(engine.records.exchanges)
    say_all(talk(), data.replace(b"SITE", here.authority))
    passed = sum(judge_requests(wire.heard) for wire in here.wires)
    assert passed <= len(engine.records.exchanges) - known
    here.close()


@LIBERAL
@given(data=spoiled(RESPONSES))
def test_a_browser_only_ever_gets_valid_answers(talk, site, engine, data):
    here = site(lambda wire: (wire.head(), wire.send(data)))
    wire = talk().connect(here.authority)
    with contextlib.suppress(ConnectionError):
        wire.send(request(b"GET", b"/", b"Host: a")).half_close()
        wire.rest()
    judge_response(wire.heard.partition(b"\r\n\r\n")[2])
    here.close()
