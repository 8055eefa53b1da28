"""Browsers that leave without a request, or without waiting for the answer; and those that only say no more."""

from __future__ import annotations

import contextlib
import ssl
import threading

import pytest
from peers import answering, get, ok, request
from workshop import waits

from inspector.engine import unasked

BEGINNING = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: one\n\n"


@pytest.fixture
def lasting():
    """A script that begins an answer, goes on with it piece by piece as told, and is silent otherwise."""
    said = threading.Semaphore(0)

    def script(wire):
        wire.message()
        wire.send(BEGINNING)
        while said.acquire(timeout=10):
            wire.send(b"data: more\n\n")

    script.more = said.release
    return script


def inside(here) -> bytes:
    return request(b"GET", b"/", b"Host: " + here.authority)


def test_a_closed_tls_connection_ends_an_answer_that_would_be_silent_for_ever(
    talk, site, engine, browser_tls, site_authority, *, lasting
):
    here = site(lasting, tls=site_authority.context("127.0.0.1"))
    wire = talk().connect(here.authority).secure(browser_tls, "127.0.0.1")
    wire.send(inside(here)).until(b"data: one\n\n")
    wire.half_close()  # TCP's end inside TLS: nobody listens any more
    found = engine.records.only()
    assert (found.state, found.fault) == ("failed", "client-closed-early")
    here.wires[0].sock.settimeout(10)
    with contextlib.suppress(ConnectionError, ssl.SSLError):
        assert here.wires[0].sock.recv(1) == b"", "the site is told too"


def test_over_plain_tcp_the_answer_may_go_on_for_who_only_says_no_more(talk, site, start, lasting):
    engine = start(timeouts=waits(half_closed=0.6))
    here = site(lasting)
    wire = talk(engine).send(get(here))
    wire.until(b"data: one\n\n")
    wire.half_close()
    for _ in range(4):
        wire.sock.settimeout(0.3)
        with pytest.raises(TimeoutError):
            wire.more()
        lasting.more()
        wire.sock.settimeout(10)
        wire.until(b"data: more\n\n")
    assert engine.records.wait(lambda: [each.state for each in engine.records.exchanges]) == ["open"]


def test_but_not_in_silence(talk, site, start, lasting):
    engine = start(timeouts=waits(half_closed=0.2))
    here = site(lasting)
    wire = talk(engine).send(get(here))
    wire.until(b"data: one\n\n")
    wire.half_close()
    found = engine.records.only()
    assert (found.state, found.fault) == ("failed", "client-closed-early")


def test_who_leaves_right_after_the_handshake_is_on_record(talk, site, engine, browser_tls):
    wire = (
        talk()
        .connect(b"www.example.com:443", b"User-Agent: Wget/1.21\r\n")
        .secure(browser_tls, "www.example.com")
    )
    wire.close()
    found = engine.records.only()
    assert (found.kind, found.state, found.fault) == ("tls", "failed", "tls-client-left")
    assert (found.host, found.port, found.agent) == ("www.example.com", 443, "wget 1.21")
    assert engine.records.connection(found.client_leg.connection).tls.version


def test_who_leaves_later_had_only_prepared_a_connection(talk, site, engine, browser_tls, monkeypatch):
    monkeypatch.setattr(unasked, "AT_ONCE", 0.0)
    wire = talk().connect(b"www.example.com:443").secure(browser_tls, "www.example.com")
    wire.close()
    here = site(answering(ok()))
    assert talk().ask(get(here)).status == 200
    assert engine.records.only().kind == "http"


def test_who_leaves_after_an_answer_is_not(talk, site, engine, browser_tls, site_authority):
    here = site(answering(ok()), tls=site_authority.context("127.0.0.1"))
    wire = talk().connect(here.authority).secure(browser_tls, "127.0.0.1")
    assert wire.ask(inside(here)).status == 200
    wire.close()
    assert talk().ask(get(site(answering(ok())))).status == 200
    assert [each.kind for each in engine.records.finished(2)] == ["http", "http"]
