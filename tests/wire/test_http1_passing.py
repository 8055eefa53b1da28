"""What goes on to the next hop: everything else, to the byte."""

import pytest

from inspector.wire.http1 import (
    END_TO_END,
    HOP_BY_HOP,
    RequestHead,
    ResponseHead,
    parse_request,
    parse_response,
    pass_on,
)


def request(block: bytes) -> RequestHead:
    head = parse_request(b"GET / HTTP/1.1\r\n" + block + b"\r\n")
    assert isinstance(head, RequestHead), head
    return head


def response(block: bytes, line: bytes = b"HTTP/1.1 200 OK") -> ResponseHead:
    head = parse_response(line + b"\r\n" + block + b"\r\n")
    assert isinstance(head, ResponseHead), head
    return head


HOST = b"Host: a.test\r\n"

CASES = [
    # came, goes
    (b"", b""),
    (b"X:1\r\nx:  2 \t\r\nX-Odd-CASE:\t3\r\n", b"X:1\r\nx:  2 \t\r\nX-Odd-CASE:\t3\r\n"),
    (b"Connection: keep-alive\r\nX: 1\r\n", b"X: 1\r\n"),
    (b"X: 1\r\nCONNECTION: close\r\n", b"X: 1\r\n"),
    (b"A: 1\r\nProxy-Connection: keep-alive\r\nB: 2\r\n", b"A: 1\r\nB: 2\r\n"),
    (b"Keep-Alive: timeout=5\r\nProxy-Authorization: Basic eA==\r\nA: 1\r\n", b"A: 1\r\n"),
    (b"Connection: X-Mine, x-yours\r\nA: 1\r\nx-mine: 2\r\nX-Yours: 3\r\nX-MINE: 4\r\n", b"A: 1\r\n"),
    (b"Connection: a\r\nConnection: b\r\nA: 1\r\nB: 2\r\nC: 3\r\n", b"C: 3\r\n"),
    (b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: k\r\n", b"Sec-WebSocket-Key: k\r\n"),
    (b"TE: trailers\r\n", b"TE: trailers\r\n"),
    (b"TE: trailers, gzip\r\n", b""),
    (b"Connection: TE\r\nTE: trailers\r\n", b""),
    (b"Connection: HTTP2-Settings, Upgrade\r\nUpgrade: h2c\r\nHTTP2-Settings: AAA\r\n", b""),
    (b"HTTP2-Settings: AAA\r\n", b""),
    (b"Transfer-Encoding: chunked\r\nTrailer: X\r\n", b"Transfer-Encoding: chunked\r\nTrailer: X\r\n"),
    (b"Connection: cookie, authorization\r\nCookie: a=b\r\nAuthorization: x\r\n", b"Cookie: a=b\r\nAuthorization: x\r\n"),
    (b"Connection: content-length\r\nContent-Length: 0\r\n", b"Content-Length: 0\r\n"),
    (b"Connection: transfer-encoding\r\nTransfer-Encoding: chunked\r\n", b"Transfer-Encoding: chunked\r\n"),
    (b"X: Connection: close\r\nX-Connection: a\r\nConnection-X: b\r\n", b"X: Connection: close\r\nX-Connection: a\r\nConnection-X: b\r\n"),
]  # fmt: skip


@pytest.mark.parametrize(("came", "goes"), CASES)
def test_what_belongs_to_this_connection_ends_here(came: bytes, goes: bytes) -> None:
    assert pass_on(request(HOST + came)) == HOST + goes + b"\r\n"
    assert pass_on(response(came)) == goes + b"\r\n"


def test_connection_may_not_take_out_host() -> None:
    assert pass_on(request(HOST + b"Connection: host, close\r\n")) == HOST + b"\r\n"


def test_what_ends_here_and_what_never_does_are_different() -> None:
    assert not HOP_BY_HOP & END_TO_END
    assert b"transfer-encoding" not in HOP_BY_HOP


def test_an_upgrade_is_kept_when_asked_for() -> None:
    block = HOST + b"Connection: Upgrade\r\nUpgrade: websocket\r\nKeep-Alive: 1\r\n"
    kept = pass_on(request(block), keep=(b"connection", b"upgrade"))
    assert kept == HOST + b"Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
    answer = response(b"Upgrade: websocket\r\nConnection: Upgrade\r\n", b"HTTP/1.1 101 Switching")
    assert pass_on(answer, keep=(b"connection", b"upgrade")) == answer.raw[answer.fields_at :]


def test_more_may_be_left_out_and_added() -> None:
    head = request(HOST + b"A: 1\r\nX-Secret: s\r\nB: 2\r\nx-secret: t\r\n")
    assert pass_on(head, drop=(b"x-secret", b"absent")) == HOST + b"A: 1\r\nB: 2\r\n\r\n"
    assert (
        pass_on(head, drop=(b"x-secret",), extra=b"Via: 1.1 x\r\n")
        == HOST + b"A: 1\r\nB: 2\r\nVia: 1.1 x\r\n\r\n"
    )
    assert pass_on(request(HOST), extra=b"Via: 1.1 x\r\n") == HOST + b"Via: 1.1 x\r\n\r\n"


def test_a_field_gets_another_value_in_its_old_place() -> None:
    head = request(b"A: 1\r\nhOsT:a.test \r\nB: 2\r\n")
    assert pass_on(head, set={b"host": b"b.test"}) == b"A: 1\r\nhOsT: b.test\r\nB: 2\r\n\r\n"
    head = request(HOST + b"Cookie: a=1\r\nB: 2\r\ncookie: b=2\r\n")
    assert pass_on(head, set={b"cookie": b"c=3"}) == HOST + b"Cookie: c=3\r\nB: 2\r\n\r\n"
    assert pass_on(head, set={b"connection": b"close"}, drop=(b"cookie",)) == (
        HOST + b"B: 2\r\nConnection: close\r\n\r\n"
    )


def test_a_missing_host_comes_first() -> None:
    head = parse_request(b"GET http://a.test/ HTTP/1.0\r\nA: 1\r\n\r\n")
    assert isinstance(head, RequestHead)
    assert pass_on(head, set={b"host": b"a.test"}) == b"Host: a.test\r\nA: 1\r\n\r\n"
    bare = parse_request(b"GET http://a.test/ HTTP/1.0\r\n\r\n")
    assert isinstance(bare, RequestHead)
    assert pass_on(bare, set={b"host": b"a.test", b"x-y": b""}) == b"Host: a.test\r\nX-Y: \r\n\r\n"


@pytest.mark.parametrize("value", [b"a\r\nX: y", b"a\n", b"a\0", b"\x7f"])
def test_what_is_set_cannot_break_the_head(value: bytes) -> None:
    with pytest.raises(ValueError, match="cannot be a header field"):
        pass_on(request(HOST), set={b"host": value})


def test_space_before_a_colon_is_gone() -> None:
    assert pass_on(response(b"X : 1\r\nConnection : close\r\nY\t: 2\r\n")) == b"X: 1\r\nY: 2\r\n\r\n"


def test_a_length_that_may_not_be_there_is_gone() -> None:
    assert pass_on(response(b"Content-Length: 5\r\nA: 1\r\n", b"HTTP/1.1 204 x")) == b"A: 1\r\n\r\n"
    assert pass_on(response(b"Transfer-Encoding: chunked\r\n", b"HTTP/1.1 100 x")) == b"\r\n"
    assert pass_on(response(b"Content-Length: 5\r\n", b"HTTP/1.1 304 x")) == b"Content-Length: 5\r\n\r\n"


def test_nothing_to_take_out_costs_one_slice() -> None:
    head = request(HOST + b"A: 1\r\n")
    assert pass_on(head) == head.raw[head.fields_at :]
