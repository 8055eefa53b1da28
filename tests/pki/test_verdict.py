"""Each refusal comes from a real handshake where OpenSSL can be brought to it, so that the numbers are the real ones."""

from __future__ import annotations

import ssl
import time

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import AuthorityInformationAccessOID as Access
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given
from hypothesis import strategies as st

from inspector.pki.chains import chain_seen
from inspector.pki.contexts import client_context
from inspector.pki.verdict import WhyNot, why_not
from inspector.pki.watch import HandshakeWatch

DAY = 86400
AIA = x509.AuthorityInformationAccess(
    [x509.AccessDescription(Access.CA_ISSUERS, x509.UniformResourceIdentifier("http://ca.test/int.crt"))]
)


@pytest.fixture
def root(forge):
    return forge("Test Root", ca=True)


@pytest.fixture
def refuse(root, tmp_path, half_open):
    """A handshake with a server that sends `chain`, our side trusting `trusted`: why it was refused."""

    def handshake(*chain, host="example.com", trusted=root, flags=0):
        path = tmp_path / "trusted.pem"
        path.write_bytes(trusted.pem)
        client = client_context(path)
        client.verify_flags |= flags
        watch = HandshakeWatch()
        watch.put_on(client)
        pair = half_open(client, chain[0].context(*chain[1:]), host)
        with pytest.raises(ssl.SSLCertVerificationError) as refused:
            pair.handshake()
        seen = chain_seen(watch.take_off(pair.client))
        assert seen == tuple(each.der for each in chain)
        return why_not(refused.value.verify_code, refused.value.verify_message, seen, host, time.time())

    return handshake


def test_expired(refuse, forge, root):
    verdict = refuse(forge("shop", by=root, names=["example.com"], since=-40, days=30))
    assert (verdict.code, verdict.position, verdict.certificate, verdict.check) == (
        "expired",
        0,
        "shop",
        "dates",
    )
    assert verdict.sentence.startswith("The certificate of shop expired on ")
    assert verdict.sentence.endswith(", 10 days ago.")
    assert verdict.chromium == "ERR_CERT_DATE_INVALID"


def test_an_expired_intermediate_is_the_one_to_blame(refuse, forge, root):
    intermediate = forge("Intermediate", by=root, ca=True, since=-40, days=30)
    verdict = refuse(forge("shop", by=intermediate, names=["example.com"]), intermediate)
    assert (verdict.code, verdict.position, verdict.certificate) == ("expired", 1, "Intermediate")


def test_a_root_of_the_store_that_has_expired(refuse, forge):
    old = forge("Old Root", ca=True, since=-40, days=30)
    verdict = refuse(forge("shop", by=old, names=["example.com"]), trusted=old)
    assert (verdict.code, verdict.position, verdict.certificate) == ("expired-root", None, "Old Root")


def test_not_yet_valid(refuse, forge, root):
    verdict = refuse(forge("shop", by=root, names=["example.com"], since=2))
    assert (verdict.code, verdict.position) == ("not-yet-valid", 0)
    assert "clock" in verdict.cure


def test_self_signed(refuse, forge):
    verdict = refuse(forge("nas", names=["example.com"]))
    assert (verdict.code, verdict.position, verdict.certificate) == ("self-signed", 0, "nas")
    assert "--upstream-ca" in verdict.cure


def test_an_unknown_root_that_was_sent(refuse, forge):
    other = forge("Other Root", ca=True)
    verdict = refuse(forge("shop", by=other, names=["example.com"]), other)
    assert (verdict.code, verdict.position, verdict.certificate) == ("unknown-authority", 1, "Other Root")
    assert "Other Root" in verdict.sentence


def test_an_unknown_root_that_was_not_sent(refuse, forge):
    other = forge("Company Root", ca=True)
    verdict = refuse(forge("intranet", by=other, names=["example.com"]))
    assert (verdict.code, verdict.position, verdict.certificate) == (
        "unknown-authority",
        None,
        "Company Root",
    )


def test_an_unknown_root_above_an_intermediate(refuse, forge):
    other = forge("Company Root", ca=True)
    intermediate = forge("Company Issuing CA", by=other, ca=True, extensions=[AIA])
    verdict = refuse(
        forge("intranet", by=intermediate, names=["example.com"], extensions=[AIA]), intermediate
    )
    assert (verdict.code, verdict.certificate) == ("unknown-authority", "Company Root")


