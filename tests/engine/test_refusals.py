"""What the engine refuses: being a way to itself, and being anybody's proxy."""

from __future__ import annotations

import socket
from base64 import b64encode

import pytest
from peers import answering, get, ok, request


def own_address():
    """An address of this computer that isn't loopback."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.200", 9))
        except OSError:
            return "127.0.0.1"
        return probe.getsockname()[0]


SPELLINGS = [
    "127.0.0.1", "127.1", "127.0.1", "127.255.255.254", "0x7f000001", "0x7F.1", "0177.0.0.1", "2130706433", "017700000001",
    "127.0.0.1.", "0.0.0.0", "0", "[::]", "[::1]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]",
    "[::127.0.0.1]", "[64:ff9b::127.0.0.1]", "[2002:7f00:1::]", "localhost", "LOCALHOST", "localhost.", "foo.localhost",
    "loops.test", "LOOPS.test.", "six.test", "mixed.test",
]  # fmt: skip


@pytest.fixture
def loops(hosts):
    hosts["loops.test"] = ["127.0.0.1"]
    hosts["six.test"] = ["::1"]
    hosts["mixed.test"] = ["::ffff:127.0.0.1", "127.0.0.1"]
    return hosts


@pytest.mark.parametrize("host", [*SPELLINGS, own_address()])
def test_it_is_no_way_to_itself_in_any_spelling(talk, engine, loops, host):
    name = f"{host}:{engine.port}".encode()
    reply = talk().ask(request(b"GET", b"http://" + name + b"/", b"Host: " + name))
    assert (reply.status, reply.body) == (403, b"fault refused-self\n")
    assert engine.records.only().error.who == "us"


@pytest.mark.parametrize("host", [*SPELLINGS, own_address()])
def test_it_is_no_way_to_itself_through_a_tunnel_either(talk, engine, loops, host):
    name = f"{host}:{engine.port}".encode()
    wire = talk().connect(name)
    assert wire.ask(request(b"GET", b"/", b"Host: " + name)).body == b"fault refused-self\n"
    with pytest.raises(ConnectionResetError):
        talk().connect(name).send(b"\x00").rest()
    assert [each.fault for each in engine.records.finished(2)] == ["refused-self"] * 2


def test_it_is_no_way_to_itself_over_tls(talk, engine, browser_tls, loops):
    name = b"loops.test:%d" % engine.port
    wire = talk().connect(name).secure(browser_tls, "loops.test")
    assert wire.ask(request(b"GET", b"/", b"Host: a")).status == 403


def test_it_is_no_way_to_itself_when_a_site_sends_a_browser_there(talk, site, engine):
    to = b"http://127.0.0.1:%d/" % engine.port
    here = site(answering(b"HTTP/1.1 302 Found\r\nLocation: " + to + b"\r\nContent-Length: 0\r\n\r\n"))
    wire = talk()
    assert wire.ask(get(here)).field("location") == to
    assert wire.ask(request(b"GET", to, b"Host: a")).status == 403


def test_every_door_is_refused_from_every_other(talk, start):
    engine = start(doors=2)
    for port in engine.ports:
        reply = talk(engine, door=1).ask(request(b"GET", b"http://127.0.0.1:%d/" % port, b"Host: a"))
        assert reply.status == 403


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1", "2130706433", "localhost", "loops.test"])
def test_other_ports_of_this_computer_stay_reachable(talk, site, engine, loops, host):
    here = site(answering(ok()))
    name = f"{host}:{here.port}".encode()
    assert talk().ask(request(b"GET", b"http://" + name + b"/", b"Host: " + name)).body == b"hello"


def test_an_upstream_proxy_is_not_asked_for_the_way_back_either(talk, site, start):
    proxy = site(answering(ok()))
    engine = start(upstream_proxy=f"http://127.0.0.1:{proxy.port}")
    for host in ("[::ffff:127.0.0.1]", "0x7f000001", "127.0.0.1", "localhost"):
        name = f"{host}:{engine.port}".encode()
        assert talk(engine).ask(request(b"GET", b"http://" + name + b"/", b"Host: a")).status == 403
    assert proxy.visits == 0


def test_names_that_come_to_mean_this_computer_later_are_refused_too(talk, site, engine, hosts):
    here = site(answering(ok()))
    hosts["turns.test"] = ["127.0.0.1"]
    name = b"turns.test:%d" % here.port
    assert talk().ask(request(b"GET", b"http://" + name + b"/", b"Host: a")).status == 200
    name = b"turns.test:%d" % engine.port
    assert talk().ask(request(b"GET", b"http://" + name + b"/", b"Host: a")).status == 403


# -- at the door


def test_who_asks_the_proxy_itself_gets_the_welcome_page(talk, engine):
    wire = talk()
    assert wire.ask(request(b"GET", b"/", b"Host: 127.0.0.1:%d" % engine.port)).body == b"welcome /\n"
    assert wire.ask(request(b"GET", b"/ca.pem", b"Host: a")).body == b"ca /ca.pem\n"
    assert wire.ask(request(b"GET", b"/other", b"Host: a")).body == b"not-found /other\n"
    assert wire.ask(request(b"HEAD", b"/", b"Host: a"), "HEAD").field("content-length") == b"10"
    assert wire.ask(request(b"OPTIONS", b"*", b"Host: a")).status == 204
    assert wire.ask(request(b"DELETE", b"/", b"Host: a")).status == 405
    exchanges = engine.records.finished(6)
    assert {(each.kind, each.state) for each in exchanges} == {("page", "done")}
    assert engine.records.body(exchanges[0].client_leg.response.body) == b"welcome /\n"
    assert exchanges[0].server_leg is None


def test_its_own_name_is_answered_here_plain_and_inside_tunnels(talk, engine, browser_tls):
    own = b"inspector.test"
    assert talk().ask(request(b"GET", b"http://inspector.test/", b"Host: " + own)).body == b"welcome /\n"
    assert talk().connect(own + b":80").ask(request(b"GET", b"/", b"Host: " + own)).body == b"welcome /\n"
    wire = talk().connect(own + b":443").secure(browser_tls, "inspector.test")
    assert wire.ask(request(b"GET", b"/", b"Host: " + own)).body == b"welcome /\n"
    assert [each.kind for each in engine.records.finished(3)] == ["page"] * 3


def test_a_body_sent_to_a_page_ends_the_connection_and_says_so(talk, engine):
    wire = talk().send(request(b"POST", b"/", b"Host: a", b"Content-Length: 100", body=b"some"))
    reply = wire.reply()
    assert (reply.status, reply.field("connection")) == (405, b"close")
    assert wire.rest() == b""


# -- credentials


def log_in(pair=b"me:secret", scheme=b"Basic"):
    return b"Proxy-Authorization: " + scheme + b" " + b64encode(pair)


@pytest.fixture
def guarded(start):
    return start(wants_credentials=(True,), proxy_auth="me:secret")


WRONG = [
    (),
    (log_in(b"me:wrong"),),
    (log_in(b"me"),),
    (log_in(b""),),
    (log_in(scheme=b"Bearer"),),
    (b"Proxy-Authorization: Basic !!!",),
    (b"Proxy-Authorization: Basic",),
    (log_in(), log_in()),
    (log_in(), log_in(b"me:wrong")),
    (b"Authorization: Basic " + b64encode(b"me:secret"),),
]


@pytest.mark.parametrize("lines", WRONG)
def test_without_the_right_log_in_nothing_is_forwarded(talk, site, guarded, lines):
    here = site(answering(ok()))
    wire = talk(guarded)
    reply = wire.ask(get(here, b"/", *lines))
    assert reply.status == 407
    assert reply.field("proxy-authenticate").startswith(b"Basic realm=")
    assert talk(guarded).ask(request(b"CONNECT", here.authority, b"Host: a", *lines)).status == 407
    assert here.visits == 0
    assert {each.fault for each in guarded.records.finished(2)} == {"refused-credentials"}


@pytest.mark.parametrize("scheme", [b"Basic", b"basic", b"BASIC"])
def test_the_right_log_in_opens_the_door_and_goes_no_further(talk, site, guarded, scheme):
    here = site(answering(ok()))
    assert talk(guarded).ask(get(here, b"/", log_in(scheme=scheme))).status == 200
    assert b"Proxy-Authorization" not in here.seen
    assert "credentials-removed" in [each.code for each in guarded.records.only().decisions]


def test_after_a_407_the_same_connection_may_log_in(talk, site, guarded):
    here = site(answering(ok()))
    wire = talk(guarded)
    assert wire.ask(get(here)).status == 407
    assert wire.ask(get(here, b"/", log_in())).status == 200


def test_a_tunnel_needs_the_log_in_once(talk, site, guarded):
    here = site(answering(ok()))
    wire = talk(guarded).connect(here.authority, log_in() + b"\r\n")
    asked = request(b"GET", b"/", b"Host: a")
    assert wire.ask(asked).status == 200
    assert wire.ask(asked).status == 200
    assert here.seen == asked * 2


def test_only_listeners_that_want_a_log_in_ask_for_it(talk, site, start):
    engine = start(doors=2, wants_credentials=(False, True), proxy_auth="me:secret")
    here = site(answering(ok()))
    assert talk(engine, door=0).ask(get(here)).status == 200
    assert talk(engine, door=1).ask(get(here)).status == 407


def test_a_listener_that_wants_a_log_in_that_nobody_set_admits_nobody(talk, site, start):
    engine = start(wants_credentials=(True,), proxy_auth="")
    here = site(answering(ok()))
    for pair in (b"", b":", b"me:secret"):
        assert talk(engine).ask(get(here, b"/", log_in(pair))).status == 407


def test_the_authority_can_be_fetched_without_a_log_in(talk, guarded):
    assert (
        talk(guarded).ask(request(b"GET", b"http://inspector.test/ca.pem", b"Host: a")).body
        == b"ca /ca.pem\n"
    )


# -- the dashboard's cookie


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ([b"Cookie: inspector-session-0a1b2c3d=secret"], []),
        ([b"Cookie: a=b; inspector-session-0a1b2c3d=secret; c=d"], [b"Cookie: a=b; c=d"]),
        ([b"cookie:inspector-session-1=secret;a=b"], [b"Cookie: a=b"]),
        ([b"Cookie: inspector-session-1=secret; inspector-session-2=secret"], []),
        (
            [b"Cookie: a=b", b"Cookie: inspector-session-1=secret", b"Cookie: c=d"],
            [b"Cookie: a=b", b"Cookie: c=d"],
        ),
        ([b"Cookie: a=secretly-inspector-session-1"], [b"Cookie: a=secretly-inspector-session-1"]),
    ],
)
def test_the_dashboards_cookie_is_neither_sent_nor_kept(talk, site, engine, sent, kept):
    here = site(answering(ok()))
    talk().ask(get(here, b"/", b"X: y", *sent, b"Z: z"))
    assert here.seen == request(b"GET", b"/", b"Host: " + here.authority, b"X: y", *kept, b"Z: z")
    exchange = engine.records.only()
    assert exchange.client_leg.request.head == get(here, b"/", b"X: y", *kept, b"Z: z")
    assert ("cookie-stripped" in [each.code for each in exchange.decisions]) == (sent != kept)


def test_the_dashboards_cookie_is_stripped_inside_tls_and_from_upgrades(
    talk, site, engine, browser_tls, site_authority
):
    here = site(answering(ok()), tls=site_authority.context("127.0.0.1"))
    wire = (
        talk()
        .connect(here.authority, b"Cookie: inspector-session-1=secret\r\n")
        .secure(browser_tls, "127.0.0.1")
    )
    lines = (
        b"Host: a",
        b"Connection: upgrade",
        b"Upgrade: websocket",
        b"Cookie: a=b; inspector-session-1=secret",
    )
    wire.ask(request(b"GET", b"/", *lines))
    assert b"secret" not in here.seen
    exchange = engine.records.only()
    assert b"secret" not in exchange.client_leg.request.head
    assert b"secret" not in engine.records.connection(exchange.client_leg.connection).asked


def test_the_dashboards_cookie_is_not_kept_of_a_malformed_request_either(talk, engine):
    raw = request(b"GET", b"/", b"Host : a", b"Cookie: a=b; inspector-session-1=secret; c=d")
    talk().ask(raw)
    head = engine.records.only().client_leg.request.head
    assert b"secret" not in head
    assert len(head) == len(raw), "so that offsets stay right"
    assert (b"a=b;" in head, b"c=d" in head) == (True, True)


def test_the_dashboards_cookie_is_not_kept_of_a_refused_request_either(talk, guarded):
    talk(guarded).ask(request(b"GET", b"http://a.test/", b"Host: a", b"Cookie: inspector-session-1=secret"))
    assert b"secret" not in guarded.records.only().client_leg.request.head


def test_the_dashboards_cookie_is_not_echoed_by_trace(talk):
    lines = (b"Host: a", b"Max-Forwards: 0", b"X: y", b"Cookie: inspector-session-1=secret")
    reply = talk().ask(request(b"TRACE", b"http://a.test/", *lines))
    assert b"secret" not in reply.body
