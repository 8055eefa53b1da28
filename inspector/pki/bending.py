"""Chains that are wrong in one way and right in all others, for `mirror`: one function for each fault.

The keys are in memory only. What is made here by our authority and could sign others may vouch for no name there is.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from inspector.pki.authority import Authority, moment
from inspector.pki.certificates import SERVER, Key, Usages, key_identifier_of, key_usage, new_key
from inspector.pki.constraints import PRACTICE_DOMAIN, subject_base
from inspector.pki.describe import CertificateFacts
from inspector.pki.errors import BadName
from inspector.pki.names import general_name, subject
from inspector.pki.sha1 import signed_wrongly
from inspector.wire.hosts import address_of

WEAK_BITS = 1024
UNREADABLE = (ValueError, TypeError, OverflowError, UnsupportedAlgorithm)

_DAY = dt.timedelta(days=1)
_LASTS = 45 * _DAY
_EARLIEST, _LATEST = dt.datetime(1951, 1, 1, tzinfo=dt.UTC), dt.datetime(9998, 12, 31, tzinfo=dt.UTC)
_MOST_NAMES = 100
_LONGEST_NAME = 64
_NOBODY = "nothing.invalid"  # RFC 2606: a name that cannot be
_NO_ADDRESSES = (ipaddress.IPv4Network("0.0.0.0/32"), ipaddress.IPv6Network("::/128"))
_ELSEWHERE = f"another-name.{PRACTICE_DOMAIN}"
_SELF_SIGNED_IN_CHAIN = 19  # OpenSSL's number for a root that was sent and is not known
_EXCLUDED = 48  # and for a name that an authority may not vouch for, where the others are those it may
_ORDINARY = x509.BasicConstraints(ca=False, path_length=None)


class Bent(NamedTuple):
    """A chain with a fault: the leaf's key, what is served (leaf first), and what is known to stand above that."""

    key: Key
    served: tuple[x509.Certificate, ...]
    above: tuple[x509.Certificate, ...] = ()


@dataclass(frozen=True, slots=True)
class Model:
    """What is to be mirrored: the chain (DER, leaf first, and in words), where in it the fault is, OpenSSL's number for it, the host."""

    host: str
    chain: tuple[bytes, ...]
    facts: tuple[CertificateFacts, ...]
    position: int | None
    number: int

    @property
    def leaf(self) -> CertificateFacts:
        return self.facts[0]

    @property
    def blamed(self) -> CertificateFacts:
        """The certificate with the fault; one that says nothing if it was not sent."""
        return self.facts[self.position] if self.position is not None else CertificateFacts()


class _Term(NamedTuple):
    starts: dt.datetime
    ends: dt.datetime


