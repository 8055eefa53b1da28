"""TLS towards the browser and towards the site: what is agreed, what fails, whose fault that is."""

from __future__ import annotations

import socket
import ssl
import threading

import pytest
from peers import PATIENCE, Answer, answering, ok, request
from workshop import trusting, waits

from inspector.pki.errors import BadName

ASKED = request(b"GET", b"/a", b"Host: site.test")


@pytest.fixture
def secure_site(site, hosts, site_authority):
    """A site behind TLS: secure_site(script, names...)."""

    def starting(script, *names, **options):
        context = site_authority.context(*(names or ("site.test",)), **options)
        context.set_alpn_protocols(["http/1.1"])
        here = site(script, tls=context)
        hosts["site.test"] = ["127.0.0.1"]
        here.name = b"site.test:%d" % here.port
        return here

    return starting


def tls_of(engine, leg):
    return engine.records.connection(leg.connection).tls


# -- what is agreed


def test_https_is_opened_read_and_closed_again_towards_the_site(
    talk, secure_site, engine, browser_tls, authority
):
    here = secure_site(answering(ok()))
    browser_tls.set_alpn_protocols(["h2", "http/1.1"])
    wire = talk().connect(here.name).secure(browser_tls, "site.test")
    assert wire.tls.selected_alpn_protocol() == "http/1.1"
    assert wire.ask(ASKED).raw == ok()
    assert here.seen == ASKED
    exchange = engine.records.only()
    assert (exchange.scheme, exchange.host, exchange.port) == ("https", "site.test", here.port)
    assert (exchange.protection, exchange.tls) == ("decrypted", "TLSv1.3")
    client, server = tls_of(engine, exchange.client_leg), tls_of(engine, exchange.server_leg)
    assert (client.version, client.alpn, client.sni, client.resumed) == (
        "TLSv1.3",
        "http/1.1",
        "site.test",
        False,
    )
    assert client.offered_alpn == ("h2", "http/1.1")
    assert "TLS 1.3" in client.offered_versions
    assert client.offered_ciphers
    assert client.chain[-1] == authority.der
    assert (server.version, server.alpn, server.sni, server.verified) == (
        "TLSv1.3",
        "http/1.1",
        "site.test",
        True,
    )
    assert server.chain
    assert {each.sent_by for each in server.handshake} == {"client", "server"}


def test_tls_1_2_is_spoken_both_ways(talk, secure_site, engine, authority, site_authority):
    here = secure_site(answering(ok()))
    here._tls.maximum_version = ssl.TLSVersion.TLSv1_2
    old = trusting(authority, maximum_version=ssl.TLSVersion.TLSv1_2)
    wire = talk().connect(here.name).secure(old, "site.test")
    assert wire.ask(ASKED).status == 200
    exchange = engine.records.only()
    assert (
        tls_of(engine, exchange.client_leg).version
        == tls_of(engine, exchange.server_leg).version
        == "TLSv1.2"
    )


def test_many_requests_use_one_connection_on_each_leg(talk, secure_site, engine, browser_tls):
    here = secure_site(answering(ok()))
    wire = talk().connect(here.name).secure(browser_tls, "site.test")
    for _ in range(3):
        assert wire.ask(ASKED).status == 200
    exchanges = engine.records.finished(3)
    assert here.visits == 1
    assert [each.server_leg.turn for each in exchanges] == [1, 2, 3]
    assert [each.timeline.client_tls_end is None for each in exchanges] == [False, True, True]
    assert [each.timeline.tls_end is None for each in exchanges] == [False, True, True]
    assert [each.tls for each in exchanges] == ["TLSv1.3"] * 3


