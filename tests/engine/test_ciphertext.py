"""The first ciphertext of each connection, as it was on the wire, both ways; what bounds it, and what is never kept."""

from __future__ import annotations

import ssl

import msgspec
import pytest
from peers import Reply, answering, ok, request

from inspector.engine import ledger, wiretap
from inspector.engine.settings import Limits
from inspector.wire.tls_records import records

ASKED = request(b"GET", b"/a", b"Host: site.test")
LAST = request(b"GET", b"/a", b"Host: site.test", b"Connection: close")


@pytest.fixture
def secure_site(site, hosts, site_authority):
    def starting(script, **options):
        hosts["site.test"] = ["127.0.0.1"]
        return site(script, tls=site_authority.context("site.test", **options))

    return starting


class Overheard:
    """A browser's TLS that passes every byte through our hands, as an eavesdropper would have it."""

    def __init__(self, wire, context, name="site.test"):
        self.wire = wire
        self.said = self.heard = b""
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=name)
        self._until(self._tls.do_handshake)

    def _until(self, work):
        while True:
            try:
                done = work()
            except ssl.SSLWantReadError:
                done = None
                self._flush()
                data = self.wire.sock.recv(65_536)
                if not data:
                    return b""
                self.heard += data
                self._incoming.write(data)
                continue
            self._flush()
            return done

    def _flush(self):
        data = self._outgoing.read()
        self.said += data
        self.wire.send(data)

    def ask(self, asked):
        self._until(lambda: self._tls.write(asked))
        head = b""
        while b"\r\n\r\n" not in head:
            head += self._until(lambda: self._tls.read(65_536))
        head, _, body = head.partition(b"\r\n\r\n")
        length = int(Reply(head).field("content-length"))
        while len(body) < length:
            body += self._until(lambda: self._tls.read(65_536))
        return body

    def rest(self):
        """Until the other side is gone."""
        while data := self.wire.sock.recv(65_536):
            self.heard += data
        self.wire.close()


@pytest.fixture
def overhear(talk, browser_tls):
    return lambda engine, here: Overheard(talk(engine).connect(b"site.test:%d" % here.port), browser_tls)


def streams(kept):
    """What each side said, put together."""
    return tuple(
        b"".join(chunk.data for chunk in kept.chunks if chunk.sent_by == who) for who in ("client", "server")
    )


def kept_for(engine, exchange):
    """What is kept of both connections of an exchange."""
    legs = (exchange.client_leg, exchange.server_leg)
    return tuple(engine.records.ciphertext(leg.connection) for leg in legs)


def closed(engine, *connections):
    """Wait until these connections are over."""
    for id in connections:
        engine.records.wait(lambda id=id: engine.records.connections[id][-1].closed is not None)


def test_every_byte_of_a_short_conversation_is_kept(overhear, secure_site, engine):
    browser = overhear(engine, secure_site(answering(ok(b"hello", b"Connection: close"))))
    assert browser.ask(LAST) == b"hello"
    browser.rest()
    exchange = engine.records.only()
    closed(engine, exchange.client_leg.connection, exchange.server_leg.connection)
    client, server = kept_for(engine, exchange)
    said, heard = streams(client)
    assert (said, heard) == (browser.said, browser.heard)
    assert not client.full
    assert not server.full
    assert b"hello" not in b"".join(streams(server))


def test_its_records_can_be_read_and_its_times_rise(overhear, secure_site, engine):
    browser = overhear(engine, secure_site(answering(ok(b"hello", b"Connection: close"))))
    browser.ask(LAST)
    browser.rest()
    exchange = engine.records.only()
    closed(engine, exchange.client_leg.connection, exchange.server_leg.connection)
    for kept in kept_for(engine, exchange):
        times = [chunk.at for chunk in kept.chunks]
        assert times == sorted(times)
        assert times[0] >= 0
        assert times[-1] < 60
        found = records((chunk.sent_by, chunk.at, chunk.data) for chunk in kept.chunks)
        assert all(record.whole for record in found)
        assert (found[0].sender, found[0].type, found[0].data[0]) == ("client", 22, 1), (
            "a ClientHello comes first"
        )
        assert {record.sender for record in found} == {"client", "server"}


def test_a_connection_that_stays_open_can_be_looked_at_after_a_moment_and_grows(
    overhear, secure_site, start, monkeypatch
):
    monkeypatch.setattr(ledger, "WIRE", 0.0)
    engine = start()
    browser = overhear(engine, secure_site(answering(ok())))
    browser.ask(ASKED)
    exchange = engine.records.only()
    id = exchange.client_leg.connection
    engine.records.wait(
        lambda: (
            id in engine.records.ciphertexts
            and streams(engine.records.ciphertext(id)) == (browser.said, browser.heard)
        )
    )
    assert engine.records.connection(id).closed is None
    browser.ask(ASKED)
    engine.records.wait(lambda: streams(engine.records.ciphertext(id)) == (browser.said, browser.heard))
    last = engine.records.ciphertexts[id][-1]
    assert len(last.pieces) > 1
    pieces = [engine.records.bodies[piece.offset] for piece in last.pieces]
    assert sum(map(len, pieces)) == sum(size for _, _, size in last.passed), "nothing is put twice"


