"""Bytes that mean two things: recorded, answered with 4xx or 502, and never passed on."""

from __future__ import annotations

import threading

import pytest
from peers import PATIENCE, Answer, answering, get, ok, request

H = b"Host: a.test"
C = b"Transfer-Encoding: chunked"

# heads: what is wrong with them, and the code of the rule; SITE stands for a site that listens
HEADS = {
    "CL.TE": (request(b"POST", b"SITE", H, b"Content-Length: 6", C, body=b"0\r\n\r\nGET"), "length-with-coding"),
    "TE.CL": (request(b"POST", b"SITE", H, C, b"Content-Length: 4", body=b"0\r\n\r\n"), "length-with-coding"),
    "CL.CL": (request(b"POST", b"SITE", H, b"Content-Length: 1", b"Content-Length: 2"), "length-repeated"),
    "the same length twice": (request(b"POST", b"SITE", H, b"Content-Length: 1", b"Content-Length: 1"), "length-repeated"),
    "a list of lengths": (request(b"POST", b"SITE", H, b"Content-Length: 1, 1"), "length-repeated"),
    "TE.TE": (request(b"POST", b"SITE", H, C, C), "coding-repeated"),
    "chunked twice": (request(b"POST", b"SITE", H, b"Transfer-Encoding: chunked, chunked"), "coding-repeated"),
    "an unknown coding": (request(b"POST", b"SITE", H, b"Transfer-Encoding: gzip, chunked"), "coding-unknown"),
    "a misspelled coding": (request(b"POST", b"SITE", H, b"Transfer-Encoding: xchunked"), "coding-unknown"),
    "a quoted coding": (request(b"POST", b"SITE", H, b'Transfer-Encoding: "chunked"'), "coding-invalid"),
    "a tab before the coding": (request(b"POST", b"SITE", H, b"Transfer-Encoding:\tchunked"), "coding-invalid"),
    "a coding in HTTP/1.0": (request(b"POST", b"SITE", H, C, version=b"HTTP/1.0"), "coding-old-version"),
    "a coding with a vertical tab": (request(b"POST", b"SITE", H, b"Transfer-Encoding: \x0bchunked"), "bad-value"),
    "a length with a sign": (request(b"POST", b"SITE", H, b"Content-Length: +5", body=b"12345"), "length-invalid"),
    "a negative length": (request(b"POST", b"SITE", H, b"Content-Length: -5"), "length-invalid"),
    "a hexadecimal length": (request(b"POST", b"SITE", H, b"Content-Length: 0x5"), "length-invalid"),
    "a length with an underscore": (request(b"POST", b"SITE", H, b"Content-Length: 1_0"), "length-invalid"),
    "an empty length": (request(b"POST", b"SITE", H, b"Content-Length:"), "length-invalid"),
    "a huge length": (request(b"POST", b"SITE", H, b"Content-Length: 99999999999999999999999"), "length-too-large"),
    "a space before the colon": (request(b"POST", b"SITE", H, b"Content-Length : 5", body=b"12345"), "space-before-colon"),
    "a folded field": (request(b"GET", b"SITE", H, b"X: a", b" b"), "obs-fold"),
    "a folded coding": (request(b"POST", b"SITE", H, b"Transfer-Encoding:", b" chunked"), "obs-fold"),
    "space before the first field": (request(b"GET", b"SITE", b" " + H), "space-before-fields"),
    "a bare LF": (request(b"GET", b"SITE", H, b"X: a\nContent-Length: 5"), "bare-lf"),
    "LF for line ends": (b"GET SITE HTTP/1.1\nHost: a.test\n\n", "bare-lf"),
    "a bare CR": (request(b"GET", b"SITE", H, b"X: a\rb"), "bare-cr"),
    "NUL in a value": (request(b"GET", b"SITE", H, b"X: a\x00b"), "nul"),
    "NUL in a name": (request(b"GET", b"SITE", H, b"X\x00: b"), "nul"),
    "an escape character": (request(b"GET", b"SITE", H, b"X: a\x1b[2J"), "bad-value"),
    "DEL in a value": (request(b"GET", b"SITE", H, b"X: a\x7f"), "bad-value"),
    "a name with a space": (request(b"GET", b"SITE", H, b"X Y: b"), "bad-name"),
    "an empty name": (request(b"GET", b"SITE", H, b": b"), "empty-name"),
    "a line without a colon": (request(b"GET", b"SITE", H, b"nonsense"), "no-colon"),
    "no Host": (request(b"GET", b"SITE"), "host-missing"),
    "two Hosts": (request(b"GET", b"SITE", H, b"Host: b.test"), "host-repeated"),
    "the same Host twice": (request(b"GET", b"SITE", H, H), "host-repeated"),
    "a Host with a path": (request(b"GET", b"SITE", b"Host: a.test/b"), "host-invalid"),
    "a Host with a space": (request(b"GET", b"SITE", b"Host: a.test b.test"), "host-invalid"),
    "a Host with a log-in": (request(b"GET", b"SITE", b"Host: me@a.test"), "userinfo"),
    "a target with a log-in": (request(b"GET", b"http://me:pw@a.test/", H), "userinfo"),
    "a target with a huge port": (request(b"GET", b"http://a.test:99999/", H), "host-invalid"),
    "a target with a space": (request(b"GET", b"SITE/a b", H), "target-space"),
    "a target with a fragment": (request(b"GET", b"SITE/#a", H), "target-fragment"),
    "a target with bytes above ASCII": (request(b"GET", b"SITE/\xc3\xa9", H), "target-bytes"),
    "a target that is none": (request(b"GET", b"a.test", H), "target-form"),
    "an asterisk for GET": (request(b"GET", b"*", H), "target-form"),
    "CONNECT without a port": (request(b"CONNECT", b"a.test", H), "connect-target"),
    "CONNECT with a path": (request(b"CONNECT", b"a.test:443/", H), "connect-target"),
    "CONNECT with a body": (request(b"CONNECT", b"a.test:443", H, b"Content-Length: 5", body=b"12345"), "connect-body"),
    "a method with a bracket": (request(b"G(T", b"SITE", H), "bad-method"),
    "HTTP/0.9": (b"GET SITE\r\n", "version-missing"),
    "HTTP/2.0": (request(b"GET", b"SITE", H, version=b"HTTP/2.0"), "version-unsupported"),
    "HTTP/1.2": (request(b"GET", b"SITE", H, version=b"HTTP/1.2"), "version-unsupported"),
    "a version in small letters": (request(b"GET", b"SITE", H, version=b"http/1.1"), "bad-version"),
    "the HTTP/2 preface": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "version-unsupported"),
    "TLS at the plain port": (bytes.fromhex("16030100f8010000f40303") + bytes(80), "not-http"),
    "SOCKS": (b"\x05\x01\x00", "not-http"),
    "many empty lines": (b"\r\n" * 5, "empty-start-line"),
}  # fmt: skip