def test_a_session_is_resumed_towards_the_site(talk, secure_site, engine, browser_tls):
    here = secure_site(answering(ok(b"x", b"Connection: close")))
    wire = talk().connect(here.name).secure(browser_tls, "site.test")
    wire.ask(ASKED)
    wire.ask(ASKED)
    first, second = (tls_of(engine, each.server_leg) for each in engine.records.finished(2))
    assert (first.resumed, second.resumed) == (False, True)
    assert second.chain == first.chain, "what the first handshake showed"
    assert second.verified


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_browser_may_resume_its_session(talk, secure_site, engine, authority, version):
    here = secure_site(answering(ok()))
    context = trusting(authority, maximum_version=version)
    first = talk().connect(here.name).secure(context, "site.test")
    first.ask(ASKED)
    again = talk().connect(here.name).secure(context, "site.test", first.tls.session)
    again.ask(ASKED)
    assert again.tls.session_reused
    assert [tls_of(engine, each.client_leg).resumed for each in engine.records.finished(2)] == [False, True]


def test_a_browser_without_sni_gets_the_address_it_asked_for(talk, site, engine, browser_tls, site_authority):
    here = site(answering(ok()), tls=site_authority.context("127.0.0.1"))
    wire = talk().connect(here.authority).secure(browser_tls, "127.0.0.1")
    assert wire.ask(ASKED).status == 200
    assert ("IP Address", "127.0.0.1") in wire.tls.getpeercert()["subjectAltName"]
    exchange = engine.records.only()
    assert tls_of(engine, exchange.client_leg).sni == ""


def test_the_name_in_the_hello_is_what_the_site_must_prove(talk, secure_site, engine, browser_tls):
    here = secure_site(answering(ok()))
    wire = talk().connect(here.authority).secure(browser_tls, "site.test")
    assert wire.ask(ASKED).status == 200
    assert tls_of(engine, engine.records.only().server_leg).sni == "site.test"


def test_names_are_the_same_in_any_case(talk, secure_site, engine, browser_tls):
    here = secure_site(answering(ok()))
    for name in ("site.test", "SITE.test"):
        wire = talk().connect(here.name.upper()).secure(browser_tls, name)
        assert wire.ask(ASKED).status == 200
    assert here.visits == 1


def test_a_hello_in_many_small_segments_is_read(talk, secure_site, browser_tls):
    here = secure_site(answering(ok()))
    wire = talk().connect(here.name)
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = browser_tls.wrap_bio(incoming, outgoing, server_hostname="site.test")
    with pytest.raises(ssl.SSLWantReadError):
        tls.do_handshake()
    hello = outgoing.read()
    wire.send(*[hello[at : at + 40] for at in range(0, len(hello), 40)])
    assert wire.exactly(1) == b"\x16"


def test_https_in_absolute_form_is_asked_for_over_tls(talk, secure_site, engine):
    here = secure_site(answering(ok()))
    assert talk().ask(request(b"GET", b"https://" + here.name + b"/a", b"Host: " + here.name)).status == 200
    assert (engine.records.only().scheme, engine.records.only().protection) == ("https", "decrypted")


def test_a_websocket_inside_tls_is_a_wss(talk, secure_site, engine, browser_tls):
    switch = b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
    here = secure_site(lambda wire: (wire.head(), wire.send(switch + b"hi"), wire.exactly(4), wire.goodbye()))
    wire = talk().connect(here.name).secure(browser_tls, "site.test")
    wire.send(request(b"GET", b"/", b"Host: site.test", b"Connection: Upgrade", b"Upgrade: websocket"))
    assert wire.head() == switch
    wire.send(b"ping")
    assert wire.rest() == b"hi"
    wire.close()
    exchange = engine.records.only()
    assert (exchange.kind, exchange.scheme, exchange.protection) == ("websocket", "wss", "decrypted")


def test_a_browser_that_does_not_read_holds_the_site_back_inside_tls_too(
    talk, secure_site, engine, browser_tls
):
    size = 20_000_000
    here = secure_site(answering((b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size, b"x" * size)))
    wire = talk().connect(here.name).secure(browser_tls, "site.test").send(ASKED)
    wire.head()
    browser = engine.browser()
    engine.thread.settle(lambda: browser.talk.flow.down.size)
    assert browser.talk.flow.down.size < size
    assert browser.transport.get_write_buffer_size() < 1_000_000
    assert wire.exactly(size) == b"x" * size


