"""Our authority beside everything that this system trusts, in the forms that programs want: a PEM file, a store for Java.

For programs whose settings replace their store instead of adding to it. There is no key in any of these.
"""

from __future__ import annotations

import os
import ssl
import subprocess
import sys
import tempfile
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import PrivateFormat, pkcs12

from inspector.pki import trust
from inspector.pki.describe import quietly

# Java wants a password to read a store. It keeps nothing secret: this is the one that Java itself comes with.
JAVA_PASSWORD = "changeit"  # noqa: S105
KEYCHAINS = (
    "/System/Library/Keychains/SystemRootCertificates.keychain",
    "/Library/Keychains/System.keychain",
)
BEGIN, END = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----\n"


def system_roots() -> tuple[bytes, ...]:
    """Every root (DER) that this system trusts; where it tells of none, those that Mozilla trusts."""
    roots = _roots_of_a_mac() if sys.platform == "darwin" else trust.roots()
    return roots or _roots_of_mozilla()


def write_pem(path: Path, authority: bytes, roots: tuple[bytes, ...]) -> None:
    """The authority (PEM) first, then the roots."""
    blocks = [authority.decode("ascii").strip() + "\n", *map(ssl.DER_cert_to_PEM_cert, roots)]
    _write(path, "\n".join(blocks).encode("ascii"))


def write_java_store(path: Path, authority: bytes, roots: tuple[bytes, ...]) -> None:
    """The same as a PKCS #12 store, as Java reads it (from version 8u301 on)."""
    ours = x509.load_pem_x509_certificates(authority)
    entries = [pkcs12.PKCS12Certificate(each, b"inspector-%d" % number) for number, each in enumerate(ours)]
    for number, der in enumerate(roots):
        try:
            with quietly():
                entries.append(
                    pkcs12.PKCS12Certificate(x509.load_der_x509_certificate(der), b"root-%d" % number)
                )
        except ValueError:  # an old root with a mistake in it, which Java would refuse too
            continue
    # Fast, since nothing is secret: each start of a Java program pays for every round.
    encryption = (
        PrivateFormat.PKCS12.encryption_builder()
        .kdf_rounds(1000)
        .key_cert_algorithm(pkcs12.PBES.PBESv2SHA256AndAES256CBC)
        .hmac_hash(SHA256())
        .build(JAVA_PASSWORD.encode())
    )
    _write(path, pkcs12.serialize_java_truststore(entries, encryption))


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all: a program may be reading it."""
    if path.exists() and path.read_bytes() == content:
        return
    handle, draft = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(draft).replace(path)
    finally:
        Path(draft).unlink(missing_ok=True)


def _roots_of_a_mac() -> tuple[bytes, ...]:
    try:
        told = subprocess.run(  # noqa: S603 (the system's own program)
            ["/usr/bin/security", "find-certificate", "-a", "-p", *KEYCHAINS],
            capture_output=True, text=True, timeout=10, check=True,
        ).stdout  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return ()
    return read_pem(told)


def _roots_of_mozilla() -> tuple[bytes, ...]:
    import certifi  # noqa: PLC0415 (comes with requests, and is seldom wanted)

    return read_pem(certifi.contents())


def read_pem(text: str) -> tuple[bytes, ...]:
    """Every certificate (DER) in a text that has them as PEM, each once."""
    blocks = (BEGIN + part.partition(END)[0] + END for part in text.split(BEGIN)[1:])
    return tuple(dict.fromkeys(map(ssl.PEM_cert_to_DER_cert, blocks)))
