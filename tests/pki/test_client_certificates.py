"""Files with a certificate to show to a site: every form, every way of being wrong, each with its cure."""

from __future__ import annotations

import ssl

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates

from inspector.pki import handover
from inspector.pki.client_certificates import read
from inspector.pki.errors import ClientCertificateRefused

PKCS8, OLD = PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL


@pytest.fixture
def root(forge):
    return forge("Clients", ca=True)


@pytest.fixture
def me(forge, root):
    return forge("me@example.com", by=root)


@pytest.fixture
def file(tmp_path):
    def write(content, name="me.pem"):
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return write


def key_of(forged, password="", form=PKCS8):
    locked = BestAvailableEncryption(password.encode()) if password else NoEncryption()
    return forged.key.private_bytes(Encoding.PEM, form, locked)


def p12(forged, *above, password="", key=True):
    locked = BestAvailableEncryption(password.encode()) if password else NoEncryption()
    certificates = [each.certificate for each in above]
    return serialize_key_and_certificates(
        b"me", forged.key if key else None, forged.certificate, certificates, locked
    )


def nobody():
    return None


def unasked():
    raise AssertionError("no password was needed")


def usable(found):
    handover.give(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), found.pem)
    assert b"ENCRYPTED" not in found.pem
    return found


def test_one_file_with_certificate_and_key(me, file):
    found = usable(read(file(me.pem + key_of(me)), None, unasked))
    assert (found.subject, found.chain) == ("me@example.com", (me.der,))


def test_the_key_in_a_file_of_its_own(me, file):
    usable(read(file(me.pem), file(key_of(me, form=OLD), "key.pem"), unasked))


def test_the_chain_is_put_in_order_leaf_first(forge, root, file):
    middle = forge("Middle", by=root, ca=True)
    leaf = forge("me", by=middle)
    found = usable(read(file(root.pem + middle.pem + key_of(leaf) + leaf.pem), None, unasked))
    assert found.chain == (leaf.der, middle.der, root.der)


@pytest.mark.parametrize("form", [PKCS8, OLD])
def test_a_key_with_a_password(me, file, form):
    path = file(me.pem + key_of(me, "secret", form))
    usable(read(path, None, lambda: "secret"))
    with pytest.raises(ClientCertificateRefused, match="INSPECTOR_P12_PASSWORD"):
        read(path, None, lambda: "wrong")
    with pytest.raises(ClientCertificateRefused, match="INSPECTOR_P12_PASSWORD"):
        read(path, None, nobody)


@pytest.mark.parametrize("password", ["", "changeit"])
def test_a_p12_with_no_password_or_the_usual_one_needs_no_asking(me, root, file, password):
    found = usable(read(file(p12(me, root, password=password), "me.p12"), None, unasked))
    assert found.chain == (me.der, root.der)


def test_a_p12_with_a_password(me, file):
    path = file(p12(me, password="pässword"), "me.p12")
    usable(read(path, None, lambda: "pässword"))
    for ask in (nobody, lambda: "wrong"):
        with pytest.raises(ClientCertificateRefused, match=r"me\.p12 has a password"):
            read(path, None, ask)


@pytest.mark.parametrize("key", [rsa.generate_private_key(65537, 2048), ed25519.Ed25519PrivateKey.generate()])
def test_other_kinds_of_keys(forge, root, file, key):
    me = forge("me", by=root, key=key, identifiers=not isinstance(key, ed25519.Ed25519PrivateKey))
    usable(read(file(me.pem + key_of(me)), None, unasked))


def test_a_key_that_belongs_to_another_certificate(me, forge, file):
    other = forge("other")
    with pytest.raises(ClientCertificateRefused, match="does not belong"):
        read(file(me.pem), file(key_of(other), "key.pem"), unasked)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (lambda me: me.pem, "no private key"),
        (key_of, "no certificate"),
        (lambda me: p12(me, key=False), "no private key"),
        (lambda _: b"", "neither PEM"),
        (lambda _: b"hello", "neither PEM"),
        (lambda me: me.pem + key_of(me)[:-60], "damaged"),
        (lambda me: me.pem[:200] + key_of(me), "no certificate"),
        (lambda me: me.der, "no private key"),
        (lambda _: b"\x30\x82\x01\x00", "has a password"),
    ],
)
def test_other_files_are_refused_with_a_sentence(me, file, content, says):
    with pytest.raises(ClientCertificateRefused, match=says):
        read(file(content(me), "given"), None, nobody)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(ClientCertificateRefused, match="cannot be read"):
        read(tmp_path / "nothing.pem", None, unasked)
    with pytest.raises(ClientCertificateRefused, match="cannot be read"):
        read(tmp_path, None, unasked)


def test_a_key_too_weak_for_openssl_says_so(forge, file):
    weak = forge("weak", key=rsa.generate_private_key(65537, 1024))
    with pytest.raises(ClientCertificateRefused, match="key too small"):
        read(file(weak.pem + key_of(weak)), None, unasked)


def test_a_curve_that_tls_does_not_know_is_no_crash(forge, file):
    odd = forge("odd", key=ec.generate_private_key(ec.SECP256K1()))
    usable(read(file(odd.pem + key_of(odd)), None, unasked))
