"""Makes the lab's certificates, all at once: authorities, the chain of each case, the lists of revoked ones, a certificate for a visitor.

    Inspector lab root
     ├─ Inspector lab intermediate ─── most sites of the bad-TLS lab, and all practice sites
     ├─ Inspector lab intermediate for applications ─── what ca.inspector.test issues, for names below inspector.test only
     ├─ Inspector lab intermediate that no server sends ─── missing-intermediate
     ├─ Inspector lab intermediate for school.example only ─── name-constraint
     ├─ Inspector lab intermediate ─── an ordinary site ─── ca-flag-missing
     └─ Inspector lab visitors ─── the visitor's certificate
    A root that nobody knows ─── its intermediate ─── unknown-root

The authorities' keys are gone when this returns: nothing is ever signed with them again, so nobody can steal them. The one for applications is
an exception, as it signs whenever somebody applies; it may vouch for names below inspector.test only. What is kept lasts as long as the lists do. Each certificate is wrong in its one way and right in all others, so that it fails for that alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

from inspector.lab.badtls.cases import CASES, DOMAIN
from inspector.lab.sites.practice import CERTIFIED
from inspector.pki.certificates import new_key
from inspector.pki.sha1 import signed_over_sha1

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

ROOT = "Inspector lab root (not your authority)"
LISTS_LAST = dt.timedelta(days=800)  # an engine reads them once; a run may be long
AUTHORITIES_LAST = dt.timedelta(days=3650)
LEAVES_LAST = dt.timedelta(days=397)
SOME_TIME_AGO = dt.timedelta(days=730)
P12_PASSWORD = "inspector"  # noqa: S105 (it is on the page: old systems import no p12 without one)
VISITOR = "Visitor of the bad-TLS lab"

PRACTICE_DOMAIN = "inspector.test"

_PERMITTED = "school.example"
_DAY = dt.timedelta(days=1)


class Made(NamedTuple):
    """All that the lab needs, as bytes.

    `root` is the root's certificate with every list of revoked ones (PEM), for whoever verifies; `sites` a key with what is served behind it
    (PEM), by case; `files` what can be fetched, by path; `visitors` the authority that the visitors' certificates must come from (PEM).
    `practice` is as `sites`, by the hosts of the practice sites; `applications` the key and the certificate of the authority that signs
    for applicants (PEM).
    """

    root: bytes
    sites: Mapping[str, bytes]
    files: Mapping[str, bytes]
    visitors: bytes
    practice: Mapping[str, bytes]
    applications: bytes


class _Authority(NamedTuple):
    """One that signs here: `slug` is its place under /ca/ and /crl/, empty if nothing is served of it."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey
    slug: str

    @property
    def pointers(self) -> tuple[x509.ExtensionType, ...]:
        """What it writes into each certificate: where its own can be fetched, and its list of revoked ones."""
        if not self.slug:
            return ()
        certificate, revoked = (
            x509.UniformResourceIdentifier(f"http://{DOMAIN}{path}")
            for path in (self.certificate_path, self.list_path)
        )
        access = x509.AccessDescription(AuthorityInformationAccessOID.CA_ISSUERS, certificate)
        point = x509.DistributionPoint([revoked], None, None, None)
        return (x509.AuthorityInformationAccess([access]), x509.CRLDistributionPoints([point]))

    @property
    def certificate_path(self) -> str:
        return f"/ca/{self.slug}.cer"

    @property
    def list_path(self) -> str:
        return f"/crl/{self.slug}.crl"


class _Term(NamedTuple):
    starts: dt.datetime
    ends: dt.datetime


