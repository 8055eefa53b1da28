"""Ways upwards: what a garbled certificate does to them (nothing)."""

from __future__ import annotations

import datetime as dt

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from inspector.pki.paths import Case, is_address, is_issued

NOW = dt.datetime.now(dt.UTC)


@pytest.mark.parametrize(("host", "address"), [("::1", True), ("[::1]", True), ("10.0.0.1", True), ("a.test", False), ("", False)])  # fmt: skip
def test_addresses_are_told_from_names(host, address):
    assert is_address(host) is address


def test_garbage_leads_nowhere_and_raises_nothing(forge):
    root = forge("Root", ca=True)
    leaf = forge("www.example", by=root, names=["www.example"])
    for chain in ((b"x",), (leaf.der, b"x"), (b"x", leaf.der), (leaf.der, root.der[:-3])):
        case = Case(chain, "www.example", NOW, (root.der,))
        assert case.path()[0] in chain
    assert Case((leaf.der, b"x"), "www.example", NOW, (root.der,)).path() == (leaf.der, root.der)


@pytest.mark.parametrize("kind", ["ecdsa", "rsa"])
def test_a_signature_over_sha1_is_weak_but_not_wrong(forge, monkeypatch, kind):
    """No library makes such a certificate any more, so this one only says that it is one."""

    class Old:
        issuer = subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "x")])
        signature_hash_algorithm = hashes.SHA1()
        tbs_certificate_bytes = b"what is signed"

        def __init__(self, key, signature):
            self.public_key, self.signature = key.public_key, signature

    if kind == "ecdsa":
        key = ec.generate_private_key(ec.SECP256R1())
        signature = key.sign(b"what is signed", ec.ECDSA(hashes.SHA1()))
    else:
        key = rsa.generate_private_key(65537, 2048)
        signature = key.sign(b"what is signed", padding.PKCS1v15(), hashes.SHA1())
    for given, right in ((signature, True), (signature[:-1] + bytes((signature[-1] ^ 1,)), False)):
        monkeypatch.setattr(x509, "load_der_x509_certificate", lambda _, given=given: Old(key, given))
        assert is_issued(b"", b"") is right
