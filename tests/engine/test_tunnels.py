"""What is neither HTTP nor TLS: bytes both ways after CONNECT, and after a 101."""

from __future__ import annotations

import threading

import pytest
from peers import PATIENCE, answering, ok, request
from workshop import waits


def upgrade(site, *lines, to=b"websocket"):
    return request(
        b"GET",
        b"http://" + site.authority + b"/chat",
        b"Host: a",
        b"Connection: Upgrade",
        b"Upgrade: " + to,
        *lines,
    )


SWITCH = b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: x\r\n\r\n"


# -- CONNECT


def test_http_without_tls_inside_a_tunnel_is_read_like_any_other(talk, site, engine):
    here = site(answering(ok()))
    wire = talk().connect(here.authority)
    asked = request(b"GET", b"/a", b"Host: " + here.authority)
    assert wire.ask(asked).body == b"hello"
    assert wire.ask(asked).body == b"hello"
    assert here.seen == asked * 2
    first, _ = engine.records.finished(2)
    assert (first.kind, first.scheme, first.path, first.protection) == ("http", "http", "/a", "none")
    connection = engine.records.connection(first.client_leg.connection)
    assert connection.asked.startswith(b"CONNECT " + here.authority)
    assert connection.answered == b"HTTP/1.1 200 Connection established\r\n\r\n"


def test_a_request_in_the_same_segment_as_its_connect_is_read(talk, site):
    here = site(answering(ok()))
    wire = talk().send(request(b"CONNECT", here.authority, b"Host: a") + request(b"GET", b"/", b"Host: a"))
    wire.head()
    assert wire.reply().body == b"hello"


@pytest.mark.parametrize("cut", range(1, 10))
def test_http_inside_a_tunnel_is_known_however_it_is_cut(talk, site, start, cut):
    engine = start(timeouts=waits(server_speaks_first=30.0))
    here = site(answering(ok()))
    wire = talk(engine).connect(here.authority)
    asked = b"\r\n\r\n" * (cut % 2) + request(b"GET", b"/", b"Host: a")
    wire.send(asked[:cut])
    engine.thread.settle(lambda: 0)
    assert wire.ask(asked[cut:]).body == b"hello"
    assert engine.records.only().kind == "http"


OPAQUE = [
    b"\x00\x01\x02\x03",
    b"SSH-2.0-OpenSSH_9.6\r\n",
    b"*1\r\n$4\r\nPING\r\n",
    b"NICK me\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
]


@pytest.mark.parametrize("words", OPAQUE)
def test_bytes_that_are_neither_http_nor_tls_pass_unread(talk, site, engine, words):
    here = site(
        lambda wire: (wire.exactly(len(words)), wire.send(b"answer\x00"), wire.rest(), wire.send(b"last"))
    )
    wire = talk().connect(here.authority).send(words)
    assert wire.exactly(7) == b"answer\x00"
    wire.half_close()
    assert wire.rest() == b"last"
    assert here.seen == words
    exchange = engine.records.only()
    assert (exchange.kind, exchange.state, exchange.resource, exchange.scheme) == (
        "tunnel",
        "done",
        "tunnel",
        "",
    )
    assert (exchange.host, exchange.port, exchange.method) == ("127.0.0.1", here.port, "CONNECT")
    assert engine.records.body(exchange.client_leg.request.body) == words
    assert engine.records.body(exchange.server_leg.response.body) == b"answer\x00last"


def test_a_connect_through_another_proxy_passes_unread(talk, site, engine):
    here = site(
        lambda wire: (wire.head(), wire.send(b"HTTP/1.1 200 OK\r\n\r\n"), wire.exactly(3), wire.send(b"abc"))
    )
    wire = talk().connect(here.authority).send(request(b"CONNECT", b"far.test:443", b"Host: far.test:443"))
    assert wire.head() == b"HTTP/1.1 200 OK\r\n\r\n"
    wire.send(b"xyz")
    assert wire.rest() == b"abc"
    wire.close()
    assert engine.records.only().kind == "tunnel"


@pytest.mark.parametrize("turn", range(5))
def test_a_server_that_speaks_first_is_heard_to_its_first_byte(talk, site, engine, turn):
    here = site(
        lambda wire: (wire.send(b"220 hello\r\n"), wire.until(b"QUIT\r\n"), wire.send(b"221 bye\r\n"))
    )
    wire = talk().connect(here.authority)
    assert wire.until(b"\r\n") == b"220 hello\r\n"
    wire.send(b"QUIT\r\n")
    assert wire.rest() == b"221 bye\r\n"
    wire.close()
    exchange = engine.records.only()
    assert engine.records.body(exchange.server_leg.response.body) == b"220 hello\r\n221 bye\r\n"


