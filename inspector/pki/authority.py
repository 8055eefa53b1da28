"""The local certificate authority: one key and one certificate in one folder, made on this machine.

Whoever has the key can read the HTTPS traffic of every browser that trusts the certificate. So the key is
private from its first moment, is never replaced by itself, and never appears in a repr, a log or a message.
Several processes that start at once end with the same authority: the key is published first, and
whoever comes second makes do with what is there.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import os
import socket
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from inspector.pki import files, names
from inspector.pki.errors import (
    AuthorityExpired,
    AuthorityMismatch,
    AuthorityUnreadable,
    AuthorityUnwritable,
    BadName,
)

CERTIFICATE = "ca.pem"
KEY = "ca-key.pem"

LIFETIME = dt.timedelta(days=730)
LEAF_LIFETIME = dt.timedelta(days=45)
BACKDATED = dt.timedelta(days=1)  # a browser's clock may be behind ours
_HALF_WRITTEN = 2.0  # seconds to wait for another process that is writing a file without links
_LONGEST_COMMON_NAME = 64  # RFC 5280, ub-common-name
_MOST_NAMES = 100

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
PublicKey = ec.EllipticCurvePublicKey | rsa.RSAPublicKey
Usages = tuple[x509.ObjectIdentifier, ...]

SERVER: Usages = (ExtendedKeyUsageOID.SERVER_AUTH,)
CLIENT: Usages = (ExtendedKeyUsageOID.CLIENT_AUTH,)


class Authority:
    """A certificate authority that issues leaves. Make one with `load_or_create`.

    `certificate`, `pem`, `der` are the certificate; `fingerprint` is its SHA-256 in pairs with colons, as trust stores show it;
    `spki_sha256_base64` is what Chromium's --ignore-certificate-errors-spki-list wants; `warning` is a sentence, or empty.
    """

    __slots__ = (
        "_aki", "_clock", "_key", "certificate", "der", "fingerprint", "folder", "pem", "spki_sha256_base64", "warning",
    )  # fmt: skip

    def __init__(
        self,
        certificate: x509.Certificate,
        key: Key,
        *,
        folder: Path,
        warning: str = "",
        clock: Callable[[], float],
    ) -> None:
        self._key = key
        self._clock = clock
        self._aki = _authority_key_identifier(certificate)
        self.folder = folder
        self.warning = warning
        self.certificate = certificate
        self.pem = certificate.public_bytes(Encoding.PEM)
        self.der = certificate.public_bytes(Encoding.DER)
        self.fingerprint = certificate.fingerprint(hashes.SHA256()).hex(":").upper()
        spki = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        self.spki_sha256_base64 = base64.b64encode(hashlib.sha256(spki).digest()).decode("ascii")

    def __repr__(self) -> str:
        return f"<Authority {self.name!r} {self.fingerprint}>"

    @classmethod
    def load_or_create(cls, folder: Path, *, clock: Callable[[], float] = time.time) -> Authority:
        """The authority in `folder`, made there if there is none. Raises AuthorityError, whose message says the cure."""
        try:
            files.private_folder(folder)
            certificate_pem = _read(folder / CERTIFICATE)
            key_pem = _read(folder / KEY)
            if key_pem is None:
                if certificate_pem is not None:
                    raise _key_is_missing(folder)
                key_pem = _publish_key(folder)
            key = _parse_key(folder, key_pem)
            if certificate_pem is None:
                certificate_pem = _publish_certificate(folder, key, _moment(clock()))
            warning = _guard_key(folder / KEY)
        except OSError as error:
            raise AuthorityUnwritable(
                f"The authority's files in {folder} cannot be used: {error.strerror or error}. "
                "Make the folder yours (it must be writable for you), or choose another home with --home."
            ) from error
        certificate = _parse_certificate(folder, certificate_pem)
        _check(folder, certificate, key, _moment(clock()))
        return cls(certificate, key, folder=folder, warning=warning, clock=clock)

    @property
    def name(self) -> str:
        """The common name, as trust stores list it."""
        common = self.certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        return str(common[0].value) if common else self.certificate.subject.rfc4514_string()

    @property
    def path(self) -> Path:
        """Where the certificate is: the file to give to browsers and tools."""
        return self.folder / CERTIFICATE

    def issue(
        self,
        names: Sequence[str],
        public_key: PublicKey,
        *,
        usages: Usages = SERVER,
        lifetime: dt.timedelta = LEAF_LIFETIME,
    ) -> x509.Certificate:
        """A leaf for host names and IP addresses, valid from a day ago, for at most `lifetime` in all.

        Raises BadName for what no certificate can be made for, AuthorityExpired when the authority's own time is over.
        """
        subjects = _canonical_names(names)
        now = _moment(self._clock())
        starts = max(now - BACKDATED, self.certificate.not_valid_before_utc)
        ends = min(now - BACKDATED + lifetime, self.certificate.not_valid_after_utc)
        if now > ends or starts > now:
            raise _expired(self.folder, self.certificate, now)
        builder = (
            x509.CertificateBuilder()
            .subject_name(_leaf_subject(subjects[0]))
            .issuer_name(self.certificate.subject)
            .public_key(public_key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(starts)
            .not_valid_after(ends)
        )
        for extension, critical in self._leaf_extensions(subjects, public_key, usages):
            builder = builder.add_extension(extension, critical)
        return builder.sign(self._key, hashes.SHA256())

    def _leaf_extensions(
        self, subjects: list[str], public_key: PublicKey, usages: Usages
    ) -> list[tuple[x509.ExtensionType, bool]]:
        # RFC 5280 §4.2.1.6: "If the subject field contains an empty sequence, ... the subjectAltName extension is critical."
        unnamed = len(subjects[0]) > _LONGEST_COMMON_NAME
        return [
            (x509.BasicConstraints(ca=False, path_length=None), True),
            (
                _key_usage(digital_signature=True, key_encipherment=isinstance(public_key, rsa.RSAPublicKey)),
                True,
            ),
            (x509.ExtendedKeyUsage(usages), False),
            (x509.SubjectAlternativeName([_general_name(subject) for subject in subjects]), unnamed),
            (self._aki, False),
            (x509.SubjectKeyIdentifier.from_public_key(public_key), False),
        ]


_general_name = names.general_name


def new_key() -> ec.EllipticCurvePrivateKey:
    """A fresh P-256 key: what every browser accepts, and signing takes 30 microseconds."""
    return ec.generate_private_key(ec.SECP256R1())


# --- the files -------------------------------------------------------------------------------------------


def _read(path: Path) -> bytes | None:
    """The file's content, None if there is none. Waits a moment for one that is just being written."""
    deadline = time.monotonic() + _HALF_WRITTEN
    while True:
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return None
        if b"-----END " in content or time.monotonic() > deadline:
            return content
        time.sleep(0.01)


