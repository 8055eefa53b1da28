"""A certificate in words. It came from anybody, so whatever it holds, this says what it can and raises nothing."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID

T = TypeVar("T")
E = TypeVar("E", bound=x509.ExtensionType)


@dataclass(frozen=True, slots=True)
class Log:
    """The receipt of a public log (an SCT, RFC 6962) inside a certificate: which log by its hexadecimal id, when."""

    id: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """What a certificate says, as text for a page. Everything in it is the claim of whoever made it.

    `subject` and `issuer` are the most telling part of the name; the whole names stand in `subject_rfc4514` and
    `issuer_rfc4514`. `names` are the host names and addresses it is for; `only_for` and `never_for` are an authority's name constraints. `logs` are the receipts of public logs inside it,
    `must_staple` whether its server has to show an OCSP answer, `spki` the SHA-256 of its public key in base64, as pins and Chromium's switches
    have it. `problem` is a sentence if it, or a part of it, could not be read.
    """

    subject: str = ""
    subject_rfc4514: str = ""
    issuer: str = ""
    issuer_rfc4514: str = ""
    serial: str = ""
    not_before: dt.datetime | None = None
    not_after: dt.datetime | None = None
    names: tuple[str, ...] = ()
    key: str = ""
    key_kind: str = ""
    key_bits: int = 0
    signature: str = ""
    is_authority: bool = False
    path_length: int | None = None
    is_constrained: bool = False
    key_usage: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    validation: str = ""
    self_issued: bool = False
    subject_key_id: str = ""
    authority_key_id: str = ""
    sct_count: int = 0
    issuer_urls: tuple[str, ...] = ()
    ocsp_urls: tuple[str, ...] = ()
    crl_urls: tuple[str, ...] = ()
    fingerprint: str = ""
    size: int = 0
    problem: str = ""
    only_for: tuple[str, ...] = ()
    never_for: tuple[str, ...] = ()
    logs: tuple[Log, ...] = ()
    must_staple: bool = False
    spki: str = ""

    def days_left(self, now: float) -> int | None:
        """Whole days until it expires, negative when it has; `now` in seconds since the epoch."""
        return None if self.not_after is None else int((self.not_after.timestamp() - now) // 86400)


_SIGNATURES = {
    "1.2.840.113549.1.1.4": "RSA with MD5",
    "1.2.840.113549.1.1.5": "RSA with SHA-1",
    "1.2.840.113549.1.1.10": "RSA-PSS",
    "1.2.840.113549.1.1.11": "RSA with SHA-256",
    "1.2.840.113549.1.1.12": "RSA with SHA-384",
    "1.2.840.113549.1.1.13": "RSA with SHA-512",
    "1.2.840.10040.4.3": "DSA with SHA-1",
    "1.2.840.10045.4.1": "ECDSA with SHA-1",
    "1.2.840.10045.4.3.2": "ECDSA with SHA-256",
    "1.2.840.10045.4.3.3": "ECDSA with SHA-384",
    "1.2.840.10045.4.3.4": "ECDSA with SHA-512",
    "1.3.101.112": "Ed25519",
    "1.3.101.113": "Ed448",
    "2.16.840.1.101.3.4.3.17": "ML-DSA-44",
    "2.16.840.1.101.3.4.3.18": "ML-DSA-65",
    "2.16.840.1.101.3.4.3.19": "ML-DSA-87",
}
_CURVES = {"secp256r1": "P-256", "secp384r1": "P-384", "secp521r1": "P-521"}
_KEY_USES = {
    "digital_signature": "digital signature",
    "content_commitment": "non-repudiation",
    "key_encipherment": "key encipherment",
    "data_encipherment": "data encipherment",
    "key_agreement": "key agreement",
    "key_cert_sign": "signing certificates",
    "crl_sign": "signing revocation lists",
}
_PURPOSES = {
    "1.3.6.1.5.5.7.3.1": "TLS server",
    "1.3.6.1.5.5.7.3.2": "TLS client",
    "1.3.6.1.5.5.7.3.3": "signing code",
    "1.3.6.1.5.5.7.3.4": "e-mail",
    "1.3.6.1.5.5.7.3.8": "time stamps",
    "1.3.6.1.5.5.7.3.9": "signing OCSP answers",
    "2.5.29.37.0": "anything",
}
_VALIDATIONS = {
    "2.23.140.1.1": "extended validation (EV): the organisation was checked with care",
    "2.23.140.1.2.1": "domain validation (DV): control of the name was checked, and nothing else",
    "2.23.140.1.2.2": "organisation validation (OV): the organisation was checked too",
    "2.23.140.1.2.3": "individual validation (IV): the person was checked too",
}
_QUIET = threading.RLock()  # two threads that set warnings aside at once would set them aside for ever
_NO_WORDS: tuple[str, ...] = ()
_NO_LOGS: tuple[Log, ...] = ()
_NO_AUTHORITY: tuple[bool, int | None] = (False, None)
_TELLING = (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME, NameOID.ORGANIZATIONAL_UNIT_NAME)
_BROKEN = (
    ValueError, TypeError, KeyError, IndexError, OverflowError, UnsupportedAlgorithm, x509.InvalidVersion,
    x509.DuplicateExtension, x509.UnsupportedGeneralNameType,
)  # fmt: skip


def describe(der: bytes) -> CertificateFacts:
    """What the certificate says. Never raises: what cannot be read is left empty, and `problem` says so."""
    fingerprint = hashlib.sha256(der).hexdigest().upper()
    fingerprint = ":".join(_pairs(fingerprint))
    with quietly():
        try:
            certificate = x509.load_der_x509_certificate(der)
        except _BROKEN as error:
            problem = f"This is no certificate that can be read: {_reason(error)}."
            return CertificateFacts(fingerprint=fingerprint, size=len(der), problem=problem)
        return _Reader(certificate).facts(fingerprint, len(der))


@contextmanager
def quietly() -> Iterator[None]:
    """Without cryptography's warnings of oddities, such as a negative serial number: nobody here can mend them."""
    with _QUIET, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