def test_over_the_bound_the_beginning_is_kept_and_the_rest_passes(overhear, secure_site, start):
    engine = start(limits=msgspec.structs.replace(Limits(), ciphertext=5000))
    browser = overhear(engine, secure_site(answering(ok(b"x" * 100_000))))
    assert browser.ask(ASKED) == b"x" * 100_000
    exchange = engine.records.only()
    client, server = kept_for(engine, exchange)
    for kept in (client, server):
        assert kept.full
        assert sum(len(chunk.data) for chunk in kept.chunks) == 5000
    said, heard = streams(client)
    assert browser.said.startswith(said)
    assert browser.heard.startswith(heard)
    assert engine.browser().tap is None, "what is over its bound pays nothing more"
    assert not engine.context.ledger.taps


def test_with_zero_nothing_is_kept(overhear, secure_site, start):
    engine = start(limits=msgspec.structs.replace(Limits(), ciphertext=0))
    browser = overhear(engine, secure_site(answering(ok(b"hello", b"Connection: close"))))
    browser.ask(LAST)
    browser.rest()
    exchange = engine.records.only()
    closed(engine, exchange.client_leg.connection)
    assert engine.records.ciphertexts == {}


def test_single_bytes_do_not_pile_up(talk, secure_site, start, monkeypatch):
    monkeypatch.setattr(wiretap, "_MOST", 5)
    engine = start()
    here = secure_site(answering(ok(b"hello", b"Connection: close")))
    wire = talk(engine).connect(b"site.test:%d" % here.port)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    browser = Overheard(wire, context)
    for _ in range(3):
        browser.ask(ASKED if _ < 2 else LAST)
    exchange = engine.records.finished(3)[0]
    kept = engine.records.ciphertext(exchange.client_leg.connection)
    assert kept.full
    assert len(kept.chunks) <= 5


def test_a_handshake_that_failed_is_kept_too(talk, secure_site, engine):
    here = secure_site(answering(ok()))
    wire = talk(engine).connect(b"site.test:%d" % here.port)
    strict = ssl.create_default_context()
    with pytest.raises(ssl.SSLCertVerificationError):
        wire.secure(strict, "site.test")
    wire.close()
    exchange = engine.records.only()
    assert exchange.kind == "tls"
    kept = engine.records.ciphertext(exchange.client_leg.connection)
    types = [
        (record.sender, record.type) for record in records((c.sent_by, c.at, c.data) for c in kept.chunks)
    ]
    assert types[0] == ("client", 22)
    assert ("server", 22) in types


def test_so_is_one_with_a_site(overhear, secure_site, engine):
    browser = overhear(engine, secure_site(answering(ok()), days=-1))
    assert b"tls-untrusted" in browser.ask(ASKED)
    exchange = engine.records.only()
    said, heard = streams(engine.records.ciphertext(exchange.server_leg.connection))
    assert said[0] == heard[0] == 22
    assert said[-7:-2] == b"\x15\x03\x03\x00\x02"[:5] or len(said) > 300, (
        "our alert is in it, plain or encrypted"
    )


def test_plain_connections_have_none(talk, site, engine):
    here = site(answering(ok(b"hello", b"Connection: close")))
    from peers import get

    talk().ask(get(here))
    engine.records.only()
    assert engine.records.ciphertexts == {}


# -- what must not be kept


def test_nothing_is_kept_while_capturing_is_paused(overhear, secure_site, engine):
    here = secure_site(answering(ok()))
    engine.thread.do(lambda: engine.engine.apply({"capturing": False}))
    browser = overhear(engine, here)
    browser.ask(ASKED)
    engine.thread.do(lambda: engine.engine.apply({"capturing": True}))
    browser.ask(LAST)
    browser.rest()
    engine.records.only()
    engine.settled()
    assert not any(each.chunks for each in map(engine.records.ciphertext, engine.records.ciphertexts))


def test_what_was_held_when_a_pause_began_is_not_put_later(overhear, secure_site, engine):
    browser = overhear(engine, secure_site(answering(ok())))
    browser.ask(ASKED)
    engine.thread.do(lambda: engine.engine.apply({"capturing": False}))
    before = {id: len(each) for id, each in engine.records.ciphertexts.items()}
    browser.ask(LAST)
    browser.rest()
    engine.settled()
    assert {id: len(each) for id, each in engine.records.ciphertexts.items()} == before


def test_a_connection_that_is_never_on_record_leaves_nothing_behind(engine, talk, secure_site):
    """Taps of such would be held for ever otherwise."""
    here = secure_site(answering(ok()))
    wire = talk(engine).connect(b"site.test:%d" % here.port)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    wire.secure(context, "site.test").close()
    engine.settled()
    assert not engine.context.ledger.taps


def test_a_full_archive_costs_the_ciphertext_and_nothing_else(overhear, secure_site, engine):
    browser = overhear(engine, secure_site(answering(ok(b"hello", b"Connection: close"))))
    engine.thread.do(lambda: setattr(engine.records, "full_of_bodies", True))
    assert browser.ask(LAST) == b"hello"
    browser.rest()
    exchange = engine.records.only()
    closed(engine, exchange.client_leg.connection)
    engine.settled()
    assert engine.records.ciphertexts == {}