CHUNKS = {
    "a size with a sign": (b"+5\r\nhello\r\n0\r\n\r\n", "chunk-size"),
    "a size with 0x": (b"0x5\r\nhello\r\n0\r\n\r\n", "chunk-size"),
    "a size with a space before it": (b" 5\r\nhello\r\n0\r\n\r\n", "chunk-size"),
    "a size with an underscore": (b"1_0\r\nhello\r\n0\r\n\r\n", "chunk-size"),
    "an empty size": (b"\r\nhello\r\n0\r\n\r\n", "chunk-size"),
    "a huge size": (b"ffffffffffffffffff\r\nhello", "chunk-size-too-large"),
    "a size that wraps round": (b"8000000000000000\r\nhello", "chunk-size-too-large"),
    "LF after the size": (b"5\nhello\r\n0\r\n\r\n", "bare-lf"),
    "CR in an extension": (b"5;a\rb\r\nhello\r\n0\r\n\r\n", "bare-cr"),
    "a broken extension": (b"5;a b\r\nhello\r\n0\r\n\r\n", "chunk-extension"),
    "data longer than its size": (b"5\r\nhello!\r\n0\r\n\r\n", "chunk-end"),
    "data with LF after it": (b"5\r\nhello\n0\r\n\r\n", "chunk-end"),
    "a length in the trailers": (b"0\r\nContent-Length: 5\r\n\r\n", "trailer-forbidden"),
    "a cookie in the trailers": (b"0\r\nCookie: a=b\r\n\r\n", "trailer-forbidden"),
    "a folded trailer": (b"0\r\nX: a\r\n b\r\n\r\n", "obs-fold"),
}


