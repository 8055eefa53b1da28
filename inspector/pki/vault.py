"""The folder of an authority: what is in it, how it comes there whole and private, and how it is put aside for another one.

    ca.pem               the root: what browsers are told to trust
    ca-key.pem           the key that signs leaves, 0600 in a folder of 0700
    ca-intermediate.pem  a practice authority's only: the key is this one's, since the root's own was never written

A key without a certificate is a start that was cut off, and goes on: the key is published first, and whoever comes second makes do with
what is there. A practice authority is written the other way round, the key last, so that nothing that was cut off can be mistaken for a full one.
"""

from __future__ import annotations

import datetime as dt
import os
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from inspector.pki import files, founding
from inspector.pki.certificates import Key
from inspector.pki.constraints import Scope
from inspector.pki.errors import (
    AuthorityExpired,
    AuthorityMismatch,
    AuthorityMissing,
    AuthorityUnreadable,
    AuthorityUnwritable,
)
from inspector.pki.founding import BACKDATED, CERTIFICATE, INTERMEDIATE, KEY

__all__ = [
    "BACKDATED",
    "CERTIFICATE",
    "INTERMEDIATE",
    "KEY",
    "Kept",
    "create",
    "exists",
    "load_or_create",
    "put_aside",
    "read_certificate",
]

_OUTSIDE_THE_PROFILE = (
    "{folder} lies outside your user profile, and other people of this machine may be able to read the key in it. "
    "Choose a home inside your user profile with --home."
)
_STAYS_OPEN = (
    "{path} cannot be made private: the file system keeps no permissions, or it is not yours. "
    "Other people of this machine may read the key; choose a home on another disk with --home."
)


class Kept(NamedTuple):
    """What a folder holds, checked: it all belongs together and is valid now. `warning` is a sentence, or empty."""

    certificate: x509.Certificate
    intermediate: x509.Certificate | None
    key: Key
    warning: str


def load_or_create(folder: Path, now: dt.datetime) -> Kept:
    """What is in the folder; where nothing is, a full authority is made. Raises AuthorityError, whose message says the cure."""
    try:
        files.private_folder(folder)
        certificate_pem = files.settled(folder / CERTIFICATE)
        key_pem = files.settled(folder / KEY)
        above_pem = files.settled(folder / INTERMEDIATE)
        if key_pem is None:
            if certificate_pem is not None or above_pem is not None:
                raise _key_is_missing(folder)
            key_pem = founding.make_key(folder)
        key = _parse_key(folder, key_pem)
        if certificate_pem is None:
            if above_pem is not None:
                raise _root_is_missing(folder)
            certificate_pem = founding.make_root(folder, key, now)
        warning = _guard(folder / KEY)
    except OSError as error:
        raise _unusable(folder, error) from error
    certificate = _parse_certificate(folder / CERTIFICATE, certificate_pem)
    above = _parse_certificate(folder / INTERMEDIATE, above_pem) if above_pem is not None else None
    _check(folder, certificate, above, key, now)
    return Kept(certificate, above, key, warning)


def create(folder: Path, scope: Scope | None, now: dt.datetime) -> None:
    """Make an authority in a folder that has none: a full one, or one for the names in `scope`. Raises AuthorityError."""
    try:
        files.private_folder(folder)
        if any((folder / name).exists() for name in (CERTIFICATE, KEY, INTERMEDIATE)):
            raise AuthorityUnwritable(f"There is an authority in {folder} already. Put it aside first.")
        if scope is None:
            founding.make_root(folder, _parse_key(folder, founding.make_key(folder)), now)
        else:
            founding.make_practice(folder, scope, now)
    except OSError as error:
        raise _unusable(folder, error) from error


def exists(folder: Path) -> bool:
    """Whether the folder holds an authority, in whatever state."""
    return any((folder / name).exists() for name in (CERTIFICATE, KEY, INTERMEDIATE))


def read_certificate(folder: Path) -> x509.Certificate:
    """The root, without a look at the key: also of an authority that has expired or lost its key. Raises AuthorityError."""
    path = folder / CERTIFICATE
    try:
        pem = path.read_bytes()
    except FileNotFoundError:
        raise AuthorityMissing(f"There is no authority yet in {folder}.") from None
    except OSError as error:
        raise _unusable(folder, error) from error
    return _parse_certificate(path, pem)


