"""Certificates for one's own servers and programs, judged by OpenSSL."""

from __future__ import annotations

import subprocess

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key, pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from inspector.pki import handmade
from inspector.pki.authority import Authority
from inspector.pki.certificates import new_key
from inspector.pki.constraints import Scope
from inspector.pki.errors import BadName, BadRequest, NotPermitted

NAMES = ("myapp.test", "localhost", "127.0.0.1", "::1", "*.dev.test")


def names_of(certificate):
    found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return [str(each.value) for each in found]


def uses_of(certificate):
    return set(certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)


def verify(made, tmp_path, *options):
    (tmp_path / "root.pem").write_bytes(made.above[-1].public_bytes(Encoding.PEM))
    (tmp_path / "served.pem").write_bytes(made.served)
    return subprocess.run(
        ["openssl", "verify", "-x509_strict", "-CAfile", tmp_path / "root.pem", "-untrusted", tmp_path / "served.pem",
         *options, tmp_path / "served.pem"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("rsa_key", [False, True])
def test_openssl_accepts_it_for_every_name(authority, tmp_path, rsa_key):
    made = handmade.make(authority, NAMES, rsa_key=rsa_key)
    assert names_of(made.leaf) == list(NAMES)
    for option, value in (
        ("-verify_hostname", "a.dev.test"),
        ("-verify_hostname", "localhost"),
        ("-verify_ip", "::1"),
    ):
        done = verify(made, tmp_path, "-purpose", "sslserver", option, value)
        assert done.returncode == 0, done.stderr
    kind = rsa.RSAPrivateKey if rsa_key else ec.EllipticCurvePrivateKey
    assert isinstance(load_pem_private_key(made.key_pem, None), kind)


def test_a_practice_authoritys_intermediate_is_served_along(tmp_path):
    practice = Authority.create(tmp_path / "practice", Scope.parse(""))
    made = handmade.make(practice, ["myapp.test", "*.dev.test"])
    assert len(x509.load_pem_x509_certificates(made.served)) == 2
    assert len(x509.load_pem_x509_certificates(made.chain)) == 3
    assert verify(made, tmp_path, "-purpose", "sslserver").returncode == 0
    for name in ("example.com", "*.example.com", "me@inspector.test", "spiffe://inspector.test/x"):
        with pytest.raises(NotPermitted):
            handmade.make(practice, [name])


def test_a_clients(authority, tmp_path):
    made = handmade.make(authority, ["me@example.com", "laptop.test"], client=True)
    assert uses_of(made.leaf) == {
        ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.EMAIL_PROTECTION,
    }  # fmt: skip
    assert verify(made, tmp_path, "-purpose", "sslclient").returncode == 0
    assert verify(handmade.make(authority, ["a.test"]), tmp_path, "-purpose", "sslclient").returncode != 0


def test_how_long(authority):
    made = handmade.make(authority, ["a.test"], days=30)
    assert (made.leaf.not_valid_after_utc - made.leaf.not_valid_before_utc).days == 31
    longest = handmade.make(authority, ["a.test"], days=handmade.MOST_DAYS)
    assert longest.leaf.not_valid_after_utc == authority.certificate.not_valid_after_utc
    assert handmade.MOST_DAYS + 1 <= 825


def test_one_file_for_browsers_and_java(authority):
    made = handmade.make(authority, ["a.test"])
    opened = pkcs12.load_pkcs12(made.p12("secret"), b"secret")
    assert opened.cert.certificate == made.leaf
    assert [each.certificate for each in opened.additional_certs] == list(made.above)
    assert opened.key.public_key() == made.leaf.public_key()
    assert pkcs12.load_pkcs12(made.p12(""), None).cert.certificate == made.leaf


@pytest.mark.parametrize(
    ("names", "client", "stem"),
    [
        (["example.com"], False, "example.com"),
        (["example.com", "a", "b"], False, "example.com+2"),
        (["*.dev.test"], False, "_wildcard.dev.test"),
        (["::1", "a"], False, "__1+1"),
        (["me@example.com"], True, "me@example.com-client"),
        (["spiffe://a.test/../x"], False, "spiffe___a.test_.._x"),
    ],
)
def test_what_the_files_are_called(names, client, stem):
    assert handmade.stem(names, client=client) == stem


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("*.com", "right below a top-level name"),
        ("*.127.0.0.1", "no wildcards for addresses"),
        ("a.*.test", "the first one"),
        ("*a.test", "the first one"),
        ("https://a.test/x", "names its host alone: a.test"),
        ("two words@a.test", "no e-mail address"),
        ("HTTP://x", "no URI"),
        ("a b", "not a host name"),
        ("1.2.3", "looks like an IP address"),
    ],
)
def test_names_that_wont_do_are_told_with_the_cure(authority, name, words):
    with pytest.raises(BadName, match=words):
        handmade.make(authority, [name])


