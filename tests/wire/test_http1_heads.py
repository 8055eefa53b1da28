"""Heads: what is accepted and understood, and each way in which one is refused."""

import pytest

from inspector.wire.http1 import Limits, Problem, RequestHead, ResponseHead, parse_request, parse_response
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


def accepted(data: bytes) -> RequestHead:
    result = parse_request(data)
    assert isinstance(result, RequestHead), result
    return result


def answer(data: bytes) -> ResponseHead:
    result = parse_response(data)
    assert isinstance(result, ResponseHead), result
    return result


TARGETS = [
    # method, target, Host: form, scheme, authority, path
    (b"GET", b"/", b"a.test", "origin", b"", b"a.test", b"/"),
    (b"GET", b"//b.test/x", b"a.test", "origin", b"", b"a.test", b"//b.test/x"),
    (b"GET", b'/a|b"{}<>[]^`\\%zz?q=1?2', b"a.test", "origin", b"", b"a.test", b'/a|b"{}<>[]^`\\%zz?q=1?2'),
    (b"GET", b"http://b.test", b"a.test", "absolute", b"http", b"b.test", b"/"),
    (b"GET", b"http://b.test?q", b"a.test", "absolute", b"http", b"b.test", b"/?q"),
    (
        b"GET",
        b"HTTP://b.test:8080/x?y=http://z/",
        b"a.test",
        "absolute",
        b"http",
        b"b.test:8080",
        b"/x?y=http://z/",
    ),
    (b"GET", b"http://b.test:/x", b"", "absolute", b"http", b"b.test:", b"/x"),
    (b"GET", b"http://[2001:db8::1]:80/@", b"a.test", "absolute", b"http", b"[2001:db8::1]:80", b"/@"),
    (b"GET", b"http://b.test/me@x", b"a.test", "absolute", b"http", b"b.test", b"/me@x"),
    (b"GET", b"ftp://b.test/x", b"a.test", "absolute", b"ftp", b"b.test", b"/x"),
    (b"GET", b"urn:isbn:0", b"a.test", "absolute", b"urn", b"", b"isbn:0"),
    (b"GET", b"a.test:80", b"a.test", "absolute", b"a.test", b"", b"80"),
    (b"OPTIONS", b"*", b"a.test", "asterisk", b"", b"a.test", b"*"),
    (b"OPTIONS", b"http://b.test", b"a.test", "absolute", b"http", b"b.test", b"*"),
    (b"OPTIONS", b"http://b.test/", b"a.test", "absolute", b"http", b"b.test", b"/"),
    (b"CONNECT", b"b.test:443", b"a.test", "authority", b"", b"b.test:443", b""),
    (b"CONNECT", b"[::1]:443", b"", "authority", b"", b"[::1]:443", b""),
    (b"CONNECT", b"127.0.0.1:65535", b"a.test", "authority", b"", b"127.0.0.1:65535", b""),
    (b"!#$%&'*+-.^_`|~09azAZ", b"/", b"a.test", "origin", b"", b"a.test", b"/"),
]


@pytest.mark.parametrize("row", TARGETS)
def test_a_target_says_whom_it_is_for(row: tuple[bytes, bytes, bytes, str, bytes, bytes, bytes]) -> None:
    method, target, host, *meaning = row
    head = accepted(request(method + b" " + target + b" HTTP/1.1", b"Host: " + host))
    assert (head.method, head.target, head.host) == (method, target, host)
    assert [head.form, head.scheme, head.authority, head.path] == meaning


@pytest.mark.parametrize("host", [
    b"a", b"a.test", b"A.TEST", b"a.test.", b"a.test:", b"a.test:0", b"a.test:65535", b"a.test:00080", b"1.2.3.4", b"[::]",
    b"[::1]:80", b"[::ffff:1.2.3.4]", b"xn--e1afmkfd.test", b"a_b.test", b"a-.test", b"a%20b", b"a!$&'()*+;=~b",
])  # fmt: skip
def test_a_host_by_the_grammar_is_accepted(host: bytes) -> None:
    assert accepted(request(G, b"Host: " + host)).host == host


def test_fields_keep_order_and_lose_only_the_space_around_them() -> None:
    head = accepted(request(G, H, b"X:a", b"x: \t b  c \t", b"Y:", b"Z: \t ", b"E: caf\xc3\xa9", b"V: a:b"))
    assert head.fields == [
        (b"host", b"a.test"), (b"x", b"a"), (b"x", b"b  c"), (b"y", b""), (b"z", b""), (b"e", b"caf\xc3\xa9"), (b"v", b"a:b"),
    ]  # fmt: skip


