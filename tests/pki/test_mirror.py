"""Stand-ins with a fault, made from chains of all kinds; fault by fault over real sockets is in tests/engine/test_mirror_faults."""

from __future__ import annotations

import datetime as dt
import ssl
import time

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inspector.pki.authority import Authority
from inspector.pki.contexts import client_context
from inspector.pki.describe import describe
from inspector.pki.errors import CannotMirror, NotPermitted
from inspector.pki.mirror import RECIPES, Mirror
from inspector.pki.reasons import DATES, NO_ISSUER, REASONS, VERIFIER_CODES
from inspector.pki.sha1 import signed_over_sha1
from inspector.pki.verdict import WhyNot, why_not

CRL = "http://inspector.test/ca.crl"


def fault(code, position=0):
    return WhyNot(code, f"It is {code}.", position, "x", "", "", "", "")


@pytest.fixture
def mirror(authority):
    return Mirror(authority, revocations=CRL)


@pytest.fixture
def leaf(forge):
    return forge("example.com", by=forge("Root", ca=True), names=["example.com"])


@pytest.fixture
def refused(authority, half_open):
    """What OpenSSL says to a client that trusts our authority."""

    def shaking(identity, host="example.com"):
        pair = half_open(client_context(authority.path), identity.context, host)
        with pytest.raises(ssl.SSLCertVerificationError) as error:
            pair.handshake()
        return error.value.verify_code

    return shaking


def test_a_root_of_the_store_that_has_expired_becomes_a_leaf_that_has(mirror, leaf, refused):
    assert refused(mirror.make(fault("expired-root", None), 10, [leaf.der], "example.com")) == 10


def test_too_long_a_path(mirror, leaf, forge, refused):
    above = forge("Middle", ca=True)
    assert refused(mirror.make(fault("path-length", 1), 25, [leaf.der, above.der], "example.com")) == 25


def test_what_can_be_mirrored_and_what_cannot_is_decided_for_every_reason_of_a_verifier():
    cannot = {"malformed", "distrusted", "too-long", "transparency", NO_ISSUER, DATES}
    assert set(VERIFIER_CODES.values()) - set(RECIPES) == cannot
    assert set(RECIPES) < set(REASONS)


@pytest.mark.parametrize("code", sorted(set(REASONS) - set(RECIPES)))
def test_what_cannot_be_mirrored_is_said(mirror, leaf, code):
    with pytest.raises(CannotMirror, match="can have this fault"):
        mirror.make(fault(code), 1, [leaf.der], "example.com")


@pytest.mark.parametrize("host", ["", "a b", "*.example.com", "1.2.3.4.5", "x" * 300])
def test_a_host_that_no_certificate_can_be_for(mirror, leaf, host):
    with pytest.raises(CannotMirror):
        mirror.make(fault("expired"), 10, [leaf.der], host)


def test_without_a_chain_there_is_nothing_to_mirror(mirror):
    with pytest.raises(CannotMirror):
        mirror.make(fault("expired"), 10, [], "example.com")


def test_a_practice_authority_vouches_for_none_of_its_hosts_wrongly_either(tmp_path, leaf):
    from inspector.pki.constraints import Scope

    practice = Authority.create(tmp_path / "practice", Scope.parse("school.example"))
    with pytest.raises(NotPermitted):
        Mirror(practice).make(fault("expired"), 10, [leaf.der], "example.com")
    identity = Mirror(practice).make(fault("wrong-name"), 62, [leaf.der], "www.school.example")
    assert describe(identity.chain[0]).names == ("another-name.test",), "and for no other name than it may"


# -- chains of strangers


@pytest.mark.parametrize("code", sorted(RECIPES))
@pytest.mark.parametrize("position", [0, 1, None])
def test_certificates_that_cannot_be_read_make_no_trouble(mirror, code, position):
    mirror.make(fault(code, position), 10, [b"\x30\x03\x02\x01\x00", b"nonsense"], "example.com")


@given(st.binary(max_size=200), st.sampled_from(sorted(RECIPES)))
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_nor_do_any_bytes(mirror, content, code):
    mirror.make(fault(code), 10, [content], "example.com")


@pytest.mark.parametrize(
    ("since", "days", "code", "number"),
    [
        (-27000, 1, "expired", 10), (-1, 2900000, "expired", 10), (20000, 2880000, "not-yet-valid", 9), (-1, 30, "not-yet-valid", 9),
    ],
)  # fmt: skip
def test_dates_of_all_kinds(mirror, forge, refused, since, days, code, number):  # noqa: PLR0917 (a table)
    leaf = forge("x", names=["example.com"], since=since, days=days)
    assert refused(mirror.make(fault(code), number, [leaf.der], "example.com")) == number


def test_the_dates_are_the_sites_own(mirror, forge):
    leaf = forge("x", names=["example.com"], since=-40, days=20)
    made = describe(mirror.make(fault("expired"), 10, [leaf.der], "example.com").chain[0])
    theirs = describe(leaf.der)
    assert (made.not_before, made.not_after) == (theirs.not_before, theirs.not_after)


