"""A certificate authority of the test site's own: the proxy is told of it with --upstream-ca, clients never are.

It is made with `cryptography` alone and not with inspector.pki, so that a mistake there cannot hide here.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import ssl
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

DAY = dt.timedelta(days=1)
ADDRESSES = ("127.0.0.1", "::1")


class SiteAuthority:
    """An authority in `folder`: `ca` is its certificate's file, `context` serves the names with a leaf of it."""

    def __init__(self, folder: Path, *names: str) -> None:
        self.name = "The test site's authority"
        self.ca = folder / "site-ca.pem"
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._subject = _named(self.name)
        root = self._certificate(self._subject, self._key.public_key()).add_extension(
            x509.BasicConstraints(ca=True, path_length=0), critical=True
        )
        usage = dict.fromkeys(
            ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "encipher_only",
             "decipher_only"), False,
        )  # fmt: skip
        signing = x509.KeyUsage(digital_signature=True, key_cert_sign=True, crl_sign=True, **usage)
        self._root = root.add_extension(signing, critical=True).sign(self._key, hashes.SHA256())
        self.ca.write_bytes(self._root.public_bytes(Encoding.PEM))
        self.context = self._serving(folder / "site.pem", names)

    def _certificate(self, subject: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
        now = dt.datetime.now(dt.UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._subject)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - DAY)
            .not_valid_after(now + 30 * DAY)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False
            )
        )

    def _serving(self, file: Path, names: tuple[str, ...]) -> ssl.SSLContext:
        key = ec.generate_private_key(ec.SECP256R1())
        known = [x509.DNSName(name) for name in names]
        addresses = [x509.IPAddress(ipaddress.ip_address(each)) for each in ADDRESSES]
        leaf = (
            self._certificate(_named(names[0]), key.public_key())
            .add_extension(x509.SubjectAlternativeName([*known, *addresses]), critical=False)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .sign(self._key, hashes.SHA256())
        )
        file.write_bytes(
            key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            + leaf.public_bytes(Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(file)
        context.set_alpn_protocols(["http/1.1"])
        return context


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
