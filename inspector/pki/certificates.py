"""Makes the three kinds of certificates there are here: roots, a practice authority's intermediate, leaves. No files, no clock.

What is in them follows RFC 5280 and the CA/Browser Forum's rules where browsers check them, so that
`openssl verify -x509_strict` has nothing to say.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from inspector.pki.constraints import ORGANISATION, Scope, subject_base
from inspector.pki.names import general_name

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
PublicKey = ec.EllipticCurvePublicKey | rsa.RSAPublicKey
Usages = tuple[x509.ObjectIdentifier, ...]

SERVER: Usages = (ExtendedKeyUsageOID.SERVER_AUTH,)
CLIENT: Usages = (ExtendedKeyUsageOID.CLIENT_AUTH,)

FULL = "Inspector CA"
PRACTICE = "Inspector practice CA"

_LONGEST_COMMON_NAME = 64  # RFC 5280, ub-common-name; cryptography counts UTF-8 bytes


def new_key() -> ec.EllipticCurvePrivateKey:
    """A fresh P-256 key: every browser accepts it, and a signature takes 30 microseconds."""
    return ec.generate_private_key(ec.SECP256R1())


class Term(NamedTuple):
    """From when to when a certificate is valid."""

    starts: dt.datetime
    ends: dt.datetime


def root(
    key: Key,
    *,
    host: str,
    made: dt.datetime,
    starts: dt.datetime,
    ends: dt.datetime,
    scope: Scope | None = None,
) -> x509.Certificate:
    """The self-signed certificate of an authority.

    Without a scope it may sign leaves, and no further authority. With one it is the root of a practice authority: it may
    sign one more authority, and the names of all below it are constrained.
    """
    title = FULL if scope is None else PRACTICE
    subject = x509.Name(
        [
            ORGANISATION,
            x509.NameAttribute(NameOID.COMMON_NAME, _dated_name(title, host, made, key.public_key())),
        ]
    )
    length = 0 if scope is None else 1
    return _authority(subject, subject, key.public_key(), Term(starts, ends), length, scope, key, None)


def intermediate(
    public_key: PublicKey,
    *,
    signed_by: x509.Certificate,
    key: Key,
    host: str,
    made: dt.datetime,
    scope: Scope,
) -> x509.Certificate:
    """The only authority that a practice root ever signs; valid as long as the root.

    Its constraints are the root's own. RFC 5280 §6.1.1 takes of a trust anchor the name and the key alone, so a verifier may overlook
    what the root says of itself; what an intermediate says it may not. The extended key usages keep it from vouching for mail and programs.
    """
    name = _dated_name("Inspector practice intermediate", host, made, public_key)
    subject = x509.Name([ORGANISATION, x509.NameAttribute(NameOID.COMMON_NAME, name)])
    term = Term(signed_by.not_valid_before_utc, signed_by.not_valid_after_utc)
    return _authority(subject, signed_by.subject, public_key, term, 0, scope, key, signed_by)


def _authority(  # noqa: PLR0917 (what a certificate is made of)
    subject: x509.Name,
    issuer: x509.Name,
    public_key: PublicKey,
    term: Term,
    path_length: int,
    scope: Scope | None,
    key: Key,
    signed_by: x509.Certificate | None,
) -> x509.Certificate:
    identifier = x509.SubjectKeyIdentifier.from_public_key(public_key)
    above = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(term.starts)
        .not_valid_after(term.ends)
        .add_extension(x509.BasicConstraints(ca=True, path_length=path_length), critical=True)
        .add_extension(key_usage(key_cert_sign=True, crl_sign=True), critical=True)
        .add_extension(identifier, critical=False)
        .add_extension(above if signed_by is None else key_identifier_of(signed_by), critical=False)
    )
    if scope is not None:
        builder = builder.add_extension(scope.extension(), critical=True)
    if signed_by is not None:
        builder = builder.add_extension(x509.ExtendedKeyUsage((*SERVER, *CLIENT)), critical=False)
    return builder.sign(key, hashes.SHA256())


def leaf(
    names: Sequence[str],
    public_key: PublicKey,
    *,
    signed_by: x509.Certificate,
    key: Key,
    starts: dt.datetime,
    ends: dt.datetime,
    usages: Usages = SERVER,
    revocations: str = "",
) -> x509.Certificate:
    """A certificate for names in their one spelling. The first is its common name too, where that fits.

    `revocations` is the URL of its CRL distribution point, or empty.
    """
    subject = _subject(names, subject_base(signed_by))
    uses = key_usage(digital_signature=True, key_encipherment=isinstance(public_key, rsa.RSAPublicKey))
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name(subject))
        .issuer_name(signed_by.subject)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(starts)
        .not_valid_after(ends)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(uses, critical=True)
        .add_extension(x509.ExtendedKeyUsage(usages), critical=False)
        # RFC 5280, 4.2.1.6: "If the subject field contains an empty sequence, then the issuing CA MUST include a
        # subjectAltName extension that is marked as critical."
        .add_extension(
            x509.SubjectAlternativeName([general_name(name) for name in names]), critical=not subject
        )
        .add_extension(key_identifier_of(signed_by), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
    )
    if revocations:
        place = x509.DistributionPoint([x509.UniformResourceIdentifier(revocations)], None, None, None)
        builder = builder.add_extension(x509.CRLDistributionPoints([place]), critical=False)
    return builder.sign(key, hashes.SHA256())


def revocations(
    revoked: Mapping[int, dt.datetime],
    *,
    signed_by: x509.Certificate,
    key: Key,
    starts: dt.datetime,
    ends: dt.datetime,
) -> bytes:
    """A list (CRL, DER) of what is revoked: serial numbers, and since when."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(signed_by.subject)
        .last_update(starts)
        .next_update(ends)
        .add_extension(key_identifier_of(signed_by), critical=False)
        # RFC 5280, 5.2.3: "CRL issuers conforming to this profile MUST include this extension in all CRLs", and it grows
        .add_extension(x509.CRLNumber(int(starts.timestamp())), critical=False)
    )
    for number, since in revoked.items():
        entry = x509.RevokedCertificateBuilder().serial_number(number).revocation_date(since)
        builder = builder.add_revoked_certificate(entry.build())
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