def _publish_key(folder: Path) -> bytes:
    pem = new_key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    if files.publish(folder / KEY, pem, files.PRIVATE):
        return pem
    return _read(folder / KEY) or pem


def _publish_certificate(folder: Path, key: Key, now: dt.datetime) -> bytes:
    pem = _self_sign(key, now).public_bytes(Encoding.PEM)
    if files.publish(folder / CERTIFICATE, pem, files.PUBLIC):
        return pem
    return _read(folder / CERTIFICATE) or pem


def _guard_key(path: Path) -> str:
    """Shut the key file to others; the warning to show if it was, or stays, open."""
    if os.name != "posix":
        return (
            f"Here the key has no file mode of its own: {path.parent} must lie in a folder that only you can open, "
            "such as your user profile."
        )
    if files.tighten(path):
        return (
            f"The key {path} could be read by other people of this machine, and was made private. "
            "If it may have been copied, make a new authority with `inspector ca renew`."
        )
    if files.is_open_to_others(path):
        return (
            f"The key {path} cannot be made private: the file system keeps no permissions, or the file is not yours. "
            "Other people of this machine may read it; choose a home on another disk with --home."
        )
    return ""


def _parse_key(folder: Path, pem: bytes) -> Key:
    try:
        key = load_pem_private_key(pem, password=None)
    except (
        ValueError,
        TypeError,
        UnsupportedAlgorithm,
    ):  # its message is not passed on: it might quote the key
        key = None
    if not isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        raise AuthorityUnreadable(
            f"{folder / KEY} is damaged, or is no unencrypted ECDSA or RSA key. {_start_afresh(folder)}"
        ) from None
    return key


def _parse_certificate(folder: Path, pem: bytes) -> x509.Certificate:
    try:
        certificate = x509.load_pem_x509_certificate(pem)
        certificate.extensions  # noqa: B018 (parsed lazily: a damaged one shows here)
        certificate.public_key()
    except (ValueError, UnsupportedAlgorithm):
        raise AuthorityUnreadable(f"{folder / CERTIFICATE} is damaged. {_start_afresh(folder)}") from None
    return certificate