class Workshop:
    """Where all of it is made, in one go, at `now`."""

    def __init__(self, now: dt.datetime) -> None:
        self._now = now
        self._term = _Term(now - _DAY, now - _DAY + LEAVES_LAST)
        root = self._root = self._authority(ROOT, None, "root")
        self._main = self._authority("Inspector lab intermediate", root, "intermediate")
        self._unsent = self._authority("Inspector lab intermediate that no server sends", root, "unsent")
        self._limited = self._authority(
            f"Inspector lab intermediate for {_PERMITTED} only", root, "limited",
            x509.NameConstraints([x509.DNSName(_PERMITTED)], None),
        )  # fmt: skip
        self._visitors = self._authority("Inspector lab visitors", root, "visitors")
        self._applications = self._authority(
            "Inspector lab intermediate for applications", root, "applications",
            x509.NameConstraints([x509.DNSName(PRACTICE_DOMAIN)], None),
        )  # fmt: skip
        self._revoked: list[x509.Certificate] = []

    def make(self, mounted: Iterable[str] = ()) -> Made:
        """Everything; `mounted` are hosts besides the practice sites."""
        recipes = self._recipes()
        sites = {case.label: recipes[case.label](case.host) for case in CASES}
        authorities = (
            self._root,
            self._main,
            self._unsent,
            self._limited,
            self._visitors,
            self._applications,
        )
        lists = {each: self._list_of(each) for each in authorities}
        root = self._root.certificate.public_bytes(Encoding.PEM)
        files = {"/lab-root.pem": root, **self._visitors_files()}
        for authority, revoked in lists.items():
            files[authority.certificate_path] = authority.certificate.public_bytes(Encoding.DER)
            files[authority.list_path] = revoked.public_bytes(Encoding.DER)
        lists_pem = b"".join(each.public_bytes(Encoding.PEM) for each in lists.values())
        visitors = self._visitors.certificate.public_bytes(Encoding.PEM)
        practice = {host: self._plain([host]) for host in (*CERTIFIED, *mounted)}
        applications = _served(self._applications.key, self._applications.certificate)
        return Made(root + lists_pem, sites, files, visitors, practice, applications)

    def _recipes(self) -> Mapping[str, Callable[[str], bytes]]:
        return {
            "good": lambda host: self._plain([host, DOMAIN]),
            "expired": lambda host: self._plain([host], _Term(self._now - 100 * _DAY, self._now - 10 * _DAY)),
            "not-yet-valid": lambda host: self._plain([host], _Term(self._now + SOME_TIME_AGO, self._now + SOME_TIME_AGO + LEAVES_LAST)),
            "wrong-host": lambda _: self._plain([f"another-name.{DOMAIN}"]),
            "no-san": lambda host: self._plain([], common=host),
            "self-signed": self._self_signed,
            "unknown-root": self._under_unknown_root,
            "missing-intermediate": lambda host: self._plain([host], by=self._unsent, above=()),
            "ca-flag-missing": self._under_an_ordinary_site,
            "name-constraint": lambda host: self._plain([host], by=self._limited),
            "weak-key": self._with_weak_key,
            "sha1": self._over_sha1,
            "revoked": self._taken_back,
            "client-certificate": lambda host: self._plain([host]),
            "tls-v1-0": lambda host: self._plain([host]),
        }  # fmt: skip

    # --- the chains --------------------------------------------------------------------------------------

    def _plain(
        self, names: Sequence[str], term: _Term | None = None, *, by: _Authority | None = None,
        above: Sequence[x509.Certificate] | None = None, common: str = "",
    ) -> bytes:  # fmt: skip
        """A chain with nothing wrong but what is asked for."""
        by, key = by or self._main, new_key()
        leaf = _leaf(common or names[0], names, key, by, term or self._term)
        return _served(key, leaf, *((by.certificate,) if above is None else above))

    def _self_signed(self, host: str) -> bytes:
        key = new_key()
        name = _name(host)
        builder = _begin(name, name, key, self._term).add_extension(_names([host]), critical=False)
        return _served(key, _end(builder, key, x509.BasicConstraints(ca=False, path_length=None)))

    def _under_unknown_root(self, host: str) -> bytes:
        root = self._authority("A root that nobody knows", None, "")
        between = self._authority("An intermediate of a root that nobody knows", root, "")
        return self._plain([host], by=between, above=(between.certificate, root.certificate))

    def _under_an_ordinary_site(self, host: str) -> bytes:
        key, name = new_key(), f"ordinary-site.{DOMAIN}"
        site = _Authority(_leaf(name, [name], key, self._main, self._term, may_sign=True), key, "")
        return self._plain([host], by=site, above=(site.certificate, self._main.certificate))

    def _with_weak_key(self, host: str) -> bytes:
        key = rsa.generate_private_key(65537, 1024)  # noqa: S505 (that is the point of it)
        return _served(key, _leaf(host, [host], key, self._main, self._term), self._main.certificate)

    def _over_sha1(self, host: str) -> bytes:
        key = new_key()
        leaf = signed_over_sha1(_leaf(host, [host], key, self._main, self._term), self._main.key)
        return _served(key, leaf, self._main.certificate)

    def _taken_back(self, host: str) -> bytes:
        key = new_key()
        leaf = _leaf(host, [host], key, self._main, self._term)
        self._revoked.append(leaf)
        return _served(key, leaf, self._main.certificate)

    # --- what else there is ------------------------------------------------------------------------------

    def _authority(
        self, name: str, by: _Authority | None, slug: str, limits: x509.NameConstraints | None = None
    ) -> _Authority:
        key = new_key()
        term = _Term(self._now - SOME_TIME_AGO, self._now - SOME_TIME_AGO + AUTHORITIES_LAST)
        subject = _name(name)
        issuer = subject if by is None else by.certificate.subject
        builder = _begin(subject, issuer, key, term)
        if limits is not None:
            builder = builder.add_extension(limits, critical=True)
        if by is not None:
            builder = builder.add_extension(_above(by), critical=False)
        builder = builder.add_extension(_uses(key_cert_sign=True, crl_sign=True), critical=True)
        flag = x509.BasicConstraints(ca=True, path_length=None)
        return _Authority(_end(builder, key if by is None else by.key, flag), key, slug)

    def _list_of(self, authority: _Authority) -> x509.CertificateRevocationList:
        """The list of what this authority took back. Each has one, an empty one too: a verifier that asks for lists misses it otherwise."""
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(authority.certificate.subject)
            .last_update(self._now - _DAY)
            .next_update(self._now + LISTS_LAST)
            .add_extension(x509.CRLNumber(1), critical=False)
            .add_extension(_above(authority), critical=False)
        )
        for each in self._revoked:
            if each.issuer == authority.certificate.subject:
                entry = (
                    x509.RevokedCertificateBuilder()
                    .serial_number(each.serial_number)
                    .revocation_date(self._now - _DAY / 2)
                    .add_extension(x509.CRLReason(x509.ReasonFlags.key_compromise), critical=False)
                )
                builder = builder.add_revoked_certificate(entry.build())
        return builder.sign(authority.key, hashes.SHA256())

    def _visitors_files(self) -> Mapping[str, bytes]:
        """A certificate for a visitor, with its key: of use in this lab only, so anybody may have it."""
        key, by = new_key(), self._visitors
        leaf = _leaf(VISITOR, [], key, by, self._term, purpose=ExtendedKeyUsageOID.CLIENT_AUTH)
        p12 = serialize_key_and_certificates(
            VISITOR.encode(), key, leaf, [by.certificate], BestAvailableEncryption(P12_PASSWORD.encode())
        )
        return {
            "/client-certificate.pem": _served(key, leaf, by.certificate),
            "/client-certificate.p12": p12,
        }