class _Reader:
    """Reads one certificate part by part, and remembers which parts could not be read."""

    def __init__(self, certificate: x509.Certificate) -> None:
        self._certificate = certificate
        self._problems: dict[str, str] = {}
        self._extensions = self._part("extensions", lambda: certificate.extensions, None)

    def facts(self, fingerprint: str, size: int) -> CertificateFacts:
        certificate, part = self._certificate, self._part
        subject = part("subject", lambda: certificate.subject, None)
        issuer = part("issuer", lambda: certificate.issuer, None)
        names = part("names", self._names, _NO_WORDS)
        kind, bits, key = part("key", self._key, ("", 0, ""))
        is_authority, path_length = part("basic constraints", self._constraints, _NO_AUTHORITY)
        access = part("authority information access", self._access, dict[x509.ObjectIdentifier, list[str]]())
        return CertificateFacts(
            subject=part("subject", lambda: _telling(subject), "") or next(iter(names), ""),
            subject_rfc4514=part("subject", lambda: _rfc4514(subject), ""),
            issuer=part("issuer", lambda: _telling(issuer), ""),
            issuer_rfc4514=part("issuer", lambda: _rfc4514(issuer), ""),
            serial=part("serial number", lambda: _hexadecimal(certificate.serial_number), ""),
            not_before=part("dates", lambda: certificate.not_valid_before_utc, None),
            not_after=part("dates", lambda: certificate.not_valid_after_utc, None),
            names=names,
            key=key,
            key_kind=kind,
            key_bits=bits,
            signature=part("signature", self._signature, ""),
            is_authority=is_authority,
            path_length=path_length,
            is_constrained=part(
                "name constraints", lambda: self._extension(x509.NameConstraints) is not None, False
            ),
            key_usage=part("key usage", self._key_usage, ()),
            purposes=part("purposes", self._purposes, ()),
            validation=part("policies", self._validation, ""),
            self_issued=subject is not None and subject == issuer,
            subject_key_id=part("subject key identifier", self._subject_key_id, ""),
            authority_key_id=part("authority key identifier", self._authority_key_id, ""),
            sct_count=part("certificate transparency", self._sct_count, 0),
            issuer_urls=tuple(access.get(AuthorityInformationAccessOID.CA_ISSUERS, ())),
            ocsp_urls=tuple(access.get(AuthorityInformationAccessOID.OCSP, ())),
            crl_urls=part("revocation lists", self._crl_urls, ()),
            fingerprint=fingerprint,
            size=size,
            only_for=part("name constraints", lambda: self._subtrees("permitted_subtrees"), _NO_WORDS),
            never_for=part("name constraints", lambda: self._subtrees("excluded_subtrees"), _NO_WORDS),
            logs=part("certificate transparency", self._logs, _NO_LOGS),
            must_staple=part("TLS features", self._must_staple, False),
            spki=part("key", self._spki, ""),
            problem=self._problem(),
        )

    def _part(self, part: str, read: Callable[[], T], otherwise: T) -> T:
        try:
            return read()
        except _BROKEN as error:
            self._problems.setdefault(part, _reason(error))
            return otherwise

    def _problem(self) -> str:
        if not self._problems:
            return ""
        return f"Not all of it could be read: {'; '.join(f'{part} ({why})' for part, why in self._problems.items())}."

    def _extension(self, kind: type[E]) -> E | None:
        if self._extensions is None:
            return None
        try:
            return self._extensions.get_extension_for_class(kind).value
        except x509.ExtensionNotFound:
            return None

    def _names(self) -> tuple[str, ...]:
        found = self._extension(x509.SubjectAlternativeName)
        return () if found is None else tuple(_general_name(name) for name in found)

    def _key(self) -> tuple[str, int, str]:
        key = self._certificate.public_key()
        match key:
            case rsa.RSAPublicKey():
                return "RSA", key.key_size, f"RSA, {key.key_size} bits"
            case ec.EllipticCurvePublicKey():
                return "ECDSA", key.key_size, f"ECDSA, {_CURVES.get(key.curve.name, key.curve.name)}"
            case ed25519.Ed25519PublicKey():
                return "Ed25519", 256, "Ed25519"
            case ed448.Ed448PublicKey():
                return "Ed448", 456, "Ed448"
            case dsa.DSAPublicKey():
                return "DSA", key.key_size, f"DSA, {key.key_size} bits"
            case _:
                return type(key).__name__, 0, type(key).__name__

    def _signature(self) -> str:
        oid = self._certificate.signature_algorithm_oid
        words = _SIGNATURES.get(oid.dotted_string, oid.dotted_string)
        if words == "RSA-PSS":
            algorithm = self._certificate.signature_hash_algorithm
            return f"RSA-PSS with {algorithm.name.upper()}" if algorithm else words
        return words

    def _constraints(self) -> tuple[bool, int | None]:
        found = self._extension(x509.BasicConstraints)
        return (False, None) if found is None else (found.ca, found.path_length)

    def _subtrees(self, kind: str) -> tuple[str, ...]:
        found = self._extension(x509.NameConstraints)
        return () if found is None else tuple(_general_name(each) for each in getattr(found, kind) or ())

    def _key_usage(self) -> tuple[str, ...]:
        found = self._extension(x509.KeyUsage)
        return (
            () if found is None else tuple(words for use, words in _KEY_USES.items() if getattr(found, use))
        )

    def _purposes(self) -> tuple[str, ...]:
        found = self._extension(x509.ExtendedKeyUsage)
        return (
            ()
            if found is None
            else tuple(_PURPOSES.get(oid.dotted_string, oid.dotted_string) for oid in found)
        )

    def _validation(self) -> str:
        policies = self._extension(x509.CertificatePolicies) or ()
        oids = (policy.policy_identifier.dotted_string for policy in policies)
        return next((_VALIDATIONS[oid] for oid in oids if oid in _VALIDATIONS), "")

    def _subject_key_id(self) -> str:
        found = self._extension(x509.SubjectKeyIdentifier)
        return "" if found is None else found.digest.hex(":").upper()

    def _authority_key_id(self) -> str:
        found = self._extension(x509.AuthorityKeyIdentifier)
        return "" if found is None or found.key_identifier is None else found.key_identifier.hex(":").upper()

    def _sct_count(self) -> int:
        found = self._extension(x509.PrecertificateSignedCertificateTimestamps)
        return 0 if found is None else len(found)

    def _logs(self) -> tuple[Log, ...]:
        found = self._extension(x509.PrecertificateSignedCertificateTimestamps) or ()
        return tuple(Log(each.log_id.hex(), each.timestamp.replace(tzinfo=dt.UTC)) for each in found)

    def _must_staple(self) -> bool:
        found = self._extension(x509.TLSFeature)
        return found is not None and x509.TLSFeatureType.status_request in found

    def _spki(self) -> str:
        key = self._certificate.public_key()
        whole = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return base64.b64encode(hashlib.sha256(whole).digest()).decode("ascii")

    def _access(self) -> dict[x509.ObjectIdentifier, list[str]]:
        urls: dict[x509.ObjectIdentifier, list[str]] = {}
        for each in self._extension(x509.AuthorityInformationAccess) or ():
            urls.setdefault(each.access_method, []).append(_plain(each.access_location))
        return urls

    def _crl_urls(self) -> tuple[str, ...]:
        points = self._extension(x509.CRLDistributionPoints) or ()
        return tuple(_plain(name) for point in points for name in point.full_name or ())


