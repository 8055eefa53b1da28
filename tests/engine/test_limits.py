"""How much the engine takes, and how long it waits: nobody can use it up."""

from __future__ import annotations

import asyncio
import socket
import threading

import pytest
from peers import PATIENCE, answering, get, ok, request
from workshop import waits

from inspector.engine.settings import Limits

# -- time


def test_a_head_that_never_ends_is_answered_and_closed(talk, start):
    engine = start(timeouts=waits(head=0.1))
    wire = talk(engine).send(b"GET http://a.test/ HTTP/1.1\r\nHos")
    reply = wire.reply()
    assert (reply.status, reply.body) == (408, b"fault client-timeout\n")
    assert wire.rest() == b""
    assert engine.records.only().client_leg.request.head == b"GET http://a.test/ HTTP/1.1\r\nHos"


def test_a_head_that_drips_gets_no_more_time(talk, start):
    engine = start(timeouts=waits(head=0.3))
    wire = talk(engine)
    for each in b"GET http://a.test/ HTTP/1.1":
        wire.send(bytes([each]))
    assert wire.reply().status == 408


def test_a_connection_without_a_word_is_closed_without_a_record(talk, start):
    engine = start(timeouts=waits(head=0.1))
    assert talk(engine).rest() == b""
    assert engine.records.exchanges == []


def test_a_connection_that_idles_is_closed(talk, site, start):
    engine = start(timeouts=waits(idle=0.2))
    here = site(answering(ok()))
    wire = talk(engine)
    assert wire.ask(get(here)).status == 200
    assert wire.rest() == b""
    assert engine.records.only().state == "done"


def test_an_upload_that_stops_is_given_up(talk, site, start):
    engine = start(timeouts=waits(body=0.2))
    here = site(lambda wire: wire.rest())
    wire = talk(engine).send(
        request(b"POST", b"http://" + here.authority + b"/", b"Host: a", b"Content-Length: 9", body=b"some")
    )
    assert wire.reply().status == 408
    exchange = engine.records.only()
    assert (exchange.fault, exchange.error.stage, exchange.error.who) == (
        "client-timeout",
        "request-body",
        "client",
    )
    here.ended()


def test_an_upload_that_the_site_does_not_take_is_the_sites_fault(talk, site, start):
    engine = start(timeouts=waits(body=0.2, response=0.6))
    may = threading.Semaphore(0)
    here = site(lambda _: may.acquire(timeout=PATIENCE))
    size = 50_000_000
    wire = talk(engine).send(
        request(b"POST", b"http://" + here.authority + b"/", b"Host: a", b"Content-Length: %d" % size)
    )
    sender = threading.Thread(target=send_all, args=(wire, size), daemon=True)
    sender.start()
    exchange = engine.records.only()
    assert (exchange.fault, exchange.error.who) == ("server-timeout", "server")
    may.release()