class Bender:
    """Makes them under our authority; `revocations` is the URL of its list of revoked certificates."""

    def __init__(self, authority: Authority, revocations: str, clock: Callable[[], float]) -> None:
        self._authority = authority
        self._revocations = revocations
        self._clock = clock

    # --- the faults --------------------------------------------------------------------------------------

    def expired(self, model: Model) -> Bent:
        ends = min(model.blamed.not_after or self._now - _DAY, self._now - dt.timedelta(seconds=1))
        starts = min(model.blamed.not_before or ends - _LASTS, ends - _DAY)
        return self._by_authority(model, term=_Term(starts, ends))

    def not_yet_valid(self, model: Model) -> Bent:
        starts = max(model.blamed.not_before or self._now + _DAY, self._now + dt.timedelta(hours=1))
        ends = max(model.blamed.not_after or starts + _LASTS, starts + _DAY)
        return self._by_authority(model, term=_Term(starts, ends))

    def wrong_name(self, model: Model) -> Bent:
        usable = _usable(model.leaf.names)
        names = [name for name in usable if self._authority.permits(name.removeprefix("*."))]
        return self._by_authority(model, names=names or [_ELSEWHERE])

    def no_names(self, model: Model) -> Bent:
        return self._by_authority(model, names=[])

    def self_signed(self, model: Model) -> Bent:
        key, name = new_key(), _name(model.leaf.subject or model.host)
        builder = self._begin(name, name, key, self._term).add_extension(_ORDINARY, critical=True)
        return Bent(key, (_with_names(builder, [model.host]).sign(key, hashes.SHA256()),))

    def unknown_authority(self, model: Model) -> Bent:
        """By a root that nobody knows: served where the site's was, left out where it wasn't."""
        top = next((each.subject for each in model.facts if each.self_issued), model.facts[-1].issuer)
        key, leaf, root = self._by_stranger(model, top)
        return Bent(key, (leaf, root) if model.number == _SELF_SIGNED_IN_CHAIN else (leaf,))

    def missing_intermediate(self, model: Model) -> Bent:
        key, leaf, _ = self._by_stranger(model, model.leaf.issuer)
        return Bent(key, (leaf,))

    def weak_key(self, model: Model) -> Bent:
        return self._by_authority(model, key=rsa.generate_private_key(65537, WEAK_BITS))

    def weak_digest(self, model: Model) -> Bent:
        key = new_key()
        leaf = self._leaf(model, key, self._signer)
        return self._under_authority(key, self._authority.sign(leaf, sha1=True))

    def bad_signature(self, model: Model) -> Bent:
        key = new_key()
        leaf = self._leaf(model, key, self._signer)
        return self._under_authority(key, signed_wrongly(self._authority.sign(leaf)))

    def revoked(self, model: Model) -> Bent:
        bent = self._by_authority(model, revocations=self._revocations)
        self._authority.take_back(bent.served[0].serial_number)
        return bent

    def invalid_authority(self, model: Model) -> Bent:
        """By the certificate of an ordinary site. It doesn't say what its key is for: the chain would break before anybody asked whether it may sign."""
        site_key, key = new_key(), new_key()
        name = self._called(model.blamed.subject or _ELSEWHERE)
        site = self._authority.sign(
            self._begin(name, self._signer.subject, site_key, self._term)
            .add_extension(_ORDINARY, critical=True)
            .add_extension(key_identifier_of(self._signer), critical=False)
        )
        return self._under_authority(key, self._leaf(model, key, site).sign(site_key, hashes.SHA256()), site)

    def path_length(self, model: Model) -> Bent:
        above = model.facts[1].subject if len(model.facts) > 1 else ""
        return self._below_limited(model, self._called(above or "One authority too many"), _nothing())

    def name_constraint(self, model: Model) -> Bent:
        """By an authority that may vouch for nothing. It has our authority's own name: RFC 5280 §4.2.1.9 doesn't count such a one in a path's length."""
        limits = _all_but(model.host) if model.number == _EXCLUDED else _nothing()
        return self._below_limited(model, self._signer.subject, limits)

    def wrong_purpose(self, model: Model) -> Bent:
        return self._by_authority(model, purposes=_purposes(model.chain[0]))

    # --- what they are made of ---------------------------------------------------------------------------

    @property
    def _now(self) -> dt.datetime:
        return moment(self._clock())

    @property
    def _term(self) -> _Term:
        return _Term(self._now - _DAY, self._now - _DAY + _LASTS)

    @property
    def _signer(self) -> x509.Certificate:
        return self._authority.above[0]

    def _by_authority(
        self, model: Model, *, term: _Term | None = None, names: Sequence[str] | None = None, key: Key | None = None,
        purposes: Usages = SERVER, revocations: str = "",
    ) -> Bent:  # fmt: skip
        key = key or new_key()
        builder = self._leaf(model, key, self._signer, term=term, names=names, purposes=purposes)
        if revocations:
            place = x509.DistributionPoint([x509.UniformResourceIdentifier(revocations)], None, None, None)
            builder = builder.add_extension(x509.CRLDistributionPoints([place]), critical=False)
        return self._under_authority(key, self._authority.sign(builder))

    def _under_authority(self, key: Key, *chain: x509.Certificate) -> Bent:
        """Behind the chain goes what clients need, and not our root: a Chromium that was told to accept what that root signs would accept this too."""
        *needed, root = self._authority.above
        return Bent(key, (*chain, *needed), (root,))

    def _below_limited(self, model: Model, name: x509.Name, limits: x509.NameConstraints) -> Bent:
        between_key, key = new_key(), new_key()
        between = self._authority.sign(
            self._begin(name, self._signer.subject, between_key, self._term)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(key_usage(key_cert_sign=True), critical=True)
            .add_extension(limits, critical=True)
            .add_extension(key_identifier_of(self._signer), critical=False)
        )
        leaf = self._leaf(model, key, between).sign(between_key, hashes.SHA256())
        return self._under_authority(key, leaf, between)

    def _by_stranger(self, model: Model, name: str) -> tuple[Key, x509.Certificate, x509.Certificate]:
        """A leaf's key, the leaf, and the root of this name that signed it."""
        root_key, key, called = new_key(), new_key(), _name(name or "A root that nobody knows")
        root = (
            self._begin(called, called, root_key, self._term)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(key_usage(key_cert_sign=True), critical=True)
            .sign(root_key, hashes.SHA256())
        )
        return key, self._leaf(model, key, root).sign(root_key, hashes.SHA256()), root

    def _leaf(
        self, model: Model, key: Key, signed_by: x509.Certificate, *, term: _Term | None = None,
        names: Sequence[str] | None = None, purposes: Usages = SERVER,
    ) -> x509.CertificateBuilder:  # fmt: skip
        """A leaf that waits for its signature. `names` are those in its subjectAltName; without it the host."""
        uses = key_usage(digital_signature=True, key_encipherment=isinstance(key, rsa.RSAPrivateKey))
        builder = (
            self._begin(
                self._called(names[0] if names else model.host), signed_by.subject, key, term or self._term
            )
            .add_extension(_ORDINARY, critical=True)
            .add_extension(uses, critical=True)
            .add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
            .add_extension(key_identifier_of(signed_by), critical=False)
        )
        return _with_names(builder, [model.host] if names is None else names)

    def _called(self, common: str) -> x509.Name:
        """A name for what stands under our authority, beginning as a practice authority's constraints ask for."""
        return _name(common, subject_base(self._signer))

    @staticmethod
    def _begin(name: x509.Name, issuer: x509.Name, key: Key, term: _Term) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(issuer)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(min(max(term.starts, _EARLIEST), _LATEST - _DAY))
            .not_valid_after(min(max(term.ends, _EARLIEST + _DAY), _LATEST))
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        )


