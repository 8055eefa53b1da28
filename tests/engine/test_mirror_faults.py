"""--mirror-faults over real sockets: what OpenSSL says of the stand-in is what OpenSSL said of the site's own certificate, fault by fault."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID
from forging import Forged, forge
from peers import answering, ok, request
from workshop import Workshop

from inspector.engine.settings import LocalSite
from inspector.exchange.decisions import say
from inspector.pki.authority import Authority
from inspector.pki.constraints import Scope
from inspector.pki.contexts import client_context, closed_context
from inspector.pki.mirror import RECIPES
from inspector.pki.sha1 import signed_over_sha1, signed_wrongly

HOST = "www.site.test"
ASKED = request(b"GET", b"/a", b"Host: " + HOST.encode())
AIA = x509.AuthorityInformationAccess(
    [x509.AccessDescription(AuthorityInformationAccessOID.CA_ISSUERS, x509.UniformResourceIdentifier("http://ca.test/i"))]
)  # fmt: skip

ROOT = forge("The tests' root", ca=True)
STRANGER = forge("A root that nobody knows", ca=True)
MIDDLE = forge("Intermediate", by=ROOT, ca=True)
OLD_MIDDLE = forge("Old intermediate", by=ROOT, ca=True, since=-50, days=20)
SHORT = forge("No authority below", by=ROOT, ca=True, extensions=())
ORDINARY = forge("Ordinary site", "ordinary.test", by=ROOT)


def limited(permitted=None, excluded=None):
    names = [x509.DNSName(permitted or excluded)]
    limits = x509.NameConstraints(names if permitted else None, names if excluded else None)
    return forge("Limited", by=ROOT, ca=True, extensions=[(limits, True)])


SCHOOL, NOT_SITE = limited(permitted="school.example"), limited(excluded="site.test")


def altered(change, forged):
    return Forged(change(forged.certificate), forged.key)


def purpose(*uses):
    return [(x509.ExtendedKeyUsage(uses), False)]


@dataclass(frozen=True)
class Fault:
    """A chain, what OpenSSL says of it, and the name of its row in `pki.reasons`."""

    code: int
    reason: str
    chain: tuple[Forged, ...] = field(repr=False)
    host: str = HOST


CASES = {
    "expired": Fault(10, "expired", (forge("x", HOST, by=ROOT, since=-40, days=20),)),
    "expired long before our authority was made": Fault(10, "expired", (forge("x", HOST, by=ROOT, since=-4000, days=20),)),
    "an expired intermediate": Fault(10, "expired", (forge("x", HOST, by=OLD_MIDDLE), OLD_MIDDLE)),
    "not yet valid": Fault(9, "not-yet-valid", (forge("x", HOST, by=ROOT, since=5),)),
    "not valid for a long time": Fault(9, "not-yet-valid", (forge("x", HOST, by=ROOT, since=9000, days=300),)),
    "another name": Fault(62, "wrong-name", (forge("x", "site.test", "*.other.test", "10.0.0.1", by=ROOT),)),
    "no name": Fault(62, "no-names", (forge(HOST, by=ROOT),)),
    "an address that is not in it": Fault(64, "wrong-address", (forge("x", "site.test", by=ROOT),), "127.0.0.1"),
    "self-signed": Fault(18, "self-signed", (forge("nas", HOST),)),
    "an unknown root that is sent": Fault(19, "unknown-authority", (forge("x", HOST, by=STRANGER), STRANGER)),
    "an unknown root that is not sent": Fault(20, "unknown-authority", (forge("x", HOST, by=STRANGER),)),
    "a missing intermediate": Fault(20, "missing-intermediate", (forge("x", HOST, by=MIDDLE, extensions=[(AIA, False)]),)),
    "a weak key": Fault(66, "weak-key", (forge("x", HOST, by=ROOT, key=rsa.generate_private_key(65537, 1024)),)),
    "signed over SHA-1": Fault(68, "weak-digest", (altered(lambda made: signed_over_sha1(made, ROOT.key), forge("x", HOST, by=ROOT)),)),
    "a signature that is wrong": Fault(7, "bad-signature", (altered(signed_wrongly, forge("x", HOST, by=ROOT)),)),
    "no CA flag": Fault(79, "invalid-authority", (forge("x", HOST, by=ORDINARY), ORDINARY)),
    "outside of what is permitted": Fault(47, "name-constraint", (forge("x", HOST, by=SCHOOL), SCHOOL)),
    "inside of what is excluded": Fault(48, "name-constraint", (forge("x", HOST, by=NOT_SITE), NOT_SITE)),
    "for another purpose": Fault(26, "wrong-purpose", (forge("x", HOST, by=ROOT, extensions=purpose(ExtendedKeyUsageOID.CODE_SIGNING)),)),
}  # fmt: skip
every_case = pytest.mark.parametrize("case", CASES.values(), ids=CASES)


@pytest.fixture
def roots(tmp_path):
    return ROOT.write(tmp_path / "roots.pem")


@pytest.fixture
def mirroring(start, roots):
    return start(upstream_ca=(str(roots),), mirror_faults=True)


@pytest.fixture
def serve(site, hosts):
    """A site that sends this chain."""
    hosts[HOST] = ["127.0.0.1"]

    def serving(*chain, script=None):
        return site(script or answering(ok()), tls=chain[0].context(*chain[1:]))

    return serving


@pytest.fixture
def handshake(talk):
    """A TLS handshake through the engine, as a client with this context: what it said, or the wire."""

    def shaking(engine, context, port, host=HOST):
        wire = talk(engine).connect(b"%b:%d" % (host.encode(), port))
        try:
            return wire.secure(context, host)
        except ssl.SSLCertVerificationError as refused:
            return refused

    return shaking


def blind():
    """A browser whose person has clicked the warning away."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def test_every_recipe_has_a_case_here():
    elsewhere = {"revoked", "expired-root", "path-length"}  # below; the last two in tests/pki
    assert {case.reason for case in CASES.values()} | elsewhere == set(RECIPES)


