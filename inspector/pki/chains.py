"""The certificates that a peer sent, from the connection, or from the watched handshake where it failed."""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from typing import Any

from inspector.pki.watch import CERTIFICATE, HANDSHAKE, Seen

_DER = 2  # _ssl.ENCODING_DER
_TLS13 = 0x0304


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


def chain_seen(seen: Iterable[Seen]) -> tuple[bytes, ...]:
    """The certificates that the other side sent (DER, leaf first), also where they were refused. Empty if none passed."""
    for each in seen:
        if each.content == HANDSHAKE and each.type == CERTIFICATE and not each.sent:
            return _certificates(each.body[4:], tls13=each.version == _TLS13)
    return ()


def _certificates(body: bytes, *, tls13: bool) -> tuple[bytes, ...]:
    """RFC 8446 4.4.2 and RFC 5246 7.4.2: a list of certificates, each behind its length, in 1.3 with extensions after it."""
    at = 1 + body[0] + 3 if tls13 and body else 3
    found = []
    while at + 3 <= len(body):
        end = at + 3 + int.from_bytes(body[at : at + 3], "big")
        if end > len(body):
            break
        found.append(body[at + 3 : end])
        at = end + 2 + int.from_bytes(body[end : end + 2], "big") if tls13 else end
    return tuple(found)
