"""The certificate in every form, read by the programs that ask for it; and the key in none."""

from __future__ import annotations

import plistlib
import shutil
import subprocess

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12

from inspector.pki import exports
from inspector.pki.exports import FORMS, PASSWORD


def test_pem_and_der(authority):
    assert exports.pem(authority.certificate) == authority.pem
    assert exports.der(authority.certificate) == authority.der


def test_a_profile_for_apples_systems(authority):
    profile = plistlib.loads(exports.mobileconfig(authority.certificate))
    [payload] = profile["PayloadContent"]
    assert payload["PayloadType"] == "com.apple.security.root"
    assert payload["PayloadContent"] == authority.der
    assert profile["PayloadDisplayName"] == authority.name
    assert profile["PayloadUUID"] != payload["PayloadUUID"]
    assert exports.mobileconfig(authority.certificate) == exports.mobileconfig(authority.certificate)


def test_a_trust_store_for_java(authority, tmp_path):
    opened = load_pkcs12(exports.p12(authority.certificate), PASSWORD.encode())
    assert opened.key is None
    assert [each.certificate for each in opened.additional_certs] == [authority.certificate]


@pytest.mark.skipif(not shutil.which("keytool"), reason="there is no keytool")
def test_java_takes_it_for_one_that_is_trusted(authority, tmp_path):
    (tmp_path / "ca.p12").write_bytes(exports.p12(authority.certificate))
    told = subprocess.run(
        ["keytool", "-list", "-keystore", tmp_path / "ca.p12", "-storepass", PASSWORD], capture_output=True, text=True, check=True
    ).stdout  # fmt: skip
    assert "trustedCertEntry" in told
    assert authority.fingerprint in told


@pytest.mark.parametrize("form", FORMS)
def test_the_key_is_in_none_of_them(authority, form):
    content = FORMS[form].make(authority.certificate)
    pem = (authority.folder / "ca-key.pem").read_bytes()
    number = load_pem_private_key(pem, None).private_numbers().private_value
    assert number.to_bytes(32, "big") not in content
    assert b"PRIVATE" not in content
    assert all(line not in content for line in pem.splitlines()[1:-1])
    assert isinstance(authority.certificate, x509.Certificate)
