"""A chain as it was sent, and the way from its leaf up to a root that is believed. Pure; nothing here raises for what strangers sent."""

from __future__ import annotations

import datetime as dt
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from inspector.pki.describe import quietly
from inspector.pki.reading import in_order

_OLD_DIGESTS = (hashes.MD5, hashes.SHA1)


@dataclass(frozen=True, slots=True)
class Case:
    """A chain as it was sent (DER, leaf first), the name it is to be for (empty: none), the time, and the roots that are believed.

    `roots` None: they cannot be listed here (macOS), so trust is for the system to judge.
    """

    chain: tuple[bytes, ...]
    host: str
    now: dt.datetime
    roots: Sequence[bytes] | None

    def path(self) -> tuple[bytes, ...]:
        """From the leaf up to the first believed root, as browsers look for it: a root that others signed too needs nobody above it."""
        ordered = in_order(self.chain)
        with quietly():
            used = [ordered[0]]
            while (root := self.root_above(used[-1])) is None:
                after = ordered[len(used) : len(used) + 1]
                if not after or not names_issuer(used[-1], after[0]):
                    return tuple(used)
                used.append(after[0])
        return tuple(used) if root == used[-1] else (*used, root)

    def root_above(self, der: bytes) -> bytes | None:
        """The believed root that signed this certificate, or is it."""
        if not self.roots:
            return None
        if der in self.roots:
            return der
        try:
            issuer = x509.load_der_x509_certificate(der).issuer.public_bytes()
        except ValueError:
            return None
        return next((root for root in self.roots if issuer in root and is_issued(der, root)), None)


def matches(name: str, host: str) -> bool:
    """RFC 6125 §6.4.3: a wildcard is the whole first label, and stands for just one. Addresses have no wildcards."""
    name, host = name.lower().rstrip("."), host.lower().rstrip(".").strip("[]")
    try:
        return ipaddress.ip_address(name) == ipaddress.ip_address(host)
    except ValueError:
        pass
    if name.startswith("*."):
        return host.partition(".")[2] == name[2:] and "." in name[2:]
    return name == host


def is_address(host: str) -> bool:
    """Whether a host is an IP address, in brackets or not."""
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def names_of(der: bytes) -> list[x509.GeneralName]:
    certificate = x509.load_der_x509_certificate(der)
    try:
        return list(certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value)
    except (x509.ExtensionNotFound, ValueError):
        return []


def is_issued(der: bytes, by: bytes) -> bool:
    """Whether the key of `by` signed this certificate, which names it as its issuer."""
    try:
        certificate, issuer = x509.load_der_x509_certificate(der), x509.load_der_x509_certificate(by)
        if certificate.issuer != issuer.subject:
            return False
        if isinstance(certificate.signature_hash_algorithm, _OLD_DIGESTS):
            _verify_old_signature(certificate, issuer)
        else:
            certificate.verify_directly_issued_by(issuer)
    except (InvalidSignature, ValueError, TypeError, UnsupportedAlgorithm):
        return False
    return True


def _verify_old_signature(certificate: x509.Certificate, issuer: x509.Certificate) -> None:
    """Over MD5 and SHA-1, which the library doesn't look at in certificates any more: weak is not the same as wrong."""
    digest, key = certificate.signature_hash_algorithm, issuer.public_key()
    assert digest is not None
    if isinstance(key, rsa.RSAPublicKey):
        key.verify(certificate.signature, certificate.tbs_certificate_bytes, padding.PKCS1v15(), digest)
    elif isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(certificate.signature, certificate.tbs_certificate_bytes, ec.ECDSA(digest))
    else:
        raise UnsupportedAlgorithm("neither RSA nor ECDSA")


def names_issuer(der: bytes, other: bytes) -> bool:
    """Whether `other` has the name that stands as issuer, whatever its key."""
    try:
        issuer = x509.load_der_x509_certificate(der).issuer
        return issuer == x509.load_der_x509_certificate(other).subject
    except ValueError:
        return False
