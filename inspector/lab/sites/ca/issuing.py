"""Makes certificates: what is asked for is looked at (the names, the key), and all else is the authority's own choice."""

from __future__ import annotations

import datetime as dt

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

from .problems import Problem

LASTS = 90 * 86400.0  # seconds, as Let's Encrypt's
LEAST = 60.0
_EARLIER = dt.timedelta(minutes=5)  # a visitor's clock may be a little slow
_CURVES = ("secp256r1", "secp384r1")


class Issuer:
    """The authority's key and certificate."""

    def __init__(self, pem: bytes) -> None:
        key = load_pem_private_key(pem, None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        self._key = key
        self._certificate = x509.load_pem_x509_certificates(pem)[0]

    def issue(self, request: bytes, names: list[str], lasts: float | None, now: dt.datetime) -> tuple[bytes, int]:  # fmt: skip
        """The chain (PEM) and the serial number, for a certificate request (DER) that is for these names. Raises Problem."""
        csr = _read(request)
        if _names(csr) != sorted(names):
            raise Problem("badCSR", f"The request is for {', '.join(_names(csr)) or 'no name'}, and the order for {', '.join(sorted(names))}.")  # fmt: skip
        key = csr.public_key()
        good = (isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name in _CURVES) or (
            isinstance(key, rsa.RSAPublicKey) and 2048 <= key.key_size <= 4096
        )
        if not good:
            raise Problem("badCSR", "The key must be RSA of 2048 to 4096 bits, or of the curve P-256 or P-384.")  # fmt: skip
        assert isinstance(key, ec.EllipticCurvePublicKey | rsa.RSAPublicKey)
        made = self._make(key, names, now, now + dt.timedelta(seconds=lasts or LASTS))
        chain = made.public_bytes(Encoding.PEM) + self._certificate.public_bytes(Encoding.PEM)
        return chain, made.serial_number

    def _make(
        self, key: ec.EllipticCurvePublicKey | rsa.RSAPublicKey, names: list[str], now: dt.datetime, end: dt.datetime
    ) -> x509.Certificate:  # fmt: skip
        builder = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])] if len(names[0]) <= 64 else []))
            .issuer_name(self._certificate.subject)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - _EARLIER)
            .not_valid_after(end)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), critical=len(names[0]) > 64)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
            .add_extension(_uses(key), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        )  # fmt: skip
        for pointer in _pointers():
            builder = builder.add_extension(pointer, critical=False)
        return builder.sign(self._key, hashes.SHA256())


def _read(request: bytes) -> x509.CertificateSigningRequest:
    try:
        csr = x509.load_der_x509_csr(request)
        if not csr.is_signature_valid:
            raise Problem("badCSR", "The request is not signed with the key that is in it.")
    except (ValueError, InvalidSignature, UnsupportedAlgorithm) as error:
        raise Problem("badCSR", "That is no certificate request (PKCS #10, DER).") from error
    return csr


def _names(csr: x509.CertificateSigningRequest) -> list[str]:
    """RFC 8555 §7.4: the request must be for the same names as the order, in its subject's common name or its list of names."""
    try:
        listed = csr.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        found = {each.lower() for each in listed.get_values_for_type(x509.DNSName)}
    except x509.ExtensionNotFound:
        found = set()
    except ValueError as error:
        raise Problem("badCSR", "The request's extensions cannot be read.") from error
    common = csr.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return sorted(found | {str(each.value).lower() for each in common})


def _uses(key: object) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True, key_encipherment=isinstance(key, rsa.RSAPublicKey), content_commitment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=False, crl_sign=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip


def _pointers() -> tuple[x509.ExtensionType, ...]:
    """Where the authority's own certificate can be fetched, and its list of revoked ones: from the bad-TLS lab, which has both."""
    place = "http://badtls.inspector.test"
    own = x509.UniformResourceIdentifier(f"{place}/ca/applications.cer")
    revoked = x509.UniformResourceIdentifier(f"{place}/crl/applications.crl")
    return (
        x509.AuthorityInformationAccess([x509.AccessDescription(AuthorityInformationAccessOID.CA_ISSUERS, own)]),
        x509.CRLDistributionPoints([x509.DistributionPoint([revoked], None, None, None)]),
    )  # fmt: skip