@pytest.mark.parametrize(("raw", "code"), HEADS.values(), ids=HEADS.keys())
def test_a_malformed_head_is_explained_and_never_forwarded(talk, site, engine, raw, code):
    here = site(answering(ok()))
    raw = raw.replace(b"SITE", b"http://" + here.authority)
    wire = talk().send(raw + get(here, b"/hidden"))
    reply = wire.reply()
    assert reply.body == b"fault %b\n" % code.encode()
    assert 400 <= reply.status < 600
    assert reply.field("connection") == b"close"
    assert wire.rest() == b""
    exchange = engine.records.only()
    assert (exchange.state, exchange.fault, exchange.status) == ("failed", code, reply.status)
    assert (exchange.error.who, exchange.error.stage) == ("client", "request-head")
    assert exchange.error.did == f"answered {reply.status}"
    assert 0 <= exchange.error.offset <= len(raw)
    assert exchange.client_leg.request.head.startswith(raw[: exchange.error.offset + 1])
    assert exchange.server_leg is None
    assert here.visits == 0


@pytest.mark.parametrize(("chunks", "code"), CHUNKS.values(), ids=CHUNKS.keys())
def test_a_malformed_chunk_in_the_first_segment_never_reaches_the_site(talk, site, engine, chunks, code):
    here = site(lambda wire: wire.rest())
    raw = request(b"POST", b"http://" + here.authority + b"/", H, C, body=chunks)
    wire = talk().send(raw)
    assert wire.reply().body == b"fault %b\n" % code.encode()
    assert wire.rest() == b""
    exchange = engine.records.only()
    assert (exchange.status, exchange.error.stage, exchange.error.who) == (400, "request-body", "client")
    assert 0 <= exchange.error.offset < len(chunks)
    wire.close()
    assert engine.settled() == (0, 0, 0)
    assert here.seen == b""


@pytest.mark.parametrize(("chunks", "code"), CHUNKS.values(), ids=CHUNKS.keys())
def test_a_malformed_chunk_later_leaves_the_site_with_a_broken_message(talk, site, engine, chunks, code):
    def script(wire):
        wire.until(b"2\r\nhi\r\n")
        begun.release()
        with pytest.raises(ConnectionResetError):
            wire.rest()

    begun = threading.Semaphore(0)
    here = site(script)
    wire = talk().send(request(b"POST", b"http://" + here.authority + b"/", H, C, body=b"2\r\nhi\r\n"))
    assert begun.acquire(timeout=PATIENCE)
    wire.send(chunks)
    assert wire.reply().body == b"fault %b\n" % code.encode()
    here.ended()
    assert here.seen.endswith(b"2\r\nhi\r\n")
    assert here.failures == []
    exchange = engine.records.only()
    assert exchange.error.offset >= len(b"2\r\nhi\r\n")
    assert engine.records.body(exchange.client_leg.request.body) == b"hi"
    assert not exchange.client_leg.request.body.complete


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (request(b"GET", b"http://a.test/" + b"x" * 17_000, H), 414),
        (b"GET http://a.test/" + b"x" * 17_000, 414),
        (request(b"GET", b"http://a.test/", H, b"X: " + b"y" * 66_000), 431),
        (request(b"GET", b"http://a.test/", H, *[b"X: y"] * 201), 431),
        (request(b"GET", b"http://a.test/", H, version=b"HTTP/3.0"), 505),
    ],
)
def test_what_is_too_large_has_a_status_of_its_own(talk, engine, raw, status):
    wire = talk().send(raw)
    assert wire.reply().status == status
    assert wire.rest() == b""
    exchange = engine.records.only()
    assert exchange.client_leg.request.head == raw[: engine.context.limits.head]


def test_a_malformed_request_inside_a_tunnel_is_not_forwarded(talk, site, engine):
    here = site(answering(ok()))
    wire = talk().connect(here.authority)
    reply = wire.ask(request(b"POST", b"/", H, b"Content-Length: 6", C, body=b"0\r\n\r\nX"))
    assert reply.body == b"fault length-with-coding\n"
    assert here.visits == 0
    exchange = engine.records.only()
    assert (exchange.scheme, exchange.host, exchange.port) == ("http", "127.0.0.1", here.port)


def test_a_second_connect_inside_a_tunnel_of_http_is_refused(talk, site, engine):
    here = site(answering(ok()))
    wire = talk().connect(here.authority)
    assert wire.ask(request(b"GET", b"/", H)).status == 200
    reply = wire.ask(request(b"CONNECT", b"b.test:443", b"Host: b.test:443"))
    assert (reply.status, reply.body) == (400, b"fault refused-target\n")
    assert b"CONNECT" not in here.seen


@pytest.mark.parametrize(
    "target", [b"ftp://a.test/", b"gopher://a.test/", b"file:///etc/passwd", b"mailto:me@a.test"]
)
def test_schemes_that_are_not_spoken_are_refused(talk, engine, target):
    reply = talk().ask(request(b"GET", target, H))
    assert (reply.status, reply.body) == (400, b"fault refused-target\n")
    assert engine.records.only().error.stage == "refused"


