"""The local certificate authority: one key and its certificates in one folder (see `vault`), made on this machine.

Whoever has the key can read the HTTPS traffic of every browser that trusts the certificate. So the key is
private from its first moment, is never replaced by itself, and never appears in a repr, a log or a message.
A practice authority can vouch for few names only, whoever has its key: its certificates say so, and browsers obey.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from inspector.pki import certificates, vault
from inspector.pki.certificates import SERVER, PublicKey, Usages
from inspector.pki.constraints import Scope, permitted
from inspector.pki.errors import BadName, NotPermitted
from inspector.pki.founding import BACKDATED, CERTIFICATE
from inspector.pki.names import canonical
from inspector.pki.sha1 import signed_over_sha1

LEAF_LIFETIME = dt.timedelta(days=45)
CRL_LIFETIME = dt.timedelta(days=7)
_MOST_NAMES = 100
_MOST_TAKEN_BACK = 1000


class Authority:
    """A certificate authority that issues leaves. Make one with `load_or_create`.

    `certificate`, `pem`, `der` are the root, which is what browsers trust; `fingerprint` is its SHA-256 in pairs with colons, as trust
    stores show it. `above` is the way from a leaf to the root: that alone, or a practice authority's intermediate before it; `served` is
    what the proxy sends of it behind a leaf. `scope` says which names it may vouch for, None: any. `warning` is a sentence, or empty.
    `spki_sha256_base64` is what Chromium's --ignore-certificate-errors-spki-list wants, of the certificate that signs the leaves.
    """

    __slots__ = (
        "_clock", "_key", "_taken_back", "above", "certificate", "der", "fingerprint", "folder", "pem", "scope", "served", "spki_sha256_base64", "warning",
    )  # fmt: skip

    def __init__(self, kept: vault.Kept, *, folder: Path, clock: Callable[[], float]) -> None:
        self._key = kept.key
        self._clock = clock
        self._taken_back: dict[int, dt.datetime] = {}
        self.folder = folder
        self.warning = kept.warning
        self.certificate = kept.certificate
        self.above = (*filter(None, (kept.intermediate,)), kept.certificate)
        self.served = self.above[:1]
        self.scope = Scope.of(self.above[0])
        self.pem = kept.certificate.public_bytes(Encoding.PEM)
        self.der = kept.certificate.public_bytes(Encoding.DER)
        self.fingerprint = kept.certificate.fingerprint(hashes.SHA256()).hex(":").upper()
        spki = self.above[0].public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        self.spki_sha256_base64 = base64.b64encode(hashlib.sha256(spki).digest()).decode("ascii")

    def __repr__(self) -> str:
        return f"<Authority {self.name!r} {self.fingerprint}>"

    @classmethod
    def load_or_create(cls, folder: Path, *, clock: Callable[[], float] = time.time) -> Authority:
        """The authority in `folder`, made there (a full one) if there is none. Raises AuthorityError, whose message says the cure."""
        return cls(vault.load_or_create(folder, moment(clock())), folder=folder, clock=clock)

    @classmethod
    def create(
        cls, folder: Path, scope: Scope | None, *, clock: Callable[[], float] = time.time
    ) -> Authority:
        """A new authority in a folder that has none: a practice authority for the names in `scope`, or a full one. Raises AuthorityError."""
        vault.create(folder, scope, moment(clock()))
        return cls.load_or_create(folder, clock=clock)

    @property
    def name(self) -> str:
        """The common name, as trust stores list it."""
        return common_name(self.certificate)

    @property
    def path(self) -> Path:
        """Where the root's certificate is: the file to give to browsers and tools."""
        return self.folder / CERTIFICATE

    def permits(self, name: str) -> bool:
        """Whether it may vouch for a host name or IP address; also False for what is none."""
        try:
            return permitted(canonical(name), self.above)
        except BadName:
            return False

    def issue(
        self,
        names: Sequence[str],
        public_key: PublicKey,
        *,
        usages: Usages = SERVER,
        lifetime: dt.timedelta = LEAF_LIFETIME,
        spell: Callable[[str], str] = canonical,
        revocations: str = "",
    ) -> x509.Certificate:
        """A leaf for host names and IP addresses, valid from a day ago, for at most `lifetime` in all.

        `revocations` is where the list of what was revoked can be had, for its CRL distribution point. `spell` puts a name into its one spelling, and decides which kinds of names there may be.
        Raises BadName for what no certificate can be made for, NotPermitted for what this authority may not vouch for,
        AuthorityExpired when the authority's own time is over.
        """
        subjects = _spelled(names, spell)
        for each in subjects:
            if not permitted(each, self.above):
                raise NotPermitted(
                    f"{each} is not among the names that this authority may vouch for: {self.scope}."
                )
        signer, now = self.above[0], moment(self._clock())
        starts = max(now - BACKDATED, signer.not_valid_before_utc)
        ends = min(now - BACKDATED + lifetime, signer.not_valid_after_utc)
        if now > ends or starts > now:
            raise vault.expired(self.folder, signer, now)
        return certificates.leaf(
            subjects, public_key, signed_by=signer, key=self._key, starts=starts, ends=ends, usages=usages,
            revocations=revocations,
        )  # fmt: skip

    def sign(self, builder: x509.CertificateBuilder, *, sha1: bool = False) -> x509.Certificate:
        """Sign what `mirror` has put together, a certificate with a fault; over SHA-1 if that is the fault."""
        made = builder.sign(self._key, hashes.SHA256())
        return signed_over_sha1(made, self._key) if sha1 else made

    def take_back(self, serial_number: int) -> None:
        """Put a leaf on the list of revoked ones, for as long as this process lives."""
        if len(self._taken_back) >= _MOST_TAKEN_BACK:
            del self._taken_back[next(iter(self._taken_back))]
        self._taken_back[serial_number] = moment(self._clock()) - dt.timedelta(hours=1)

    def revocations(self) -> bytes:
        """The list of revoked leaves, DER: an empty one but for what `mirror` took back, since leaves are never on disk and live as long as their process.

        Some clients insist on one (curl and PowerShell on Windows, browsers under a company's policy), and fail without.
        """
        now = moment(self._clock())
        return certificates.revocations(
            dict(self._taken_back),
            signed_by=self.above[0],
            key=self._key,
            starts=now - BACKDATED,
            ends=now + CRL_LIFETIME,
        )


def common_name(certificate: x509.Certificate) -> str:
    """What trust stores list it as."""
    common = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(common[0].value) if common else certificate.subject.rfc4514_string()


def _spelled(given: Sequence[str], spell: Callable[[str], str]) -> list[str]:
    subjects = list(dict.fromkeys(spell(name) for name in given))
    if not subjects:
        raise BadName("A certificate needs at least one name.")
    if len(subjects) > _MOST_NAMES:
        raise BadName(f"A certificate takes at most {_MOST_NAMES} names here; these are {len(subjects)}.")
    return subjects


def moment(seconds: float) -> dt.datetime:
    """Seconds since the epoch as certificates count time: whole seconds, UTC."""
    return dt.datetime.fromtimestamp(int(seconds), tz=dt.UTC)
