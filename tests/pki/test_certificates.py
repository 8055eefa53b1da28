from __future__ import annotations

import datetime as dt
import re
import subprocess

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from inspector.pki import certificates

NOW = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)


def extension(certificate, kind):
    return certificate.extensions.get_extension_for_class(kind)


def root(key, host="desk", days=700):
    return certificates.root(key, host=host, made=NOW, starts=NOW, ends=NOW + dt.timedelta(days=days))


@pytest.fixture(scope="module")
def key():
    return certificates.new_key()


def leaf(key, *names, public_key=None, **more):
    return certificates.leaf(
        names,
        public_key or certificates.new_key().public_key(),
        signed_by=root(key),
        key=key,
        starts=NOW,
        ends=NOW + dt.timedelta(days=45),
        **more,
    )


def test_a_root_may_sign_leaves_and_nothing_else(key):
    made = root(key)
    constraints = extension(made, x509.BasicConstraints)
    assert constraints.critical
    assert (constraints.value.ca, constraints.value.path_length) == (True, 0)
    usage = extension(made, x509.KeyUsage)
    assert usage.critical
    assert usage.value.key_cert_sign
    assert usage.value.crl_sign
    assert not usage.value.digital_signature
    identifier = extension(made, x509.SubjectKeyIdentifier).value.digest
    assert extension(made, x509.AuthorityKeyIdentifier).value.key_identifier == identifier
    assert made.serial_number.bit_length() > 64
    assert root(key).serial_number != made.serial_number


@pytest.mark.parametrize("host", ["desk", "", "x" * 300, "rechner-der-schülerin", "a\nb\x00c", "名前" * 60])
def test_a_roots_name_says_whose_and_from_when_and_fits(key, host):
    (name,) = root(key, host).subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    assert len(name.value.encode()) <= 64
    assert name.value.startswith("Inspector CA, ")
    assert re.search(r", 2026-03-01, [0-9A-F]{4}$", name.value)
    assert name.value.isprintable()


def test_a_leaf_is_for_servers(key):
    made = leaf(key, "example.com", "::1", "10.0.0.1")
    assert extension(made, x509.ExtendedKeyUsage).value[0] == ExtendedKeyUsageOID.SERVER_AUTH
    assert extension(made, x509.BasicConstraints).critical
    assert not extension(made, x509.BasicConstraints).value.ca
    usage = extension(made, x509.KeyUsage).value
    assert usage.digital_signature
    assert not usage.key_encipherment
    names = extension(made, x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["example.com"]
    assert [str(each) for each in names.get_values_for_type(x509.IPAddress)] == ["::1", "10.0.0.1"]
    assert made.subject.rfc4514_string() == "CN=example.com"


def test_a_name_too_long_for_the_common_name_stands_in_a_critical_extension(key):
    longest = leaf(key, "a" * 60 + ".com")
    assert longest.subject.rfc4514_string() == f"CN={'a' * 60}.com"
    made = leaf(key, "a" * 61 + ".com")
    assert made.subject.rfc4514_string() == ""
    assert extension(made, x509.SubjectAlternativeName).critical


def test_a_leaf_with_an_rsa_key_may_encipher_keys(key):
    made = leaf(key, "example.com", public_key=rsa.generate_private_key(65537, 2048).public_key())
    assert extension(made, x509.KeyUsage).value.key_encipherment


def test_a_client_leaf(key):
    made = leaf(key, "anna", usages=certificates.CLIENT)
    assert list(extension(made, x509.ExtendedKeyUsage).value) == [ExtendedKeyUsageOID.CLIENT_AUTH]


def test_an_authority_without_key_identifier_is_named_by_its_key(forge):
    theirs = forge("Old CA", ca=True, identifiers=False)
    named = certificates.key_identifier_of(theirs.certificate)
    assert named == x509.AuthorityKeyIdentifier.from_issuer_public_key(theirs.key.public_key())


@pytest.mark.parametrize(
    "name", ["example.com", "a" * 63 + ".example.com", "my_app.test", "127.0.0.1", "2001:db8::7"]
)
def test_openssl_finds_nothing_to_say_when_strict(key, tmp_path, name):
    (tmp_path / "ca.pem").write_bytes(root(key).public_bytes(Encoding.PEM))
    (tmp_path / "leaf.pem").write_bytes(leaf(key, name).public_bytes(Encoding.PEM))
    check = "-verify_ip" if name[0].isdigit() else "-verify_hostname"
    done = subprocess.run(
        ["openssl", "verify", "-x509_strict", "-attime", str(int(NOW.timestamp()) + 60), "-purpose", "sslserver",
         check, name, "-CAfile", tmp_path / "ca.pem", tmp_path / "leaf.pem"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout.strip().endswith("OK"), done.stderr
    assert done.returncode == 0
