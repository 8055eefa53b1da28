from __future__ import annotations

import datetime as dt
import time
import warnings

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import AuthorityInformationAccessOID as Access
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from hypothesis import example, given, settings
from hypothesis import strategies as st

from inspector.pki.authority import Authority
from inspector.pki.certificates import new_key
from inspector.pki.describe import CertificateFacts, describe

DAY = 86400


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return Authority.load_or_create(tmp_path_factory.mktemp("certs"))


def test_the_authority_in_words(home):
    facts = describe(home.der)
    assert facts.subject == facts.issuer == home.name
    assert facts.subject_rfc4514.endswith("O=Inspector")
    assert facts.self_issued
    assert facts.is_authority
    assert facts.path_length == 0
    assert facts.key_usage == ("signing certificates", "signing revocation lists")
    assert facts.purposes == ()
    assert facts.fingerprint == home.fingerprint
    assert (facts.key, facts.key_kind, facts.key_bits) == ("ECDSA, P-256", "ECDSA", 256)
    assert facts.signature == "ECDSA with SHA-256"
    assert facts.subject_key_id == facts.authority_key_id != ""
    assert facts.days_left(time.time()) == 728
    assert facts.size == len(home.der)
    assert facts.problem == ""


def test_a_leaf_in_words(home):
    der = home.issue(["example.com", "::1"], new_key().public_key()).public_bytes(Encoding.DER)
    facts = describe(der)
    assert facts.subject == "example.com"
    assert facts.issuer == home.name
    assert facts.names == ("example.com", "::1")
    assert facts.purposes == ("TLS server",)
    assert facts.key_usage == ("digital signature",)
    assert not facts.is_authority
    assert not facts.self_issued
    assert facts.serial.replace(":", "") == f"{x509.load_der_x509_certificate(der).serial_number:X}".zfill(
        len(facts.serial.replace(":", ""))
    )
    assert facts.days_left(facts.not_after.timestamp() + 1) == -1
    assert facts.problem == ""


def test_what_a_public_authority_puts_in(forge):
    root = forge("Root", ca=True)
    leaf = forge(
        "www.example.com",
        by=root,
        names=["www.example.com", "*.example.com"],
        extensions=[
            x509.AuthorityInformationAccess([
                x509.AccessDescription(Access.CA_ISSUERS, x509.UniformResourceIdentifier("http://ca.test/int.crt")),
                x509.AccessDescription(Access.OCSP, x509.UniformResourceIdentifier("http://ocsp.test")),
            ]),
            x509.CRLDistributionPoints([
                x509.DistributionPoint([x509.UniformResourceIdentifier("http://ca.test/1.crl")], None, None, None)
            ]),
            x509.CertificatePolicies([x509.PolicyInformation(x509.ObjectIdentifier("2.23.140.1.2.1"), None)]),
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, x509.ObjectIdentifier("1.2.3.4")]),
        ],
    )  # fmt: skip
    facts = describe(leaf.der)
    assert facts.names == ("www.example.com", "*.example.com")
    assert facts.issuer_urls == ("http://ca.test/int.crt",)
    assert facts.ocsp_urls == ("http://ocsp.test",)
    assert facts.crl_urls == ("http://ca.test/1.crl",)
    assert facts.validation.startswith("domain validation (DV)")
    assert facts.purposes == ("TLS server", "1.2.3.4")


def test_names_of_other_kinds_say_their_kind(forge):
    kinds = x509.SubjectAlternativeName([
        x509.UniformResourceIdentifier("spiffe://cluster/ns"),
        x509.RFC822Name("anna@example.com"),
        x509.DirectoryName(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Anna")])),
        x509.RegisteredID(x509.ObjectIdentifier("1.2.3")),
        x509.OtherName(x509.ObjectIdentifier("1.2.3"), b"\x05\x00"),
    ])  # fmt: skip
    assert describe(forge("x", extensions=[kinds]).der).names == (
        "URI spiffe://cluster/ns",
        "e-mail anna@example.com",
        "directory CN=Anna",
        "other (RegisteredID)",
        "other (OtherName)",
    )


@pytest.mark.parametrize(
    ("key", "words"),
    [
        (rsa.generate_private_key(65537, 2048), "RSA, 2048 bits"),
        (ec.generate_private_key(ec.SECP384R1()), "ECDSA, P-384"),
        (ec.generate_private_key(ec.SECP256K1()), "ECDSA, secp256k1"),
    ],
)
def test_keys(forge, key, words):
    assert describe(forge("x", key=key).der).key == words


def test_an_edwards_key_and_a_pss_signature(forge):
    key = ed25519.Ed25519PrivateKey.generate()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "x")])
    now = dt.datetime.now(dt.UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now)
    )
    facts = describe(builder.public_key(key.public_key()).sign(key, None).public_bytes(Encoding.DER))
    assert (facts.key, facts.signature, facts.serial) == ("Ed25519", "Ed25519", "01")
    signer = rsa.generate_private_key(65537, 2048)
    pss = padding.PSS(padding.MGF1(hashes.SHA384()), 48)
    signed = builder.public_key(signer.public_key()).sign(signer, hashes.SHA384(), rsa_padding=pss)
    assert describe(signed.public_bytes(Encoding.DER)).signature == "RSA-PSS with SHA384"