def test_large_bodies_pass_through_tls_both_ways(talk, secure_site, browser_tls):
    body = bytes(range(256)) * 8000
    here = secure_site(answering(ok(body)))
    wire = talk().connect(here.name).secure(browser_tls, "site.test")
    asked = request(b"PUT", b"/", b"Host: site.test", b"Content-Length: %d" % len(body), body=body)
    assert wire.ask(asked).body == body
    assert here.seen == asked


# -- failures towards the browser


def failed_handshake(engine, code):
    exchange = engine.records.only()
    assert (exchange.kind, exchange.state, exchange.fault) == ("tls", "failed", code)
    assert (exchange.error.stage, exchange.error.did, exchange.protection) == ("tls", "closed", "sealed")
    assert exchange.timeline.client_tls_start is not None
    return exchange


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_browser_that_does_not_trust_us_says_so_by_an_alert(talk, secure_site, engine, version):
    here = secure_site(answering(ok()))
    stranger = ssl.create_default_context()
    stranger.maximum_version = version
    with pytest.raises(ssl.SSLCertVerificationError):
        talk().connect(here.name).secure(stranger, "site.test")
    exchange = failed_handshake(engine, "tls-client-alert")
    assert (exchange.error.who, exchange.error.detail, exchange.host) == ("client", "unknown_ca", "site.test")
    facts = tls_of(engine, exchange.client_leg)
    assert (facts.alert, facts.alert_by, facts.version) == ("unknown_ca", "client", "")
    assert here.visits == 0


def hello_of(context, name="site.test"):
    outgoing = ssl.MemoryBIO()
    with pytest.raises(ssl.SSLWantReadError):
        context.wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname=name).do_handshake()
    return outgoing.read()


def test_a_browser_that_closes_in_the_middle_of_the_handshake_is_on_record(talk, engine, browser_tls):
    wire = talk().connect(b"site.test:443").send(hello_of(browser_tls))
    assert wire.exactly(1) == b"\x16"
    wire.close()
    assert failed_handshake(engine, "tls-client-closed").host == "site.test"


def test_a_browser_that_half_closes_in_the_middle_of_the_handshake_is_on_record(talk, engine, browser_tls):
    wire = talk().connect(b"site.test:443").send(hello_of(browser_tls)).half_close()
    assert wire.rest()[:1] == b"\x16"
    failed_handshake(engine, "tls-client-closed")


def test_half_a_hello_is_on_record(talk, engine, browser_tls):
    talk().connect(b"site.test:443").send(hello_of(browser_tls)[:60]).half_close().rest()
    exchange = engine.records.only()
    assert (exchange.kind, exchange.fault, exchange.error.offset) == ("tls", "tls-client-closed", 60)


def test_a_hello_that_never_ends_is_given_up(talk, start, browser_tls):
    engine = start(timeouts=waits(tls=0.1))
    wire = talk(engine).connect(b"site.test:443").send(hello_of(browser_tls)[:60])
    wire.rest()
    assert engine.records.only().fault == "client-timeout"


def test_a_handshake_that_never_ends_is_given_up(talk, start, browser_tls):
    engine = start(timeouts=waits(tls=0.1))
    wire = talk(engine).connect(b"site.test:443").send(hello_of(browser_tls))
    wire.rest()
    exchange = engine.records.only()
    assert (exchange.fault, exchange.error.detail) == ("tls-client-failed", "no answer within 0.1 s")


def test_a_browser_of_old_gets_the_alert_that_says_why(talk, engine, authority):
    old = trusting(authority)
    old.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.deprecated_call():
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    wire = talk().connect(b"site.test:443")
    with pytest.raises(ssl.SSLError, match="PROTOCOL_VERSION"):
        wire.secure(old, "site.test")
    exchange = failed_handshake(engine, "tls-client-failed")
    facts = tls_of(engine, exchange.client_leg)
    assert (facts.alert, facts.alert_by) == ("protocol_version", "server")
    assert facts.offered_versions == ("TLS 1.1",)