def put_aside(folder: Path, now: dt.datetime) -> Path | None:
    """Move the authority into a folder of its own below, named by date; None if there was none.

    The key goes first: what a cut leaves behind is then a certificate without its key, which nobody takes for an authority.
    """
    present = [name for name in (KEY, INTERMEDIATE, CERTIFICATE) if (folder / name).exists()]
    if not present:
        return None
    try:
        place = _new_folder(folder, f"old-{now:%Y-%m-%d}")
        for name in present:
            (folder / name).rename(place / name)
    except OSError as error:
        raise _unusable(folder, error) from error
    with suppress(OSError):
        files.tighten(place / KEY)
    return place


def _new_folder(folder: Path, name: str) -> Path:
    for number in range(1, 1000):
        place = folder / (name if number == 1 else f"{name}-{number}")
        with suppress(FileExistsError):
            place.mkdir(mode=0o700)
            return place
    raise FileExistsError(17, "there are too many old authorities", str(folder / name))


# --- reading ---------------------------------------------------------------------------------------------


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


def _parse_certificate(path: Path, pem: bytes) -> x509.Certificate:
    try:
        certificate = x509.load_pem_x509_certificate(pem)
        certificate.extensions  # noqa: B018 (parsed lazily: a damaged one shows here)
        certificate.public_key()
    except (ValueError, UnsupportedAlgorithm):
        raise AuthorityUnreadable(f"{path} is damaged. {_start_afresh(path.parent)}") from None
    return certificate


def _check(
    folder: Path, root: x509.Certificate, above: x509.Certificate | None, key: Key, now: dt.datetime
) -> None:
    signer = root if above is None else above
    if signer.public_key() != key.public_key() or (above is not None and not _issued(above, root)):
        name = CERTIFICATE if above is None else f"{CERTIFICATE}, {INTERMEDIATE}"
        raise AuthorityMismatch(
            f"{name} and {KEY} in {folder} do not belong together. {_start_afresh(folder)}"
        )
    if not (_may_sign(signer) and _may_sign(root) and _issued(root, root)):
        raise AuthorityUnreadable(
            f"{folder / CERTIFICATE} is not the self-signed certificate of an authority. {_start_afresh(folder)}"
        )
    for each in (root, signer):
        if not each.not_valid_before_utc <= now < each.not_valid_after_utc:
            raise expired(folder, each, now)


def _issued(certificate: x509.Certificate, by: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(by)
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True


def _may_sign(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


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


# --- what is the matter, and the cure --------------------------------------------------------------------


def _unusable(folder: Path, error: OSError) -> AuthorityUnwritable:
    return AuthorityUnwritable(
        f"The authority's files in {folder} cannot be used: {error.strerror or error}. "
        "Make the folder yours (it must be writable for you), or choose another home with --home."
    )


def _start_afresh(folder: Path) -> str:
    return f"Bring the files back from a copy, or {_anew(folder)}"


def _anew(folder: Path) -> str:
    return (
        f"move {CERTIFICATE} and {KEY} out of {folder} and start again: "
        "Inspector then makes a new authority, which your browsers must be told to trust. `inspector ca renew` does both."
    )


def _key_is_missing(folder: Path) -> AuthorityUnreadable:
    return AuthorityUnreadable(
        f"{folder / KEY} is missing, and {CERTIFICATE} is of no use without it. {_start_afresh(folder)}"
    )


def _root_is_missing(folder: Path) -> AuthorityUnreadable:
    return AuthorityUnreadable(
        f"{folder / CERTIFICATE} is missing, which {INTERMEDIATE} beside it belongs to. {_start_afresh(folder)}"
    )


def expired(folder: Path, certificate: x509.Certificate, now: dt.datetime) -> AuthorityExpired:
    """What to say of an authority whose time is over, or has not come."""
    if now < certificate.not_valid_before_utc:
        return AuthorityExpired(
            f"The authority in {folder} is valid from {certificate.not_valid_before_utc:%d %B %Y} only, "
            f"and this machine's clock says {now:%d %B %Y}. Set the clock right."
        )
    return AuthorityExpired(
        f"The authority in {folder} expired on {certificate.not_valid_after_utc:%d %B %Y}. "
        f"Please {_anew(folder)}"
    )