def test_names_are_taken_over_as_far_as_they_are_names_of_hosts(mirror, forge, refused):
    odd = [
        x509.DNSName("other.test"),
        x509.DNSName("*.b.test"),
        x509.DNSName("not a name"),
        x509.RFC822Name("me@c.test"),
    ]
    leaf = forge("x", extensions=[x509.SubjectAlternativeName(odd)])
    identity = mirror.make(fault("wrong-name"), 62, [leaf.der], "example.com")
    assert describe(identity.chain[0]).names == ("other.test", "*.b.test")
    assert refused(identity) == 62


def test_thousands_of_names_become_a_hundred(mirror, forge):
    leaf = forge("x", names=[f"{number}.test" for number in range(3000)])
    assert (
        len(describe(mirror.make(fault("wrong-name"), 62, [leaf.der], "example.com").chain[0]).names) == 100
    )


@pytest.mark.parametrize("name", ["x" * 5000, "\u202e\0\n", "ü" * 100, "a@é"])
def test_names_of_all_kinds_are_called_as_far_as_they_can_be_shown(mirror, forge, name):
    made = forge("x").certificate  # a library refuses such names: the facts are what a lenient reader found
    identity = mirror._bender.self_signed(_model(name, made))
    common = identity.served[0].subject.rfc4514_string()
    assert common
    assert common.isprintable()


def _model(name, certificate):
    from inspector.pki.bending import Model
    from inspector.pki.describe import CertificateFacts

    return Model(
        "example.com", (certificate.public_bytes(Encoding.DER),), (CertificateFacts(subject=name),), 0, 18
    )


def test_purposes_are_the_sites_without_that_of_a_server(mirror, forge, refused):
    uses = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CODE_SIGNING])
    leaf = forge("x", names=["example.com"], extensions=[uses])
    identity = mirror.make(fault("wrong-purpose"), 26, [leaf.der], "example.com")
    assert describe(identity.chain[0]).purposes == ("signing code",)
    assert refused(identity) == 26


# -- what else it must not do


@pytest.mark.parametrize("code", sorted(RECIPES))
def test_our_root_is_not_sent_along(mirror, leaf, authority, code):
    """A Chromium that was told to accept what that root signs, going by what was sent, would show no fault."""
    identity = mirror.make(fault(code), 19, [leaf.der], "example.com")
    assert authority.der not in identity.chain[:-1]


@pytest.mark.parametrize("code", ["name-constraint", "path-length", "invalid-authority"])
def test_what_stands_between_may_vouch_for_nothing(mirror, leaf, code):
    for number in (47, 48):
        for host in ("example.com", "10.0.0.1", "::1"):
            identity = mirror.make(fault(code), number, [leaf.der], host)
            between = x509.load_der_x509_certificate(identity.chain[1])
            facts = describe(identity.chain[1])
            if not facts.is_authority:
                continue
            assert facts.path_length == 0
            limits = between.extensions.get_extension_for_class(x509.NameConstraints).value
            permitted = {str(each.value) for each in limits.permitted_subtrees}
            excluded = {str(each.value) for each in limits.excluded_subtrees or ()}
            assert permitted - excluded == {"nothing.invalid", "0.0.0.0/32", "::/128"}
            assert between.not_valid_after_utc < dt.datetime.now(dt.UTC) + dt.timedelta(days=46)


def test_a_revoked_leaf_is_on_the_authoritys_list_and_says_where_that_is(mirror, leaf, authority):
    identity = mirror.make(fault("revoked"), 23, [leaf.der], "example.com")
    made = x509.load_der_x509_certificate(identity.chain[0])
    assert describe(identity.chain[0]).crl_urls == (CRL,)
    listed = x509.load_der_x509_crl(authority.revocations())
    assert [each.serial_number for each in listed] == [made.serial_number]


def test_the_list_of_what_was_taken_back_has_a_bound(authority):
    for number in range(1, 1501):
        authority.take_back(number)
    listed = [each.serial_number for each in x509.load_der_x509_crl(authority.revocations())]
    assert listed == list(range(501, 1501))


@pytest.mark.parametrize("key", [None, rsa.generate_private_key(65537, 2048)])
def test_signatures_over_sha1_are_right_but_for_that(forge, tmp_path, half_open, key):
    root = forge("Root", ca=True, key=key)
    leaf = forge("x", by=root, names=["example.com"])
    leaf.certificate = signed_over_sha1(leaf.certificate, root.key)
    made, digest = leaf.certificate, hashes.SHA1()
    how = (padding.PKCS1v15(), digest) if key else (ec.ECDSA(digest),)
    root.key.public_key().verify(made.signature, made.tbs_certificate_bytes, *how)
    assert describe(leaf.der).signature in {"RSA with SHA-1", "ECDSA with SHA-1"}
    trusted = tmp_path / "root.pem"
    trusted.write_bytes(root.pem)
    with pytest.raises(ssl.SSLCertVerificationError) as refused:
        half_open(client_context(trusted), leaf.context(), "example.com").handshake()
    verdict = why_not(
        refused.value.verify_code, refused.value.verify_message, [leaf.der], "example.com", time.time()
    )
    assert verdict.code == "weak-digest"
