"""What is put on record, when, and how much of it."""

from __future__ import annotations

import threading

from peers import PATIENCE, Answer, answering, get, ok, request

from inspector.engine.settings import Limits

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


def body_of(engine, exchange):
    return exchange.server_leg.response.body


def test_a_body_up_to_64_kib_is_inline(talk, site, engine):
    here = site(answering(ok(b"x" * 65_536)))
    talk().ask(get(here))
    body = body_of(engine, engine.records.only())
    assert (len(body.inline), body.pieces, body.note) == (65_536, (), "")


def test_a_larger_body_goes_to_the_archive_in_pieces(talk, site, engine):
    content = bytes(range(256)) * 1000
    here = site(answering(ok(content)))
    talk().ask(
        request(
            b"PUT", b"http://" + here.authority + b"/", b"Host: a", b"Content-Length: 256000", body=content
        )
    )
    exchange = engine.records.only()
    for body in (body_of(engine, exchange), exchange.client_leg.request.body):
        assert body.inline == b""
        assert len(body.pieces) > 1
        assert engine.records.body(body) == content
    assert exchange.client_leg.response.body.note == "same"
    assert exchange.server_leg.request.body.note == "same"


def test_a_body_over_the_cap_passes_whole_and_is_marked(talk, site, start):
    engine = start(limits=Limits(captured_body=100_000))
    content = bytes(range(256)) * 1000
    here = site(answering(ok(content)))
    assert talk(engine).ask(get(here)).body == content
    body = body_of(engine, engine.records.only())
    assert (body.size, body.note, body.complete) == (256_000, "capped", True)
    assert engine.records.body(body) == content[:100_000]


def test_a_small_cap_is_kept_inline(talk, site, start):
    engine = start(limits=Limits(captured_body=10))
    here = site(answering(CHUNKED + b"5\r\nhello\r\n7\r\n, world\r\n0\r\n\r\n"))
    talk(engine).ask(get(here))
    body = body_of(engine, engine.records.only())
    assert (body.inline, body.size, body.note) == (b"hello, wor", 12, "capped")


def test_a_body_that_the_archive_could_not_take_passes_and_is_marked(talk, site, engine):
    content = b"x" * 200_000
    here = site(answering((ok(content)[:100], ok(content)[100:])))
    engine.records.full_of_bodies = True
    assert talk().ask(get(here)).body == content
    body = body_of(engine, engine.records.only())
    assert (body.size, body.note) == (200_000, "lost")


def test_traffic_goes_on_when_nothing_can_be_kept(talk, site, engine):
    here = site(answering(ok(b"x" * 200_000)))
    engine.records.full = True
    assert talk().ask(get(here)).status == 200
    assert engine.records.snapshots == []
    engine.records.full = False
    assert talk().ask(get(here)).status == 200
    exchange = engine.records.only()
    assert engine.records.connection(exchange.client_leg.connection)


def test_nothing_is_kept_while_capturing_is_paused(talk, site, engine):
    here = site(answering(ok()))
    engine.thread.do(lambda: engine.engine.apply({"capturing": False}))
    assert talk().ask(get(here, b"/paused")).status == 200
    engine.thread.do(lambda: engine.engine.apply({"capturing": True}))
    wire = talk()
    assert wire.ask(get(here, b"/kept")).status == 200
    exchange = engine.records.only()
    assert exchange.path == "/kept"
    assert engine.records.connection(exchange.server_leg.connection), "known by now, though it is older"


def test_an_exchange_announced_before_a_pause_is_finished_on_record(talk, site, engine):
    may = threading.Semaphore(0)
    here = site(lambda wire: (wire.head(), may.acquire(timeout=PATIENCE), wire.send(ok())))
    wire = talk().send(get(here))
    engine.records.wait(lambda: engine.records.snapshots)
    engine.thread.do(lambda: engine.engine.apply({"capturing": False}))
    may.release()
    assert wire.reply().status == 200
    exchange = engine.records.only()
    assert (exchange.state, body_of(engine, exchange).note) == ("done", "off")


def test_a_run_without_capture_keeps_nothing(talk, site, start):
    engine = start(capture=False)
    here = site(answering(ok()))
    assert talk(engine).ask(get(here)).status == 200
    engine.thread.do(lambda: engine.engine.apply({"capturing": True}))
    assert talk(engine).ask(get(here)).status == 200
    assert (engine.records.snapshots, engine.records.connections) == ([], {})


def test_a_quick_exchange_is_put_once(talk, site, engine):
    here = site(answering(ok()))
    talk().ask(get(here))
    engine.records.only()
    assert [each.state for each in engine.records.snapshots] == ["done"]
    assert engine.records.finals == [True]


