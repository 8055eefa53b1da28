"""Certificates of every kind, right and wrong, for the sites of tests; lists of revoked ones; the server contexts that send them."""

from __future__ import annotations

import datetime as dt
import ipaddress
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from inspector.pki import handover

_USES = dict.fromkeys(
    (
        "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
        "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
    ),
    False,
)  # fmt: skip


@dataclass(frozen=True)
class Forged:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: Any

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    @property
    def key_pem(self) -> bytes:
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def context(self, *above: Forged) -> ssl.SSLContext:
        """A server that sends this certificate and those above it, however weak they are."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_ciphers("ALL:@SECLEVEL=0")
        handover.give(context, self.key_pem + self.pem + b"".join(each.pem for each in above))
        return context

    def crl(self, *revoked: Forged) -> bytes:
        """A list (PEM) of what this authority has revoked."""
        now = dt.datetime.now(dt.UTC)
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.certificate.subject)
            .last_update(now - dt.timedelta(days=1))
            .next_update(now + dt.timedelta(days=30))
        )
        for each in revoked:
            entry = x509.RevokedCertificateBuilder().serial_number(each.certificate.serial_number)
            builder = builder.add_revoked_certificate(
                entry.revocation_date(now - dt.timedelta(hours=1)).build()
            )
        return builder.sign(self.key, hashes.SHA256()).public_bytes(Encoding.PEM)

    def write(self, path: Path, *more: bytes) -> Path:
        """A file that trusts this certificate, perhaps with more in it."""
        path.write_bytes(self.pem + b"".join(more))
        return path


def forge(
    name: str,
    *names: str,
    by: Forged | None = None,
    ca: bool = False,
    since: float = -1,
    days: float = 30,
    key: Any = None,
    digest: Any = None,
    constraints: bool = True,
    extensions: Sequence[tuple[x509.ExtensionType, bool]] = (),
) -> Forged:
    """A certificate called `name`, for `names`; without `by` it signs itself. `since` and `days` say how long it is valid."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    now = dt.datetime.now(dt.UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    signer = by.key if by is not None else key
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.certificate.subject if by is not None else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + dt.timedelta(days=since))
        .not_valid_after(now + dt.timedelta(days=since + days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
    )
    if constraints:
        builder = builder.add_extension(x509.BasicConstraints(ca, None), critical=True)
    if ca:
        uses = _USES | {"key_cert_sign": True, "crl_sign": True}
        builder = builder.add_extension(x509.KeyUsage(**uses), critical=True)
    if names:
        alternative = x509.SubjectAlternativeName([_general(each) for each in names])
        builder = builder.add_extension(alternative, critical=False)
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical=critical)
    return Forged(builder.sign(signer, digest or hashes.SHA256()), key)


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