@every_case
def test_openssl_says_the_same_on_both_sides(handshake, mirroring, serve, case, authority):
    here = serve(*case.chain)
    refused = handshake(mirroring, client_context(authority.path), here.port, case.host)
    exchange = mirroring.records.only()
    facts = mirroring.records.connection(exchange.server_leg.connection).tls
    assert facts.verify_code == case.code
    assert (refused.verify_code, refused.verify_message) == (facts.verify_code, facts.why_not)
    assert (exchange.kind, exchange.fault) == ("tls", "tls-client-alert")
    [decision] = exchange.decisions
    assert decision.code == "fault-mirrored"
    assert say(decision.code, decision.detail).startswith(
        "What is wrong with the site's TLS was shown to the browser too"
    )


@every_case
def test_under_a_practice_authority_too(talk, handshake, loop_thread, serve, case, roots, tmp_path):  # noqa: PLR0917 (fixtures)
    practice = Authority.create(tmp_path / "practice", Scope.parse("site.test,127.0.0.0/8"))
    workshop = Workshop(loop_thread, practice, tmp_path)
    engine = workshop.start(upstream_ca=(str(roots),), mirror_faults=True)
    try:
        refused = handshake(engine, client_context(practice.path), serve(*case.chain).port, case.host)
        assert refused.verify_code == case.code
    finally:
        workshop.close()


@every_case
def test_whoever_goes_on_gets_the_page_unverified(handshake, mirroring, serve, case):
    here = serve(*case.chain)
    wire = handshake(mirroring, blind(), here.port, case.host)
    for _ in range(2):
        assert wire.ask(ASKED).body == b"hello"
    first, second = mirroring.records.finished(2)
    for exchange in (first, second):
        assert [each.code for each in exchange.decisions] == ["fault-mirrored"]
    facts = mirroring.records.connection(first.server_leg.connection).tls
    assert (facts.verified, facts.verify_code, facts.chain[0]) == (False, case.code, case.chain[0].der)
    assert facts.why_not
    assert second.server_leg.turn == 2, "the connection was used again"