def _subject(
    names: Sequence[str], base: list[x509.NameAttribute[str | bytes]]
) -> list[x509.NameAttribute[str | bytes]]:
    # Where host names are constrained, OpenSSL takes an address in the common name for a host name, and refuses it.
    common = [name for name in names if not base or isinstance(general_name(name), x509.DNSName)][:1]
    return base + [
        x509.NameAttribute(NameOID.COMMON_NAME, name) for name in common if len(name) <= _LONGEST_COMMON_NAME
    ]


def key_identifier_of(authority: x509.Certificate) -> x509.AuthorityKeyIdentifier:
    """How a leaf names its authority's key; made from the key itself where the authority does not say."""
    try:
        own = authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    except x509.ExtensionNotFound:
        public_key = authority.public_key()
        assert isinstance(public_key, ec.EllipticCurvePublicKey | rsa.RSAPublicKey)
        return x509.AuthorityKeyIdentifier.from_issuer_public_key(public_key)
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(own)


def is_ours(certificate: x509.Certificate) -> bool:
    """Whether it is a root that some Inspector made, going by its name: anybody can take a name."""
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    titled = any(str(each.value).startswith((f"{FULL}, ", f"{PRACTICE}, ")) for each in names)
    return titled and ORGANISATION in list(certificate.subject)


def _dated_name(title: str, host: str, made: dt.datetime, public_key: PublicKey) -> str:
    """`Inspector CA, <host>, <date>, <mark>`: in a trust store one sees whose it is, and from when.

    The mark, four digits of the key's hash, keeps two of one day apart: NSS files certificates under their subject, and asked to
    delete the one, it deletes the other.
    """
    host = "".join(filter(str.isprintable, host)) or "localhost"
    mark = x509.SubjectKeyIdentifier.from_public_key(public_key).digest.hex()[:4].upper()
    end = f"{made:%Y-%m-%d}, {mark}"
    room = _LONGEST_COMMON_NAME - len(f"{title}, , {end}")
    return f"{title}, {host.encode()[:room].decode(errors='ignore')}, {end}"


def key_usage(**uses: bool) -> x509.KeyUsage:
    """What a key may be used for, and nothing else."""
    every = dict.fromkeys(
        (
            "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
            "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
        ),
        False,
    )  # fmt: skip
    return x509.KeyUsage(**(every | uses))
