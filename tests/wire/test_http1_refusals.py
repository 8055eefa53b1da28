"""Every way in which a head is refused: the bytes, the rule's code, the byte that is to blame."""

import pytest

from inspector.wire.http1 import Limits, Problem, RequestHead, parse_request, parse_response
from inspector.wire.rules import RULES


def request(*lines: bytes) -> bytes:
    return b"\r\n".join(lines) + b"\r\n\r\n"


G = b"GET / HTTP/1.1"
H = b"Host: a.test"

REFUSED_REQUESTS: list[tuple[bytes, str, int]] = [
    # not HTTP
    (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "not-http", 0),
    (b"\x16", "not-http", 0),
    (b"\x00", "not-http", 0),
    (b"\x80\x2e\x01\x03\x01", "not-http", 0),
    (b"\x05\x01\x00", "not-http", 0),
    (b"\xef\xbb\xbfGET / HTTP/1.1\r\n", "not-http", 0),
    # stray bytes
    (request(b"GE\x00T / HTTP/1.1", H), "nul", 2),
    (request(b"GET /\x00 HTTP/1.1", H), "nul", 5),
    (request(G, b"Host: a\x00.test"), "nul", 23),
    (request(G, H, b"X\x00: y"), "nul", 31),
    (request(G, H, b"X: a\rb"), "bare-cr", 34),
    (request(G, H, b"X: a\r\rb"), "bare-cr", 34),
    (request(G, H + b"\r"), "bare-cr", 28),
    (request(b"GET /\r HTTP/1.1", H), "bare-cr", 5),
    (request(G, H, b"X: a\nb"), "bare-lf", 34),
    (request(G, H + b"\nX: b"), "bare-lf", 28),
    (b"GET / HTTP/1.1\nHost: a.test\n\n", "bare-lf", 14),
    (b"GET / HTTP/1.1\n", "bare-lf", 14),
    (b"GET / HTTP/1.1\r\nHost: a.test\n", "bare-lf", 28),
    (b"GET / HTTP/1.1\r\nHost: a.test\r\n\n", "bare-lf", 30),
    (b"\nGET / HTTP/1.1\r\nHost: a.test\r\n\r\n", "bare-lf", 0),
    (b"\rGET / HTTP/1.1\r\nHost: a.test\r\n\r\n", "bare-cr", 0),
    (b"\r\n\nGET / HTTP/1.1\r\nHost: a.test\r\n\r\n", "bare-lf", 2),
    # start line
    (b"\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", "empty-start-line", 4),
    (b"\r\n\r\n\r\n", "empty-start-line", 4),
    (b" GET / HTTP/1.1\r\n", "bad-start-line", 0),
    (b"\tGET / HTTP/1.1\r\n", "bad-start-line", 0),
    (request(b"GET  / HTTP/1.1", H), "bad-start-line", 4),
    (request(b"GET / HTTP/1.1 ", H), "bad-version", 15),
    (request(b"GET /  HTTP/1.1", H), "target-space", 5),
    (request(b"GET\t/ HTTP/1.1", H), "bad-method", 3),
    (request(b"GET /\tHTTP/1.1", H), "version-missing", 14),
    (request(b"G(T / HTTP/1.1", H), "bad-method", 1),
    (request(b"(GET / HTTP/1.1", H), "bad-method", 0),
    (b"(G", "bad-method", 0),
    (b'{"a": 1}\r\n', "bad-method", 0),
    (request(b"GET: / HTTP/1.1", H), "bad-method", 3),
    (request(b"G\xc3\x89T / HTTP/1.1", H), "bad-method", 1),
    (request(b"GET\x0b/ HTTP/1.1", H), "bad-method", 3),
    (b"GET /\r\n", "version-missing", 5),
    (b"GET\r\n", "bad-start-line", 3),
    (b"GET \r\n", "empty-target", 4),
    (request(b"GET HTTP/1.1", H), "empty-target", 4),
    (request(b"GET  HTTP/1.1", H), "empty-target", 4),
    (request(b"GET / http/1.1", H), "bad-version", 6),
    (request(b"GET / HTTP/1.10", H), "bad-version", 6),
    (request(b"GET / HTTP/01.1", H), "bad-version", 6),
    (request(b"GET / HTTP/1", H), "bad-version", 6),
    (request(b"GET / HTTP/1,1", H), "bad-version", 6),
    (request(b"GET / HTTP /1.1", H), "bad-version", 11),
    (request(b"GET / ICY/1.1", H), "bad-version", 6),
    (request(b"GET / HTTP/+1.1", H), "bad-version", 6),
    (request(b"GET / HTTP/1.1x", H), "bad-version", 6),
    (request(b"GET / HTTP/\xd9\xa1.1", H), "bad-version", 6),
    (request(b"GET / HTTP/2.0", H), "version-unsupported", 6),
    (request(b"GET / HTTP/0.9", H), "version-unsupported", 6),
    (request(b"GET / HTTP/1.2", H), "version-unsupported", 6),
    (request(b"GET / HTTP/9.9", H), "version-unsupported", 6),
    (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "version-unsupported", 6),
    # target
    (request(b"GET /a b HTTP/1.1", H), "target-space", 6),
    (request(b"GET /a\tb HTTP/1.1", H), "target-space", 6),
    (request(b"GET /a#b HTTP/1.1", H), "target-fragment", 6),
    (request(b"GET /\xc3\xa9 HTTP/1.1", H), "target-bytes", 5),
    (request(b"GET /\x7f HTTP/1.1", H), "target-bytes", 5),
    (request(b"GET /\x1b HTTP/1.1", H), "target-bytes", 5),
    (request(b"GET index.html HTTP/1.1", H), "target-form", 4),
    (request(b"GET ?q=1 HTTP/1.1", H), "target-form", 4),
    (request(b"GET * HTTP/1.1", H), "target-form", 4),
    (request(b"OPTIONS ** HTTP/1.1", H), "target-form", 8),
    (request(b"GET http:// HTTP/1.1", H), "target-form", 11),
    (request(b"GET http:///x HTTP/1.1", H), "target-form", 11),
    (request(b"GET http:x HTTP/1.1", H), "target-form", 11),
    (request(b"GET http://me@a.test/ HTTP/1.1", H), "userinfo", 11),
    (request(b"GET http://me:secret@a.test/ HTTP/1.1", H), "userinfo", 11),
    (request(b"GET http://a.test:99999/ HTTP/1.1", H), "host-invalid", 11),
    (request(b"GET http://a.test:8o/ HTTP/1.1", H), "host-invalid", 11),
    (request(b"GET http://[::1/ HTTP/1.1", H), "host-invalid", 11),
    (request(b"GET http://[:::1]/ HTTP/1.1", H), "host-invalid", 11),
    (request(b"GET http://a\\b/ HTTP/1.1", H), "host-invalid", 11),
    # CONNECT
    (request(b"CONNECT / HTTP/1.1", H), "connect-target", 8),
    (request(b"CONNECT a.test HTTP/1.1", H), "connect-target", 8),
    (request(b"CONNECT a.test: HTTP/1.1", H), "connect-target", 8),
    (request(b"CONNECT a.test:0 HTTP/1.1", H), "connect-target", 8),
    (request(b"CONNECT a.test:65536 HTTP/1.1", H), "connect-target", 8),
    (request(b"CONNECT a.test:443/x HTTP/1.1", H), "connect-target", 8),
    (request(b"CONNECT :443 HTTP/1.1", H), "connect-target", 8),
    (request(b"CONNECT http://a.test:443 HTTP/1.1", H), "connect-target", 8),
    (request(b"CONNECT ::1:443 HTTP/1.1", H), "connect-target", 8),
    (request(b"CONNECT a.test:-1 HTTP/1.1", H), "connect-target", 8),
    (request(b"CONNECT * HTTP/1.1", H), "connect-target", 8),
    (request(b"CONNECT me@a.test:443 HTTP/1.1", H), "userinfo", 8),
    (request(b"CONNECT a.test:443 HTTP/1.1", H, b"Content-Length: 3"), "connect-body", 43),
    (request(b"CONNECT a.test:443 HTTP/1.1", H, b"Transfer-Encoding: chunked"), "connect-body", 43),
    # fields
    (request(G, b" Host: a.test"), "space-before-fields", 16),
    (request(G, b"\tX: y", H), "space-before-fields", 16),
    (request(G, b" ", H), "space-before-fields", 16),
    (request(G, H, b" folded"), "obs-fold", 30),
    (request(G, H, b"X: y", b"\tz"), "obs-fold", 36),
    (request(G, H, b" "), "obs-fold", 30),
    (request(G, b"Host : a.test"), "space-before-colon", 20),
    (request(G, H, b"Content-Length\t: 3"), "space-before-colon", 44),
    (request(G, H, b"Transfer-Encoding : chunked"), "space-before-colon", 47),
    (request(G, H, b": x"), "empty-name", 30),
    (request(G, H, b"X y: z"), "bad-name", 31),
    (request(G, H, b"X\x0b: z"), "bad-name", 31),
    (request(G, H, b"X\xc3\xa9: z"), "bad-name", 31),
    (request(G, H, b"X(y): z"), "bad-name", 31),
    (request(G, H, b"X@y: z"), "bad-name", 31),
    (request(G, H, b"\x0bX: z"), "bad-name", 30),
    (request(G, H, b'"X": z'), "bad-name", 30),
    (request(G, H, b"no colon here"), "no-colon", 43),
    (request(G, H, b"GET /admin HTTP/1.1"), "no-colon", 49),
    (request(G, H, b"X"), "no-colon", 31),
    (request(G, H, b"X: a\x01b"), "bad-value", 34),
    (request(G, H, b"X: a\x7f"), "bad-value", 34),
    (request(G, H, b"X: \x0b"), "bad-value", 33),
    (request(G, H, b"X: \x1b[31m"), "bad-value", 33),
    # Host
    (request(G), "host-missing", 16),
    (request(b"OPTIONS * HTTP/1.1"), "host-missing", 20),
    (request(G, b"X: y"), "host-missing", 22),
    (request(G, H, H), "host-repeated", 30),
    (request(G, H, b"X: y", b"HOST: b.test"), "host-repeated", 36),
    (request(G, b"Host:"), "host-invalid", 21),
    (request(G, b"Host: a b"), "host-invalid", 22),
    (request(G, b"Host: a/b"), "host-invalid", 22),
    (request(G, b"Host: a?b"), "host-invalid", 22),
    (request(G, b"Host: a:b"), "host-invalid", 22),
    (request(G, b"Host: a:80:80"), "host-invalid", 22),
    (request(G, b"Host: a:65536"), "host-invalid", 22),
    (request(G, b"Host: :80"), "host-invalid", 22),
    (request(G, b"Host: http://a"), "host-invalid", 22),
    (request(G, b"Host: ::1"), "host-invalid", 22),
    (request(G, b"Host: [::1"), "host-invalid", 22),
    (request(G, b"Host: [::1]x"), "host-invalid", 22),
    (request(G, b"Host: [1.2.3.4]"), "host-invalid", 22),
    (request(G, b"Host: [fe80::1%25eth0]"), "host-invalid", 22),
    (request(G, b"Host: a%zz"), "host-invalid", 22),
    (request(G, b"Host: a\xc3\xa9"), "host-invalid", 22),
    (request(G, b"Host: a\\b"), "host-invalid", 22),
    (request(G, b'Host: a"b'), "host-invalid", 22),
    (request(G, b"Host: a, b"), "host-invalid", 22),
    (request(G, b"Host: a#b"), "host-invalid", 22),
    (request(G, b"Host: me@a"), "userinfo", 22),
    (request(b"GET http://a.test/ HTTP/1.1", b"Host: a b"), "host-invalid", 35),
    # length
    *((request(G, H, b"Content-Length: " + value), "length-invalid", 46)
      for value in (b"+5", b"-5", b"0x5", b"5 5", b"5x", b"5.0", b"1e3", b"five", b'"5"', b"5;q=1", b"\xd9\xa5",
                    b"\xb2", b"5_0", b"0b1", b"5 x", b"NaN")),
    (request(G, H, b"Content-Length:"), "length-invalid", 45),
    (request(G, H, b"Content-Length: 5, 5"), "length-repeated", 46),
    (request(G, H, b"Content-Length: 5, 6"), "length-repeated", 46),
    (request(G, H, b"Content-Length: 5,"), "length-repeated", 46),
    (request(G, H, b"Content-Length: 5", b"Content-Length: 5"), "length-repeated", 49),
    (request(G, H, b"Content-Length: 5", b"content-length: 6"), "length-repeated", 49),
    (request(G, H, b"Content-Length: 9223372036854775808"), "length-too-large", 46),
    (request(G, H, b"Content-Length: " + b"9" * 5000), "length-too-large", 46),
    # coding
    (request(G, H, b"Content-Length: 5", b"Transfer-Encoding: chunked"), "length-with-coding", 49),
    (request(G, H, b"Transfer-Encoding: chunked", b"Content-Length: 5"), "length-with-coding", 58),
    (request(G, H, b"Transfer-Encoding: chunked", b"Content-Length: 0"), "length-with-coding", 58),
    (request(G, H, b"Transfer-Encoding: chunked", b"Transfer-Encoding: chunked"), "coding-repeated", 58),
    (request(G, H, b"Transfer-Encoding: chunked", b"Transfer-Encoding: identity"), "coding-repeated", 58),
    (request(G, H, b"Transfer-Encoding: chunked, chunked"), "coding-repeated", 49),
    (request(G, H, b"Transfer-Encoding: xchunked"), "coding-unknown", 49),
    (request(G, H, b"Transfer-Encoding: chunkedx"), "coding-unknown", 49),
    (request(G, H, b"Transfer-Encoding: identity"), "coding-unknown", 49),
    (request(G, H, b"Transfer-Encoding: gzip"), "coding-unknown", 49),
    (request(G, H, b"Transfer-Encoding: gzip, chunked"), "coding-unknown", 49),
    (request(G, H, b"Transfer-Encoding: chunked, identity"), "coding-unknown", 49),
    (request(G, H, b"Transfer-Encoding: chunked, gzip"), "coding-unknown", 49),
    (request(G, H, b"Transfer-Encoding: identity, chunked"), "coding-unknown", 49),
    (request(G, H, b"Transfer-Encoding: chunked;q=1"), "coding-invalid", 49),
    (request(G, H, b"Transfer-Encoding: chunked,"), "coding-invalid", 49),
    (request(G, H, b"Transfer-Encoding: ,chunked"), "coding-invalid", 49),
    (request(G, H, b"Transfer-Encoding: "), "coding-invalid", 48),
    (request(G, H, b'Transfer-Encoding: "chunked"'), "coding-invalid", 49),
    (request(G, H, b"Transfer-Encoding:\tchunked"), "coding-invalid", 48),
    (request(G, H, b"X: a\tb", b"Transfer-Encoding: chunked\t"), "coding-invalid", 56),
    (request(G, H, b"Transfer-Encoding: chunked chunked"), "coding-invalid", 49),
    (request(G, H, b"Transfer-Encoding: chunked\xa0"), "coding-invalid", 49),
    (request(G, H, b"Transfer-Encoding: \x0bchunked"), "bad-value", 49),
    (request(G, H, b"Transfer-Encoding:\x0cchunked"), "bad-value", 48),
    (request(G, H, b"Transfer-Encoding: chun\x00ked"), "nul", 53),
    (request(G, H, b"Transfer-Encoding:", b" chunked"), "obs-fold", 50),
    (request(G, H, b"Foo: bar", b" Transfer-Encoding: chunked"), "obs-fold", 40),
    (request(G, H, b"Transfer\x00-Encoding: chunked"), "nul", 38),
    (request(b"POST / HTTP/1.0", H, b"Transfer-Encoding: chunked"), "coding-old-version", 31),
]  # fmt: skip

