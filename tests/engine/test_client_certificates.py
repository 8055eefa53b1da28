"""Sites that ask for a certificate: what is on record, what happens without one, and showing one with --client-cert."""

from __future__ import annotations

import ssl

import pytest
from forging import forge
from peers import answering, ok, request
from workshop import waits

from inspector.engine.settings import ClientCert
from inspector.exchange.faults import say

ASKED = request(b"GET", b"/a", b"Host: site.test")
V12, V13 = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3
both = pytest.mark.parametrize("version", [V12, V13], ids=["1.2", "1.3"])


@pytest.fixture
def visitors():
    """The authority whose certificates the site accepts."""
    return forge("Visitors", ca=True)


@pytest.fixture
def me(visitors):
    return forge("me@example.com", by=visitors)


@pytest.fixture
def asking_site(site, hosts, site_authority, visitors, tmp_path):
    """A site that asks for a certificate: asking_site(version, mode), at `site.test`."""

    def starting(version=V13, mode=ssl.CERT_REQUIRED, script=None):
        context = site_authority.context("site.test", "*.site.test")
        context.minimum_version = context.maximum_version = version
        context.load_verify_locations(visitors.write(tmp_path / "visitors.pem"))
        context.verify_mode = mode
        for name in ("site.test", "www.site.test"):
            hosts[name] = ["127.0.0.1"]
        return site(script or answering(ok(b"hello", b"Connection: close")), tls=context)

    return starting


@pytest.fixture
def visit(talk, browser_tls):
    """Asks the site through an engine."""

    def visiting(engine, here, name="site.test"):
        wire = talk(engine).connect(b"%b:%d" % (name.encode(), here.port)).secure(browser_tls, name)
        return wire.ask(request(b"GET", b"/a", b"Host: " + name.encode()))

    return visiting


def shown(certificate, *above, hosts="site.test"):
    pem = certificate.key_pem + certificate.pem + b"".join(each.pem for each in above)
    return ClientCert(hosts, pem.decode(), "me, from me.p12")


def facts_of(engine, exchange):
    return engine.records.connection(exchange.server_leg.connection).tls


# -- without one


@both
def test_a_site_that_wants_one_and_gets_none(visit, asking_site, engine, version):
    reply = visit(engine, asking_site(version))
    assert (reply.status, reply.body) == (502, b"fault tls-client-certificate-wanted\n")
    exchange = engine.records.only()
    assert (exchange.error.who, exchange.error.did) == ("server", "answered 502")
    facts = facts_of(engine, exchange)
    assert facts.asked_for_certificate
    assert facts.client_chain == ()
    assert facts.alert_by == "server"
    assert facts.alert == ("handshake_failure" if version == V12 else "certificate_required")
    assert facts.alert in say(exchange.fault, host="site.test", detail=exchange.error.detail)


def test_in_tls_1_3_the_answer_comes_after_the_handshake_and_is_this_fault_all_the_same(
    visit, asking_site, engine
):
    visit(engine, asking_site(V13))
    exchange = engine.records.only()
    assert exchange.timeline.send_start is not None, "the handshake was complete for us, and the request sent"
    assert exchange.error.stage == "tls"
    facts = facts_of(engine, exchange)
    assert (facts.version, facts.verified) == ("TLSv1.3", True)


def test_a_request_with_a_body_comes_to_the_same(talk, asking_site, engine, browser_tls):
    here = asking_site(V13)
    wire = talk(engine).connect(b"site.test:%d" % here.port).secure(browser_tls, "site.test")
    body = b"x" * 2_000_000
    head = request(b"POST", b"/", b"Host: site.test", b"Content-Length: %d" % len(body))
    assert wire.send(head + body[:1000]).reply().body == b"fault tls-client-certificate-wanted\n"
    assert engine.records.only().fault == "tls-client-certificate-wanted"


@both
def test_a_site_that_closes_without_an_alert_wants_one_too(  # noqa: PLR0917 (fixtures)
    talk, site, start, browser_tls, version, asking_site
):
    engine = start(timeouts=waits(tls=5.0))
    inner = asking_site(version)._tls

    def rude(wire):
        """Shows everything that asks, and leaves when the answer has come (as IIS does)."""
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = inner.wrap_bio(incoming, outgoing, server_side=True)
        incoming.write(wire.sock.recv(65_536))
        with pytest.raises(ssl.SSLWantReadError):
            tls.do_handshake()
        wire.send(outgoing.read())
        wire.sock.recv(65_536)

    here = site(rude)
    wire = talk(engine).connect(b"site.test:%d" % here.port).secure(browser_tls, "site.test")
    assert wire.ask(ASKED).body == b"fault tls-client-certificate-wanted\n"
    assert "closed the connection" in engine.records.only().error.detail


