"""The certificate of the course is real, and good for nothing."""

from __future__ import annotations

import datetime as dt
import subprocess
import time
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from inspector.pki.authority import Authority
from inspector.pki.constraints import Scope
from inspector.pki.diploma import Ended, award, readable


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority.load_or_create(tmp_path_factory.mktemp("certs"))


def test_our_authority_has_signed_it(authority):
    made = award(authority, "Ada", 6, time.time())
    made.verify_directly_issued_by(authority.certificate)


@pytest.mark.parametrize("purpose", ["sslserver", "sslclient", "smimesign", "timestampsign"])
def test_openssl_refuses_it_for_every_purpose(authority, tmp_path: Path, purpose):
    file = tmp_path / "made.pem"
    file.write_bytes(award(authority, "Ada", 6, time.time()).public_bytes(Encoding.PEM))
    told = subprocess.run(
        ["openssl", "verify", "-purpose", purpose, "-CAfile", str(authority.path), str(file)], capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert told.returncode != 0
    assert "purpose" in told.stdout + told.stderr


@pytest.mark.parametrize(
    "name", ["example.com", "*.bank.example", "localhost", "127.0.0.1", "a" * 300, "Ada\r\nLovelace\0"]
)
def test_no_host_has_the_name_on_it(authority, name):
    made = award(authority, name, 1, time.time())
    [common] = made.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    assert common.value.endswith(" (has taken a course)")
    assert len(common.value.encode()) <= 64
    assert common.value.isprintable()
    with pytest.raises(x509.ExtensionNotFound):
        made.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    assert made.extensions.get_extension_for_class(x509.BasicConstraints).value.ca is False
    usage = made.extensions.get_extension_for_class(x509.KeyUsage)
    assert usage.critical
    assert not usage.value.digital_signature
    assert not usage.value.key_encipherment
    assert not usage.value.key_agreement
    assert made.extensions.get_extension_for_class(x509.ExtendedKeyUsage).critical


def test_a_name_of_nothing_is_nothing():
    assert readable(" \0\n\t ") == ""
    assert readable("Ada  Lovelace") == "Ada Lovelace"


def test_an_authority_whose_time_is_over_signs_none(authority):
    late = authority.certificate.not_valid_after_utc + dt.timedelta(days=1)
    with pytest.raises(Ended):
        award(authority, "Ada", 6, late.timestamp())


def test_a_practice_authority_signs_it_too(tmp_path: Path):
    practice = Authority.create(tmp_path / "certs", Scope.parse("shop.inspector.test"))
    made = award(practice, "Ada", 6, time.time())
    made.verify_directly_issued_by(practice.above[0])
