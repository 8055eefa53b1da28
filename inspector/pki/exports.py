"""The authority's certificate in the forms that systems, phones and Java ask for. Never its key.

pem           text, for nearly everything            der    bytes, for Windows and Android
p12           PKCS #12, as Java reads a trust store   mobileconfig   a profile, for iPhone, iPad and Mac
"""

from __future__ import annotations

import plistlib
import uuid
from collections.abc import Callable
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding
from cryptography.hazmat.primitives.serialization.pkcs12 import PKCS12Certificate, serialize_java_truststore

from inspector.pki.authority import common_name

PASSWORD = "changeit"  # noqa: S105 (it keeps nothing secret: some programs accept no file without one)


class Form(NamedTuple):
    """One form: how a file of it is called, its media type, how it is made, and whether it is text."""

    suffix: str
    media: str
    make: Callable[[x509.Certificate], bytes]
    text: bool


def pem(certificate: x509.Certificate) -> bytes:
    """-----BEGIN CERTIFICATE-----"""
    return certificate.public_bytes(Encoding.PEM)


def der(certificate: x509.Certificate) -> bytes:
    """The bytes that fingerprints are made of."""
    return certificate.public_bytes(Encoding.DER)


def p12(certificate: x509.Certificate) -> bytes:
    """PKCS #12 without a key, its certificate marked as trusted the way Java looks for."""
    named = PKCS12Certificate(certificate, common_name(certificate).encode())
    return serialize_java_truststore([named], BestAvailableEncryption(PASSWORD.encode()))


def mobileconfig(certificate: x509.Certificate) -> bytes:
    """A profile for Apple's systems. It has to be installed and then switched on: Settings, General, About, Certificate Trust Settings."""
    mark = certificate.fingerprint(hashes.SHA256()).hex()
    name = common_name(certificate)
    payload = {
        "PayloadType": "com.apple.security.root",
        "PayloadVersion": 1,
        "PayloadIdentifier": f"inspector.ca.{mark[:16]}.certificate",
        "PayloadUUID": _uuid(mark, "certificate"),
        "PayloadDisplayName": name,
        "PayloadCertificateFileName": "inspector-ca.cer",
        "PayloadContent": der(certificate),
    }
    profile = {
        "PayloadType": "Configuration",
        "PayloadVersion": 1,
        "PayloadIdentifier": f"inspector.ca.{mark[:16]}",
        "PayloadUUID": _uuid(mark, "profile"),
        "PayloadDisplayName": name,
        "PayloadDescription": "Makes this device believe the certificates of an Inspector on your network. Remove it when you are done.",
        "PayloadOrganization": "Inspector",
        "PayloadRemovalDisallowed": False,
        "PayloadContent": [payload],
    }
    return plistlib.dumps(profile)


def _uuid(mark: str, part: str) -> str:
    """The same for the same certificate, so that a second installation takes the place of the first."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{mark} {part}")).upper()


FORMS = {
    "pem": Form("pem", "application/x-pem-file", pem, text=True),
    "der": Form("cer", "application/x-x509-ca-cert", der, text=False),
    "p12": Form("p12", "application/x-pkcs12", p12, text=False),
    "mobileconfig": Form("mobileconfig", "application/x-apple-aspen-config", mobileconfig, text=True),
}
