"""Another proxy between the engine and the sites; and TLS behind a reverse door."""

from __future__ import annotations

import pytest
from peers import answering, get, ok, request

BASIC = b"Proxy-Authorization: Basic bWU6c2U6Y3JldA=="  # me:se:cret


@pytest.fixture
def through(start, site):
    """An engine behind a proxy that plays a script: through(script) gives both."""

    def starting(script, log_in="", **settings):
        proxy = site(script)
        return proxy, start(upstream_proxy=f"http://{log_in}127.0.0.1:{proxy.port}", **settings)

    return starting


def test_plain_requests_go_to_the_proxy_in_absolute_form(talk, through):
    proxy, engine = through(answering(ok()), "me:se%3Acret@")
    wire = talk(engine)
    for _ in range(2):
        assert wire.ask(request(b"GET", b"http://far.test/a?b", b"Host: far.test", b"X: y")).status == 200
    assert proxy.seen == request(b"GET", b"http://far.test/a?b", b"Host: far.test", b"X: y", BASIC) * 2
    assert proxy.visits == 1
    exchange = engine.records.finished(2)[0]
    connection = engine.records.connection(exchange.server_leg.connection)
    assert (exchange.host, connection.host, connection.via) == (
        "far.test",
        "far.test",
        f"127.0.0.1:{proxy.port}",
    )


def test_a_port_and_an_asterisk_survive_the_way_to_the_proxy(talk, through):
    proxy, engine = through(answering(ok()))
    wire = talk(engine)
    wire.ask(request(b"GET", b"http://far.test:8000/", b"Host: far.test:8000"))
    wire.ask(request(b"OPTIONS", b"http://far.test:8000", b"Host: far.test:8000"))
    assert proxy.seen.startswith(b"GET http://far.test:8000/ HTTP/1.1\r\nHost: far.test:8000\r\n")
    assert b"OPTIONS http://far.test:8000 HTTP/1.1\r\n" in proxy.seen


def test_the_browsers_own_proxy_log_in_does_not_reach_the_next_proxy(talk, through):
    proxy, engine = through(answering(ok()), wants_credentials=(True,), proxy_auth="a:b")
    asked = request(b"GET", b"http://far.test/", b"Host: far.test", b"Proxy-Authorization: Basic YTpi")
    assert talk(engine).ask(asked).status == 200
    assert b"Proxy-Authorization" not in proxy.seen


def test_https_goes_through_a_tunnel_of_the_proxy(talk, through, browser_tls, site_authority):
    context = site_authority.context("far.test")

    def script(wire):
        wire.head()
        wire.send(b"HTTP/1.1 200 OK\r\n\r\n")
        wire.sock = context.wrap_socket(wire.sock, server_side=True)
        answering(ok())(wire)

    proxy, engine = through(script, "me:se%3Acret@")
    wire = talk(engine).connect(b"far.test:443").secure(browser_tls, "far.test")
    assert wire.ask(request(b"GET", b"/", b"Host: far.test")).body == b"hello"
    assert proxy.seen.startswith(request(b"CONNECT", b"far.test:443", b"Host: far.test:443", BASIC))
    assert engine.records.only().host == "far.test"


def test_bytes_that_follow_the_proxys_yes_belong_to_the_tunnel(talk, through):
    proxy, engine = through(
        lambda wire: (wire.head(), wire.send(b"HTTP/1.1 200 OK\r\n\r\n220 hello\r\n"), wire.rest())
    )
    assert talk(engine).connect(b"far.test:25").until(b"\r\n") == b"220 hello\r\n"
    assert proxy.seen.startswith(b"CONNECT far.test:25 HTTP/1.1\r\n")