def test_a_revoked_certificate_is_on_our_own_list(start, site, handshake, authority, tmp_path):
    """Revocation is looked up at practice sites only: the lab's list is at hand."""
    leaf = forge("x", HOST, by=ROOT)
    here = site(answering(ok()), tls=leaf.context())
    lab = ROOT.write(tmp_path / "lab.pem", ROOT.crl(leaf))
    engine = start(
        local_sites=(LocalSite(HOST, "127.0.0.1", 1, here.port),), lab_ca=str(lab), mirror_faults=True
    )
    wire = handshake(engine, blind(), 443)
    assert wire.ask(ASKED).body == b"hello"
    wire.close()

    ours = tmp_path / "ours.pem"
    crl = x509.load_der_x509_crl(authority.revocations())
    ours.write_bytes(authority.pem + crl.public_bytes(Encoding.PEM))
    refused = handshake(engine, closed_context(ours), 443)
    assert (refused.verify_code, refused.verify_message) == (23, "certificate revoked")
    facts = [each[-1].tls for each in engine.records.connections.values() if each[-1].side == "server"]
    assert {each.verify_code for each in facts} == {23}


def test_a_good_site_gets_its_usual_stand_in(handshake, mirroring, serve, authority):
    here = serve(forge("x", HOST, by=ROOT))
    wire = handshake(mirroring, client_context(authority.path), here.port)
    assert wire.ask(ASKED).body == b"hello"
    exchange = mirroring.records.only()
    assert exchange.decisions == ()
    assert mirroring.records.connection(exchange.server_leg.connection).tls.verified is True


def test_without_the_option_nothing_is_mirrored(start, handshake, serve, authority, roots):
    here = serve(*CASES["expired"].chain)
    wire = handshake(start(upstream_ca=(str(roots),)), client_context(authority.path), here.port)
    assert wire.ask(ASKED).body == b"fault tls-untrusted\n"


def test_the_site_is_looked_at_once_for_several_connections(handshake, mirroring, serve, authority):
    here = serve(*CASES["expired"].chain)
    for _ in range(3):
        handshake(mirroring, client_context(authority.path), here.port)
    assert here.visits == 1


def test_a_certificate_that_is_changed_meanwhile_is_not_accepted(handshake, mirroring, serve):
    chains = [CASES["expired"].chain[0], forge("nas", HOST)]
    here = serve(chains[0])
    wire = handshake(mirroring, blind(), here.port)
    here._tls = chains[1].context()
    assert wire.ask(ASKED).body == b"fault tls-untrusted\n"
    assert "another one now" in mirroring.records.only().error.detail
    again = handshake(mirroring, blind(), here.port)
    assert again.ask(ASKED).body == b"hello"
    assert "signed by itself" in mirroring.records.finished(2)[1].decisions[0].detail


def test_a_connection_that_was_accepted_serves_nobody_who_was_not_asked(talk, handshake, mirroring, serve):
    """The pool keeps them apart: what one browser accepted, another might not."""
    here = serve(*CASES["expired"].chain)
    assert handshake(mirroring, blind(), here.port).ask(ASKED).body == b"hello"
    name = b"https://%b:%d/" % (HOST.encode(), here.port)
    asked = request(b"GET", name, b"Host: %b:%d" % (HOST.encode(), here.port))
    assert talk(mirroring).ask(asked).body == b"fault tls-untrusted\n"


