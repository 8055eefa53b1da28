"""Heads that come back, as an enemy would write them: whatever is taken is one message, and ends where its body does."""

from __future__ import annotations

from itertools import product

import pytest

from inspector.engine.drafts import Made, request_from, response_from
from inspector.exchange.consulting import Draft
from inspector.wire.http1 import Problem, parse_request, parse_response
from inspector.wire.limits import DEFAULT_LIMITS

NAMES = (
    b"Content-Length", b"content-length ", b"Content-Length\t", b"\x0bContent-Length", b" Content-Length", b"X\nContent-Length", b"Transfer-Encoding",
    b"Transfer-Encoding\x00", b"X\rTransfer-Encoding", b"Connection", b"Upgrade", b"Expect", b"Trailer", b"TE", b"X", b"",
)  # fmt: skip
VALUES = (
    b"5", b"0, 5", b"+5", b"chunked", b"a\nContent-Length: 7", b"a\rTransfer-Encoding: chunked", b"a\r\n Content-Length: 9", b"a\n\nGET / HTTP/1.1",
    b"close, X", b"websocket", b"100-continue", b"\x00", b"\x85Content-Length: 3",
)  # fmt: skip
LINES = tuple(b"%b: %b\r\n" % pair for pair in product(NAMES, VALUES))
ASKS = (b"GET / HTTP/1.1", b"POST http://e.test/ HTTP/1.1", b"HEAD /a b HTTP/1.1", b"GET /\nX: y HTTP/1.1", b"PRI * HTTP/2.0")  # fmt: skip
SAYS = (b"HTTP/1.1 200 OK", b"HTTP/1.1 204 x", b"HTTP/1.1 304 x", b"HTTP/1.1 200 a\nX: y", b"HTTP/1.1 101 x")


def before(start: bytes, framing: bytes, body: bytes, *, here: bool = True) -> Draft:
    return Draft(b"%b\r\nHost: a.test\r\n%b\r\n" % (start, framing), body, here)


ASKED = (
    before(b"POST / HTTP/1.1", b"Content-Length: 3\r\n", b"abc"),
    before(b"POST / HTTP/1.1", b"Transfer-Encoding: chunked\r\n", b"abc"),
    before(b"POST / HTTP/1.1", b"Content-Length: 30\r\n", b"", here=False),
    before(b"GET / HTTP/1.1", b"", b""),
)
SAID = (
    before(b"HTTP/1.1 200 OK", b"Content-Length: 3\r\n", b"abc"),
    before(b"HTTP/1.1 200 OK", b"Transfer-Encoding: chunked\r\n", b"abc"),
    before(b"HTTP/1.1 304 Not Modified", b"Content-Length: 3\r\n", b""),
    before(b"HTTP/1.1 200 OK", b"Content-Length: 30\r\n", b"", here=False),
)


def is_one(head: bytes) -> bool:
    """Whether the only line ends are those of HTTP, and the only empty line is the last."""
    return head.count(b"\n") == head.count(b"\r") == head.count(b"\r\n") and head.find(b"\r\n\r\n") == len(head) - 4  # fmt: skip


@pytest.mark.parametrize("was", ASKED, ids=["length", "chunked", "passing", "none"])
def test_a_request_is_one_whatever_its_head_says(was):
    taken = 0
    for start, line, body in product(ASKS, LINES, (b"abc", b"GET / HTTP/1.1\r\n\r\n")):
        made = request_from(Draft(b"%b\r\nHost: a.test\r\n%b\r\n" % (start, line), body), was, DEFAULT_LIMITS)
        if not isinstance(made, Made):
            continue
        taken += 1
        said = parse_request(made.draft.head, DEFAULT_LIMITS)
        assert said is not None
        assert not isinstance(said, Problem)
        assert is_one(made.draft.head)
        assert not said.upgrade
        assert not said.expects_continue
        if said.chunked or not was.body_here:
            assert made.draft.body == was.body
        else:
            assert (said.length or 0) == len(made.draft.body)
    assert taken > 200


@pytest.mark.parametrize("was", [*SAID, None], ids=["length", "chunked", "304", "passing", "in its place"])
def test_a_response_is_one_whatever_its_head_says(was):
    taken = 0
    for start, line, body in product(SAYS, LINES, (b"abc", b"HTTP/1.1 200 OK\r\n\r\n")):
        made = response_from(Draft(b"%b\r\n%b\r\n" % (start, line), body), was, DEFAULT_LIMITS, b"GET")
        if not isinstance(made, Made):
            continue
        taken += 1
        said = parse_response(made.draft.head, DEFAULT_LIMITS)
        assert said is not None
        assert not isinstance(said, Problem)
        assert is_one(made.draft.head)
        if said.status in (204, 304):
            assert made.draft.body == b""
            assert said.status == 304 or (said.length is None and not said.chunked)
        elif said.chunked or said.length is None or (was is not None and not was.body_here):
            assert was is not None
            assert made.draft.body == was.body
        else:
            assert said.length == len(made.draft.body)
    assert taken > 100


def test_a_304_that_becomes_a_204_says_no_length():
    made = response_from(Draft(b"HTTP/1.1 204 No Content\r\n\r\n", b""), SAID[2], DEFAULT_LIMITS, b"GET")
    assert isinstance(made, Made)
    assert made.draft.head == b"HTTP/1.1 204 No Content\r\n\r\n"
