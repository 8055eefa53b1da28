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
from cryptography.x509.oid import NameOID

from inspector.pki import certificates, files
from inspector.pki.certificates import SERVER, Key, PublicKey, Usages, new_key
from inspector.pki.errors import (
    AuthorityExpired,
    AuthorityMismatch,
    AuthorityUnreadable,
    AuthorityUnwritable,
    BadName,
)
from inspector.pki.names import canonical

CERTIFICATE = "ca.pem"
KEY = "ca-key.pem"

LIFETIME = dt.timedelta(days=730)
LEAF_LIFETIME = dt.timedelta(days=45)
BACKDATED = dt.timedelta(days=1)  # a browser's clock may be behind ours
_HALF_WRITTEN = 2.0  # seconds to wait for another process that is writing a file without links
_MOST_NAMES = 100
_OUTSIDE_THE_PROFILE = (
    "{folder} lies outside your user profile, and other people of this machine may be able to read the key in it. "
    "Choose a home inside your user profile with --home."
)
_STAYS_OPEN = (
    "{path} cannot be made private: the file system keeps no permissions, or it is not yours. "
    "Other people of this machine may read the key; choose a home on another disk with --home."
)


class Authority:
    """A certificate authority that issues leaves. Make one with `load_or_create`.

    `certificate`, `pem`, `der` are the certificate; `fingerprint` is its SHA-256 in pairs with colons, as trust stores show it;
    `spki_sha256_base64` is what Chromium's --ignore-certificate-errors-spki-list wants; `warning` is a sentence, or empty.
    """

    __slots__ = (
        "_clock", "_key", "certificate", "der", "fingerprint", "folder", "pem", "spki_sha256_base64", "warning",
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
                key_pem = _make_key(folder)
            key = _parse_key(folder, key_pem)
            if certificate_pem is None:
                certificate_pem = _make_certificate(folder, key, _moment(clock()))
            warning = _guard(folder / KEY)
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
        return certificates.leaf(
            subjects,
            public_key,
            signed_by=self.certificate,
            key=self._key,
            starts=starts,
            ends=ends,
            usages=usages,
        )


# --- the files -------------------------------------------------------------------------------------------


def _read(path: Path) -> bytes | None:
    """The file's content, None if there is none. Waits a moment for one that is just being written."""
    deadline = time.monotonic() + _HALF_WRITTEN
    while True:
        try:
            content = path.read_bytes()
            written = path.stat().st_mtime
        except FileNotFoundError:
            return None
        if (
            b"-----END " in content
            or time.monotonic() > deadline
            or abs(time.time() - written) > _HALF_WRITTEN
        ):
            return content
        time.sleep(0.01)


def _publish(path: Path, pem: bytes, mode: int) -> bytes:
    """Write the file, unless another process was faster; what is in it now counts."""
    files.publish(path, pem, mode)
    return _read(path) or pem


def _make_key(folder: Path) -> bytes:
    pem = new_key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return _publish(folder / KEY, pem, files.PRIVATE)


def _make_certificate(folder: Path, key: Key, now: dt.datetime) -> bytes:
    starts = now - BACKDATED
    made = certificates.root(key, host=socket.gethostname(), made=now, starts=starts, ends=starts + LIFETIME)
    return _publish(folder / CERTIFICATE, made.public_bytes(Encoding.PEM), files.PUBLIC)


def _guard(key: Path) -> str:
    """Shut the key file to others; the warning to show if it, or its folder, was or stays open."""
    if os.name != "posix":
        return (
            ""
            if key.resolve().is_relative_to(Path.home())
            else _OUTSIDE_THE_PROFILE.format(folder=key.parent)
        )
    if files.tighten(key):
        return (
            f"The key {key} could be read by other people of this machine, and was made private. "
            f"If it may have been copied, {_anew(key.parent)}"
        )
    open_one = next((path for path in (key, key.parent) if files.is_open_to_others(path)), None)
    return "" if open_one is None else _STAYS_OPEN.format(path=open_one)


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
    return f"Bring both files back from a copy, or {_anew(folder)}"


def _anew(folder: Path) -> str:
    return (
        f"move {CERTIFICATE} and {KEY} out of {folder} and start again: "
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
        f"The authority in {folder} expired on {certificate.not_valid_after_utc:%d %B %Y}. "
        f"Please {_anew(folder)}"
    )


def _canonical_names(given: Sequence[str]) -> list[str]:
    subjects = list(dict.fromkeys(canonical(name) for name in given))
    if not subjects:
        raise BadName("A certificate needs at least one name.")
    if len(subjects) > _MOST_NAMES:
        raise BadName(f"A certificate takes at most {_MOST_NAMES} names here; these are {len(subjects)}.")
    return subjects


def _moment(seconds: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(int(seconds), tz=dt.UTC)