def test_the_engine_goes_on_after_every_malformed_head(talk, site, engine):
    here = site(answering(ok()))
    for raw, _ in HEADS.values():
        talk().send(raw.replace(b"SITE", b"http://" + here.authority)).reply()
    assert talk().ask(get(here)).status == 200
    assert here.seen.count(b"HTTP/1.1") == 1


# -- what sites do wrong

RESPONSES = {
    "not HTTP": (b"220 smtp.test ESMTP\r\n", "not-http", 0),
    "a status of two digits": (b"HTTP/1.1 20 OK\r\n\r\n", "bad-status", 9),
    "no status": (b"HTTP/1.1\r\n\r\n", "bad-status", 9),
    "HTTP/2": (b"HTTP/2 200\r\n\r\n", "bad-version", 0),
    "a bare LF": (b"HTTP/1.1 200 OK\nContent-Length: 2\n\nok", "bare-lf", 15),
    "NUL": (b"HTTP/1.1 200 OK\r\nX: \x00\r\n\r\n", "nul", 20),
    "a folded field": (b"HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n", "obs-fold", 23),
    "CL.CL": (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok", "length-repeated", 36),
    "CL.TE": (
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "length-with-coding",
        36,
    ),
    "an unknown coding": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", "coding-unknown", 36),
    "a coding in HTTP/1.0": (
        b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        "coding-old-version",
        17,
    ),
    "a length that is none": (b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n", "length-invalid", 33),
    "a name with a space": (b"HTTP/1.1 200 OK\r\nX Y: z\r\n\r\n", "bad-name", 18),
    "101 that nobody asked for": (
        b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: evil\r\n\r\n",
        "upgrade-unasked",
        0,
    ),
}


@pytest.mark.parametrize("case", RESPONSES.values(), ids=RESPONSES.keys())
def test_a_malformed_answer_becomes_a_502_and_is_kept(talk, site, engine, case):
    raw, code, offset = case
    here = site(answering(raw))
    wire = talk()
    reply = wire.ask(get(here))
    assert (reply.status, reply.body) == (502, b"fault %b\n" % code.encode())
    exchange = engine.records.only()
    assert (exchange.error.who, exchange.error.stage) == ("server", "response-head")
    assert exchange.error.offset == offset
    assert exchange.server_leg.response.head == raw
    assert engine.records.body(exchange.client_leg.response.body) == reply.body
    assert wire.waits(), "the browser's connection stays"


def test_white_space_before_a_colon_in_an_answer_is_removed_and_noted(talk, site, engine):
    raw = b"HTTP/1.1 200 OK\r\nContent-Length : 2\r\nX \t: y\r\n\r\nok"
    here = site(answering(raw))
    assert talk().ask(get(here)).raw == b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX: y\r\n\r\nok"
    exchange = engine.records.only()
    assert exchange.server_leg.response.head == raw[:-2]
    assert ("space-before-colon", "X") in [(each.code, each.detail) for each in exchange.decisions]
    assert exchange.changed


@pytest.mark.parametrize(("chunks", "code"), CHUNKS.values(), ids=CHUNKS.keys())
def test_a_malformed_chunk_in_an_answer_cuts_it_off(talk, site, engine, chunks, code):
    begun = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n"
    here = site(answering((begun, chunks)))
    wire = talk().send(get(here))
    wire.head()
    assert b"0\r\n\r\n" not in wire.rest()
    exchange = engine.records.only()
    assert (exchange.state, exchange.fault, exchange.error.stage) == ("failed", code, "response-body")
    assert exchange.error.did == "closed"


@pytest.mark.parametrize(
    "tail",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nSPLIT",
        b"\r\nHTTP/1.1 200 OK\r\n\r\n",
        b"SPLIT",
        b"\r\n",
    ],
)
def test_a_split_answer_never_becomes_the_next_one(talk, site, engine, tail):
    here = site(answering(ok(b"mine") + tail))
    wire = talk()
    assert wire.ask(get(here)).body == b"mine"
    assert wire.ask(get(here)).body == b"mine"
    assert here.visits == 2
    assert b"SPLIT" not in wire.heard


def test_many_answers_with_a_bad_head_leave_nothing_behind(talk, site, engine):
    here = site(answering(Answer((b"HTTP/1.1 200 OK\r\nX",), "reset")))
    wire = talk()
    for _ in range(20):
        assert wire.ask(get(here)).status == 502
    wire.close()
    assert engine.settled() == (0, 0, 0)
