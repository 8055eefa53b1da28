"""Bodies: where each kind ends, what passes, what is held back, and every chunk that is refused."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.wire.http1 import (
    Body,
    ChunkedBody,
    CloseBody,
    LengthBody,
    Limits,
    Problem,
    RequestHead,
    ResponseHead,
    body_of_request,
    body_of_response,
    parse_request,
    parse_response,
)
from inspector.wire.rules import RULES


def feed(body: Body, data: bytes) -> tuple[bytes, bytes, bytes]:
    result = body.feed(data)
    assert not isinstance(result, Problem), result
    return result


def reply(line: bytes, *fields: bytes) -> ResponseHead:
    head = parse_response(b"\r\n".join([line, *fields]) + b"\r\n\r\n")
    assert isinstance(head, ResponseHead), head
    return head


def post(*fields: bytes) -> RequestHead:
    head = parse_request(b"\r\n".join([b"POST / HTTP/1.1", b"Host: a", *fields]) + b"\r\n\r\n")
    assert isinstance(head, RequestHead), head
    return head


KINDS = [
    (b"HTTP/1.1 200 OK", (b"Content-Length: 5",), b"GET", LengthBody),
    (b"HTTP/1.1 200 OK", (b"Content-Length: 5",), b"HEAD", None),
    (b"HTTP/1.1 200 OK", (b"Content-Length: 0",), b"GET", None),
    (b"HTTP/1.1 200 OK", (b"Transfer-Encoding: chunked",), b"GET", ChunkedBody),
    (b"HTTP/1.1 200 OK", (b"Transfer-Encoding: chunked",), b"HEAD", None),
    (b"HTTP/1.1 200 OK", (), b"GET", CloseBody),
    (b"HTTP/1.1 200 OK", (), b"head", CloseBody),
    (b"HTTP/1.0 200 OK", (b"Connection: keep-alive",), b"GET", CloseBody),
    (b"HTTP/1.1 100 Continue", (), b"POST", None),
    (b"HTTP/1.1 103 Early Hints", (b"Content-Length: 5",), b"GET", None),
    (b"HTTP/1.1 101 Switching Protocols", (), b"GET", None),
    (b"HTTP/1.1 204 No Content", (b"Content-Length: 5",), b"GET", None),
    (b"HTTP/1.1 204 No Content", (b"Transfer-Encoding: chunked",), b"GET", None),
    (b"HTTP/1.1 205 Reset Content", (b"Content-Length: 0",), b"GET", None),
    (b"HTTP/1.1 304 Not Modified", (b"Content-Length: 5",), b"GET", None),
    (b"HTTP/1.1 304 Not Modified", (b"Transfer-Encoding: chunked",), b"GET", None),
    (b"HTTP/1.1 200 Connected", (b"Content-Length: 5",), b"CONNECT", None),
    (b"HTTP/1.1 299 Connected", (b"Transfer-Encoding: chunked",), b"CONNECT", None),
    (b"HTTP/1.1 407 Who are you", (b"Content-Length: 5",), b"CONNECT", LengthBody),
    (b"HTTP/1.1 502 No", (), b"CONNECT", CloseBody),
    (b"HTTP/1.1 404 No", (b"Content-Length: 5",), b"DELETE", LengthBody),
]


@pytest.mark.parametrize(("line", "fields", "method", "kind"), KINDS)
def test_a_response_has_the_body_that_status_and_method_allow(
    line: bytes, fields: tuple[bytes, ...], method: bytes, kind: type | None
) -> None:
    body = body_of_response(reply(line, *fields), method)
    assert type(body) is (kind or type(None))


def test_a_request_has_a_body_only_if_it_says_so() -> None:
    assert body_of_request(post()) is None
    assert body_of_request(post(b"Content-Length: 0")) is None
    assert isinstance(body_of_request(post(b"Content-Length: 1")), LengthBody)
    assert isinstance(body_of_request(post(b"Transfer-Encoding: chunked")), ChunkedBody)


def test_a_length_is_counted_to_the_byte() -> None:
    body = LengthBody(10)
    data = b"abcd"
    raw, payload, rest = feed(body, data)
    assert raw is data
    assert payload is data
    assert rest == b""
    assert not body.done
    assert body.eof() == Problem("body-cut-short", 4, "6 of 10 bytes are missing")
    assert feed(body, b"efghijNEXT") == (b"efghij", b"efghij", b"NEXT")
    assert body.done
    assert (body.size, body.wire) == (10, 10)
    assert body.eof() is None
    assert feed(body, b"more") == (b"", b"", b"more")
    exact = b"0123456789"
    assert feed(LengthBody(10), exact)[0] is exact


def test_a_body_until_close_ends_there() -> None:
    body = CloseBody()
    data = b"abc"
    assert feed(body, data)[0] is data
    assert not body.done
    assert body.eof() is None
    assert body.done
    assert (body.size, body.wire) == (3, 3)


ACCEPTED = [
    # wire, payload, trailers
    (b"0\r\n\r\n", b"", b""),
    (b"5\r\nhello\r\n0\r\n\r\n", b"hello", b""),
    (b"5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", b"hello world", b""),
    (b"A\r\n0123456789\r\n0\r\n\r\n", b"0123456789", b""),
    (b"a\r\n0123456789\r\n00\r\n\r\n", b"0123456789", b""),
    (b"0000000000000005\r\nhello\r\n0\r\n\r\n", b"hello", b""),
    (b"2\r\n\r\n\r\n0\r\n\r\n", b"\r\n", b""),
    (b"5\r\n0\r\n\r\n\r\n0\r\n\r\n", b"0\r\n\r\n", b""),
    (b"5;a\r\nhello\r\n0;b=c\r\n\r\n", b"hello", b""),
    (b'5;a="x;\\"y\\\\ \t\xc3\xa9";b=c\r\nhello\r\n0\r\n\r\n', b"hello", b""),
    (b"5 \t; \ta \t= \tb\r\nhello\r\n0\r\n\r\n", b"hello", b""),
    (b'5;a=""\r\nhello\r\n0\r\n\r\n', b"hello", b""),
    (b"0\r\nX-Checksum: 1\r\nY:\r\n\r\n", b"", b"X-Checksum: 1\r\nY:\r\n"),
]

REFUSED = [
    # wire, code, offset
    (b"\r\n", "chunk-size", 0),
    (b"x\r\n", "chunk-size", 0),
    (b"-1\r\n", "chunk-size", 0),
    (b"+1\r\n", "chunk-size", 0),
    (b" 1\r\n", "chunk-size", 0),
    (b"\t1\r\n", "chunk-size", 0),
    (b"0x5\r\nhello", "chunk-size", 1),
    (b"5x\r\nhello", "chunk-size", 1),
    (b"5_0\r\nhello", "chunk-size", 1),
    (b"5,\r\nhello", "chunk-size", 1),
    (b"5.0\r\nhello", "chunk-size", 1),
    (b"\xb2\r\n", "chunk-size", 0),
    (b"\xef\xbc\x95\r\nhello", "chunk-size", 0),
    (b"5\x0b\r\nhello", "chunk-size", 1),
    (b"g", "chunk-size", 0),
    (b"5g", "chunk-size", 1),
    (b";a\r\n", "chunk-size", 0),
    (b"\x00", "nul", 0),
    (b"5\x00\r\n", "nul", 1),
    (b"5\rhello", "bare-cr", 1),
    (b"5\nhello\n0\n\n", "bare-lf", 1),
    (b"\n5\r\nhello", "bare-lf", 0),
    (b"5\r\r\nhello", "bare-cr", 1),
    (b"5 \r\nhello", "chunk-extension", 1),
    (b"5\t\r\nhello", "chunk-extension", 1),
    (b"5;\r\nhello", "chunk-extension", 1),
    (b"5;;a\r\nhello", "chunk-extension", 1),
    (b"5;a;\r\nhello", "chunk-extension", 3),
    (b"5;=b\r\nhello", "chunk-extension", 1),
    (b"5;a=\r\nhello", "chunk-extension", 3),
    (b"5;a b\r\nhello", "chunk-extension", 3),
    (b'5;a="b\r\nhello', "chunk-extension", 3),
    (b'5;a="b"c\r\nhello', "chunk-extension", 7),
    (b'5;a="\x01"\r\nhello', "chunk-extension", 3),
    (b'5;a="b\nc"\r\nhello', "bare-lf", 6),
    (b'5;a="b\rc"\r\nhello', "bare-cr", 6),
    (b'5;a="b\x00c"\r\nhello', "nul", 6),
    (b'5;a="b\r\nc"\r\nhello', "chunk-extension", 3),
    (b"5;a\nhello\r\n0\r\n\r\n", "bare-lf", 3),
    (b"5;a\rb\r\nhello", "bare-cr", 3),
    (b"10000000000000000\r\n", "chunk-size-too-large", 0),
    (b"00000000000000005\r\nhello", "chunk-size-too-large", 0),
    (b"FFFFFFFFFFFFFFFF\r\n", "chunk-size-too-large", 0),
    (b"8000000000000000\r\n", "chunk-size-too-large", 0),
    (b"f" * 40, "chunk-size-too-large", 0),
    (b"5\r\nhello0\r\n\r\n", "chunk-end", 8),
    (b"5\r\nhello!\r\n0\r\n\r\n", "chunk-end", 8),
    (b"5\r\nhello\n0\r\n\r\n", "chunk-end", 8),
    (b"5\r\nhello\r0\r\n\r\n", "chunk-end", 8),
    (b"5\r\nhello\r\n\r\n", "chunk-size", 10),
    (b"5\r\nhell\r\n0\r\n\r\n", "chunk-end", 8),
    (b"0\r\n X: y\r\n\r\n", "space-before-fields", 3),
    (b"0\r\nX: y\r\n z\r\n\r\n", "obs-fold", 9),
    (b"0\r\nX : y\r\n\r\n", "space-before-colon", 4),
    (b"0\r\nX\r\n\r\n", "no-colon", 4),
    (b"0\r\n: y\r\n\r\n", "empty-name", 3),
    (b"0\r\nX: \x01\r\n\r\n", "bad-value", 6),
    (b"0\r\nX: \x00\r\n\r\n", "nul", 6),
    (b"0\r\nX: a\rb\r\n\r\n", "bare-cr", 7),
    (b"0\r\nX: y\n", "bare-lf", 7),
    (b"0\r\n\n", "bare-lf", 3),
    (b"0\r\nX: y\nZ: a\r\n\r\n", "bare-lf", 7),
    (b"0\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", "no-colon", 17),
    (b"0\r\nContent-Length: 5\r\n\r\n", "trailer-forbidden", 3),
    (b"0\r\nX: y\r\ntransfer-encoding: chunked\r\n\r\n", "trailer-forbidden", 9),
    (b"0\r\nHost: a\r\n\r\n", "trailer-forbidden", 3),
    (b"0\r\nX: Set-Cookie:\r\nSet-Cookie: a=b\r\n\r\n", "trailer-forbidden", 19),
    (b"5\r\nhello\r\n0\r\nHost: a\r\n\r\n", "trailer-forbidden", 13),
]


def read(
    data: bytes, cuts: list[int], limits: Limits | None = None
) -> tuple[Problem | None, bytes, bytes, bytes, ChunkedBody]:
    """Feeds the data in pieces; the problem, all that passed, all content, what was left, and the body."""
    body = ChunkedBody(limits) if limits else ChunkedBody()
    raw, payload, left = b"", b"", b""
    bounds = [0, *sorted(cut for cut in cuts if 0 < cut < len(data)), len(data)]
    for begin, end in pairwise(bounds):
        if body.done:
            left += data[begin:end]
            continue
        result = body.feed(data[begin:end])
        if isinstance(result, Problem):
            return result, raw, payload, left, body
        raw += result[0]
        payload += result[1]
        left += result[2]
    return None, raw, payload, left, body


@pytest.mark.parametrize(("data", "payload", "trailers"), ACCEPTED)
@pytest.mark.parametrize("step", [1, 2, 3, 1000])
def test_chunks_are_read_however_they_are_cut(
    data: bytes, payload: bytes, trailers: bytes, step: int
) -> None:
    problem, raw, content, left, body = read(data + b"NEXT", list(range(0, len(data) + 4, step)))
    assert problem is None
    assert body.done
    assert (raw, content, left) == (data, payload, b"NEXT")
    assert (body.size, body.wire, body.trailers) == (len(payload), len(data), trailers)
    assert body.eof() is None


@pytest.mark.parametrize(("data", "code", "offset"), REFUSED)
@pytest.mark.parametrize("step", [1, 2, 3, 1000])
def test_a_chunk_is_refused_at_the_byte_that_is_to_blame(
    data: bytes, code: str, offset: int, step: int
) -> None:
    problem, raw, _, _, body = read(data, list(range(0, len(data), step)))
    assert problem is not None
    assert (problem.code, problem.offset) == (code, offset)
    assert problem.code in RULES
    assert len(raw) <= offset
    assert body.feed(b"0\r\n\r\n") == problem, "what was refused once stays refused"


def test_a_half_received_size_line_is_held_back() -> None:
    body = ChunkedBody()
    assert feed(body, b"5;ext") == (b"", b"", b"")
    assert feed(body, b"=1\r") == (b"", b"", b"")
    assert feed(body, b"\nhe") == (b"5;ext=1\r\nhe", b"he", b"")
    data = b"ll"
    assert feed(body, data)[0] is data
    assert feed(body, b"o\r") == (b"o", b"o", b"")
    assert feed(body, b"\n0\r\nX:") == (b"\r\n0\r\n", b"", b"")
    assert feed(body, b" y\r\n\r\nNEXT") == (b"X: y\r\n\r\n", b"", b"NEXT")


def test_a_large_chunk_is_not_copied() -> None:
    body = ChunkedBody()
    feed(body, b"100000\r\n")
    data = b"x" * 65_536
    raw, payload, _ = feed(body, data)
    assert raw is data
    assert payload is data


@pytest.mark.parametrize(("data", "missing"), [
    (b"", "the last chunk is missing"),
    (b"5", "the last chunk is missing"),
    (b"5\r\nhe", "3 bytes of a chunk are missing"),
    (b"5\r\nhello", "the last chunk is missing"),
    (b"0\r\n", "the last chunk is missing"),
])  # fmt: skip
def test_chunks_that_end_too_early_say_so(data: bytes, missing: str) -> None:
    body = ChunkedBody()
    if data:
        feed(body, data)
    assert body.eof() == Problem("body-cut-short", len(data), missing)


LIMITS = Limits(chunk_line=50, extensions=100, trailers=60)


@pytest.mark.parametrize(("data", "code"), [
    (b"5;" + b"a" * 100, "chunk-line-too-long"),
    (b"5;" + b"a" * 100 + b"\r\n", "chunk-line-too-long"),
    (b"1;aaaaaaaaaaaaaaaaaaa\r\nx\r\n" * 10, "chunk-extensions-too-large"),
    (b"0\r\nX: " + b"y" * 100, "trailers-too-large"),
    (b"0\r\nX: " + b"y" * 100 + b"\r\n\r\n", "trailers-too-large"),
    (b"0\r\n" + b"X: y\r\n" * 20, "trailers-too-large"),
])  # fmt: skip
@pytest.mark.parametrize("step", [1, 7, 1000])
def test_what_stands_around_the_content_has_limits(data: bytes, code: str, step: int) -> None:
    problem, *_ = read(data, list(range(0, len(data), step)), LIMITS)
    assert problem is not None
    assert problem.code == code


PIECES = st.lists(st.sampled_from([
    b"5\r\nhello\r\n", b"0\r\n\r\n", b"1\r\nx\r\n", b"0\r\n", b"\r\n", b"5;a=b\r\n", b"hello", b"\n", b"\r", b"X: y\r\n",
    b"Host: a\r\n", b"5 \r\n", b"\x00", b'2;a="\r\n', b"ff", b" ", b";", b"0000\r\n",
]), max_size=12).map(b"".join)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(PIECES | st.binary(max_size=40), st.lists(st.integers(0, 120), max_size=20))
def test_any_cut_gives_the_same(data: bytes, cuts: list[int]) -> None:
    problem, raw, payload, left, body = read(data, [])
    again, raw_2, payload_2, left_2, body_2 = read(data, cuts)
    if problem is None:
        assert (again, raw_2, payload_2, left_2) == (None, raw, payload, left)
        assert (body.done, body.wire, body.trailers) == (body_2.done, body_2.wire, body_2.trailers)
        assert (body.eof() is None) == (body_2.eof() is None)
    else:
        assert again is not None
        assert again[:2] == problem[:2]
        assert data[: problem.offset].startswith(raw_2)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.binary(min_size=1, max_size=50), max_size=8), st.lists(st.integers(0, 600), max_size=10))
def test_what_was_chunked_comes_out(chunks: list[bytes], cuts: list[int]) -> None:
    data = b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"
    problem, raw, payload, left, body = read(data, cuts)
    assert problem is None
    assert (raw, payload, left, body.done) == (data, b"".join(chunks), b"", True)