def make(now: dt.datetime, mounted: Iterable[str] = ()) -> Made:
    """All that the lab needs, made anew; about a twentieth of a second, most of it for the weak key."""
    return Workshop(now).make(mounted)


# --- certificates ----------------------------------------------------------------------------------------


def _leaf(
    common: str, names: Sequence[str], key: Key, by: _Authority, term: _Term, *,
    purpose: x509.ObjectIdentifier = ExtendedKeyUsageOID.SERVER_AUTH, may_sign: bool = False,
) -> x509.Certificate:  # fmt: skip
    """A certificate for a site or a visitor. `may_sign` leaves out what its key is for, which would say that it may not."""
    builder = _begin(_name(common), by.certificate.subject, key, term)
    if names:
        builder = builder.add_extension(_names(names), critical=False)
    if not may_sign:
        uses = _uses(digital_signature=True, key_encipherment=isinstance(key, rsa.RSAPrivateKey))
        builder = builder.add_extension(uses, critical=True)
    builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
    builder = builder.add_extension(_above(by), critical=False)
    for pointer in by.pointers:
        builder = builder.add_extension(pointer, critical=False)
    return _end(builder, by.key, x509.BasicConstraints(ca=False, path_length=None))


def _begin(subject: x509.Name, issuer: x509.Name, key: Key, term: _Term) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(term.starts)
        .not_valid_after(term.ends)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _end(builder: x509.CertificateBuilder, key: Key, flag: x509.BasicConstraints) -> x509.Certificate:
    return builder.add_extension(flag, critical=True).sign(key, hashes.SHA256())


def _above(by: _Authority) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(by.key.public_key())


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _names(hosts: Sequence[str]) -> x509.SubjectAlternativeName:
    return x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts])


def _uses(**uses: bool) -> x509.KeyUsage:
    every = (
        "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
        "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
    )  # fmt: skip
    return x509.KeyUsage(**(dict.fromkeys(every, False) | uses))


def _served(key: Key, *chain: x509.Certificate) -> bytes:
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return pem + b"".join(each.public_bytes(Encoding.PEM) for each in chain)
