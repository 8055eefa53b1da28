"""Makes the two kinds of certificates there are here: the authority's own, and leaves. No files, no clock.

What is in them follows RFC 5280 and the CA/Browser Forum's rules where browsers check them, so that
`openssl verify -x509_strict` has nothing to say.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from inspector.pki.names import general_name

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
PublicKey = ec.EllipticCurvePublicKey | rsa.RSAPublicKey
Usages = tuple[x509.ObjectIdentifier, ...]

SERVER: Usages = (ExtendedKeyUsageOID.SERVER_AUTH,)
CLIENT: Usages = (ExtendedKeyUsageOID.CLIENT_AUTH,)

_LONGEST_COMMON_NAME = 64  # RFC 5280, ub-common-name; cryptography counts UTF-8 bytes


def new_key() -> ec.EllipticCurvePrivateKey:
    """A fresh P-256 key: every browser accepts it, and a signature takes 30 microseconds."""
    return ec.generate_private_key(ec.SECP256R1())


def root(
    key: Key, *, host: str, made: dt.datetime, starts: dt.datetime, ends: dt.datetime
) -> x509.Certificate:
    """The self-signed certificate of an authority that may sign leaves, and no further authority."""
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Inspector"),
            x509.NameAttribute(NameOID.COMMON_NAME, _root_name(host, made)),
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
        .not_valid_before(starts)
        .not_valid_after(ends)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(key_cert_sign=True, crl_sign=True), critical=True)
        .add_extension(identifier, critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), critical=False
        )
        .sign(key, hashes.SHA256())
    )


def leaf(
    names: Sequence[str],
    public_key: PublicKey,
    *,
    signed_by: x509.Certificate,
    key: Key,
    starts: dt.datetime,
    ends: dt.datetime,
    usages: Usages = SERVER,
) -> x509.Certificate:
    """A certificate for canonical names. The first is its common name too, where that fits."""
    unnamed = len(names[0]) > _LONGEST_COMMON_NAME
    subject = [] if unnamed else [x509.NameAttribute(NameOID.COMMON_NAME, names[0])]
    uses = _key_usage(digital_signature=True, key_encipherment=isinstance(public_key, rsa.RSAPublicKey))
    return (
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
        .add_extension(x509.SubjectAlternativeName([general_name(name) for name in names]), critical=unnamed)
        .add_extension(key_identifier_of(signed_by), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        .sign(key, hashes.SHA256())
    )


def key_identifier_of(authority: x509.Certificate) -> x509.AuthorityKeyIdentifier:
    """How a leaf names its authority's key; made from the key itself where the authority does not say."""
    try:
        own = authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    except x509.ExtensionNotFound:
        public_key = authority.public_key()
        assert isinstance(public_key, ec.EllipticCurvePublicKey | rsa.RSAPublicKey)
        return x509.AuthorityKeyIdentifier.from_issuer_public_key(public_key)
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(own)


def _root_name(host: str, made: dt.datetime) -> str:
    """`Inspector CA, <host>, <date>`: in a trust store one sees whose it is, and from when."""
    host = "".join(filter(str.isprintable, host)) or "localhost"
    date = f"{made:%Y-%m-%d}"
    room = _LONGEST_COMMON_NAME - len(f"Inspector CA, , {date}")
    return f"Inspector CA, {host.encode()[:room].decode(errors='ignore')}, {date}"


def _key_usage(**uses: bool) -> x509.KeyUsage:
    every = dict.fromkeys(
        (
            "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
            "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
        ),
        False,
    )  # fmt: skip
    return x509.KeyUsage(**(every | uses))
