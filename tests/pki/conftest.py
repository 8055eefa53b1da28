"""An authority, forged certificates of every bad kind, and TLS over memory BIOs: both ends in one thread, no sockets."""

from __future__ import annotations

import datetime as dt
import ipaddress
import ssl
from dataclasses import dataclass, field

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from inspector.pki import handover
from inspector.pki.authority import Authority
from inspector.pki.contexts import server_context

DAY = dt.timedelta(days=1)


class Talk:
    """Two SSLObjects that talk to each other in memory."""

    def __init__(self, client_context, server_context, host="example.com", session=None):
        self._client_in, self._client_out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._server_in, self._server_out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.client = client_context.wrap_bio(
            self._client_in, self._client_out, server_hostname=host, session=session
        )
        self.server = server_context.wrap_bio(self._server_in, self._server_out, server_side=True)

    def move(self):
        self._server_in.write(self._client_out.read())
        self._client_in.write(self._server_out.read())

    def handshake(self):
        """Until both are done. The client's failure is raised after its alert has reached the server."""
        waiting = {self.client, self.server}
        while waiting:
            for end in [end for end in (self.client, self.server) if end in waiting]:
                try:
                    end.do_handshake()
                    waiting.discard(end)
                except ssl.SSLWantReadError:
                    pass
                except ssl.SSLError:
                    self.move()
                    raise
                self.move()
        return self

    def ask(self, words=b"ping"):
        """Bytes there and back, so that TLS 1.3 tickets arrive."""
        self.client.write(words)
        self.move()
        self.server.write(self.server.read(65536))
        self.move()
        return self.client.read(65536)


@pytest.fixture
def talk():
    def handshake(client_context, server_context, host="example.com", session=None):
        return Talk(client_context, server_context, host, session).handshake()

    return handshake


@pytest.fixture
def half_open():
    return Talk


@pytest.fixture
def authority(tmp_path):
    return Authority.load_or_create(tmp_path / "certs")


@dataclass
class Forged:
    """A certificate with its key, and who signed it."""

    certificate: x509.Certificate
    key: object
    chain: tuple[bytes, ...] = field(default=())

    @property
    def der(self):
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def pem(self):
        return self.certificate.public_bytes(Encoding.PEM)

    def context(self, *above, hosts_own_level=False):
        """A server that sends this certificate and those above it."""
        context = server_context()
        context.set_ciphers("ALL:@SECLEVEL=0")
        key = self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        handover.give(context, key + self.pem + b"".join(each.pem for each in above))
        return context


def san(*names):
    return x509.SubjectAlternativeName([general(name) for name in names])


def general(name):
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


KEY_USAGE = dict.fromkeys(
    (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    ),
    False,
)


@pytest.fixture
def forge():
    """Makes certificates, good and bad ones: forge("name", by=issuer, ca=True, names=[...], since=days, days=..., ...)."""

    def make(
        name,
        *,
        by=None,
        ca=False,
        path_length=None,
        names=(),
        since=-1,
        days=30,
        key=None,
        digest=None,
        extensions=(),
        identifiers=True,
        constraints=True,
    ):
        key = key or ec.generate_private_key(ec.SECP256R1())
        now = dt.datetime.now(dt.UTC)
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(by.certificate.subject if by else subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + since * DAY)
            .not_valid_after(now + (since + days) * DAY)
        )
        if constraints:
            builder = builder.add_extension(x509.BasicConstraints(ca, path_length), critical=True)
        if ca:
            usage = KEY_USAGE | {"key_cert_sign": True, "crl_sign": True}
            builder = builder.add_extension(x509.KeyUsage(**usage), critical=True)
        if identifiers:
            issuer_key = (by.key if by else key).public_key()
            builder = builder.add_extension(
                x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False
            ).add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key), critical=False)
        if names:
            builder = builder.add_extension(san(*names), critical=False)
        for extension in extensions:
            builder = builder.add_extension(extension, critical=False)
        certificate = builder.sign(by.key if by else key, digest or hashes.SHA256())
        return Forged(certificate, key)

    return make
