"""Files that may hold certificates, in whatever form: PEM with much or little in it, DER, PKCS #12, PKCS #7."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7, pkcs12

from inspector.pki.describe import quietly
from inspector.pki.errors import NoCertificate

_PASSWORDS = ("", "changeit")
_BROKEN = (ValueError, TypeError, UnsupportedAlgorithm)


class Found(NamedTuple):
    """The certificates of a file (DER), leaf first, and what else is in it, in words."""

    chain: tuple[bytes, ...]
    kind: str
    also: tuple[str, ...] = ()


def read(content: bytes, password: str | None = None) -> Found:
    """What is in a file. Raises NoCertificate, which says what it is instead, and the cure."""
    with quietly():
        if b"-----BEGIN" in content:
            return _pem(content)
        for attempt in (_der, _pkcs7):
            found = attempt(content)
            if found is not None:
                return found
        return _pkcs12(content, password)


def in_order(chain: Sequence[bytes]) -> tuple[bytes, ...]:
    """From the leaf upwards, each followed by its issuer; what has no place in that comes last."""
    with quietly():
        certificates = [_load(der) for der in chain]
    left = list(range(len(chain)))
    ordered: list[int] = []
    at = _leaf(certificates)
    while at is not None:
        ordered.append(at)
        left.remove(at)
        at = _issuer_of(certificates, at, left)
    return tuple(chain[number] for number in (*ordered, *left))


def _leaf(certificates: Sequence[x509.Certificate | None]) -> int | None:
    """The first that issued none of the others."""
    issuers = {each.issuer for each in certificates if each is not None and each.issuer != each.subject}
    found = (n for n, each in enumerate(certificates) if each is not None and each.subject not in issuers)
    return next(found, 0 if certificates else None)


def _issuer_of(certificates: Sequence[x509.Certificate | None], at: int, left: Sequence[int]) -> int | None:
    below = certificates[at]
    if below is None:
        return None
    return next(
        (n for n in left if (above := certificates[n]) is not None and above.subject == below.issuer), None
    )


def _load(der: bytes) -> x509.Certificate | None:
    try:
        return x509.load_der_x509_certificate(der)
    except _BROKEN:
        return None


def _pem(content: bytes) -> Found:
    kinds = list(_labels(content))
    if any("CERTIFICATE" in kind and "REQUEST" not in kind for kind in kinds):
        certificates = _pem_certificates(content)
        also = tuple(sorted({_WORDS.get(kind, kind.lower()) for kind in kinds if "CERTIFICATE" not in kind}))
        return Found(tuple(each.public_bytes(Encoding.DER) for each in certificates), "PEM", also)
    if "PKCS7" in kinds:
        return _sorted(pkcs7.load_pem_pkcs7_certificates(content), "PKCS #7")
    if any("REQUEST" in kind for kind in kinds):
        raise NoCertificate(
            "This is a signing request, and no certificate yet. `inspector cert make --csr FILE` signs it."
        )
    if any("KEY" in kind for kind in kinds):
        raise NoCertificate(
            "This is a key, and no certificate. Show the certificate beside it; never show a private key."
        )
    raise NoCertificate(f"There is no certificate in this file, only: {', '.join(kinds) or 'nothing'}.")


def _pem_certificates(content: bytes) -> list[x509.Certificate]:
    content = content.replace(b" TRUSTED CERTIFICATE", b" CERTIFICATE").replace(
        b" X509 CERTIFICATE", b" CERTIFICATE"
    )
    try:
        return x509.load_pem_x509_certificates(content)
    except _BROKEN as error:
        raise NoCertificate(
            "The file begins like a certificate, and is damaged. Bring it back from a copy, or have it made again."
        ) from error


_WORDS = {
    "PRIVATE KEY": "a private key", "RSA PRIVATE KEY": "a private key", "EC PRIVATE KEY": "a private key",
    "ENCRYPTED PRIVATE KEY": "a private key with a password", "DH PARAMETERS": "Diffie-Hellman parameters",
    "EC PARAMETERS": "the name of a curve",
}  # fmt: skip


def _labels(content: bytes) -> Iterator[str]:
    for part in content.split(b"-----BEGIN ")[1:]:
        yield part.partition(b"-----")[0].decode("latin-1")


def _der(content: bytes) -> Found | None:
    try:
        x509.load_der_x509_certificate(content)
    except _BROKEN:
        return None
    return Found((content,), "DER")


def _pkcs7(content: bytes) -> Found | None:
    try:
        return _sorted(pkcs7.load_der_pkcs7_certificates(content), "PKCS #7")
    except _BROKEN:
        return None


def _pkcs12(content: bytes, password: str | None) -> Found:
    for word in _PASSWORDS if password is None else (password,):
        try:
            opened = pkcs12.load_pkcs12(content, word.encode() or None)
        except _BROKEN:
            continue
        first = [opened.cert.certificate] if opened.cert is not None else []
        every = [*first, *(each.certificate for each in opened.additional_certs)]
        return _sorted(every, "PKCS #12", ("a private key",) if opened.key is not None else ())
    if content[:1] == b"\x30":
        raise NoCertificate(
            "This may be a PKCS #12 file, and the password is not right. Give it with --password."
        )
    raise NoCertificate(
        "There is no certificate in this file. It may be PEM (-----BEGIN CERTIFICATE-----), DER, PKCS #12 or PKCS #7."
    )


def _sorted(certificates: Sequence[x509.Certificate], kind: str, also: tuple[str, ...] = ()) -> Found:
    if not certificates:
        raise NoCertificate(f"This {kind} file is empty.")
    return Found(in_order([each.public_bytes(Encoding.DER) for each in certificates]), kind, also)