def test_a_missing_intermediate(refuse, forge, root):
    intermediate = forge("R11", by=root, ca=True)
    verdict = refuse(forge("shop", by=intermediate, names=["example.com"], extensions=[AIA]))
    assert (verdict.code, verdict.position, verdict.certificate) == ("missing-intermediate", None, "R11")
    assert verdict.sentence == (
        "example.com did not send the certificate of R11, which signed shop, so the way to a trusted root is broken."
    )
    assert "fullchain.pem" in verdict.cure


def test_the_wrong_intermediate(refuse, forge, root):
    right, wrong = forge("R11", by=root, ca=True), forge("R10", by=root, ca=True)
    verdict = refuse(forge("shop", by=right, names=["example.com"], extensions=[AIA]), wrong)
    assert (verdict.code, verdict.certificate) == ("missing-intermediate", "R11")


def test_another_name(refuse, forge, root):
    verdict = refuse(forge("shop", by=root, names=["a.test", "b.test", "c.test"]))
    assert (verdict.code, verdict.position, verdict.check) == ("wrong-name", 0, "name")
    assert verdict.sentence == "The certificate is for a.test, b.test and c.test, not for example.com."
    assert "mkcert example.com" in verdict.cure


def test_many_other_names(refuse, forge, root):
    verdict = refuse(forge("shop", by=root, names=[f"h{number}.test" for number in range(30)]))
    assert "h4.test and 25 more" in verdict.sentence


def test_no_names_at_all(refuse, forge, root):
    verdict = refuse(forge("example.com", by=root))
    assert verdict.code == "no-names"
    assert "2017" in verdict.sentence


def test_an_address(refuse, forge, root):
    verdict = refuse(forge("shop", by=root, names=["example.com"]), host="192.0.2.1")
    assert (verdict.code, verdict.position) == ("wrong-address", 0)
    assert "not for the address 192.0.2.1" in verdict.sentence


def test_a_weak_key(refuse, forge, root):
    verdict = refuse(forge("old", by=root, names=["example.com"], key=rsa.generate_private_key(65537, 1024)))
    assert (verdict.code, verdict.position, verdict.chromium) == ("weak-key", 0, "ERR_CERT_WEAK_KEY")
    assert "RSA, 1024 bits" in verdict.sentence


def test_an_authority_with_a_weak_key(refuse, forge, root):
    weak = forge("Weak CA", by=root, ca=True, key=rsa.generate_private_key(65537, 1024))
    verdict = refuse(forge("shop", by=weak, names=["example.com"]), weak)
    assert (verdict.code, verdict.position, verdict.certificate) == ("weak-key", 1, "Weak CA")


def test_a_weak_digest(forge):
    """OpenSSL signs nothing with SHA-1 any more, so it is written into a certificate, and the handshake left out."""
    root = forge("RSA Root", ca=True, key=rsa.generate_private_key(65537, 2048))
    sha256, sha1 = bytes.fromhex("2a864886f70d01010b"), bytes.fromhex("2a864886f70d010105")
    old = forge("old", by=root, names=["example.com"]).der.replace(sha256, sha1)
    verdict = why_not(
        68, "CA signature digest algorithm too weak", [old, root.der], "example.com", time.time()
    )
    assert (verdict.code, verdict.position) == ("weak-digest", 0)
    assert "RSA with SHA-1" in verdict.sentence
    assert verdict.chromium == "ERR_CERT_INVALID"


def test_a_signature_of_another_key(refuse, forge, root):
    impostor = forge("Test Root", ca=True)
    verdict = refuse(forge("shop", by=impostor, names=["example.com"], identifiers=False))
    assert (verdict.code, verdict.position, verdict.certificate) == ("bad-signature", 0, "shop")


def test_a_signature_of_another_key_within_the_chain(refuse, forge, root):
    right, impostor = forge("Test CA", by=root, ca=True), forge("Test CA", by=root, ca=True)
    intermediate = forge("Intermediate", by=impostor, ca=True, identifiers=False)
    verdict = refuse(forge("shop", by=intermediate, names=["example.com"]), intermediate, right)
    assert (verdict.code, verdict.position, verdict.certificate) == ("bad-signature", 1, "Intermediate")


