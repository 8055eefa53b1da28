"""The certificates that a peer sent, from the connection, or from the watched handshake where it failed."""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from typing import Any

from inspector.pki.watch import CERTIFICATE, HANDSHAKE, Seen
from inspector.wire.tls import certificates

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


def chain_seen(seen: Iterable[Seen], *, sent: bool = False) -> tuple[bytes, ...]:
    """The certificates that the other side sent (DER, leaf first), also where they were refused; with `sent` those that we sent.

    Empty if none passed.
    """
    for each in seen:
        if each.content == HANDSHAKE and each.type == CERTIFICATE and each.sent == sent:
            return certificates(each.body, each.version == _TLS13)
    return ()
