"""TLS contexts for both legs.

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

import ssl
import sys
from collections.abc import Sequence
from pathlib import Path

from inspector.pki import trust
from inspector.pki.chains import chain_of, verified_chain_of
from inspector.pki.errors import TrustStoreError
from inspector.pki.keylog import KeyLog
from inspector.pki.sessions import SessionCache

__all__ = [
    "HTTP1",
    "SessionCache",
    "chain_of",
    "client_context",
    "closed_context",
    "server_context",
    "verified_chain_of",
]

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

_PRIORITIZE_CHACHA = 0x200000  # SSL_OP_PRIORITIZE_CHACHA, which Python doesn't name
_LEGACY_SERVER_CONNECT = 0x4  # ssl.OP_LEGACY_SERVER_CONNECT, which Python names since 3.12


def server_context(alpn: Sequence[str] = HTTP1) -> ssl.SSLContext:
    """A context for the browser's side, which still needs its leaf. TLS 1.2 and 1.3, tickets for both."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers(SERVER_CIPHERS)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # Our order, but ChaCha20 where the browser puts that first: it knows whether its processor has AES.
    context.options |= (
        ssl.OP_CIPHER_SERVER_PREFERENCE | _PRIORITIZE_CHACHA | ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION
    )
    context.set_alpn_protocols(list(alpn))
    return context


def client_context(
    *upstream_ca: Path,
    verify: bool = True,
    alpn: Sequence[str] = HTTP1,
    own_ca: Path | None = None,
    keylog: KeyLog | None = None,
) -> ssl.SSLContext:
    """A context for the site's side. The files `upstream_ca` are trusted besides the system's store. Make one (20 ms) and share it.

    `own_ca` is our authority's certificate: SSL_CERT_FILE is ignored if it names that file, as in a shell set up for programs
    that go through Inspector, since no site in the world would be trusted then. `keylog` gets the keys of its connections.

    Raises TrustStoreError when one of `upstream_ca` cannot be read, or holds no certificate.
    """
    context = _new_client_context(own_ca) if verify else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    _offer(context, CLIENT_CIPHERS if verify else CLIENT_CIPHERS + ":@SECLEVEL=0", alpn, keylog)
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context
    context.verify_flags = (context.verify_flags | ssl.VERIFY_X509_PARTIAL_CHAIN) & ~ssl.VERIFY_X509_STRICT
    context.hostname_checks_common_name = False
    for each in upstream_ca:
        _add(context, each)
    return context


def closed_context(
    roots: Path, *, alpn: Sequence[str] = HTTP1, keylog: KeyLog | None = None
) -> ssl.SSLContext:
    """A context for sites that we play ourselves: it offers what the other does, and trusts what is in the file `roots` alone.

    The lists of revoked certificates (PEM, `X509 CRL`) in that file count for leaves, whose issuers must all have one there.
    Raises TrustStoreError, whose message fits into a sentence.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    _offer(context, CLIENT_CIPHERS, alpn, keylog)
    context.verify_flags = (context.verify_flags | ssl.VERIFY_CRL_CHECK_LEAF) & ~ssl.VERIFY_X509_STRICT
    context.hostname_checks_common_name = False
    try:
        context.load_verify_locations(cafile=str(roots))
    except (ssl.SSLError, OSError) as error:
        raise TrustStoreError(
            f"the certificate of its authority, {roots}, cannot be used: {getattr(error, 'strerror', None) or error}"
        ) from error
    return context


def _offer(context: ssl.SSLContext, ciphers: str, alpn: Sequence[str], keylog: KeyLog | None) -> None:
    """What we offer to every site."""
    context.set_ciphers(ciphers)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # Servers without secure renegotiation (RFC 5746) open in browsers, and OpenSSL 3 alone refuses them.
    context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION | _LEGACY_SERVER_CONNECT
    context.set_alpn_protocols(list(alpn))
    if keylog is not None:
        keylog.put_on(context)


def _new_client_context(own_ca: Path | None) -> ssl.SSLContext:
    if sys.platform in {"darwin", "win32"}:
        import truststore  # noqa: PLC0415 (loads the system's security framework)

        return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trust.load_system_roots(context, own_ca)
    return context


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