def test_names_have_one_spelling(authority):
    made = handmade.make(
        authority, ["MYAPP.test.", "*.BÜCHER.test", "[::1]", "Me@Example.COM", "spiffe://a.test/x"]
    )
    assert made.names == ("myapp.test", "*.xn--bcher-kva.test", "::1", "Me@example.com", "spiffe://a.test/x")


def test_whose_work_a_file_is(authority, forge):
    assert handmade.made_by_inspector(handmade.make(authority, ["a.test"]).served)
    assert not handmade.made_by_inspector(forge("a.test", names=["a.test"]).pem)
    assert not handmade.made_by_inspector(b"")


# --- requests --------------------------------------------------------------------------------------------


def request_of(key, *, common="myapp.test", names=(), more=()):
    builder = x509.CertificateSigningRequestBuilder().subject_name(
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])
    )
    if names:
        builder = builder.add_extension(
            x509.SubjectAlternativeName([x509.DNSName(each) for each in names]), critical=False
        )
    for each in more:
        builder = builder.add_extension(each, critical=False)
    digest = None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    return builder.sign(key, digest)


@pytest.mark.parametrize("encoding", [Encoding.PEM, Encoding.DER])
def test_a_request_is_signed_for_its_names_and_its_key(authority, encoding):
    key = new_key()
    more = [x509.BasicConstraints(ca=True, path_length=None)]
    asked = handmade.read_request(
        request_of(key, names=["a.test", "*.b.test"], more=more).public_bytes(encoding)
    )
    made = handmade.sign(authority, asked)
    assert names_of(made.leaf) == ["a.test", "*.b.test"]
    assert made.leaf.public_key() == key.public_key()
    assert made.key is None
    assert not made.leaf.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert asked.ignored == ("basicConstraints",)


def test_a_request_without_names_falls_back_on_its_common_name():
    assert handmade.read_request(request_of(new_key()).public_bytes(Encoding.PEM)).names == ("myapp.test",)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no certificate signing request"),
        (b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "no certificate signing request"),
        (request_of(new_key(), common="My Server").public_bytes(Encoding.PEM), "names no host"),
        (
            request_of(ed25519.Ed25519PrivateKey.generate()).public_bytes(Encoding.PEM),
            "Browsers do not accept the key",
        ),
        (request_of(rsa.generate_private_key(65537, 1024)).public_bytes(Encoding.PEM), "at least 2048 bits"),
    ],
)
def test_a_request_that_cannot_be_granted_is_told_why(content, words):
    with pytest.raises(BadRequest, match=words):
        handmade.read_request(content)


def test_a_request_that_was_tampered_with_is_refused():
    der = bytearray(request_of(new_key(), names=["aaaa.test"]).public_bytes(Encoding.DER))
    at = der.index(b"aaaa.test")
    der[at : at + 4] = b"bbbb"
    with pytest.raises(BadRequest, match="not signed by the key"):
        handmade.read_request(bytes(der))