def test_bytes_that_only_look_like_a_hello_are_refused_with_an_alert(talk, engine):
    wire = talk().connect(b"site.test:443").send(b"\x16\x03\x01\x00\x05\x01\x00\x00\x01\x03")
    assert wire.rest() == b"\x15\x03\x01\x00\x02\x02\x32"
    exchange = engine.records.only()
    assert (exchange.kind, exchange.fault) == ("tls", "tls-malformed")


def test_a_name_that_no_certificate_can_have_is_on_record(talk, engine, browser_tls, monkeypatch):
    def refuse(name):
        raise BadName(f"{name} cannot stand in a certificate")

    monkeypatch.setattr(engine.context.leaves, "make", refuse)
    with pytest.raises((ssl.SSLError, OSError)):
        talk().connect(b"site.test:443").secure(browser_tls, "site.test")
    exchange = engine.records.only()
    assert (exchange.kind, exchange.fault, exchange.error.who) == ("tls", "tls-client-failed", "us")
    assert "cannot stand in a certificate" in exchange.error.detail


# -- failures towards the site


@pytest.fixture
def page(talk, engine, browser_tls, hosts):
    """Asks a site for a page, gets one of ours that says why that failed: page(site) gives the exchange."""

    def asking(here):
        hosts["site.test"] = ["127.0.0.1"]
        wire = talk().connect(b"site.test:%d" % here.port).secure(browser_tls, "site.test")
        reply = wire.ask(ASKED)
        assert reply.status == 502
        exchange = engine.records.only()
        assert exchange.error.did == "answered 502"
        assert reply.body == b"fault %b\n" % exchange.fault.encode()
        assert exchange.timeline.send_start is None
        return exchange

    return asking


def test_an_expired_certificate_is_not_believed(page, secure_site, engine):
    exchange = page(secure_site(answering(ok()), days=-1))
    assert (exchange.fault, exchange.error.who) == ("tls-untrusted", "server")
    facts = tls_of(engine, exchange.server_leg)
    assert (facts.verified, facts.why_not) == (False, "certificate has expired")
    assert facts.verify_code == 10
    assert len(facts.chain) == 1
    assert (facts.alert, facts.alert_by) == ("certificate_expired", "client")


def test_a_certificate_for_another_name_is_not_believed(page, secure_site, engine):
    exchange = page(secure_site(answering(ok()), "other.test"))
    facts = tls_of(engine, exchange.server_leg)
    assert (exchange.fault, facts.verify_code) == ("tls-untrusted", 62)
    assert "site.test" in facts.why_not


def test_a_certificate_of_an_unknown_authority_is_not_believed(talk, secure_site, start, browser_tls):
    engine = start(upstream_ca=())
    here = secure_site(answering(ok()))
    wire = talk(engine).connect(here.name).secure(browser_tls, "site.test")
    assert wire.ask(ASKED).body == b"fault tls-untrusted\n"
    facts = tls_of(engine, engine.records.only().server_leg)
    assert facts.why_not == "unable to get local issuer certificate"
    here.ended()


def test_the_site_hears_the_alert(page, secure_site, engine):
    here = secure_site(answering(ok()), days=-1)
    alerts = []

    def listen(wire):
        try:
            here_context.wrap_socket(wire.sock, server_side=True)
        except ssl.SSLError as error:
            alerts.append(error.reason)

    here_context, here._tls, here._script = here._tls, None, listen
    page(here)
    here.ended()
    assert alerts in (["SSLV3_ALERT_CERTIFICATE_EXPIRED"], ["TLSV1_ALERT_CERTIFICATE_EXPIRED"])


