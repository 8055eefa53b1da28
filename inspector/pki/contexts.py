"""TLS contexts for both legs, chains of certificates, and sessions to resume.

Towards browsers: Mozilla's intermediate list, cut to ECDSA since our leaves have no other key. Towards
sites: the same list and, behind it, what Chromium and Firefox still offer, so that no site opens without Inspector and fails with it.

Trust stores. On macOS and Windows truststore asks the system, which knows what administrators added and removed, and
fetches roots on demand. On Linux the system's store is a file, and plain `ssl` reads it once; truststore would read it
again for every connection (measured: 20 ms each, for Debian's 140 roots). Where the file is, truststore knows better
than OpenSSL (a Python built elsewhere looks in the wrong place), so we search the places that distributions use.

Judging. OpenSSL's defaults, not Python 3.13's: VERIFY_X509_STRICT refuses private authorities without an Authority Key
Identifier, which every browser accepts. VERIFY_X509_PARTIAL_CHAIN is on: a certificate given with --upstream-ca is trusted as it is,
be it a root, an intermediate or the site's own. Common names are not looked at, as no browser does since 2017.
"""

from __future__ import annotations

import os
import ssl
import sys
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from inspector.pki.errors import TrustStoreError

HTTP1 = ("http/1.1",)

_ECDSA = ("ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-ECDSA-CHACHA20-POLY1305")
_RSA = ("ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-RSA-CHACHA20-POLY1305")
_DHE = ("DHE-RSA-AES128-GCM-SHA256", "DHE-RSA-AES256-GCM-SHA384", "DHE-RSA-CHACHA20-POLY1305")
_OLD = (
    "ECDHE-ECDSA-AES128-SHA", "ECDHE-ECDSA-AES256-SHA", "ECDHE-RSA-AES128-SHA", "ECDHE-RSA-AES256-SHA",
    "AES128-GCM-SHA256", "AES256-GCM-SHA384", "AES128-SHA", "AES256-SHA",
)  # fmt: skip

SERVER_CIPHERS = ":".join(_ECDSA)
CLIENT_CIPHERS = ":".join(_ECDSA + _RSA + _DHE + _OLD)

_LEGACY_SERVER_CONNECT = 0x4  # ssl.OP_LEGACY_SERVER_CONNECT, which Python names since 3.12
_ROOTS = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Ubuntu, Arch, Gentoo
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  # Fedora, RHEL
    "/etc/pki/tls/certs/ca-bundle.crt",  # older RHEL
    "/etc/ssl/ca-bundle.pem",  # openSUSE
    "/etc/ssl/cert.pem",  # Alpine, the BSDs
)
_DEFAULT = "default"
_DER = 2  # _ssl.ENCODING_DER


