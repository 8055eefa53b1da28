"""A certificate to show to a site that asks for one: read from a person's files, looked at once, ready for OpenSSL."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    pkcs12,
)

from inspector.pki import handover
from inspector.pki.describe import describe, quietly
from inspector.pki.errors import ClientCertificateRefused
from inspector.pki.reading import in_order

_PASSWORDS = (b"", b"changeit")
_BROKEN = (ValueError, TypeError, UnsupportedAlgorithm)
_MOST = 1 << 20
_KINDS = ("PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY")

AskPassword = Callable[[], str | None]
"""Asks for the password of the file; None if nobody is there to ask."""


class ClientCertificate(NamedTuple):
    """Key and chain as one PEM, the key without a password; and whose it is, for a sentence."""

    pem: bytes
    subject: str
    chain: tuple[bytes, ...]


def read(path: Path, key: Path | None, ask: AskPassword) -> ClientCertificate:
    """The certificate in `path` (PKCS #12, or PEM) with its key, which is there too or in `key`.

    Raises ClientCertificateRefused, whose message says the cure.
    """
    content = _content(path)
    with quietly():
        if b"-----BEGIN" in content:
            keys = _content(key) if key is not None else content
            return _checked(_key_of(keys, key or path, ask) + _chain_of(content, path), path)
        return _checked(_pkcs12(content, path, ask), path)


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_MOST)
    except OSError as error:
        raise ClientCertificateRefused(
            f"{path} cannot be read: {error.strerror}. Give --client-cert another file."
        ) from error


def _chain_of(content: bytes, path: Path) -> bytes:
    try:
        found = x509.load_pem_x509_certificates(content)
    except _BROKEN as error:
        raise ClientCertificateRefused(
            f"{path} holds no certificate that can be read. It must hold one in PEM form (-----BEGIN CERTIFICATE-----), or be a .p12 file."
        ) from error
    ders = in_order([each.public_bytes(Encoding.DER) for each in found])
    return b"".join(map(_pem, ders))


def _key_of(content: bytes, path: Path, ask: AskPassword) -> bytes:
    kind = next((kind for kind in _KINDS if f"-----BEGIN {kind}-----".encode() in content), "")
    if not kind:
        raise ClientCertificateRefused(
            f"{path} holds no private key. Name the key's file after the certificate's: --client-cert HOST=FILE,KEYFILE."
        )
    block = _block(content, kind)
    locked = kind.startswith("ENCRYPTED") or b"Proc-Type: 4,ENCRYPTED" in block
    password = ask() if locked else None
    if locked and password is None:
        raise _locked(path)
    try:
        key = load_pem_private_key(block, password.encode() if password else None)
    except _BROKEN as error:
        raise _locked(path) if locked else _damaged(path) from error
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _block(content: bytes, kind: str) -> bytes:
    begin, end = f"-----BEGIN {kind}-----".encode(), f"-----END {kind}-----".encode()
    at = content.index(begin)
    stop = content.find(end, at)
    return content[at : stop + len(end)] + b"\n" if stop >= 0 else content[at:]


def _pkcs12(content: bytes, path: Path, ask: AskPassword) -> bytes:
    opened = next(filter(None, (_opened(content, word) for word in _PASSWORDS)), None)
    if opened is None and content[:1] != b"\x30":
        raise ClientCertificateRefused(
            f"{path} is neither PEM (-----BEGIN CERTIFICATE-----) nor a PKCS #12 file (.p12, .pfx). "
            "Export the certificate with its key in one of these forms."
        )
    if opened is None and _is_certificate(content):
        raise ClientCertificateRefused(
            f"{path} holds no private key, only a certificate (DER). Export the certificate again, together with its key, as a .p12 file."
        )
    if opened is None:
        password = ask()
        if password is None:
            raise _locked(path)
        opened = _opened(content, password.encode())
        if opened is None:
            raise _locked(path)
    if opened.key is None or opened.cert is None:
        missing = "private key" if opened.key is None else "certificate for its key"
        raise ClientCertificateRefused(
            f"{path} holds no {missing}. Export the certificate again, together with its key."
        )
    above = (each.certificate for each in opened.additional_certs)
    ders = in_order([each.public_bytes(Encoding.DER) for each in (opened.cert.certificate, *above)])
    return opened.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + b"".join(
        map(_pem, ders)
    )


def _is_certificate(content: bytes) -> bool:
    try:
        x509.load_der_x509_certificate(content)
    except _BROKEN:
        return False
    return True


def _opened(content: bytes, password: bytes) -> pkcs12.PKCS12KeyAndCertificates | None:
    try:
        return pkcs12.load_pkcs12(content, password or None)
    except _BROKEN:
        return None


def _checked(pem: bytes, path: Path) -> ClientCertificate:
    """OpenSSL has the last word on whether key and certificate fit."""
    try:
        handover.give(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), pem)
    except ssl.SSLError as error:
        if "MISMATCH" in (error.reason or ""):
            raise ClientCertificateRefused(
                f"The key does not belong to the certificate in {path}. Name the certificate's own key after it: "
                "--client-cert HOST=FILE,KEYFILE."
            ) from error
        reason = (error.reason or "no reason given").replace("_", " ").lower()
        raise ClientCertificateRefused(
            f"OpenSSL does not take the certificate in {path} ({reason}). Have it made again with a key of 2048 bits or more, "
            "and SHA-256."
        ) from error
    chain = tuple(each.public_bytes(Encoding.DER) for each in x509.load_pem_x509_certificates(pem))
    facts = describe(chain[0])
    return ClientCertificate(pem, facts.subject or next(iter(facts.names), "") or path.name, chain)


def _pem(der: bytes) -> bytes:
    return x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM)


def _locked(path: Path) -> ClientCertificateRefused:
    return ClientCertificateRefused(
        f"{path} has a password, and it was not given, or another one was. Set INSPECTOR_P12_PASSWORD to it, or start "
        "Inspector in a terminal and type it."
    )


def _damaged(path: Path) -> ClientCertificateRefused:
    return ClientCertificateRefused(
        f"The private key in {path} is damaged, or of a kind that is not known here. Bring it back from a copy, or export it again."
    )