def test_nothing_is_verified_when_that_was_asked_for(talk, secure_site, start, browser_tls):
    engine = start(verify_upstream=False)
    here = secure_site(answering(ok()), "other.test", days=-1)
    wire = talk(engine).connect(here.name).secure(browser_tls, "site.test")
    assert wire.ask(ASKED).status == 200
    assert tls_of(engine, engine.records.only().server_leg).verified is False


def test_a_site_that_speaks_plain_http_on_its_tls_port(page, site):
    here = site(lambda wire: (wire.exactly(5), wire.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")))
    exchange = page(here)
    assert exchange.fault == "tls-server-failed"
    assert exchange.error.detail in ("wrong version number", "packet length too long")


def test_a_site_that_speaks_first_on_its_tls_port(page, site):
    here = site(lambda wire: (wire.send(b"220 smtp.test ESMTP\r\n"), wire.rest()))
    exchange = page(here)
    assert exchange.fault == "tls-server-failed"


def test_a_site_that_refuses_every_cipher_says_so_by_an_alert(page, secure_site, engine):
    here = secure_site(answering(ok()))
    here._tls.maximum_version = ssl.TLSVersion.TLSv1_2
    here._tls.set_ciphers("ECDHE-ECDSA-AES256-CCM8:@SECLEVEL=0")
    exchange = page(here)
    here.failures.clear()
    assert (exchange.fault, exchange.error.detail) == ("tls-server-alert", "handshake_failure")
    facts = tls_of(engine, exchange.server_leg)
    assert (facts.alert, facts.alert_by, facts.verified) == ("handshake_failure", "server", None)


def test_a_site_that_closes_in_the_middle_of_the_handshake(page, site):
    here = site(lambda wire: wire.exactly(5))
    exchange = page(here)
    assert exchange.fault == "tls-server-failed"


def test_a_site_that_is_silent_in_the_handshake_runs_out_of_time(talk, site, start, hosts, browser_tls):
    engine = start(timeouts=waits(tls=0.2))
    here = site(lambda wire: wire.rest())
    hosts["site.test"] = ["127.0.0.1"]
    wire = talk(engine).connect(b"site.test:%d" % here.port).secure(browser_tls, "site.test")
    assert wire.ask(ASKED).body == b"fault tls-server-failed\n"
    exchange = engine.records.only()
    assert exchange.error.detail == "no answer within 0.2 s"
    assert tls_of(engine, exchange.server_leg).handshake, "our hello is on record"


def test_a_failed_handshake_leaves_no_session_behind(page, secure_site, engine):
    here = secure_site(answering(ok()), days=-1)
    page(here)
    assert len(engine.context.dialer._tls.terms("site.test", local=False).sessions) == 0


# -- how it ends


def test_the_browser_is_told_goodbye_before_its_connection_closes(talk, secure_site, browser_tls):
    here = secure_site(answering(ok(b"x", b"Connection: close")))
    wire = talk().connect(here.name).secure(browser_tls, "site.test")
    asked = request(b"GET", b"/", b"Host: site.test", b"Connection: close")
    assert wire.ask(asked).status == 200
    assert wire.rest() == b"", "a close_notify, or reading would raise"


def test_a_body_that_ends_with_its_connection_ends_with_a_goodbye(talk, secure_site, engine, browser_tls):
    here = secure_site(None)
    here._script = lambda wire: (wire.head(), wire.send(b"HTTP/1.1 200 OK\r\n\r\nall of it"), wire.goodbye())
    wire = talk().connect(here.name).secure(browser_tls, "site.test").send(ASKED)
    wire.head()
    assert wire.rest() == b"all of it"
    assert engine.records.only().state == "done"


def test_a_body_that_ends_without_a_goodbye_is_passed_on_the_same_way(talk, secure_site, engine, browser_tls):
    # RFC 9112 §9.8: such a response is complete "only if a valid closure alert has been received"
    here = secure_site(None)
    here._script = lambda wire: (
        wire.head(),
        wire.send(b"HTTP/1.1 200 OK\r\n\r\nperhaps all of it"),
        wire.half_close(),
    )
    wire = talk().connect(here.name).secure(browser_tls, "site.test").send(ASKED)
    wire.head()
    assert wire.exactly(17) == b"perhaps all of it"
    with pytest.raises((ssl.SSLEOFError, ConnectionResetError)):
        wire.rest()
    exchange = engine.records.only()
    assert (exchange.fault, exchange.error.stage) == ("server-closed-early", "response-body")


def test_a_body_with_a_length_needs_no_goodbye(talk, secure_site, engine, browser_tls):
    here = secure_site(answering(Answer((ok(),), "close")))
    wire = talk().connect(here.name).secure(browser_tls, "site.test")
    assert wire.ask(ASKED).body == b"hello"
    assert wire.ask(ASKED).body == b"hello"
    assert [each.state for each in engine.records.finished(2)] == ["done", "done"]


def test_a_browser_may_say_goodbye_and_still_hear_the_answer(talk, secure_site, engine, browser_tls):
    may = threading.Semaphore(0)
    here = secure_site(lambda wire: (wire.head(), may.acquire(timeout=PATIENCE), wire.send(ok())))
    wire = talk().connect(here.name).secure(browser_tls, "site.test").send(ASKED)
    here.visited()
    wire.goodbye()
    may.release()
    assert wire.encrypted_rest()
    assert engine.records.only().state == "done"


def test_a_record_that_was_tampered_with_ends_the_connection_with_an_alert(
    talk, secure_site, engine, browser_tls
):
    here = secure_site(answering(ok()))
    wire = talk().connect(here.name).secure(browser_tls, "site.test")
    wire.ask(ASKED)
    socket.socket.send(wire.sock, b"\x17\x03\x03\x00\x20" + bytes(32))
    with pytest.raises(ssl.SSLError, match="BAD_RECORD_MAC"):
        wire.rest()
    assert engine.thread.do(lambda: len(engine.context.ledger.live)) == 0


# -- versions


def test_a_site_that_only_speaks_an_old_version_and_says_so(page, site, engine, site_authority):
    def old(wire):
        wire.sock.recv(65_536)
        wire.send(b"\x15\x03\x01\x00\x02\x02\x46")  # the alert protocol_version

    exchange = page(site(old))
    assert (exchange.fault, exchange.error.who) == ("tls-version", "server")
    assert "protocol_version" in exchange.error.detail
    assert tls_of(engine, exchange.server_leg).alert_by == "server"


@pytest.mark.parametrize(("number", "said"), [(0x0301, "TLS 1.0"), (0x0302, "TLS 1.1"), (0x0300, "SSL 3.0")])
def test_a_site_that_answers_in_an_old_version(page, site, engine, number, said):
    hello = number.to_bytes(2, "big") + b"\x07" * 32 + b"\x00" + b"\x00\x2f" + b"\x00"
    message = b"\x02" + len(hello).to_bytes(3, "big") + hello
    record = b"\x16" + number.to_bytes(2, "big") + len(message).to_bytes(2, "big") + message

    def old(wire):
        wire.sock.recv(65_536)
        wire.send(record)
        wire.sock.recv(65_536)

    exchange = page(site(old))
    assert exchange.fault == "tls-version"
    assert exchange.error.detail == f"Inspector offers TLS 1.2 and 1.3, and the site chose {said}"
    facts = tls_of(engine, exchange.server_leg)
    assert (facts.alert, facts.alert_by) == ("protocol_version", "client")


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
def test_a_real_server_of_tls_1_0_is_named_plainly(page, secure_site, engine):
    here = secure_site(answering(ok()))
    here._tls.set_ciphers("ALL:@SECLEVEL=0")
    here._tls.minimum_version = ssl.TLSVersion.TLSv1
    here._tls.maximum_version = ssl.TLSVersion.TLSv1
    assert page(here).fault == "tls-version"