# -- what is no certificate's fault


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
def test_a_site_of_tls_1_0_ends_the_browsers_handshake_as_its_own(talk, mirroring, serve):
    here = serve(forge("x", HOST, by=ROOT))
    here._tls.minimum_version = here._tls.maximum_version = ssl.TLSVersion.TLSv1
    wire = talk(mirroring).connect(b"%b:%d" % (HOST.encode(), here.port))
    with pytest.raises(ssl.SSLError) as refused:
        wire.secure(blind(), HOST)
    assert refused.value.reason == "TLSV1_ALERT_PROTOCOL_VERSION"
    exchange = mirroring.records.only()
    assert (exchange.kind, exchange.fault, exchange.host) == ("tls", "tls-version", HOST)
    assert [each.code for each in exchange.decisions] == ["fault-mirrored"]
    facts = mirroring.records.connection(exchange.client_leg.connection).tls
    assert (facts.alert, facts.alert_by, facts.sni) == ("protocol_version", "server", HOST)
    assert "TLS 1.3" in facts.offered_versions


def test_an_alert_of_the_site_is_passed_on(talk, mirroring, site, hosts):
    hosts[HOST] = ["127.0.0.1"]

    def refuse(wire):
        wire.sock.recv(65_536)
        wire.send(b"\x15\x03\x03\x00\x02\x02\x70")  # unrecognized_name

    here = site(refuse)
    wire = talk(mirroring).connect(b"%b:%d" % (HOST.encode(), here.port))
    with pytest.raises(ssl.SSLError, match="UNRECOGNIZED_NAME"):
        wire.secure(blind(), HOST)


def test_a_site_that_cannot_be_reached_is_told_of_by_the_page(handshake, mirroring, site, hosts, authority):
    hosts[HOST] = ["127.0.0.1"]
    here = site(lambda _: None)
    here.close()
    wire = handshake(mirroring, client_context(authority.path), here.port)
    assert wire.ask(ASKED).body == b"fault connect-refused\n"


def test_a_site_that_wants_a_certificate_is_told_of_by_the_page(
    handshake, mirroring, serve, authority, roots
):
    here = serve(forge("x", HOST, by=ROOT))
    here._tls.maximum_version = ssl.TLSVersion.TLSv1_2
    here._tls.load_verify_locations(roots)
    here._tls.verify_mode = ssl.CERT_REQUIRED
    wire = handshake(mirroring, client_context(authority.path), here.port)
    assert wire.ask(ASKED).body == b"fault tls-client-certificate-wanted\n"


def test_a_browser_that_leaves_while_the_site_is_looked_at_harms_nobody(talk, mirroring, site, hosts):
    hosts[HOST] = ["127.0.0.1"]

    def slow(wire):
        wire.sock.recv(65_536)
        leaving.reset()
        wire.rest()

    here = site(slow)
    leaving = talk(mirroring).connect(b"%b:%d" % (HOST.encode(), here.port))
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    hello = blind().wrap_bio(incoming, outgoing, server_hostname=HOST)
    with pytest.raises(ssl.SSLWantReadError):
        hello.do_handshake()
    leaving.send(outgoing.read())
    here.visited()


def test_a_host_that_a_practice_authority_may_not_vouch_for_is_left_encrypted(
    handshake, loop_thread, serve, roots, tmp_path
):
    practice = Authority.create(tmp_path / "practice", Scope.parse("school.example"))
    workshop = Workshop(loop_thread, practice, tmp_path)
    host = "www.site.example"
    loop_thread.hosts.table[host] = ["127.0.0.1"]
    engine = workshop.start(upstream_ca=(str(roots),), mirror_faults=True)
    try:
        here = serve(forge("x", host, by=ROOT, since=-40, days=20))
        refused = handshake(engine, client_context(roots), here.port, host)
        assert refused.verify_code == 10
        engine.records.wait(lambda: engine.records.exchanges)
        assert [each.code for each in engine.records.exchanges[0].decisions] == ["left-encrypted"]
    finally:
        workshop.close()


def test_our_own_page_is_not_looked_for_elsewhere(handshake, mirroring, authority):
    wire = handshake(mirroring, client_context(authority.path), 443, "inspector.test")
    assert wire.ask(request(b"GET", b"/", b"Host: inspector.test")).body == b"welcome /\n"