def _name(common: str, base: Sequence[x509.NameAttribute[str | bytes]] = ()) -> x509.Name:
    """A name of a stranger's choice: what can be printed of it, as far as it fits."""
    text = "".join(filter(str.isprintable, common)).strip() or "A certificate without a name"
    if base and address_of(text) is not None:
        return x509.Name(base)  # OpenSSL would take it for a host name that lies outside
    short = text.encode()[:_LONGEST_NAME].decode(errors="ignore")
    return x509.Name([*base, x509.NameAttribute(NameOID.COMMON_NAME, short)])


def _with_names(builder: x509.CertificateBuilder, names: Sequence[str]) -> x509.CertificateBuilder:
    if not names:
        return builder
    alternative = x509.SubjectAlternativeName([general_name(name) for name in names])
    return builder.add_extension(alternative, critical=False)


def _usable(names: Sequence[str]) -> list[str]:
    """Those of a stranger's names that are names of hosts, each in its one spelling."""
    found: dict[str, None] = {}
    for name in names[:_MOST_NAMES]:
        try:
            spelled = subject(name)
        except BadName:
            continue
        if "@" not in spelled and "://" not in spelled:
            found[spelled] = None
    return list(found)


def _nothing() -> x509.NameConstraints:
    return x509.NameConstraints(
        [x509.DNSName(_NOBODY), *(x509.IPAddress(each) for each in _NO_ADDRESSES)], None
    )


def _all_but(host: str) -> x509.NameConstraints:
    """The host alone is permitted, and excluded: verifiers look at both, so nothing is left, and the second is the reason."""
    name = general_name(host)
    same = x509.IPAddress(ipaddress.ip_network(host)) if isinstance(name, x509.IPAddress) else name
    return x509.NameConstraints([same, *(_nothing().permitted_subtrees or [])], [same])


def _purposes(der: bytes) -> Usages:
    """What the site's certificate is for; in any case not a TLS server."""
    never = (ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE)
    try:
        extensions = x509.load_der_x509_certificate(der).extensions
        given: Sequence[x509.ObjectIdentifier] = list(
            extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        )
    except (*UNREADABLE, x509.ExtensionNotFound, x509.DuplicateExtension):
        given = ()
    return tuple(each for each in given if each not in never)[:_MOST_NAMES] or (
        ExtendedKeyUsageOID.CLIENT_AUTH,
    )
