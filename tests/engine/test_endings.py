"""What is left when it is over: nothing of the exchanges, and everything on record."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import threading
import time

import pytest
from peers import PATIENCE, Answer, answering, get, ok, request
from workshop import waits

from inspector.engine.client import ClientConnection
from inspector.engine.flow import Flow
from inspector.engine.upstream import ServerConnection

# -- stopping


def test_a_stopping_engine_lets_an_answer_come_to_its_end(talk, site, start):
    engine = start(timeouts=waits(stop=10.0))
    may = threading.Semaphore(0)
    here = site(lambda wire: (wire.head(), may.acquire(timeout=PATIENCE), wire.send(ok())))
    wire = talk(engine).send(get(here))
    here.visited()
    stopping = asyncio.run_coroutine_threadsafe(engine.engine.stop(), engine.thread.loop)
    engine.thread.settle(lambda: engine.context.stopping)
    may.release()
    reply = wire.reply()
    assert (reply.status, reply.field("connection")) == (200, b"close")
    stopping.result(PATIENCE)
    assert engine.records.only().state == "done"
    assert engine.settled() == (0, 0, 0)


def test_a_stopping_engine_cuts_off_what_does_not_end_and_says_so(talk, site, start, hosts, browser_tls):
    engine = start(timeouts=waits(stop=0.1, server_speaks_first=30.0))
    hang = site(lambda wire: wire.rest())
    stream = site(lambda wire: (wire.head(), wire.send(b"HTTP/1.1 200 OK\r\n\r\nsome"), wire.rest()))
    wires = [
        talk(engine).send(get(hang)),
        talk(engine).send(get(stream)),
        talk(engine).send(
            request(b"POST", b"http://" + hang.authority + b"/", b"Host: a", b"Content-Length: 9")
        ),
        talk(engine).connect(hang.authority).send(b"\x00"),
        talk(engine).send(b"GET http://half"),
        talk(engine).connect(hang.authority),
        talk(engine),
    ]
    assert wires[1].head()
    hang.visited(3)
    engine.thread.settle(lambda: len(engine.context.ledger.live))
    began = time.monotonic()
    engine.stop()
    assert time.monotonic() - began < 5
    exchanges = engine.records.finished(4)
    assert {each.fault for each in exchanges} == {"inspector-stopped"}
    assert {each.error.who for each in exchanges} == {"us"}
    assert engine.settled() == (0, 0, 0)
    for wire in wires:
        assert gone(wire)


def gone(wire):
    with contextlib.suppress(ConnectionError):
        wire.rest()
    return True


def test_a_stopped_engine_takes_no_more(talk, engine):
    engine.stop()
    with pytest.raises((ConnectionError, EOFError)):
        talk(engine).ask(request(b"GET", b"/", b"Host: a"))


def test_idle_connections_are_closed_at_once_by_a_stop(talk, site, start):
    engine = start(timeouts=waits(stop=10.0))
    here = site(answering(ok()))
    wire = talk(engine)
    wire.ask(get(here))
    engine.records.finished()
    began = time.monotonic()
    engine.stop()
    assert time.monotonic() - began < 5
    assert wire.rest() == b""
    here.ended()


# -- leaving nothing


def mixed(site):
    """One of everything, good and bad: what to send, and whether the browser goes away without waiting."""
    good = site(answering(ok()))
    early = site(answering(Answer((b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nsome",), "close")))
    reset = site(answering(Answer((b"HTTP/1.1 200 OK\r\n\r\nsome",), "reset")))
    silent = site(answering(Answer((), "close")))
    wrong = site(answering(b"HTTP/1.1 200 OK\r\nX Y: z\r\n\r\n"))
    none = site(answering(ok()))
    none.close()
    big = site(answering(ok(b"x" * 100_000)))
    post = request(
        b"POST", b"http://" + good.authority + b"/", b"Host: a", b"Content-Length: 5", body=b"12345"
    )
    broken = request(
        b"POST", b"http://" + good.authority + b"/", b"Host: a", b"Transfer-Encoding: chunked", body=b"x\r\n"
    )
    connect = request(b"CONNECT", good.authority, b"Host: a")
    return [
        (get(good), True), (post, True), (get(early), True), (get(reset), True), (get(silent), True), (get(wrong), True),
        (get(none), True), (get(big), True), (broken, True), (b"nonsense\r\n\r\n", True), (get(good), False),
        (get(big), False), (post[:-3], False), (b"GET / HT", False), (connect + b"\x00", False), (connect, False),
        (connect + request(b"GET", b"/", b"Host: a"), True), (connect + b"\x16\x03\x01\x02\x00", False),
        (request(b"GET", b"http://inspector.test/", b"Host: a"), True), (b"", False),
    ]  # fmt: skip


def say(talk, words, waits_for_answer):
    wire = talk().send(words)
    if waits_for_answer:
        try:
            wire.head()
            if words.startswith(b"CONNECT"):
                wire.head()
        except (EOFError, ConnectionError):
            pass
    wire.close()


def test_nothing_is_left_of_two_thousand_exchanges(talk, site, start):
    engine = start(timeouts=waits(pool=0.2, linger=0.2))
    cases = mixed(site)
    for turn in range(2000):
        say(lambda: talk(engine), *cases[turn % len(cases)])
    assert engine.settled() == (0, 0, 0)
    assert engine.context.pool.count == 0
    assert engine.context.clients == {}
    assert not any(each.state == "open" for each in engine.records.exchanges)
    assert left(engine) == []
    assert len(engine.records.exchanges) > 1500


def left(engine):
    """Connections and exchanges of this engine that are still somewhere in memory."""

    def count():
        gc.collect()
        kinds = (ClientConnection, ServerConnection)
        found = [
            each for each in gc.get_objects() if isinstance(each, kinds) and each.context is engine.context
        ]
        return found + [each for each in gc.get_objects() if isinstance(each, Flow)]

    return engine.thread.do(count)


def test_a_finished_exchange_needs_no_collector(talk, site, engine):
    # with collection put off for long, as in the engine's process, cycles would pile up
    here = site(answering(ok()))
    wire = talk()
    wire.ask(get(here))
    engine.records.finished()

    def flows():
        return sum(isinstance(each, Flow) for each in gc.get_objects())

    gc.collect()
    before = engine.thread.do(flows)
    gc.disable()
    try:
        for _ in range(20):
            wire.ask(get(here))
            talk().ask(get(here))
        engine.records.finished(41)
        assert engine.thread.do(flows) <= before + 1
    finally:
        gc.enable()
