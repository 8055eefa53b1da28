"""The list of revoked leaves: empty, signed by whoever signed the leaf, and found through the leaf."""

import shutil
import subprocess

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from inspector.pki.authority import Authority
from inspector.pki.certificates import new_key
from inspector.pki.constraints import Scope

PLACE = "http://inspector.test/ca.crl"


@pytest.fixture(params=["full", "practice"])
def authority(request, tmp_path):
    if request.param == "full":
        return Authority.load_or_create(tmp_path / "certs")
    return Authority.create(tmp_path / "certs", Scope.parse("test"))


def test_a_leaf_says_where_the_list_is_if_told(authority):
    leaf = authority.issue(["a.test"], new_key().public_key(), revocations=PLACE)
    points = leaf.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    assert [each.full_name[0].value for each in points] == [PLACE]
    plain = authority.issue(["a.test"], new_key().public_key())
    with pytest.raises(x509.ExtensionNotFound):
        plain.extensions.get_extension_for_class(x509.CRLDistributionPoints)


def test_the_list_is_empty_and_signed_by_who_signed_the_leaf(authority):
    crl = x509.load_der_x509_crl(authority.revocations())
    signer = authority.above[0]
    assert crl.is_signature_valid(signer.public_key())
    assert crl.issuer == signer.subject
    assert list(crl) == []
    assert (crl.next_update_utc - crl.last_update_utc).days == 8


def test_openssl_accepts_a_leaf_by_that_list(authority, tmp_path):
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed")
    leaf = authority.issue(["a.test"], new_key().public_key(), revocations=PLACE)
    files = {
        "root.pem": authority.pem.decode(),
        "above.pem": "".join(each.public_bytes(Encoding.PEM).decode() for each in authority.above),
        "leaf.pem": leaf.public_bytes(Encoding.PEM).decode(),
        "list.pem": x509.load_der_x509_crl(authority.revocations()).public_bytes(Encoding.PEM).decode(),
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    done = subprocess.run(
        [openssl, "verify", "-x509_strict", "-crl_check", "-CRLfile", "list.pem", "-CAfile", "root.pem", "-untrusted", "above.pem", "leaf.pem"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout == "leaf.pem: OK\n", done.stderr