def test_obs_text_at_the_end_of_a_value_is_not_space() -> None:
    assert accepted(request(G, H, b"X: a\x85\xa0")).fields[1] == (b"x", b"a\x85\xa0")


FRAMING = [
    # field lines: length, chunked
    ((), None, False),
    ((b"Content-Length: 0",), 0, False),
    ((b"Content-Length: 0000000000000000000000000005",), 5, False),
    ((b"Content-Length:\t5 ",), 5, False),
    ((b"Content-Length: 9223372036854775807",), 2**63 - 1, False),
    ((b"Transfer-Encoding: chunked",), None, True),
    ((b"transfer-encoding:CHUNKED",), None, True),
    ((b"Transfer-Encoding:  chunked  ",), None, True),
    ((b"X-Content-Length: 5", b"Content-Lengt: 6", b"Transfer-Encodin: chunked"), None, False),
]


@pytest.mark.parametrize(("lines", "length", "chunked"), FRAMING)
def test_a_message_says_where_its_body_ends(
    lines: tuple[bytes, ...], length: int | None, chunked: bool
) -> None:
    head = accepted(request(b"POST / HTTP/1.1", H, *lines))
    assert (head.length, head.chunked) == (length, chunked)
    reply = answer(request(b"HTTP/1.1 200 OK", *lines))
    assert (reply.length, reply.chunked) == (length, chunked)


CONNECTIONS = [
    # minor, lines: stays, upgrade, options, hop
    (1, (), True, b"", (), ()),
    (0, (), False, b"", (), ()),
    (1, (b"Connection: close",), False, b"", (b"close",), (b"connection",)),
    (1, (b"Connection: CLOSE",), False, b"", (b"close",), (b"connection",)),
    (1, (b"Connection: keep-alive, close",), False, b"", (b"keep-alive", b"close"), (b"connection",)),
    (1, (b"Connection: x", b"Connection: close"), False, b"", (b"x", b"close"), (b"connection",)),
    (1, (b"Connection: closed",), True, b"", (b"closed",), (b"connection",)),
    (0, (b"Connection: Keep-Alive",), True, b"", (b"keep-alive",), (b"connection",)),
    (0, (b"Connection: keep-alive, close",), False, b"", (b"keep-alive", b"close"), (b"connection",)),
    (0, (b"Proxy-Connection: keep-alive",), False, b"", (), (b"proxy-connection",)),
    (1, (b"Connection: , ,\t,a,,", b"A: 1"), True, b"", (b"a",), (b"connection", b"a")),
    (1, (b"Connection:",), True, b"", (), (b"connection",)),
    (
        1,
        (b"Connection: Upgrade", b"Upgrade: websocket"),
        True,
        b"websocket",
        (b"upgrade",),
        (b"connection", b"upgrade"),
    ),
    (1, (b"Upgrade: h2c", b"Connection: upgrade"), True, b"h2c", (b"upgrade",), (b"upgrade", b"connection")),
    (1, (b"Upgrade: websocket",), True, b"", (), (b"upgrade",)),
    (
        0,
        (b"Connection: Upgrade", b"Upgrade: websocket"),
        False,
        b"",
        (b"upgrade",),
        (b"connection", b"upgrade"),
    ),
    (1, (b"TE: trailers",), True, b"", (), ()),
    (1, (b"TE: gzip",), True, b"", (), (b"te",)),
    (1, (b"TE: trailers", b"Connection: TE"), True, b"", (b"te",), (b"connection", b"te")),
    (1, (b"Keep-Alive: timeout=5",), True, b"", (), (b"keep-alive",)),
    (1, (b"Proxy-Authorization: Basic eA==",), True, b"", (), (b"proxy-authorization",)),
    (
        1,
        (b"Connection: X-Secret, x-absent", b"X-Secret: 1"),
        True,
        b"",
        (b"x-secret", b"x-absent"),
        (b"connection", b"x-secret"),
    ),
    (
        1,
        (b"Connection: close, cookie, host", b"Cookie: a=b"),
        False,
        b"",
        (b"close", b"cookie", b"host"),
        (b"connection",),
    ),
    (
        1,
        (b"Connection: content-length", b"Content-Length: 0"),
        True,
        b"",
        (b"content-length",),
        (b"connection",),
    ),
]


@pytest.mark.parametrize("row", CONNECTIONS)
def test_connection_says_what_ends_here(
    row: tuple[int, tuple[bytes, ...], bool, bytes, tuple[bytes, ...], tuple[bytes, ...]],
) -> None:
    minor, lines, *meaning = row
    version = b"HTTP/1.%d" % minor
    for head in (
        accepted(request(b"GET / " + version, H, *lines)),
        answer(request(version + b" 200 OK", *lines)),
    ):
        assert [head.keep_alive, head.upgrade, head.options, head.hop] == meaning