def test_a_leaf_that_signs(refuse, forge, root):
    leaf = forge("mallory", by=root, names=["mallory.test"])
    verdict = refuse(forge("shop", by=leaf, names=["example.com"]), leaf)
    assert (verdict.code, verdict.position, verdict.certificate) == ("invalid-authority", 1, "mallory")


def test_a_chain_longer_than_allowed(refuse, forge):
    root = forge("Short Root", ca=True, path_length=0)
    intermediate = forge("Intermediate", by=root, ca=True)
    verdict = refuse(forge("shop", by=intermediate, names=["example.com"]), intermediate, root, trusted=root)
    assert (verdict.code, verdict.position, verdict.certificate) == ("path-length", 2, "Short Root")


def test_another_purpose(refuse, forge, root):
    purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH])
    verdict = refuse(forge("anna", by=root, names=["example.com"], extensions=[purpose]))
    assert (verdict.code, verdict.position) == ("wrong-purpose", 0)
    assert "it is for: TLS client" in verdict.sentence


def test_a_name_outside_an_authoritys_limits(refuse, forge, root):
    limits = x509.NameConstraints([x509.DNSName("company.test")], None)
    limited = forge("Company CA", by=root, ca=True, extensions=[limits])
    verdict = refuse(forge("shop", by=limited, names=["example.com"]), limited)
    assert (verdict.code, verdict.position, verdict.chromium) == (
        "name-constraint",
        1,
        "ERR_CERT_INVALID",
    )


@pytest.mark.parametrize("code", [23, -67820, 0x800B010C, 0x80092010])
def test_revoked_in_every_verifiers_number(forge, code):
    verdict = why_not(code, "revoked", [forge("shop").der], "example.com", time.time())
    assert (verdict.code, verdict.position) == ("revoked", 0)


@pytest.mark.parametrize(("since", "code"), [(-40, "expired"), (2, "not-yet-valid")])
def test_windows_has_one_number_for_both_dates(forge, since, code):
    leaf = forge("shop", since=since)
    assert why_not(0x800B0101, "not within its validity period", [leaf.der], "x", time.time()).code == code


def test_without_a_chain(forge):
    assert why_not(1, "Peer sent no certificates to verify", [], "x.test", 0.0).code == "no-certificate"
    assert why_not(20, "unable to get local issuer certificate", [], "x.test", 0.0).code == "refused"
    assert why_not(23, "certificate revoked", [], "x.test", 0.0).position is None


def test_an_unknown_number_says_the_verifiers_own_words(forge):
    verdict = why_not(9999, "the moon is wrong", [forge("shop").der], "x.test", 0.0)
    assert verdict.code == "refused"
    assert "the moon is wrong" in verdict.sentence


def test_a_hostile_name_stays_within_its_sentence(forge):
    verdict = why_not(18, "", [forge("{host}\u202e\x1b[31m" + "x" * 40).der], "h.test", 0.0)
    assert "{host}\N{REPLACEMENT CHARACTER}" in verdict.sentence
    assert verdict.sentence.isprintable()


@given(
    st.integers(-100_000, 1 << 33),
    st.text(max_size=50),
    st.lists(st.binary(max_size=60), max_size=4),
    st.text(max_size=50),
    st.floats(0, 4e9),
)
def test_it_never_raises(code, message, chain, host, now):
    assert isinstance(why_not(code, message, chain, host, now), WhyNot)


@pytest.mark.parametrize("code", range(1, 100))
def test_every_number_of_openssl_has_an_answer_for_a_sound_chain(forge, code):
    root = forge("Root", ca=True)
    leaf = forge("shop", by=root, names=["example.com"])
    verdict = why_not(code, "words", [leaf.der, root.der], "example.com", time.time())
    assert "{" not in verdict.sentence + verdict.cure


def test_a_circle_ends(forge):
    one = forge("One", ca=True)
    two = forge("Two", by=one, ca=True)
    one_again = forge("One", by=two, ca=True)
    leaf = forge("shop", by=two)
    chain = [each.der for each in (leaf, two, one_again)]
    assert (
        why_not(20, "unable to get local issuer certificate", chain, "x", time.time()).code
        == "unknown-authority"
    )