REFUSED_RESPONSES: list[tuple[bytes, str, int]] = [
    (b"<html>", "not-http", 0),
    (b"ICY 200 OK\r\n", "not-http", 0),
    (b"http/1.1 200 OK\r\n", "not-http", 0),
    (b"\r\nHTTP/1.1 200 OK\r\n\r\n", "not-http", 0),
    (b"\x15\x03\x01\x00\x02\x02\x46", "not-http", 0),
    (b"HTTP/2 200\r\n\r\n", "bad-version", 0),
    (b"HTTP/1.1200 OK\r\n\r\n", "bad-version", 0),
    (b"HTTP/2.0 200 OK\r\n\r\n", "version-unsupported", 0),
    (b"HTTP/1.1\r\n\r\n", "bad-status", 9),
    (b"HTTP/1.1 \r\n\r\n", "bad-status", 9),
    (b"HTTP/1.1  200 OK\r\n\r\n", "bad-status", 9),
    (b"HTTP/1.1 20 OK\r\n\r\n", "bad-status", 9),
    (b"HTTP/1.1 099 OK\r\n\r\n", "bad-status", 9),
    (b"HTTP/1.1 2000 OK\r\n\r\n", "bad-status", 9),
    (b"HTTP/1.1 +20 OK\r\n\r\n", "bad-status", 9),
    (b"HTTP/1.1 200OK\r\n\r\n", "bad-status", 9),
    (b"HTTP/1.1 200\tOK\r\n\r\n", "bad-status", 9),
    (b"HTTP/1.1 abc OK\r\n\r\n", "bad-status", 9),
    (b"HTTP/1.1 200 O\x01K\r\n\r\n", "bad-reason", 14),
    (b"HTTP/1.1 200 O\x00K\r\n\r\n", "nul", 14),
    (b"HTTP/1.1 200 OK\n", "bare-lf", 15),
    (b"HTTP/1.1 200 OK\r\nX: a\rb\r\n\r\n", "bare-cr", 21),
    (b"HTTP/1.1 200 OK\r\nX: a\nb\r\n\r\n", "bare-lf", 21),
    (b"HTTP/1.1 200 OK\r\n X: a\r\n\r\n", "space-before-fields", 17),
    (b"HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n", "obs-fold", 23),
    (b"HTTP/1.1 200 OK\r\nX : a\r\n b\r\n\r\n", "obs-fold", 24),
    (b"HTTP/1.1 200 OK\r\nX y : a\r\n\r\n", "bad-name", 18),
    (b"HTTP/1.1 200 OK\r\n : a\r\n\r\n", "space-before-fields", 17),
    (b"HTTP/1.1 200 OK\r\nnothing\r\n\r\n", "no-colon", 24),
    (b"HTTP/1.1 200 OK\r\nX: \x08\r\n\r\n", "bad-value", 20),
    (b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n", "length-repeated", 36),
    (b"HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\n", "length-repeated", 33),
    (b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "length-invalid", 33),
    (b"HTTP/1.1 200 OK\r\nContent-Length : x\r\n\r\n", "length-invalid", 34),
    (b"HTTP/1.1 200 OK\r\nContent-Length : 1\r\nContent-Length: 1\r\n\r\n", "length-repeated", 37),
    (b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", "length-with-coding", 36),
    (b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "coding-old-version", 17),
    (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", "coding-unknown", 36),
]


@pytest.mark.parametrize(("data", "code", "offset"), REFUSED_REQUESTS)
def test_a_request_is_refused_at_the_byte_that_is_to_blame(data: bytes, code: str, offset: int) -> None:
    result = parse_request(data)
    assert isinstance(result, Problem), result
    assert (result.code, result.offset) == (code, offset)
    assert result.code in RULES


@pytest.mark.parametrize(("data", "code", "offset"), REFUSED_RESPONSES)
def test_a_response_is_refused_at_the_byte_that_is_to_blame(data: bytes, code: str, offset: int) -> None:
    result = parse_response(data)
    assert isinstance(result, Problem), result
    assert (result.code, result.offset) == (code, offset)
    assert result.code in RULES


SMALL = Limits(head=200, line=60, fields=5)


@pytest.mark.parametrize(("data", "code"), [
    (request(b"GET /" + b"a" * 50 + b" HTTP/1.1", H), "target-too-long"),
    (b"GET /" + b"a" * 100, "target-too-long"),
    (request(G, H, *[b"X: y"] * 5), "too-many-fields"),
    (request(G, H, b"X: " + b"y" * 200), "head-too-large"),
    (b"GET / HTTP/1.1\r\nHost: a.test\r\nX: " + b"y" * 200, "head-too-large"),
    (b"GET / HTTP/1.1\r\nHost: a.test\r\nX: \n" + b"y" * 200, "bare-lf"),
    (b"GET / HTTP/1.1\r\nHost : a.test\r\nX: " + b"y" * 200, "space-before-colon"),
])  # fmt: skip
def test_what_is_too_large_is_refused_as_soon_as_it_is(data: bytes, code: str) -> None:
    result = parse_request(data, SMALL)
    assert isinstance(result, Problem)
    assert result.code == code


@pytest.mark.parametrize(("data", "code"), [
    (request(b"HTTP/1.1 200 " + b"a" * 50), "start-line-too-long"),
    (b"HTTP/1.1 200 " + b"a" * 100, "start-line-too-long"),
    (request(b"HTTP/1.1 200 OK", *[b"X: y"] * 6), "too-many-fields"),
    (request(b"HTTP/1.1 200 OK", b"X: " + b"y" * 200), "head-too-large"),
    (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 200, "head-too-large"),
])  # fmt: skip
def test_a_response_has_limits_too(data: bytes, code: str) -> None:
    result = parse_response(data, SMALL)
    assert isinstance(result, Problem)
    assert result.code == code


@pytest.mark.parametrize("length", [59, 60, 61, 62, 63, 300])
def test_a_long_line_is_too_long_however_it_arrives(length: int) -> None:
    line = b"GET /".ljust(length - 9, b"a") + b" HTTP/1.1"
    whole = parse_request(request(line, H), SMALL)
    results = [parse_request(request(line, H)[:end], SMALL) for end in range(length + 20)]
    found = [result for result in results if isinstance(result, Problem)]
    if length <= 60:
        assert isinstance(whole, RequestHead)
        assert not found
    else:
        assert isinstance(whole, Problem)
        assert whole[:2] == ("target-too-long", 60)
        assert {problem[:2] for problem in found} == {whole[:2]}


def test_the_largest_head_allowed_is_accepted() -> None:
    start = b"GET / HTTP/1.1\r\nHost: a.test\r\nX: "
    assert isinstance(parse_request(start + b"y" * (196 - len(start)) + b"\r\n\r\n", SMALL), RequestHead)
    assert isinstance(parse_request(start + b"y" * (197 - len(start)) + b"\r\n\r\n", SMALL), Problem)


@pytest.mark.parametrize(("data", "code"), [row[:2] for row in REFUSED_REQUESTS])
def test_a_sentence_has_its_blank_filled_in(data: bytes, code: str) -> None:
    problem = parse_request(data)
    assert isinstance(problem, Problem)
    assert problem.detail or "{detail}" not in RULES[code].sentence


def test_a_password_is_not_repeated() -> None:
    for data in (
        request(b"GET http://me:secret@a.test/ HTTP/1.1", H),
        request(b"CONNECT me:secret@a.test:443 HTTP/1.1", H),
        request(G, b"Host: me:secret@a.test"),
    ):
        problem = parse_request(data)
        assert isinstance(problem, Problem)
        assert (problem.code, problem.detail) == ("userinfo", "")
