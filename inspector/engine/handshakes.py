"""What a TLS handshake came to, as facts for the record; and when it failed, who ended it and why, as a fault."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING, Literal

from inspector.exchange.model import Fault, HandshakeMessage, Tls
from inspector.pki.chains import chain_of, chain_seen
from inspector.pki.watch import ALERT, Seen, sender
from inspector.wire.tls import ALERTS

if TYPE_CHECKING:
    from inspector.engine.stream import TlsState
    from inspector.pki.leaves import Identity
    from inspector.wire.tls import ClientHello

_FATAL = 2


def client_facts(
    tls: TlsState, seen: tuple[Seen, ...], remembered: tuple[bytes, ...], *, verified: bool, began: float
) -> Tls:
    """A handshake with a site that went well. `remembered` is the chain of the session that was offered."""
    object = tls.object
    resumed = bool(object.session_reused)
    chain = chain_of(object)
    return Tls(
        version=object.version() or "",
        cipher=_cipher(object),
        alpn=object.selected_alpn_protocol() or "",
        sni=object.server_hostname or "",
        chain=remembered if resumed and not chain else chain,
        resumed=resumed,
        verified=verified,
        handshake=_messages(seen, began, server_side=False),
    )


def server_fault(tls: TlsState, seen: tuple[Seen, ...], error: Exception, began: float) -> tuple[Tls, Fault]:
    """A handshake with a site that failed: what is known of it, and the fault."""
    alert, by = _alert(seen, server_side=False)
    chain = chain_seen(seen)
    why, code = "", 0
    if isinstance(error, ssl.SSLCertVerificationError):
        why, code = error.verify_message, error.verify_code
        fault = Fault("tls-untrusted", "server", "tls", None, why)
    elif alert and by == "server":
        fault = Fault("tls-server-alert", "server", "tls", None, alert)
    elif isinstance(error, EOFError):
        fault = Fault(
            "tls-server-failed", "server", "tls", None, "it closed the connection in the middle of it"
        )
    else:
        fault = Fault("tls-server-failed", "server", "tls", None, in_words(error))
    facts = Tls(
        version=tls.object.version() or "",
        sni=tls.object.server_hostname or "",
        chain=chain,
        verified=False if why else None,
        why_not=why,
        verify_code=code,
        alert=alert,
        alert_by=by,
        handshake=_messages(seen, began, server_side=False),
    )
    return facts, fault


def browser_facts(
    tls: TlsState,
    seen: tuple[Seen, ...],
    hello: ClientHello,
    identity: Identity,
    began: float,
    *,
    complete: bool,
) -> Tls:
    """A handshake with a browser, complete or not. Whether it believed our stand-in is for the browser to know."""
    object = tls.object
    alert, by = _alert(seen, server_side=True)
    return Tls(
        version=(object.version() or "") if complete else "",
        cipher=_cipher(object) if complete else "",
        alpn=(object.selected_alpn_protocol() or "") if complete else "",
        sni=hello.sni,
        chain=identity.chain,
        resumed=bool(object.session_reused) if complete else False,
        alert=alert,
        alert_by=by,
        offered_versions=tuple(hello.versions),
        offered_alpn=tuple(hello.alpn),
        offered_ciphers=tuple(hello.ciphers),
        handshake=_messages(seen, began, server_side=True),
    )


def browser_fault(error: Exception, facts: Tls) -> Fault:
    """Why a handshake with a browser failed."""
    if facts.alert and facts.alert_by == "client":
        return Fault("tls-client-alert", "client", "tls", None, facts.alert, "closed")
    if isinstance(error, (EOFError, ConnectionError)):
        return Fault("tls-client-closed", "client", "tls", None, "", "closed")
    return Fault("tls-client-failed", "client", "tls", None, in_words(error), "closed")


def in_words(error: Exception) -> str:
    """OpenSSL's reason without its numbers: `wrong version number`."""
    reason = getattr(error, "reason", None)
    if isinstance(reason, str) and reason:
        return reason.replace("_", " ").lower()
    return (getattr(error, "strerror", None) or str(error) or type(error).__name__).lower()


def _cipher(object: ssl.SSLObject) -> str:
    cipher = object.cipher()
    return cipher[0] if cipher else ""


def _alert(seen: tuple[Seen, ...], *, server_side: bool) -> tuple[str, Literal["", "client", "server"]]:
    for each in reversed(seen):
        if each.content == ALERT and len(each.body) == _FATAL and each.body[0] == _FATAL:
            found = ALERTS.get(each.body[1])
            return (found[0] if found else str(each.body[1])), sender(each, server_side=server_side)
    return "", ""


def _messages(seen: tuple[Seen, ...], began: float, *, server_side: bool) -> tuple[HandshakeMessage, ...]:
    return tuple(
        HandshakeMessage(
            sender(each, server_side=server_side), each.content, each.type, each.size, each.at - began
        )
        for each in seen
    )
