"""Where the system's trusted roots are, and what to call that place.

On Linux it is a file of certificates, and every distribution has its own place for it.
"""

from __future__ import annotations

import os
import ssl
import sys
from contextlib import suppress
from pathlib import Path

_ROOTS = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Ubuntu, Arch, Gentoo
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  # Fedora, RHEL
    "/etc/pki/tls/certs/ca-bundle.crt",  # older RHEL
    "/etc/ssl/ca-bundle.pem",  # openSUSE
    "/etc/ssl/cert.pem",  # Alpine, the BSDs
)
_DEFAULT = "default"


def trust_store(*upstream_ca: Path, own_ca: Path | None = None) -> str:
    """What a client context made with the same arguments trusts, in words, for the page that says why a certificate was refused."""
    store = {"darwin": "the Keychain of this Mac", "win32": "the certificate store of Windows"}.get(
        sys.platform
    )
    if store is None:
        where = _roots_of_linux(own_ca)
        if where == _DEFAULT:
            paths = ssl.get_default_verify_paths()
            where = paths.cafile or paths.capath or ""
        store = (
            f"the trust store {where}" if where else "the trust store, which is empty: this system has none"
        )
    *most, last = (store, *map(str, upstream_ca))
    return f"{', '.join(most)} and {last}" if most else last


def load_system_roots(context: ssl.SSLContext, own_ca: Path | None) -> None:
    """Make the context trust what the Linux system trusts; SSL_CERT_FILE does not count where it names `own_ca`."""
    where = _roots_of_linux(own_ca)
    if where == _DEFAULT:
        context.set_default_verify_paths()
    elif where:
        context.load_verify_locations(cafile=where)


def roots(extra: Path | None = None, *, own_ca: Path | None = None) -> tuple[bytes, ...] | None:
    """Every root (DER) that this system trusts, and those in the file `extra`; None where the system does not list them (macOS).

    SSL_CERT_FILE does not count where it names `own_ca`.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if sys.platform == "darwin":
        return None
    if sys.platform == "win32":
        context.load_default_certs()
    else:
        load_system_roots(context, own_ca)
        _load_folder(context)
    if extra is not None:
        context.load_verify_locations(cafile=str(extra))
    return tuple(context.get_ca_certs(binary_form=True))


def _load_folder(context: ssl.SSLContext) -> None:
    """OpenSSL looks into a folder of certificates only when it needs one; to list them they are read."""
    folder = ssl.get_default_verify_paths().capath
    if context.cert_store_stats()["x509_ca"] or not _holds_certificates(folder):
        return
    for path in Path(folder or "").iterdir():
        if path.is_file():
            with suppress(ssl.SSLError, OSError):
                context.load_verify_locations(cafile=str(path))


def _roots_of_linux(own_ca: Path | None) -> str:
    """A file; _DEFAULT for what OpenSSL looks at by itself (SSL_CERT_FILE, SSL_CERT_DIR, or where it was built to look); or nothing."""
    paths = ssl.get_default_verify_paths()
    ours = bool(paths.cafile and own_ca and own_ca.exists() and own_ca.samefile(paths.cafile))
    if not ours and (paths.cafile or _holds_certificates(paths.capath)):
        return _DEFAULT
    return next((place for place in _ROOTS if os.path.isfile(place)), "")  # noqa: PTH113


def _holds_certificates(folder: str | None) -> bool:
    """OpenSSL looks certificates up there by a hash: eight hexadecimal digits, a dot and a number."""
    if not folder:
        return False
    return any(name[8:9] == "." and name[9:].isdigit() for name in os.listdir(folder))  # noqa: PTH208
