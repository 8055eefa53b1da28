"""What trust stores speak of: the authority to trust, what was found, the steps of a change, and a proof."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import shlex
import ssl
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple, Protocol

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from inspector.pki.authority import common_name
from inspector.pki.certificates import is_ours
from inspector.pki.describe import quietly

_PEM = re.compile(rb"-----BEGIN (?:TRUSTED )?CERTIFICATE-----(.*?)-----END", re.DOTALL)
_OURS = b"Inspector"

State = Literal["trusted", "present", "absent", "unknown"]
"""trusted: believed. present: in it, but not believed. absent: not in it. unknown: it cannot be read here."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """The authority that a store is to trust: its root certificate, and the file that holds it."""

    certificate: x509.Certificate
    path: Path

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def sha256(self) -> str:
        """As trust stores show it: in pairs, with colons."""
        return fingerprint(self.der)

    @property
    def name(self) -> str:
        return common_name(self.certificate)

    @property
    def short(self) -> str:
        """Eight digits that tell it apart in names of files."""
        return self.sha256.replace(":", "")[:8].lower()


@dataclass(frozen=True, slots=True)
class Held:
    """An authority of Inspector's that a store holds: this one (`current`), or another one, older or from another home.

    `where` is what the store calls it: a file, a nickname, an alias; empty where the store does not say. `file` is a file with the
    certificate, outside the store; only of the current one it is known.
    """

    sha256: str
    sha1: str
    name: str
    until: dt.datetime
    current: bool
    where: str = ""
    file: Path | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """What was found. `note` is a sentence about it, `cure` what to do; both may be empty."""

    state: State
    held: tuple[Held, ...] = ()
    note: str = ""
    cure: str = ""

    @property
    def others(self) -> tuple[Held, ...]:
        return tuple(each for each in self.held if not each.current)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that is done to a store: a sentence, and the command that does it. Without a command it is for a person to do."""

    sentence: str
    command: tuple[str, ...] = ()
    as_root: bool = False

    @property
    def typed(self) -> str:
        """The command as one would type it."""
        return shlex.join((("sudo",) if self.as_root else ()) + self.command)


class Proof(NamedTuple):
    """Whether it is so, and by what one knows."""

    holds: bool
    sentence: str


class Sample(NamedTuple):
    """A server with a leaf of our authority for `name`, for a store to judge."""

    server: ssl.SSLContext
    name: str


class Store(Protocol):
    """One trust store."""

    @property
    def id(self) -> str:
        """What --store calls it; what stands before a colon names all of its kind."""

    @property
    def title(self) -> str:
        """What it is."""

    @property
    def serves(self) -> str:
        """Which programs believe it."""

    @property
    def place(self) -> str:
        """Where it is."""

    @property
    def chosen(self) -> bool:
        """Whether `trust` means this one too when none is named."""

    def look(self, anchor: Anchor | None) -> Look:
        """What of ours is in it; `anchor` is the current authority, if there is one."""

    def to_trust(self, anchor: Anchor) -> tuple[Step, ...]:
        """What has to be done for the store to trust it."""

    def to_untrust(self, held: Sequence[Held]) -> tuple[Step, ...]:
        """What has to be done for nothing of these to be left."""

    def prove(self, anchor: Anchor, sample: Sample | None) -> Proof:
        """Whether the store believes the authority now, by asking the store and by letting it judge a leaf."""


def fingerprint(der: bytes) -> str:
    """SHA-256 in pairs, with colons."""
    return hashlib.sha256(der).digest().hex(":").upper()


def certificates_in(pem: bytes) -> Iterator[bytes]:
    """Every certificate (DER) in PEM text, whatever stands between them."""
    for body in _PEM.findall(pem):
        try:
            yield b64decode(body)
        except NotBase64:
            continue


def ours_among(ders: Iterable[tuple[bytes, str]], anchor: Anchor | None) -> tuple[Held, ...]:
    """The authorities of ours among certificates, each with what the store calls it: the current one by its fingerprint, others by name."""
    found = (_held(der, where, anchor) for der, where in ders)
    return tuple(each for each in found if each is not None)


def _held(der: bytes, where: str, anchor: Anchor | None) -> Held | None:
    current = anchor is not None and der == anchor.der
    if not current and _OURS not in der:  # most of a store, without reading it
        return None
    with quietly():
        try:
            certificate = x509.load_der_x509_certificate(der)
            if not current and not is_ours(certificate):
                return None
            name, until = common_name(certificate), certificate.not_valid_after_utc
        except ValueError:
            return None
    sha1 = hashlib.sha1(der, usedforsecurity=False).hexdigest().upper()
    file = anchor.path if current and anchor is not None else None
    return Held(fingerprint(der), sha1, name, until, current, where, file)