def server_context(alpn: Sequence[str] = HTTP1) -> ssl.SSLContext:
    """A context for the browser's side, which still needs its leaf. TLS 1.2 and 1.3, tickets for both."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers(SERVER_CIPHERS)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # Mozilla's intermediate list lets the browser choose: it knows whether its processor has AES.
    context.options = (
        context.options & ~ssl.OP_CIPHER_SERVER_PREFERENCE | ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION
    )
    context.set_alpn_protocols(list(alpn))
    return context


def client_context(
    upstream_ca: Path | None = None,
    verify: bool = True,
    alpn: Sequence[str] = HTTP1,
    *,
    own_ca: Path | None = None,
) -> ssl.SSLContext:
    """A context for the site's side. `upstream_ca` is trusted besides the system's store. Make one (20 ms) and share it.

    `own_ca` is our authority's certificate: SSL_CERT_FILE is ignored if it names that file, as in a shell set up for programs
    that go through Inspector, since no site in the world would be trusted then.

    Raises TrustStoreError when `upstream_ca` cannot be read, or holds no certificate.
    """
    context = _new_client_context(own_ca) if verify else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.set_ciphers(CLIENT_CIPHERS if verify else CLIENT_CIPHERS + ":@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # Servers without secure renegotiation (RFC 5746) open in browsers, and OpenSSL 3 alone refuses them.
    context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION | _LEGACY_SERVER_CONNECT
    context.set_alpn_protocols(list(alpn))
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context
    context.verify_flags = (context.verify_flags | ssl.VERIFY_X509_PARTIAL_CHAIN) & ~ssl.VERIFY_X509_STRICT
    context.hostname_checks_common_name = False
    if upstream_ca is not None:
        _add(context, upstream_ca)
    return context


def trust_store(upstream_ca: Path | None = None, *, own_ca: Path | None = None) -> str:
    """What a client context trusts, in words, for the page that says why a certificate was refused."""
    match sys.platform:
        case "darwin":
            store = "the Keychain of this Mac"
        case "win32":
            store = "the certificate store of Windows"
        case _:
            where = _roots_of_linux()
            store = (
                f"the trust store of this system ({where})"
                if where
                else "an empty trust store (this system has none)"
            )
    return f"{store} and {upstream_ca}" if upstream_ca is not None else store


def _new_client_context(own_ca: Path | None) -> ssl.SSLContext:
    if sys.platform in {"darwin", "win32"}:
        import truststore  # noqa: PLC0415 (loads the system's security framework)

        return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    where = _roots_of_linux(own_ca)
    if where == _DEFAULT:
        context.set_default_verify_paths()
    elif where:
        context.load_verify_locations(cafile=where)
    return context


def _roots_of_linux(own_ca: Path | None) -> str:
    """A file, or _DEFAULT for what OpenSSL looks at itself: SSL_CERT_FILE and SSL_CERT_DIR, or where it was built to look."""
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


def _add(context: ssl.SSLContext, upstream_ca: Path) -> None:
    try:
        context.load_verify_locations(cafile=str(upstream_ca))
    except ssl.SSLError as error:
        raise TrustStoreError(
            f"{upstream_ca} holds no certificate in PEM form (-----BEGIN CERTIFICATE-----). "
            "A DER file is turned into one by `openssl x509 -inform der -in FILE -out FILE.pem`."
        ) from error
    except OSError as error:
        raise TrustStoreError(
            f"{upstream_ca} cannot be read: {error.strerror}. Give --upstream-ca another file."
        ) from error


# --- chains ----------------------------------------------------------------------------------------------


def chain_of(connection: ssl.SSLObject) -> tuple[bytes, ...]:
    """The certificates that the peer sent, DER, leaf first. Empty before the handshake, and where it failed."""
    return _chain(connection, "get_unverified_chain")


def verified_chain_of(connection: ssl.SSLObject) -> tuple[bytes, ...]:
    """The chain that OpenSSL built and trusts, DER, leaf first, root last. Empty where nothing was verified by it."""
    return _chain(connection, "get_verified_chain")


def _chain(connection: ssl.SSLObject, getter: str) -> tuple[bytes, ...]:
    # Python 3.13 has these methods; before, they are on the private object within, and give objects.
    holder: Any = connection if hasattr(connection, getter) else connection._sslobj  # type: ignore[attr-defined]  # private
    try:
        certificates = getattr(holder, getter)() or ()
    except (ssl.SSLError, ValueError):
        return ()
    return tuple(each if isinstance(each, bytes) else each.public_bytes(_DER) for each in certificates)


# --- sessions --------------------------------------------------------------------------------------------


class Remembered(NamedTuple):
    """A session to resume, and the chain that the site sent when it was made: a resumed handshake sends none."""

    session: ssl.SSLSession
    chain: tuple[bytes, ...]


class SessionCache:
    """TLS sessions to resume towards sites, by host and port, the longest unused dropped first.

    A session belongs to the context it was made with: keep one cache per client context. It also carries the verdict on
    the certificate, so it is only ever offered to the host that it was made with. A session is offered more
    than once: RFC 8446 C.4 advises against it so that nobody can link connections, and Inspector's all come from one place.
    On macOS and Windows nothing is kept: truststore judges the chain of every connection, and a resumed one has none.
    """

    __slots__ = ("_clock", "_limit", "_sessions")

    def __init__(self, limit: int = 1000, *, clock: Callable[[], float] = time.time) -> None:
        self._limit = limit
        self._clock = clock
        self._sessions: OrderedDict[tuple[str, int], Remembered] = OrderedDict()

    def __len__(self) -> int:
        return len(self._sessions)

    def get(self, host: str, port: int) -> Remembered | None:
        """What to resume; its session is for `wrap_bio`. None where nothing is known, or it is too old."""
        found = self._sessions.get((host, port))
        if found is None:
            return None
        if self._clock() >= found.session.time + found.session.timeout:
            del self._sessions[host, port]
            return None
        self._sessions.move_to_end((host, port))
        return found

    def put(self, host: str, port: int, connection: ssl.SSLObject, chain: tuple[bytes, ...] = ()) -> None:
        """Keep the connection's session, `chain` (of `chain_of`) beside it. Call it after the first response: TLS 1.3 sends tickets late.

        A resumed connection adds nothing while its own session is still here, since taking one costs 130 microseconds.
        """
        if type(connection) is not ssl.SSLObject:  # truststore's
            return
        if connection.session_reused and (host, port) in self._sessions:
            return
        session = connection.session
        if session is None or not (session.has_ticket or (session.id and connection.version() != "TLSv1.3")):
            return
        self._sessions[host, port] = Remembered(session, chain)
        self._sessions.move_to_end((host, port))
        if len(self._sessions) > self._limit:
            self._sessions.popitem(last=False)

    def forget(self, host: str, port: int) -> None:
        """Offer no session to this host: the handshake that resumed one failed."""
        self._sessions.pop((host, port), None)
