from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, pkcs7

from inspector.pki import handmade, reading
from inspector.pki.authority import Authority
from inspector.pki.constraints import Scope
from inspector.pki.errors import NoCertificate


@pytest.fixture
def made(tmp_path):
    return handmade.make(Authority.create(tmp_path / "practice", Scope.parse("")), ["a.test"])


def ders(made):
    return tuple(each.public_bytes(Encoding.DER) for each in (made.leaf, *made.above))


def test_pem_with_much_around_it(made):
    found = reading.read(b"subject=CN=a.test\n" + made.key_pem + made.chain)
    assert found.chain == ders(made)
    assert (found.kind, found.also) == ("PEM", ("a private key",))


def test_openssls_trusted_form(made):
    assert reading.read(made.served.replace(b"CERTIFICATE", b"TRUSTED CERTIFICATE")).chain == ders(made)[:2]


def test_der(made):
    assert reading.read(ders(made)[0]) == reading.Found(ders(made)[:1], "DER")


@pytest.mark.parametrize("encoding", [Encoding.DER, Encoding.PEM])
def test_pkcs7_in_order_again(made, encoding):
    content = pkcs7.serialize_certificates([made.above[1], made.leaf, made.above[0]], encoding)
    assert reading.read(content) == reading.Found(ders(made), "PKCS #7")


@pytest.mark.parametrize(("password", "given"), [("changeit", None), ("", None), ("secret", "secret")])
def test_pkcs12(made, password, given):
    found = reading.read(made.p12(password), given)
    assert (found.chain, found.kind, found.also) == (ders(made), "PKCS #12", ("a private key",))


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2), (0, 2, 1)])
def test_leaf_to_root_whatever_the_order(made, order):
    chain = ders(made)
    assert reading.in_order([chain[n] for n in order]) == chain


def test_what_has_no_place_comes_last(made, forge):
    other = forge("Other", ca=True).der
    leaf, above, root = ders(made)
    assert reading.in_order([leaf, other, above, root]) == (leaf, above, root, other)
    assert reading.in_order([b"garbage", leaf])[0] == leaf
    assert reading.in_order([b"garbage"]) == (b"garbage",)
    assert reading.in_order([]) == ()


def other_files(made, forge):
    key = forge("x").key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return {
        b"": "no certificate in this file",
        b"hello": "no certificate in this file",
        key: "This is a key",
        b"-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----": "signing request",
        b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n": "damaged",
        b"-----BEGIN SOMETHING-----\nAAAA\n-----END SOMETHING-----\n": "only: SOMETHING",
        made.p12("other"): "password is not right",
    }


def test_whatever_else_it_is_is_said(made, forge):
    for content, words in other_files(made, forge).items():
        with pytest.raises(NoCertificate, match=words):
            reading.read(content)