def test_a_server_that_speaks_first_and_leaves_is_heard_too(talk, site, engine):
    here = site(lambda wire: wire.send(b"421 too busy\r\n"))
    assert talk().connect(here.authority).rest() == b"421 too busy\r\n"
    assert here.visits == 1


def test_a_browser_that_is_slow_with_its_hello_is_still_read(talk, site, engine):
    here = site(answering(ok()))
    wire = talk().connect(here.authority)
    here.visited()  # the engine has gone to see whether the server speaks first
    engine.thread.settle(lambda: 0)
    assert wire.ask(request(b"GET", b"/", b"Host: a")).body == b"hello"
    assert engine.records.only().kind == "http"


def test_the_site_may_half_close_a_tunnel(talk, site, engine):
    here = site(lambda wire: (wire.exactly(1), wire.send(b"done"), wire.half_close(), wire.rest()))
    wire = talk().connect(here.authority).send(b"\x00")
    assert wire.rest() == b"done"
    wire.send(b"more").half_close()
    here.ended()
    assert here.seen == b"\x00more"
    assert engine.records.only().state == "done"


def test_a_reset_passes_through_a_tunnel(talk, site, engine):
    here = site(lambda wire: (wire.exactly(1), wire.reset()))
    wire = talk().connect(here.authority).send(b"\x00")
    with pytest.raises(ConnectionResetError):
        wire.rest()
    exchange = engine.records.only()
    assert (exchange.state, exchange.fault) == ("failed", "server-closed-early")


def test_a_browsers_reset_reaches_the_site_through_a_tunnel(talk, site, engine):
    ends = []

    def script(wire):
        wire.exactly(1)
        may.release()
        try:
            wire.rest()
        except ConnectionResetError:
            ends.append("reset")

    may = threading.Semaphore(0)
    here = site(script)
    wire = talk().connect(here.authority).send(b"\x00")
    assert may.acquire(timeout=PATIENCE)
    wire.reset()
    here.ended()
    assert ends == ["reset"]
    assert engine.records.only().fault == "client-closed-early"


def test_much_passes_through_a_tunnel_both_ways(talk, site, engine):
    size = 3_000_000

    def script(wire):
        sender = threading.Thread(target=lambda: wire.send(b"d" * size).half_close())
        sender.start()
        assert wire.rest() == b"\x00" + b"u" * size
        sender.join()

    here = site(script)
    wire = talk().connect(here.authority)
    sender = threading.Thread(target=lambda: wire.send(b"\x00" + b"u" * size).half_close())
    sender.start()
    assert wire.rest() == b"d" * size
    sender.join()
    exchange = engine.records.only()
    assert (exchange.request_size, exchange.response_size) == (size + 1, size)


def test_a_tunnel_to_a_port_where_nobody_listens_is_closed_and_on_record(talk, site, engine):
    here = site(answering(ok()))
    here.close()
    wire = talk().connect(here.authority).send(b"\x00\x01")
    with pytest.raises(ConnectionResetError):
        wire.rest()
    exchange = engine.records.only()
    assert (exchange.kind, exchange.fault, exchange.error.did) == ("tunnel", "connect-refused", "closed")
    assert len(exchange.server_leg.attempts) == 1


def test_a_tunnel_to_an_unknown_host_is_on_record(talk, engine, hosts):
    with pytest.raises(ConnectionResetError):
        talk().connect(b"nowhere.test:25").rest()
    assert engine.records.only().fault == "dns-unknown"


def test_http_inside_a_tunnel_to_an_unknown_host_gets_a_page(talk, engine, hosts):
    wire = talk().connect(b"nowhere.test:80")
    assert wire.ask(request(b"GET", b"/", b"Host: nowhere.test")).body == b"fault dns-unknown\n"


def test_a_browser_that_leaves_right_after_connect_leaves_nothing(talk, site, engine):
    here = site(answering(ok()))
    talk().connect(here.authority).close()
    assert engine.settled() == (0, 0, 0)
    assert engine.records.exchanges == []


# -- Upgrade


