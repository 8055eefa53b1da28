"""Each chain is wrong in its one way, and right in all others: whoever makes every check finds that one and no other."""

from __future__ import annotations

import datetime as dt

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12

from inspector.lab.badtls import making
from inspector.lab.badtls.cases import CASES
from inspector.lab.badtls.making import P12_PASSWORD, ROOT, VISITOR, make
from inspector.lab.sites.practice import CERTIFIED
from inspector.pki.certificates import new_key
from inspector.pki.checks import run
from inspector.pki.describe import describe
from inspector.pki.paths import Case
from inspector.pki.sha1 import signed_over_sha1

NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
FAILS = {
    "expired": {"dates"},
    "not-yet-valid": {"dates"},
    "wrong-host": {"name"},
    "no-san": {"name"},
    "self-signed": {"trust"},
    "unknown-root": {"trust"},
    "missing-intermediate": {"complete", "trust"},
    "ca-flag-missing": {"authorities"},
    "name-constraint": {"constraints"},
    "weak-key": {"strength"},
    "sha1": {"strength"},
}


@pytest.fixture(scope="module")
def made():
    return make(NOW)


@pytest.fixture(scope="module")
def root(made):
    return x509.load_pem_x509_certificate(made.root)


def chain_of(made, label):
    return x509.load_pem_x509_certificates(made.sites[label])


def der(certificate):
    return certificate.public_bytes(Encoding.DER)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.label)
def test_it_fails_for_its_one_fault_alone(made, root, case):
    chain = tuple(der(each) for each in chain_of(made, case.label))
    failed = {check.id for check in run(Case(chain, case.host, NOW, [der(root)])) if check.good is False}
    assert failed == FAILS.get(case.label, set())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.label)
def test_its_key_is_its_leafs(made, case):
    key = load_pem_private_key(made.sites[case.label], None)
    assert key.public_key() == chain_of(made, case.label)[0].public_key()


def test_the_root_says_whose_it_is_not(root):
    assert describe(der(root)).subject == ROOT == "Inspector lab root (not your authority)"
    assert not describe(der(root)).issuer_urls


def test_every_issuer_has_a_list_that_lasts_longer_than_what_it_signed(made, root):
    lists = {each.issuer: each for each in lists_of(made)}
    for label in ("good", "expired", "missing-intermediate", "name-constraint"):
        leaf = chain_of(made, label)[0]
        assert lists[leaf.issuer].next_update_utc > leaf.not_valid_after_utc
    assert root.subject in lists
    assert lists[root.subject].is_signature_valid(root.public_key())


def test_only_the_revoked_one_is_in_a_list(made):
    leaf = chain_of(made, "revoked")[0]
    entries = {entry.serial_number for each in lists_of(made) for entry in each}
    assert entries == {leaf.serial_number}
    [url] = describe(der(leaf)).crl_urls
    served = x509.load_der_x509_crl(made.files[url.removeprefix("http://badtls.inspector.test")])
    assert served.get_revoked_certificate_by_serial_number(leaf.serial_number)


def test_the_missing_intermediate_can_be_fetched_and_fits(made, root):
    [leaf] = chain_of(made, "missing-intermediate")
    [url] = describe(der(leaf)).issuer_urls
    missing = x509.load_der_x509_certificate(made.files[url.removeprefix("http://badtls.inspector.test")])
    leaf.verify_directly_issued_by(missing)
    missing.verify_directly_issued_by(root)
    others = {der(each) for case in CASES for each in chain_of(made, case.label)}
    assert der(missing) not in others  # or browsers that remember intermediates would miss nothing


def test_the_unknown_root_is_another(made, root):
    top = chain_of(made, "unknown-root")[-1]
    assert top.subject == top.issuer != root.subject


def test_the_visitors_certificate_is_for_visitors_and_comes_in_two_forms(made):
    authority = x509.load_pem_x509_certificate(made.visitors)
    pem = x509.load_pem_x509_certificates(made.files["/client-certificate.pem"])[0]
    pem.verify_directly_issued_by(authority)
    assert describe(der(pem)).purposes == ("TLS client",)
    p12 = load_pkcs12(made.files["/client-certificate.p12"], P12_PASSWORD.encode())
    assert p12.cert.certificate == pem
    assert p12.key.public_key() == pem.public_key()
    assert describe(der(pem)).subject == VISITOR


def test_no_authoritys_key_is_left_but_the_one_for_applications(monkeypatch):
    keys = []
    monkeypatch.setattr(making, "new_key", lambda: keys.append(new_key()) or keys[-1])
    made = make(NOW)
    kept = b"".join(
        (made.root, *made.sites.values(), *made.files.values(), made.visitors, *made.practice.values())
    )
    signers = [x509.load_pem_x509_certificate(made.root).public_key()] + [
        x509.load_der_x509_certificate(made.files[path]).public_key()
        for path in made.files
        if path.endswith(".cer")
    ]
    authorities = [key for key in keys if key.public_key() in signers]
    assert len(authorities) == 6
    secrets = [making._served(key).splitlines()[1] for key in authorities]
    assert not any(secret in kept for secret in secrets)
    assert sum(secret in made.applications for secret in secrets) == 1


@pytest.mark.parametrize("host", CERTIFIED)
def test_each_practice_site_has_a_chain_without_fault(made, root, host):
    chain = tuple(der(each) for each in x509.load_pem_x509_certificates(made.practice[host]))
    assert not [check.id for check in run(Case(chain, host, NOW, [der(root)])) if check.good is False]


def test_what_signs_for_applicants_may_vouch_for_names_below_inspector_test_only(made, root):
    certificate = x509.load_pem_x509_certificates(made.applications)[0]
    certificate.verify_directly_issued_by(root)
    limits = certificate.extensions.get_extension_for_class(x509.NameConstraints)
    assert limits.critical
    assert limits.value.permitted_subtrees == [x509.DNSName("inspector.test")]


def lists_of(made):
    end = b"-----END X509 CRL-----\n"
    _, *parts = made.root.split(b"-----BEGIN X509 CRL-----\n")
    return [
        x509.load_pem_x509_crl(b"-----BEGIN X509 CRL-----\n" + part.partition(end)[0] + end) for part in parts
    ]


# --- SHA-1, by hand --------------------------------------------------------------------------------------


@pytest.mark.parametrize("extra", [0, 60, 200, 40_000])
def test_over_sha1_the_rest_stays_as_it_was(extra):
    """`extra` bytes make the lengths need one, two and three bytes."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "x")])
    builder = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(7).not_valid_before(NOW).not_valid_after(NOW + dt.timedelta(days=1))
    )  # fmt: skip
    if extra:
        oid = x509.ObjectIdentifier("1.3.6.1.4.1.99999.1")
        builder = builder.add_extension(x509.UnrecognizedExtension(oid, b"\x04" * extra), critical=False)
    before = builder.sign(key, hashes.SHA256())
    after = signed_over_sha1(before, key)
    assert after.signature_algorithm_oid.dotted_string == "1.2.840.10045.4.1"
    key.public_key().verify(after.signature, after.tbs_certificate_bytes, ec.ECDSA(hashes.SHA1()))
    for what in ("subject", "issuer", "serial_number", "not_valid_before_utc", "not_valid_after_utc"):
        assert getattr(after, what) == getattr(before, what)
    assert list(after.extensions) == list(before.extensions)
    assert after.public_key() == before.public_key()
