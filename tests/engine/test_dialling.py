"""Ways to a site: names, several addresses, and browsers that leave while they are tried."""

from __future__ import annotations

import asyncio

import pytest
from peers import answering, ok, request
from workshop import waits


def ask(host, port):
    name = f"{host}:{port}".encode()
    return request(b"GET", b"http://" + name + b"/", b"Host: " + name)


@pytest.fixture
def black_hole(engine, monkeypatch):
    """Addresses that never answer: black_hole(address...)."""
    loop = engine.context.loop
    really, dead = loop.create_connection, set()

    async def connect(factory, address, port):
        if address in dead:
            await asyncio.Event().wait()
        return await really(factory, address, port)

    monkeypatch.setattr(loop, "create_connection", connect)
    return lambda *addresses: dead.update(addresses)


def test_an_address_that_does_not_answer_costs_a_quarter_of_a_second(talk, site, engine, hosts, black_hole):
    here = site(answering(ok()))
    black_hole("::1")
    hosts["two.test"] = ["::1", "127.0.0.1"]
    assert talk().ask(ask("two.test", here.port)).status == 200
    exchange = engine.records.only()
    took = exchange.timeline.connect_end - exchange.timeline.connect_start
    assert 0.2 < took < 5
    assert exchange.remote.startswith("127.0.0.1")


def test_when_both_addresses_answer_only_one_connection_stays(talk, site, engine, hosts, monkeypatch):
    monkeypatch.setattr("inspector.engine.dial.STAGGER", 0.0)
    here = site(answering(ok()))
    hosts["twice.test"] = ["127.0.0.1", "127.0.0.2", "127.0.0.3"]
    wire = talk()
    assert wire.ask(ask("twice.test", here.port)).status == 200
    engine.records.only()
    engine.thread.settle(lambda: len(engine.context.streams))
    assert len(engine.context.streams) == 2, "the browser's and the site's"


def test_families_take_turns(talk, engine, hosts):
    from inspector.engine.dial import _in_turn

    assert _in_turn(["::1", "::2", "1.1.1.1", "::1", "2.2.2.2"]) == ["::1", "1.1.1.1", "::2", "2.2.2.2"]


def test_when_no_address_works_every_attempt_is_on_record(talk, site, engine, hosts):
    here = site(answering(ok()))
    here.close()
    hosts["dead.test"] = ["127.0.0.1", "::1", "127.0.0.2"]
    assert talk().ask(ask("dead.test", here.port)).body == b"fault connect-refused\n"
    attempts = engine.records.only().server_leg.attempts
    assert sorted(each.address for each in attempts) == ["127.0.0.1", "127.0.0.2", "::1"]
    assert all(each.began >= 0 and each.took >= 0 for each in attempts)


def test_a_name_is_looked_up_once_for_many_requests(talk, site, engine, hosts, loop_thread):
    here = site(answering(ok(b"x", b"Connection: close")))
    hosts["one.test"] = ["127.0.0.1"]
    wire = talk()
    for _ in range(3):
        wire.ask(ask("one.test", here.port))
    assert loop_thread.hosts.asked == ["one.test"]
    assert [each.timeline.dns_start is None for each in engine.records.finished(3)] == [False, True, True]


def test_a_name_that_failed_is_looked_up_again(talk, site, engine, hosts):
    here = site(answering(ok()))
    wire = talk()
    assert wire.ask(ask("later.test", here.port)).status == 502
    hosts["later.test"] = ["127.0.0.1"]
    assert wire.ask(ask("later.test", here.port)).status == 200


def test_a_browser_that_leaves_while_its_connection_is_made_leaves_nothing(talk, engine, hosts, black_hole):
    black_hole("192.0.2.1", "192.0.2.2")
    hosts["far.test"] = ["192.0.2.1", "192.0.2.2"]
    for host in ("192.0.2.1", "far.test"):
        wire = talk().send(ask(host, 80))
        engine.records.wait(
            lambda host=host: [each for each in engine.records.snapshots if each.host == host]
        )
        wire.reset()
    first, second = engine.records.finished(2)
    assert {first.fault, second.fault} == {"client-closed-early"}
    assert engine.settled() == (0, 0, 0)


def test_a_browser_that_leaves_while_a_tunnel_is_made_leaves_nothing(talk, start, engine, black_hole):
    black_hole("192.0.2.1")
    wire = talk().connect(b"192.0.2.1:9").send(b"\x00")
    engine.records.wait(lambda: engine.records.snapshots)
    wire.reset()
    engine.thread.settle(lambda: len(engine.context.streams))
    engine.stop()
    assert engine.settled() == (0, 0, 0)
    assert engine.records.only().fault in ("client-closed-early", "inspector-stopped")


def test_a_tunnel_that_cannot_be_made_in_time_is_closed(talk, start, monkeypatch):
    engine = start(timeouts=waits(connect=0.2))

    async def never(*_):
        await asyncio.Event().wait()

    monkeypatch.setattr(engine.context.loop, "create_connection", never)
    wire = talk(engine).connect(b"192.0.2.1:9").send(b"\x00")
    with pytest.raises(ConnectionResetError):
        wire.rest()
    assert engine.records.only().fault == "connect-timeout"


def test_a_site_that_closes_before_it_is_asked_is_said_so(talk, site, engine):
    here = site(lambda wire: wire.close())
    wire = talk()
    for _ in range(20):
        assert wire.ask(ask("127.0.0.1", here.port)).body == b"fault server-no-response\n"


def test_a_site_that_resets_before_it_is_asked_is_said_so(talk, site, engine):
    here = site(lambda wire: wire.reset())
    wire = talk()
    for _ in range(20):
        reply = wire.ask(ask("127.0.0.1", here.port))
        assert reply.body in (b"fault server-no-response\n", b"fault connect-failed\n")


def test_an_answer_that_comes_before_the_question_is_taken_for_the_answer(talk, site, engine):
    here = site(
        lambda wire: (
            wire.send(b"HTTP/1.1 503 Busy\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"),
            wire.rest(),
        )
    )
    for _ in range(10):
        assert talk().ask(ask("127.0.0.1", here.port)).status == 503


def test_a_greeting_before_the_question_is_kept_as_what_is_wrong(talk, site, engine):
    here = site(lambda wire: (wire.send(b"220 smtp.test ESMTP\r\n"), wire.rest()))
    for _ in range(10):
        assert talk().ask(ask("127.0.0.1", here.port)).body == b"fault not-http\n"
    assert engine.records.finished(10)[9].server_leg.response.head == b"220 smtp.test ESMTP\r\n"