def send_all(wire, size):
    try:
        for _ in range(size // 100_000):
            wire.send(b"x" * 100_000)
    except OSError:
        pass  # the engine has closed


def test_a_site_that_does_not_answer_runs_out_of_time(talk, site, start):
    engine = start(timeouts=waits(response=0.2))
    here = site(lambda wire: wire.rest())
    wire = talk(engine)
    reply = wire.ask(get(here))
    assert (reply.status, reply.body) == (504, b"fault server-timeout\n")
    exchange = engine.records.only()
    assert (exchange.error.stage, exchange.error.detail) == ("response-head", "0.2 s")
    assert wire.waits(), "the browser's connection stays"
    here.ended()


def test_a_site_that_drips_its_head_runs_out_of_time(talk, site, start):
    engine = start(timeouts=waits(response=0.3))
    stop = threading.Event()

    def script(wire):
        wire.head()
        wire.send(b"HTTP/1.1 200 OK\r\nX: ")
        while not stop.wait(0.02):
            wire.send(b"y")

    here = site(script)
    assert talk(engine).ask(get(here)).status == 504
    stop.set()


def test_an_answer_that_falls_silent_is_cut_off(talk, site, start):
    engine = start(timeouts=waits(silence=0.2))
    here = site(
        lambda wire: (
            wire.head(),
            wire.send(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nsome"),
            wire.rest(),
        )
    )
    wire = talk(engine).send(get(here))
    wire.head()
    assert wire.rest() == b"some"
    exchange = engine.records.only()
    assert (exchange.fault, exchange.error.stage, exchange.error.did) == (
        "server-timeout",
        "response-body",
        "closed",
    )


def test_an_answer_may_be_quiet_for_longer_than_it_may_take_to_begin(talk, site, start):
    engine = start(timeouts=waits(response=0.1))
    may = threading.Semaphore(0)
    here = site(
        lambda wire: (wire.head(), wire.send(b"HTTP/1.1 200 OK\r\n\r\n"), may.acquire(), wire.send(b"late"))
    )
    wire = talk(engine).send(get(here))
    wire.head()
    engine.thread.call(asyncio.sleep(0.3))
    may.release()
    assert wire.rest() == b"late"


def test_a_connection_that_cannot_be_made_runs_out_of_time(talk, start, hosts, monkeypatch):
    engine = start(timeouts=waits(connect=0.1))

    async def never(*_):
        await asyncio.Event().wait()

    monkeypatch.setattr(engine.context.loop, "create_connection", never)
    for addresses in (["192.0.2.7"], ["192.0.2.7", "192.0.2.8"]):
        hosts["black.test"] = addresses
        reply = talk(engine).ask(request(b"GET", b"http://black.test/", b"Host: a"))
        assert (reply.status, reply.body) == (504, b"fault connect-timeout\n")
        engine.context.dialer._names.clear()
    one, two = engine.records.finished(2)
    assert [each.address for each in one.server_leg.attempts] == ["192.0.2.7"]
    assert [each.error for each in one.server_leg.attempts] == ["no answer"]
    assert one.timeline.connect_end is not None
    assert two.fault == "connect-timeout"


def test_a_name_service_that_is_silent_runs_out_of_time(talk, start, monkeypatch):
    engine = start(timeouts=waits(connect=0.1))

    async def never(*_, **__):
        await asyncio.Event().wait()

    monkeypatch.setattr(engine.context.loop, "getaddrinfo", never)
    assert talk(engine).ask(request(b"GET", b"http://slow.test/", b"Host: a")).body == b"fault dns-failed\n"
    assert engine.records.only().timeline.dns_end is not None


def test_an_idle_connection_to_a_site_is_closed(talk, site, start):
    engine = start(timeouts=waits(pool=0.2))
    here = site(answering(ok()))
    assert talk(engine).ask(get(here)).status == 200
    here.ended()
    assert engine.context.pool.count == 0


def full(engine):
    """Make the engine's end of the only browser's connection hold what isn't read, in place of the kernel."""
    browser = engine.browser()
    browser.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    return browser


BODY = b"x" * 60_000  # below the mark at which the site would be held back


def test_a_browser_that_reads_slowly_gets_the_last_byte_of_the_last_answer(talk, site, start):
    engine = start(timeouts=waits(linger=0.1))
    here = site(answering(ok(BODY)))
    wire = talk(engine, receive=4096)
    browser = full(engine)
    wire.send(get(here, b"/", b"Connection: close"))
    engine.records.finished()
    engine.thread.call(asyncio.sleep(0.5))  # longer than it lingers
    assert browser.transport.get_write_buffer_size() > 0
    assert wire.reply().body == BODY
    assert wire.rest() == b""


def test_a_browser_that_reads_nothing_more_is_given_up_at_last(talk, site, start):
    engine = start(timeouts=waits(linger=0.1, body=0.3, pool=0.1))
    here = site(answering(ok(BODY)))
    wire = talk(engine, receive=4096)
    full(engine)
    wire.send(get(here, b"/", b"Connection: close"))
    engine.records.finished()
    assert engine.settled() == (0, 0, 0)


# -- size


def test_connections_beyond_the_limit_are_turned_away_and_said_so(talk, start):
    engine = start(limits=Limits(connections=2))
    first, second = talk(engine), talk(engine)
    for wire in (first, second):
        assert wire.ask(request(b"GET", b"/", b"Host: a")).status == 200
    third = talk(engine)
    assert third.reply().status == 503
    assert third.rest() == b""
    assert engine.records.finished(3)[2].fault == "refused-limit"
    first.close()
    second.close()
    third.close()
    assert engine.settled() == (0, 0, 0)
    assert talk(engine).ask(request(b"GET", b"/", b"Host: a")).status == 200


def test_one_address_cannot_take_all_connections(talk, start):
    engine = start(limits=Limits(connections_per_client=1))
    assert talk(engine).ask(request(b"GET", b"/", b"Host: a")).status == 200
    assert talk(engine).reply().status == 503
    assert "127.0.0.1" in engine.records.finished(2)[1].error.detail


def test_only_so_many_idle_connections_are_kept(talk, site, start):
    engine = start(limits=Limits(pool_idle=2, pool_idle_per_site=1))
    sites = [site(answering(ok())) for _ in range(3)]
    wires = [talk(engine) for _ in range(6)]
    for wire, here in zip(wires, sites * 2, strict=True):
        wire.send(get(here))
    for wire in wires:
        assert wire.reply().status == 200
    engine.records.finished(6)
    assert engine.context.pool.count <= 2


def test_an_upload_waits_while_its_connection_is_being_made(talk, site, start, monkeypatch):
    engine = start(limits=Limits(waiting_body=100_000))
    here = site(answering(ok()))
    may, dialing = asyncio.Event(), threading.Event()
    really = engine.context.dialer.connect

    async def slowly(*arguments, **options):
        dialing.set()
        await may.wait()
        return await really(*arguments, **options)

    monkeypatch.setattr(engine.context.dialer, "connect", slowly)
    size = 20_000_000
    head = request(b"POST", b"http://" + here.authority + b"/", b"Host: a", b"Content-Length: %d" % size)
    wire = talk(engine)
    sender = threading.Thread(target=lambda: wire.send(head, b"x" * size))
    sender.start()
    assert dialing.wait(PATIENCE)
    browser = engine.browser()
    engine.thread.settle(lambda: browser.talk.flow.up.size)
    assert browser.talk.flow.up.size < 100_000 + 1_000_000
    engine.thread.do(may.set)
    assert wire.reply().status == 200
    sender.join()


def held_bytes(engine):
    """What the engine holds of bodies that are on their way, in its own buffers."""
    return max((each.transport.get_write_buffer_size() for each in engine.context.streams), default=0)


def test_a_browser_that_does_not_read_holds_the_site_back(talk, site, engine):
    size = 40_000_000
    here = site(answering((b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size, b"x" * size)))
    wire = talk().send(get(here))
    wire.head()
    browser = engine.browser()
    engine.thread.settle(lambda: browser.talk.flow.down.size)
    assert browser.talk.flow.down.size < size
    assert engine.thread.do(lambda: held_bytes(engine)) < 1_000_000
    assert wire.exactly(size) == b"x" * size


def test_a_site_that_does_not_read_holds_the_browser_back(talk, site, engine):
    size = 40_000_000
    may = threading.Semaphore(0)
    here = site(lambda wire: (may.acquire(timeout=PATIENCE), wire.message(), wire.send(ok())))
    wire = talk()
    head = request(b"PUT", b"http://" + here.authority + b"/", b"Host: a", b"Content-Length: %d" % size)
    sender = threading.Thread(target=lambda: wire.send(head, b"x" * size))
    sender.start()
    here.visited()
    browser = engine.browser()
    engine.thread.settle(lambda: browser.talk.flow.up and browser.talk.flow.up.size)
    assert browser.talk.flow.up.size < size
    assert engine.thread.do(lambda: held_bytes(engine)) < 1_000_000
    may.release()
    assert wire.reply().status == 200
    sender.join()


@pytest.mark.parametrize("reads", ["browser", "site"])
def test_a_tunnel_holds_back_whoever_is_too_fast(talk, site, engine, reads):
    size = 30_000_000
    may = threading.Semaphore(0)

    def script(wire):
        wire.exactly(1)
        if reads == "browser":
            wire.send(b"x" * size)
        else:
            may.acquire(timeout=PATIENCE)
            assert wire.exactly(size) == b"x" * size
            wire.send(b"y")

    here = site(script)
    wire = talk().connect(here.authority).send(b"\x00")
    sender = threading.Thread(target=lambda: wire.send(b"x" * size))
    if reads == "site":
        sender.start()
    here.visited()
    browser = engine.browser()
    engine.thread.settle(lambda: browser.talk.flow and browser.talk.flow.progress())
    assert browser.talk.flow.progress() < size
    assert engine.thread.do(lambda: held_bytes(engine)) < 1_000_000
    may.release()
    assert wire.exactly(size if reads == "browser" else 1)[:1] in (b"x", b"y")
    if reads == "site":
        sender.join()


def test_a_flood_of_hints_is_not_kept_for_ever(talk, site, engine):
    hints = b"HTTP/1.1 103 Early Hints\r\n\r\n"
    here = site(answering(hints * 1000 + ok()))
    wire = talk().send(get(here))
    for _ in range(1000):
        assert wire.head() == hints
    assert wire.reply().status == 200
    assert len(engine.records.only().server_leg.interim) <= 100
