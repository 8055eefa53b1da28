"""Bytes typed by hand: only for the dashboard, as they are, and on record as what was said."""

from __future__ import annotations

import pytest
from peers import answering, ok, request

from inspector.exchange.sent import write

TOKEN = "t" * 43


@pytest.fixture
def marking(start):
    return start(sender_token=TOKEN)


def connect(here, *words, token=TOKEN, host=None):
    mark = write(token, "composer", b"", words or ("raw",)).encode()
    authority = host or here.authority
    return request(b"CONNECT", authority, b"Host: " + authority, b"Inspector-Sent: " + mark)


def saying(answer):
    """A site that reads until the other side is done, and then says this."""

    def script(wire):
        wire.rest()
        wire.send(answer)

    return script


def exchange_of(engine, talk, here, sent, *words):
    wire = talk(engine)
    reply = wire.ask(connect(here, *words), "HEAD")
    assert reply.status == 200
    wire.send(sent)
    wire.half_close()
    return wire.rest(), engine.records.only(), reply


@pytest.mark.parametrize(
    "sent", [b"GET / HTTP/1.1\nHost: a\n\n", b"G\0T / HTTP/9.9\r\nA : b\r\n\r\n", b"nonsense", b"\r\n\r\n", b"POST / HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello"]
)  # fmt: skip
def test_bytes_pass_as_they_are_and_stand_on_record(marking, talk, site, sent):
    here = site(saying(ok(b"hi")))
    came, exchange, reply = exchange_of(marking, talk, here, sent)
    assert here.seen == sent
    assert came == ok(b"hi")
    said = exchange.server_leg.request
    assert said.head + marking.records.body(exchange.client_leg.request.body) == sent
    assert exchange.origin == "composer"
    assert exchange.status == 200
    assert reply.field("Inspector-Exchange-Id") == exchange.id.hex().encode()
    assert exchange.error is not None
    assert (exchange.error.who, exchange.error.did) == ("client", "passed on")


def test_a_valid_request_is_one_like_any_other(marking, talk, site):
    here = site(saying(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n"))
    _, exchange, _ = exchange_of(marking, talk, here, b"GET /a?b HTTP/1.1\r\nHost: a.test\r\n\r\n")
    assert (exchange.method, exchange.path, exchange.status, exchange.state) == ("GET", "/a?b", 200, "done")
    assert marking.records.body(exchange.server_leg.response.body) == b"hi"
    assert [each.code for each in exchange.decisions] == ["raw"]


def test_a_second_answer_is_kept_behind_the_first_and_told(marking, talk, site):
    here = site(saying(b"HTTP/1.1 100 Continue\r\n\r\n" + ok(b"one") + ok(b"two")))
    _, exchange, _ = exchange_of(marking, talk, here, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    assert len(exchange.client_leg.interim) == 1
    assert marking.records.body(exchange.server_leg.response.body) == b"one" + ok(b"two")
    assert "raw-more" in [each.code for each in exchange.decisions]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (b"", "server-no-response"),
        (b"SSH-2.0-x\r\n", "not-http"),
        (b"HTTP/1.1 200\r\nA : b\r\nB\r\n\r\n", None),
    ],
)
def test_an_answer_that_is_none_is_kept_as_it_came(marking, talk, site, answer, code):
    here = site(saying(answer))
    came, exchange, _ = exchange_of(marking, talk, here, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    assert came == answer
    assert exchange.state == "failed"
    assert exchange.error.who == "server"
    if code:
        assert exchange.error.code == code
    if answer:
        assert exchange.server_leg.response.head == answer


def test_over_tls_too(marking, talk, site, site_authority):
    here = site(saying(ok()), tls=site_authority.context("127.0.0.1"))
    came, exchange, _ = exchange_of(marking, talk, here, b"GET / HTTP/1.1\nHost: a\n\n", "raw-tls")
    assert came == ok()
    assert exchange.scheme == "https"
    assert exchange.tls


def test_whoever_has_seen_enough_leaves_no_fault(marking, talk, site):
    def endless(wire):
        wire.head()
        wire.send(ok(b"one"))
        wire.rest()

    here = site(endless)
    wire = talk(marking)
    wire.ask(connect(here), "HEAD")
    wire.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    wire.until(b"one")
    wire.reset()
    exchange = marking.records.only()
    assert (exchange.state, exchange.status) == ("done", 200)


def test_without_the_right_mark_it_is_a_tunnel_like_any_other(marking, talk, site):
    here = site(answering(ok()))
    wire = talk(marking)
    assert wire.ask(connect(here, token="wrong"), "HEAD").status == 200
    wire.send(b"GET / HTTP/1.1\nHost: a\n\n")
    assert wire.reply().status == 400
    assert here.seen == b""


@pytest.mark.parametrize("host", [b"127.0.0.1", b"localhost", b"[::1]", b"0.0.0.0", b"2130706433", b"0x7f000001", b"[::ffff:7f00:1]", b"a.localhost"])  # fmt: skip
def test_it_never_leads_to_the_dashboard(start, talk, host):
    engine = start(sender_token=TOKEN, forbidden_ports=(8081,))
    reply = talk(engine).ask(connect(None, host=host + b":8081"))
    assert reply.status in {400, 403}
    assert engine.records.only().error.code in {"refused-self", "refused-target"}
