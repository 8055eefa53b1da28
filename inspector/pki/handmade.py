"""Certificates made by hand, for one's own servers and programs: what `inspector cert` makes. No files but those it is given to read."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from inspector.pki.authority import Authority
from inspector.pki.certificates import CLIENT, SERVER, Key, PublicKey, Usages, new_key
from inspector.pki.errors import BadName, BadRequest
from inspector.pki.founding import BACKDATED
from inspector.pki.names import subject

DAYS = 365
MOST_DAYS = (
    824  # Apple's systems refuse a server's certificate of more than 825 days, and ours begin a day ago
)
RSA_BITS = 2048
_CURVES = ("secp256r1", "secp384r1", "secp521r1")
_UNFIT = re.compile(r"[^A-Za-z0-9._@-]")


@dataclass(frozen=True, slots=True)
class Request:
    """What a certificate signing request asks for. `ignored` are parts of it that the authority decides itself."""

    names: tuple[str, ...]
    public_key: PublicKey
    ignored: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Made:
    """A certificate, its key (None if that stays with whoever asked), and the way up: the last one is the root."""

    leaf: x509.Certificate
    key: Key | None
    above: tuple[x509.Certificate, ...]
    names: tuple[str, ...]

    @property
    def served(self) -> bytes:
        """What a server has to send (PEM): the leaf, and the intermediate if there is one."""
        return _pem(self.leaf, *self.above[:-1])

    @property
    def chain(self) -> bytes:
        """The whole chain (PEM), leaf to root."""
        return _pem(self.leaf, *self.above)

    @property
    def key_pem(self) -> bytes:
        assert self.key is not None
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def p12(self, password: str) -> bytes:
        """Key and chain in one file (PKCS #12), as browsers, Windows and Java import it."""
        encryption = BestAvailableEncryption(password.encode()) if password else NoEncryption()
        return serialize_key_and_certificates(
            self.names[0].encode(), self.key, self.leaf, list(self.above), encryption
        )


def make(
    authority: Authority, names: Sequence[str], *, rsa_key: bool = False, client: bool = False, days: int = DAYS
) -> Made:  # fmt: skip
    """A certificate with a key of its own. Raises BadName, NotPermitted, AuthorityExpired."""
    key: Key = rsa.generate_private_key(65537, RSA_BITS) if rsa_key else new_key()
    return _signed(authority, names, key.public_key(), key, client=client, days=days)


def sign(authority: Authority, request: Request, *, client: bool = False, days: int = DAYS) -> Made:
    """A certificate for somebody else's key."""
    return _signed(authority, request.names, request.public_key, None, client=client, days=days)


def _signed(
    authority: Authority,
    names: Sequence[str],
    public_key: PublicKey,
    key: Key | None,
    *,
    client: bool,
    days: int,
) -> Made:
    leaf = authority.issue(
        names, public_key, usages=_usages(names, client=client), lifetime=dt.timedelta(days=days) + BACKDATED, spell=subject
    )  # fmt: skip
    spelled = tuple(dict.fromkeys(subject(name) for name in names))
    return Made(leaf, key, authority.above, spelled)


def _usages(names: Sequence[str], *, client: bool) -> Usages:
    """A client's certificate does for a server too, so that one file serves both ends of a test."""
    mail = (ExtendedKeyUsageOID.EMAIL_PROTECTION,) if any(_is_mail(name) for name in names) else ()
    return (*CLIENT, *SERVER, *mail) if client else (*SERVER, *mail)


def _is_mail(name: str) -> bool:
    return "@" in name and "://" not in name


def stem(names: Sequence[str], *, client: bool = False) -> str:
    """What the files are called: `example.com+2`, `_wildcard.dev.test`, `me@example.com-client`."""
    first = _UNFIT.sub("_", names[0].replace("*", "_wildcard"))[:100]
    more = f"+{len(names) - 1}" if len(names) > 1 else ""
    return f"{first}{more}{'-client' if client else ''}"


def made_by_inspector(pem: bytes) -> bool:
    """Whether a file holds a certificate that an authority of Inspector's issued, going by its issuer's name."""
    try:
        issuer = x509.load_pem_x509_certificate(pem).issuer
    except ValueError:
        return False
    common = issuer.get_attributes_for_oid(NameOID.COMMON_NAME)
    return any(str(each.value).startswith("Inspector ") for each in common)


# --- requests --------------------------------------------------------------------------------------------


def read_request(content: bytes) -> Request:
    """A signing request, PEM or DER. Raises BadRequest, with the cure."""
    request = _load(content)
    try:
        proven = request.is_signature_valid
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        proven = False
    if not proven:
        raise BadRequest("The request is not signed by the key that it is for: make it again.")
    names = _names_of(request)
    if not names:
        raise BadRequest(
            "The request names no host. Make it with a subjectAltName, as in: "
            "openssl req -new -key my-key.pem -subj /CN=myapp.test -addext subjectAltName=DNS:myapp.test -out my.csr"
        )
    return Request(names, _fit(request), _ignored(request))


def _load(content: bytes) -> x509.CertificateSigningRequest:
    try:
        if b"-----BEGIN" in content:
            return x509.load_pem_x509_csr(content)
        return x509.load_der_x509_csr(content)
    except ValueError as error:
        raise BadRequest(
            "This is no certificate signing request (-----BEGIN CERTIFICATE REQUEST-----). "
            "`openssl req -new -newkey rsa:2048 -nodes -keyout my-key.pem -out my.csr` makes one."
        ) from error


def _names_of(request: x509.CertificateSigningRequest) -> tuple[str, ...]:
    """The names in its subjectAltName; in a request without one, the common name if it is a name of a host."""
    try:
        alternative = request.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        common = request.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        return tuple(str(each.value) for each in common if _is_name(str(each.value)))
    kinds = (x509.DNSName, x509.IPAddress, x509.RFC822Name, x509.UniformResourceIdentifier)
    return tuple(str(each.value) for each in alternative if isinstance(each, kinds))


def _is_name(text: str) -> bool:
    try:
        subject(text)
    except BadName:
        return False
    return True


def _fit(request: x509.CertificateSigningRequest) -> PublicKey:
    key = request.public_key()
    if isinstance(key, rsa.RSAPublicKey) and key.key_size >= RSA_BITS:
        return key
    if isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name in _CURVES:
        return key
    raise BadRequest(
        "Browsers do not accept the key of this request. Use ECDSA with P-256 (or P-384, P-521), "
        f"or RSA with at least {RSA_BITS} bits."
    )


def _ignored(request: x509.CertificateSigningRequest) -> tuple[str, ...]:
    return tuple(
        getattr(each.oid, "_name", each.oid.dotted_string)
        for each in request.extensions
        if not isinstance(each.value, x509.SubjectAlternativeName)
    )


def _pem(*certificates: x509.Certificate) -> bytes:
    return b"".join(each.public_bytes(Encoding.PEM) for each in certificates)