def test_a_slow_exchange_is_announced_and_told_of_as_it_grows(talk, site, engine, monkeypatch):
    monkeypatch.setattr("inspector.engine.ledger.GROWN", 0.05)
    may = threading.Semaphore(0)

    def script(wire):
        wire.head()
        may.acquire(timeout=PATIENCE)
        wire.send(b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nfour")
        may.acquire(timeout=PATIENCE)
        wire.send(b"more")

    here = site(script)
    wire = talk().send(get(here, b"/slow"))
    (first,) = engine.records.wait(lambda: list(engine.records.snapshots))
    assert (first.state, first.duration, first.status, first.path) == ("open", None, 0, "/slow")
    assert first.client_leg.connection in engine.records.connections
    assert first.server_leg.connection in engine.records.connections
    may.release()
    grown = engine.records.wait(
        lambda: [each for each in engine.records.snapshots if each.response_size == 4]
    )[0]
    assert (grown.state, grown.status) == ("open", 200)
    assert body_of(engine, grown).inline == b"four"
    assert not body_of(engine, grown).complete
    may.release()
    wire.reply()
    last = engine.records.only()
    assert (last.state, last.response_size, last.id) == ("done", 8, first.id)
    assert engine.records.finals == [False] * (len(engine.records.finals) - 1) + [True]


def test_change_numbers_grow_with_every_snapshot(talk, site, engine):
    here = site(answering(ok()))
    for _ in range(3):
        talk().ask(get(here))
    talk().ask(b"nonsense\r\n\r\n")
    engine.records.finished(4)
    changes = [each.change for each in engine.records.snapshots]
    assert changes == sorted(set(changes))
    assert [each.id for each in engine.records.exchanges] == sorted(
        each.id for each in engine.records.exchanges
    )


def test_connections_are_put_before_the_exchanges_that_name_them_and_once_more_at_their_end(
    talk, site, engine
):
    here = site(answering(ok(b"x", b"Connection: close")))
    wire = talk()
    wire.ask(get(here))
    exchange = engine.records.only()
    wire.close()
    for leg, side, port in (
        (exchange.client_leg, "client", engine.port),
        (exchange.server_leg, "server", here.port),
    ):
        first, last = engine.records.wait(lambda leg=leg: pair(engine.records.connections[leg.connection]))
        assert (first.side, first.closed) == (side, None)
        assert 0 < last.closed < PATIENCE
        assert port in (first.peer_port, first.local_port)
    assert first.host == "127.0.0.1"


def pair(found):
    return found if len(found) == 2 else ()


def test_who_asked_is_on_record(talk, site, engine):
    here = site(answering(ok(b"{}", b"Content-Type: application/json; charset=utf-8")))
    wire = talk()
    local = wire.sock.getsockname()
    wire.ask(get(here, b"/a?b#"[:4], b"User-Agent: curl/8.5.0"))
    exchange = engine.records.only()
    assert (exchange.client, exchange.agent) == (f"127.0.0.1:{local[1]}", "curl 8.5")
    assert (exchange.media, exchange.resource, exchange.origin) == ("application/json", "data", "browser")


def test_decisions_are_those_that_were_made(talk, site, engine):
    here = site(answering(Answer((b"HTTP/1.0 200 OK\r\nX : y\r\nKeep-Alive: 5\r\n\r\n",), "close")))
    talk().send(
        request(
            b"GET", b"http://" + here.authority + b"/", b"Host: other", b"Connection: close, x-a", b"X-A: 1"
        )
    )
    exchange = engine.records.only()
    assert [(each.code, each.detail) for each in exchange.decisions] == [
        ("host-replaced", "other"),
        ("origin-form", ""),
        ("hop-by-hop", "Connection, X-A"),
        ("hop-by-hop", "Keep-Alive"),
        ("space-before-colon", "X"),
        ("connection-close", ""),
        ("version", "HTTP/1.0"),
    ]


def test_a_mistake_of_ours_is_on_record_as_ours(talk, site, engine, monkeypatch, loop_thread):
    async def broken(*_, **__):
        raise RuntimeError("a bug")

    monkeypatch.setattr(engine.context.dialer, "_race", broken)
    here = site(answering(ok()))
    assert talk().ask(get(here)).body == b"fault internal\n"
    exchange = engine.records.only()
    assert (exchange.error.who, exchange.state) == ("us", "failed")
    assert engine.complaints
    engine.complaints.clear()


def test_a_page_that_cannot_be_made_is_answered_in_plain_words(talk, engine, monkeypatch):
    def broken(ask):
        raise RuntimeError("a bug")

    monkeypatch.setattr(engine.context, "render", broken)
    reply = talk().ask(request(b"GET", b"/", b"Host: a"))
    assert reply.status == 502
    assert engine.complaints
    engine.complaints.clear()