def test_an_http_1_0_client_of_a_proxy_does_not_stay() -> None:
    assert not accepted(request(b"GET http://a.test/ HTTP/1.0", b"Connection: keep-alive")).keep_alive


def test_a_continue_is_expected_in_http_1_1_only() -> None:
    assert accepted(request(G, H, b"Expect: 100-Continue")).expects_continue
    assert not accepted(request(b"GET / HTTP/1.0", H, b"Expect: 100-continue")).expects_continue
    assert not accepted(request(G, H, b"Expect: 200-ok")).expects_continue


def test_http_1_0_needs_no_host() -> None:
    assert accepted(request(b"GET / HTTP/1.0")).host is None


@pytest.mark.parametrize(("line", "minor", "status", "reason"), [
    (b"HTTP/1.1 200 OK", 1, 200, b"OK"),
    (b"HTTP/1.0 200 OK", 0, 200, b"OK"),
    (b"HTTP/1.1 200", 1, 200, b""),
    (b"HTTP/1.1 200 ", 1, 200, b""),
    (b"HTTP/1.1 200  two  spaces ", 1, 200, b" two  spaces "),
    (b"HTTP/1.1 404 Non trouv\xc3\xa9", 1, 404, b"Non trouv\xc3\xa9"),
    (b"HTTP/1.1 100 Continue", 1, 100, b"Continue"),
    (b"HTTP/1.1 999 \tx", 1, 999, b"\tx"),
])  # fmt: skip
def test_a_status_line_is_read(line: bytes, minor: int, status: int, reason: bytes) -> None:
    head = answer(request(line))
    assert (head.minor, head.status, head.reason, head.fields) == (minor, status, reason, [])


def test_space_before_a_colon_is_taken_out_of_a_response() -> None:
    raw = request(b"HTTP/1.1 200 OK", b"Content-Length \t: 3", b"X: a : b", b"Set-Cookie : s=1")
    head = answer(raw)
    assert head.raw == raw
    assert head.clean == request(b"HTTP/1.1 200 OK", b"Content-Length: 3", b"X: a : b", b"Set-Cookie: s=1")
    assert head.notes == ("space-before-colon:Content-Length", "space-before-colon:Set-Cookie")
    assert head.length == 3
    assert head.consumed == len(raw)


def test_a_length_where_none_may_be_is_noted_and_ends_here() -> None:
    head = answer(request(b"HTTP/1.1 204 No Content", b"Content-Length: 0", b"X: y"))
    assert head.notes == ("no-content:content-length",)
    assert head.hop == (b"content-length",)


def test_empty_lines_before_a_request_are_skipped_and_counted() -> None:
    data = b"\r\n\r\n" + request(G, H)
    head = accepted(data)
    assert head.raw == data[4:]
    assert head.consumed == len(data)
    assert parse_request(b"\r") is None
    assert parse_request(b"\r\n") is None
    assert parse_request(b"\r\n\r\n") is None
    problem = parse_request(b"\r\n" + request(G, H, H))
    assert isinstance(problem, Problem)
    assert problem.offset == 32


def test_offsets_and_consumed_count_from_start() -> None:
    first, second = request(G, H), request(b"POST /2 HTTP/1.1", H)
    head = parse_request(first + second + b"rest", start=len(first))
    assert isinstance(head, RequestHead)
    assert (head.raw, head.consumed) == (second, len(second))
    problem = parse_request(first + request(G, H, H), start=len(first))
    assert problem == Problem("host-repeated", 30, "a.test")
    reply = parse_response(b"xx" + request(b"HTTP/1.1 200 OK") + b"body", start=2)
    assert isinstance(reply, ResponseHead)
    assert reply.consumed == 19


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


def test_seen_saves_looking_again_and_changes_nothing() -> None:
    data = b"\r\n" + request(G, H, b"X: y")
    for cut in range(1, len(data)):
        assert parse_request(data[:cut]) is None
        head = parse_request(data, seen=cut)
        assert isinstance(head, RequestHead)
        assert head.consumed == len(data)


def test_every_rule_has_its_words() -> None:
    for code, rule in RULES.items():
        assert code == code.lower()
        assert rule.sentence.endswith((".", "smuggling."))
        assert rule.cure
        assert rule.rfc.startswith("RFC ")
        assert rule.quote
        assert rule.status in (400, 414, 431, 501, 505)