def _telling(name: x509.Name | None) -> str:
    if name is None:
        return ""
    found = (attribute.value for oid in _TELLING for attribute in name.get_attributes_for_oid(oid))
    return next((_text(value) for value in found), "") or _rfc4514(name)


def _rfc4514(name: x509.Name | None) -> str:
    return "" if name is None else name.rfc4514_string()


def _general_name(name: x509.GeneralName) -> str:
    """Host names and addresses as they are; other kinds, which are for no web site, with their kind before them."""
    match name:
        case x509.DNSName() | x509.IPAddress():
            return _plain(name)
        case x509.UniformResourceIdentifier():
            return f"URI {name.value}"
        case x509.RFC822Name():
            return f"e-mail {name.value}"
        case x509.DirectoryName():
            return f"directory {name.value.rfc4514_string()}"
        case _:
            return f"other ({type(name).__name__})"


def _plain(name: x509.GeneralName) -> str:
    return name.value.rfc4514_string() if isinstance(name, x509.DirectoryName) else str(name.value)


def _text(value: str | bytes) -> str:
    return value if isinstance(value, str) else value.decode("latin-1")


def _hexadecimal(number: int) -> str:
    """In pairs with colons, as everybody shows a serial number: 03:A1:9F."""
    digits = f"{abs(number):X}"
    digits = digits.zfill(len(digits) + len(digits) % 2)
    return ("-" if number < 0 else "") + ":".join(_pairs(digits))


def _pairs(digits: str) -> Iterable[str]:
    return (digits[at : at + 2] for at in range(0, len(digits), 2))


def _reason(error: Exception) -> str:
    first = str(error).partition("\n")[0][:120].rstrip(".")
    return first or type(error).__name__