REFUSALS = {
    "407": (b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n", "it answered 407 Proxy Authentication Required"),
    "502": (b"HTTP/1.1 502 Bad Gateway\r\n\r\n", "it answered 502 Bad Gateway"),
    "nonsense": (b"hello?\r\n\r\n", "its answer is not HTTP"),
    "nothing": (b"", "it closed the connection"),
}  # fmt: skip


@pytest.mark.parametrize(("answer", "why"), REFUSALS.values(), ids=REFUSALS.keys())
def test_a_proxy_that_makes_no_tunnel_is_named(talk, through, browser_tls, answer, why):
    _, engine = through(lambda wire: (wire.head(), wire.send(answer)))
    wire = talk(engine).connect(b"far.test:443").secure(browser_tls, "far.test")
    assert wire.ask(request(b"GET", b"/", b"Host: far.test")).body == b"fault upstream-proxy\n"
    exchange = engine.records.only()
    assert (exchange.error.stage, exchange.error.detail) == ("proxy", why)


def test_a_proxy_that_wants_another_log_in_does_not_ask_the_browser(talk, through):
    answer = b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n"
    _, engine = through(answering(answer))
    reply = talk(engine).ask(request(b"GET", b"http://far.test/", b"Host: far.test"))
    assert (reply.status, reply.body) == (502, b"fault upstream-proxy\n")
    exchange = engine.records.only()
    assert exchange.error.detail == "it answered 407 Proxy Authentication Required"
    assert exchange.server_leg.response.head == answer


def test_a_proxy_that_is_not_there_is_said_so(talk, through):
    proxy, engine = through(answering(ok()))
    proxy.close()
    assert talk(engine).ask(request(b"GET", b"http://far.test/", b"Host: far.test")).status == 502
    exchange = engine.records.only()
    assert exchange.error.detail == "it could not be reached (connection refused)"
    assert len(exchange.server_leg.attempts) == 1


def test_a_proxy_whose_name_is_unknown_is_said_so(talk, start, hosts):
    engine = start(upstream_proxy="http://gone.test:3128")
    talk(engine).ask(request(b"GET", b"http://far.test/", b"Host: far.test"))
    assert engine.records.only().error.detail == "it could not be reached (its name has no address)"


def test_what_is_to_be_reached_directly_does_not_ask_the_proxy(talk, through, site, hosts):
    _, engine = through(answering(ok(b"proxy")), bypass=("*.near.test", "<local>"))
    here = site(answering(ok(b"direct")))
    for host in ("a.near.test", "near.test", "intranet"):
        hosts[host] = ["127.0.0.1"]
        name = f"{host}:{here.port}".encode()
        assert talk(engine).ask(request(b"GET", b"http://" + name + b"/", b"Host: a")).body == b"direct"
    assert talk(engine).ask(get(here)).body == b"direct", "loopback"
    assert talk(engine).ask(request(b"GET", b"http://notnear.test/", b"Host: a")).body == b"proxy"


def test_plain_http_inside_a_tunnel_needs_no_tunnel_of_the_proxy(talk, through):
    proxy, engine = through(answering(ok()))
    wire = talk(engine).connect(b"far.test:80")
    assert wire.ask(request(b"GET", b"/", b"Host: far.test")).status == 200
    assert proxy.seen.startswith(b"GET http://far.test/ HTTP/1.1\r\n")


# -- reverse, behind TLS


def test_a_reverse_door_leads_to_a_site_behind_tls(talk, site, start, hosts, site_authority):
    hosts["site.test"] = ["127.0.0.1"]
    here = site(answering(ok()), tls=site_authority.context("site.test"))
    engine = start(reverse=f"https://site.test:{here.port}")
    assert talk(engine).ask(request(b"GET", b"/a", b"Host: 127.0.0.1")).status == 200
    assert here.seen == request(b"GET", b"/a", b"Host: site.test:%d" % here.port)
    assert (engine.records.only().scheme, engine.records.only().host) == ("https", "site.test")


def test_a_reverse_address_may_end_in_a_slash(talk, site, start):
    here = site(answering(ok()))
    engine = start(reverse=f"http://127.0.0.1:{here.port}/")
    assert talk(engine).ask(request(b"GET", b"/a", b"Host: x")).status == 200