def _check(folder: Path, certificate: x509.Certificate, key: Key, now: dt.datetime) -> None:
    if certificate.public_key() != key.public_key():
        raise AuthorityMismatch(
            f"{CERTIFICATE} and {KEY} in {folder} do not belong together. {_start_afresh(folder)}"
        )
    try:
        constraints = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value
        is_authority = constraints.ca
        certificate.verify_directly_issued_by(certificate)
    except (x509.ExtensionNotFound, InvalidSignature, ValueError, TypeError):
        is_authority = False
    if not is_authority:
        raise AuthorityUnreadable(
            f"{folder / CERTIFICATE} is not the self-signed certificate of an authority. {_start_afresh(folder)}"
        )
    if not certificate.not_valid_before_utc <= now < certificate.not_valid_after_utc:
        raise _expired(folder, certificate, now)


def _start_afresh(folder: Path) -> str:
    return (
        f"Bring both files back from a copy, or move {CERTIFICATE} and {KEY} out of {folder}: "
        "Inspector then makes a new authority, which your browsers must be told to trust."
    )


def _key_is_missing(folder: Path) -> AuthorityUnreadable:
    return AuthorityUnreadable(
        f"{folder / KEY} is missing, and {CERTIFICATE} is of no use without it. {_start_afresh(folder)}"
    )


def _expired(folder: Path, certificate: x509.Certificate, now: dt.datetime) -> AuthorityExpired:
    if now < certificate.not_valid_before_utc:
        return AuthorityExpired(
            f"The authority in {folder} is valid from {certificate.not_valid_before_utc:%d %B %Y} only, "
            f"and this machine's clock says {now:%d %B %Y}. Set the clock right."
        )
    return AuthorityExpired(
        f"The authority in {folder} expired on {certificate.not_valid_after_utc:%d %B %Y}. Make a new one with "
        "`inspector ca renew`, and tell your browsers to trust it."
    )


# --- the certificates ------------------------------------------------------------------------------------


def _self_sign(key: Key, now: dt.datetime) -> x509.Certificate:
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Inspector"),
            x509.NameAttribute(NameOID.COMMON_NAME, _own_name(socket.gethostname(), now)),
        ]
    )
    public_key = key.public_key()
    identifier = x509.SubjectKeyIdentifier.from_public_key(public_key)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(now - BACKDATED + LIFETIME)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(key_cert_sign=True, crl_sign=True), critical=True)
        .add_extension(identifier, critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), critical=False
        )
        .sign(key, hashes.SHA256())
    )


def _own_name(host: str, now: dt.datetime) -> str:
    """`Inspector CA, <host>, <date>`: so that one knows, in a trust store, whose it is and from when."""
    host = "".join(character for character in host if character.isprintable()) or "localhost"
    date = f"{now:%Y-%m-%d}"
    room = _LONGEST_COMMON_NAME - len(f"Inspector CA, , {date}")
    return f"Inspector CA, {host[:room]}, {date}"


def _key_usage(**uses: bool) -> x509.KeyUsage:
    every = dict.fromkeys(
        (
            "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
            "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
        ),
        False,
    )  # fmt: skip
    return x509.KeyUsage(**(every | uses))


def _authority_key_identifier(certificate: x509.Certificate) -> x509.AuthorityKeyIdentifier:
    try:
        own = certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    except x509.ExtensionNotFound:
        public_key = certificate.public_key()
        assert isinstance(public_key, ec.EllipticCurvePublicKey | rsa.RSAPublicKey)
        return x509.AuthorityKeyIdentifier.from_issuer_public_key(public_key)
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(own)


def _leaf_subject(name: str) -> x509.Name:
    if len(name) > _LONGEST_COMMON_NAME:
        return x509.Name([])
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _canonical_names(given: Sequence[str]) -> list[str]:
    subjects = list(dict.fromkeys(names.canonical(name) for name in given))
    if not subjects:
        raise BadName("A certificate needs at least one name.")
    if len(subjects) > _MOST_NAMES:
        raise BadName(f"A certificate takes at most {_MOST_NAMES} names here; these are {len(subjects)}.")
    return subjects


def _moment(seconds: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(int(seconds), tz=dt.UTC)
