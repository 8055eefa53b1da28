"""Heads that are accepted: what they say, where they end, what of them ends here."""

import pytest

from inspector.wire.http1 import Problem, RequestHead, ResponseHead, parse_request, parse_response
from inspector.wire.rules import RULES


def request(*lines: bytes) -> bytes:
    return b"\r\n".join(lines) + b"\r\n\r\n"


G = b"GET / HTTP/1.1"
H = b"Host: a.test"


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


def test_a_connect_may_come_without_host() -> None:
    head = accepted(request(b"CONNECT b.test:443 HTTP/1.1"))
    assert (head.authority, head.host) == (b"b.test:443", None)


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