@both
def test_a_site_that_only_asks_is_answered_without_one(visit, asking_site, engine, version):
    here = asking_site(version, ssl.CERT_OPTIONAL)
    assert visit(engine, here).body == b"hello"
    assert visit(engine, here).body == b"hello"
    first, second = (facts_of(engine, each) for each in engine.records.finished(2))
    assert (first.asked_for_certificate, first.resumed) == (True, False)
    assert (second.asked_for_certificate, second.resumed) == (True, True), (
        "a resumed handshake doesn't ask again"
    )


def test_a_site_that_does_not_ask_is_not_said_to(talk, site, hosts, engine, site_authority, browser_tls):  # noqa: PLR0917 (fixtures)
    hosts["site.test"] = ["127.0.0.1"]
    here = site(lambda wire: wire.head(), tls=site_authority.context("site.test"))
    wire = talk(engine).connect(b"site.test:%d" % here.port).secure(browser_tls, "site.test")
    assert wire.ask(ASKED).body == b"fault server-no-response\n"
    assert not facts_of(engine, engine.records.only()).asked_for_certificate


def test_a_site_that_has_answered_once_and_then_breaks_off_is_not_said_to(
    talk, asking_site, engine, browser_tls
):
    def once(wire):
        wire.message()
        wire.send(ok())
        wire.message()

    here = asking_site(V13, ssl.CERT_OPTIONAL, once)
    wire = talk(engine).connect(b"site.test:%d" % here.port).secure(browser_tls, "site.test")
    post = request(b"POST", b"/", b"Host: site.test", b"Content-Length: 0")
    assert wire.ask(post).status == 200
    assert wire.ask(post).body == b"fault server-no-response\n"


# -- with one


@both
def test_it_is_shown_to_its_site(visit, asking_site, start, me, version):
    here = asking_site(version)
    engine = start(client_certs=(shown(me),))
    assert visit(engine, here).body == b"hello"
    facts = facts_of(engine, engine.records.only())
    assert (facts.asked_for_certificate, facts.client_chain) == (True, (me.der,))


@both
def test_a_resumed_connection_knows_what_was_shown(visit, asking_site, start, me, version):
    here = asking_site(version)
    engine = start(client_certs=(shown(me),))
    for _ in range(2):
        assert visit(engine, here).body == b"hello"
    facts = [facts_of(engine, each) for each in engine.records.finished(2)]
    assert [each.resumed for each in facts] == [False, True]
    assert facts[1].client_chain == (me.der,)


def test_its_intermediate_goes_with_it(visit, asking_site, start, visitors):
    here = asking_site()
    middle = forge("Middle", by=visitors, ca=True)
    leaf = forge("me", by=middle)
    engine = start(client_certs=(shown(leaf, middle),))
    assert visit(engine, here).body == b"hello"
    assert facts_of(engine, engine.records.only()).client_chain == (leaf.der, middle.der)


@pytest.mark.parametrize(
    ("named", "status"), [("site.test", 200), ("*.site.test", 200), ("www.site.test", 200), ("other.test", 502), ("*.www.site.test", 502)]
)  # fmt: skip
def test_only_the_hosts_that_were_named_see_it(visit, asking_site, start, me, named, status):  # noqa: PLR0917 (fixtures)
    here = asking_site()
    engine = start(client_certs=(shown(me, hosts=named),))
    assert visit(engine, here, "www.site.test").status == status


def test_a_site_that_does_not_ask_is_not_shown_it(visit, site, hosts, site_authority, start, me):  # noqa: PLR0917 (fixtures)
    hosts["site.test"] = ["127.0.0.1"]
    here = site(answering(ok()), tls=site_authority.context("site.test"))
    engine = start(client_certs=(shown(me),))
    assert visit(engine, here).body == b"hello"
    assert facts_of(engine, engine.records.only()).client_chain == ()


@both
def test_one_that_the_site_does_not_accept(visit, asking_site, start, version):
    here = asking_site(version)
    stranger = forge("stranger", by=forge("Strangers", ca=True))
    engine = start(client_certs=(shown(stranger),))
    assert visit(engine, here).body == b"fault tls-client-certificate-refused\n"
    exchange = engine.records.only()
    facts = facts_of(engine, exchange)
    assert (facts.alert, facts.alert_by, facts.client_chain) == ("unknown_ca", "server", (stranger.der,))
    assert say(exchange.fault, host="site.test", detail=exchange.error.detail) == (
        "site.test asked for a certificate, was shown the one of stranger, and ended the connection with the alert unknown_ca."
    )


def test_the_key_is_in_no_settings_that_are_printed(me):
    assert "PRIVATE" not in repr(shown(me))