def test_a_certificate_without_subject_goes_by_its_first_name(home):
    long = "a" * 63 + ".example.com"
    facts = describe(home.issue([long], new_key().public_key()).public_bytes(Encoding.DER))
    assert facts.subject_rfc4514 == ""
    assert facts.subject == long


@pytest.mark.parametrize(
    "garbage", [b"", b"\x00", b"\x30\x82\xff\xff", b"-----BEGIN CERTIFICATE-----", bytes(5000)]
)
def test_what_is_no_certificate_says_so(garbage):
    facts = describe(garbage)
    assert facts.problem.startswith("This is no certificate that can be read")
    assert facts.fingerprint
    assert facts.size == len(garbage)
    assert facts.days_left(0) is None


@given(st.binary(max_size=600))
@example(b"0\x80")
def test_any_bytes_are_described(garbage):
    assert isinstance(describe(garbage), CertificateFacts)


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_any_damage_is_described(data):
    der = bytearray(SAMPLE)
    for _ in range(data.draw(st.integers(1, 4))):
        der[data.draw(st.integers(0, len(der) - 1))] = data.draw(st.integers(0, 255))
    facts = describe(bytes(der))
    assert isinstance(facts.problem, str)
    assert all(isinstance(name, str) for name in facts.names)


def test_a_damaged_part_is_named_and_the_rest_is_read(home):
    der = home.issue(["example.com"], new_key().public_key()).public_bytes(Encoding.DER)
    at = der.index(b"\x82\x0bexample.com")
    facts = describe(der[:at] + b"\x87" + der[at + 1 :])  # an IP address of eleven bytes
    assert facts.issuer == home.name
    assert facts.subject == "example.com"
    assert facts.not_after
    assert "Not all of it could be read: " in facts.problem


def test_oddities_warn_nobody(home):
    """cryptography warns of a serial number below one; that is for its programmers, not for whoever looks at a page."""
    der = home.der
    serial = x509.load_der_x509_certificate(der).serial_number
    width = (serial.bit_length() + 8) // 8
    at = der.index(serial.to_bytes(width, "big"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        facts = describe(der[:at] + b"\x80" + der[at + 1 :])
    assert (
        facts.serial.startswith("-") or facts.problem
    )  # cryptography means to refuse such certificates one day


def _sample():
    key = new_key()
    name = x509.Name([
        x509.NameAttribute(NameOID.COUNTRY_NAME, "AT"),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Größe & Söhne"),
        x509.NameAttribute(NameOID.COMMON_NAME, "example.com"),
    ])  # fmt: skip
    now = dt.datetime.now(dt.UTC)
    uri = x509.UniformResourceIdentifier("http://ca.test/x")
    usage = dict.fromkeys(
        ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
         "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
        True,
    )  # fmt: skip
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(77)
        .not_valid_before(now)
        .not_valid_after(now)
    )
    for extension in (
        x509.SubjectAlternativeName([x509.DNSName("example.com"), uri, x509.RFC822Name("a@b.c")]),
        x509.BasicConstraints(True, 3),
        x509.KeyUsage(**usage),
        x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]),
        x509.SubjectKeyIdentifier.from_public_key(key.public_key()),
        x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()),
        x509.AuthorityInformationAccess([x509.AccessDescription(Access.OCSP, uri)]),
        x509.CRLDistributionPoints([x509.DistributionPoint([uri], None, None, None)]),
        x509.NameConstraints([x509.DNSName("example.com")], None),
        x509.CertificatePolicies([x509.PolicyInformation(x509.ObjectIdentifier("2.23.140.1.1"), None)]),
    ):
        builder = builder.add_extension(extension, critical=False)
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


SAMPLE = _sample()


def test_the_hash_of_the_public_key_is_what_chromium_s_switch_wants(home):
    assert describe(home.der).spki == home.spki_sha256_base64