def test_a_websocket_becomes_a_pipe_with_what_came_early_both_ways(talk, site, engine):
    def script(wire):
        wire.head()
        assert wire.waits(), "what came early waits for the switch"
        wire.send(SWITCH + b"leftover")
        assert wire.exactly(9) == b"earlyping"
        wire.send(b"pong")

    here = site(script)
    wire = talk().send(upgrade(here, b"Sec-WebSocket-Key: k") + b"early")
    assert wire.head() == SWITCH
    assert wire.exactly(8) == b"leftover"
    wire.send(b"ping")
    assert wire.rest() == b"pong"
    wire.close()
    here.ended()
    assert here.seen.startswith(
        request(
            b"GET",
            b"/chat",
            b"Host: " + here.authority,
            b"Connection: Upgrade",
            b"Upgrade: websocket",
            b"Sec-WebSocket-Key: k",
        )
    )
    exchange = engine.records.only()
    assert (exchange.kind, exchange.scheme, exchange.status, exchange.resource) == (
        "websocket",
        "ws",
        101,
        "socket",
    )
    assert engine.records.body(exchange.client_leg.request.body) == b"earlyping"
    assert engine.records.body(exchange.server_leg.response.body) == b"leftoverpong"
    assert [each.end for each in exchange.asked_when] == [5, 9]
    assert exchange.answered_when[-1].end == 12
    times = [each.at for each in (*exchange.asked_when, *exchange.answered_when)]
    assert all(exchange.timeline.response_start <= at <= exchange.duration for at in times)
    assert exchange.client_leg.response.head == SWITCH


def test_hints_before_a_switch_pass_too(talk, site):
    hints = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
    here = site(lambda wire: (wire.head(), wire.send(hints + SWITCH)))
    assert talk().send(upgrade(here)).rest() == hints + SWITCH


def test_a_site_may_decline_an_upgrade(talk, site, engine):
    here = site(answering(ok(b"no"), ok(b"next")))
    wire = talk()
    assert wire.ask(upgrade(here)).body == b"no"
    assert wire.ask(request(b"GET", b"http://" + here.authority + b"/", b"Host: a")).body == b"next"
    assert engine.records.finished(2)[0].kind == "http"


def test_a_half_close_goes_through_a_websocket(talk, site, engine):
    here = site(lambda wire: (wire.head(), wire.send(SWITCH), wire.rest(), wire.send(b"bye")))
    wire = talk().send(upgrade(here))
    wire.head()
    wire.half_close()
    assert wire.rest() == b"bye"
    assert engine.records.only().state == "done"


def test_a_browser_that_half_closed_before_the_switch_has_said_its_last_word(talk, site, engine):
    here = site(lambda wire: (wire.head(), may.acquire(), wire.send(SWITCH), wire.rest(), wire.send(b"bye")))
    may = threading.Semaphore(0)
    wire = talk().send(upgrade(here)).half_close()
    here.visited()
    engine.thread.settle(lambda: 0)
    may.release()
    assert wire.rest() == SWITCH + b"bye"


def test_http_2_by_upgrade_is_not_asked_for(talk, site, engine):
    here = site(answering(ok()))
    reply = talk().ask(upgrade(here, b"HTTP2-Settings: AAMAAABkAAQAAP__", to=b"h2c"))
    assert reply.status == 200
    assert here.seen == request(b"GET", b"/chat", b"Host: " + here.authority)


@pytest.mark.parametrize(
    "asked",
    [
        (b"Connection: Upgrade", b"Upgrade: h2c"),
        (b"Connection: Upgrade", b"Upgrade: chat"),
        (b"Upgrade: websocket",),
        (),
    ],
)
def test_a_switch_that_nobody_asked_for_is_the_sites_fault(talk, site, engine, asked):
    here = site(answering(SWITCH + b"evil"))
    reply = talk().ask(request(b"GET", b"http://" + here.authority + b"/", b"Host: a", *asked))
    assert reply.body == b"fault upgrade-unasked\n"
    assert engine.records.only().server_leg.response.head == SWITCH


def test_a_switch_before_the_request_is_complete_is_the_sites_fault(talk, site, engine):
    here = site(lambda wire: (wire.head(), wire.send(SWITCH), wire.rest()))
    wire = talk().send(upgrade(here, b"Content-Length: 100") + b"some")
    assert wire.reply().body == b"fault upgrade-unasked\n"
    assert b"101" not in wire.heard[:12]


def test_two_protocols_are_not_passed_on_when_one_is_http_2(talk, site):
    here = site(answering(ok()))
    talk().ask(upgrade(here, to=b"websocket, h2c"))
    assert b"Upgrade" not in here.seen
