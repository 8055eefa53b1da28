"""What the dashboard sends itself is known by its mark; nobody else's mark counts."""

from __future__ import annotations

import pytest
from peers import answering, get, ok, request

from inspector.exchange.sent import read, write

TOKEN = "t" * 43
PARENT = bytes(range(16))


def marked(origin="composer", parent=PARENT, words=(), token=TOKEN):
    return b"Inspector-Sent: " + write(token, origin, parent, words).encode()


@pytest.fixture
def marking(start):
    return start(sender_token=TOKEN)


def test_a_marked_request_is_recorded_with_its_origin_and_its_parent_and_without_the_mark(
    marking, talk, site
):
    here = site(answering(ok()))
    reply = talk(marking).ask(get(here, b"/a", b"X: 1", marked()))
    exchange = marking.records.only()
    assert (exchange.origin, exchange.parent) == ("composer", PARENT)
    assert exchange.client_leg.request.head == get(here, b"/a", b"X: 1")
    assert TOKEN.encode() not in here.seen
    assert b"Inspector-Sent" not in here.seen
    assert reply.field("Inspector-Exchange-Id") == exchange.id.hex().encode()
    assert b"Inspector-Exchange-Id" not in exchange.client_leg.response.head


@pytest.mark.parametrize("value", [b"wrong composer -", b"", TOKEN.encode(), b"%s nobody -" % TOKEN.encode()])
def test_another_mark_is_a_field_like_any_other(marking, talk, site, value):
    here = site(answering(ok()))
    reply = talk(marking).ask(get(here, b"/", b"Inspector-Sent: " + value))
    exchange = marking.records.only()
    assert (exchange.origin, exchange.parent) == ("browser", b"")
    assert b"Inspector-Sent: " + value in here.seen
    assert reply.field("Inspector-Exchange-Id") is None


def test_an_engine_without_a_token_believes_no_mark(engine, talk, site):
    here = site(answering(ok()))
    talk().ask(get(here, b"/", marked(token="")))
    assert engine.records.only().origin == "browser"


def test_a_marked_request_may_say_another_host_and_an_older_version(marking, talk, site):
    here = site(answering(ok()))
    target = b"http://" + here.authority + b"/"
    talk(marking).send(b"GET " + target + b" HTTP/1.0\r\nHost: other.test\r\n" + marked() + b"\r\n\r\n")
    marking.records.only()
    assert here.seen == b"GET / HTTP/1.0\r\nHost: other.test\r\n\r\n"


def test_a_malformed_marked_request_is_recorded_as_the_dashboards_and_without_the_token(marking, talk):
    reply = talk(marking).ask(
        request(b"GET", b"http://a.test/", b"Host: a.test", b"Bad Name: 1", marked("gateway"))
    )
    exchange = marking.records.only()
    assert reply.status == 400
    assert exchange.origin == "gateway"
    assert TOKEN.encode() not in exchange.client_leg.request.head
    assert reply.field("Inspector-Exchange-Id") == exchange.id.hex().encode()


def test_a_marked_request_needs_no_proxy_credentials(start, talk, site):
    engine = start(sender_token=TOKEN, proxy_auth="ada:secret", wants_credentials=(True,))
    here = site(answering(ok()))
    assert talk(engine).ask(get(here, b"/", marked())).status == 200
    assert talk(engine).ask(get(here, b"/", marked(token="x"))).status == 407


def test_a_marked_request_reaches_a_site_whatever_its_certificate_if_it_says_so(
    marking, talk, site, site_authority
):
    here = site(answering(ok()), tls=site_authority.context("127.0.0.1", days=-1))
    target = b"https://" + here.authority + b"/"
    reply = talk(marking).ask(
        request(b"GET", target, b"Host: " + here.authority, marked(words=["unverified"]))
    )
    assert reply.status == 200
    exchange = marking.records.only()
    assert exchange.scheme == "https"
    assert "unverified" in [each.code for each in exchange.decisions]


def test_a_mark_cannot_lead_to_the_dashboard(start, talk):
    engine = start(sender_token=TOKEN, forbidden_ports=(8081,))
    for host in (
        b"127.0.0.1",
        b"localhost",
        b"[::1]",
        b"0x7f.1",
        b"inspector.localhost",
        b"[::ffff:127.0.0.1]",
    ):
        reply = talk(engine).ask(
            request(b"GET", b"http://" + host + b":8081/", b"Host: " + host, marked("gateway"))
        )
        assert reply.status in {400, 403}, host
        assert b"dashboard" not in reply.head


def test_what_a_mark_says_is_read_as_it_was_written():
    mark = read(b"abc", write("abc", "gateway", b"", ("raw", "unverified")).encode())
    assert mark is not None
    assert mark == ("gateway", b"", frozenset({"raw", "unverified"}))
    assert read(b"abc", b"abc composer zz") is None
    assert read(b"abc", b"abc composer - nonsense") is None
    assert read(b"", b" composer -") is None
