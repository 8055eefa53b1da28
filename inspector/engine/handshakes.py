"""What a TLS handshake came to, as facts for the record; and when it failed, who ended it and why, as a fault."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING, Literal

from msgspec import structs

from inspector.exchange.model import Fault, HandshakeMessage, Tls
from inspector.pki.chains import chain_of, chain_seen
from inspector.pki.describe import describe
from inspector.pki.watch import ALERT, CERTIFICATE_REQUEST, HANDSHAKE, SERVER_HELLO, Seen, sender
from inspector.wire.tls import ALERTS, server_hello

if TYPE_CHECKING:
    from inspector.engine.stream import TlsState
    from inspector.pki.leaves import Identity
    from inspector.pki.sessions import Remembered
    from inspector.wire.tls import ClientHello

_FATAL = 2
_OFFERED = "Inspector offers TLS 1.2 and 1.3"
_TOO_OLD = frozenset({"UNSUPPORTED_PROTOCOL", "WRONG_SSL_VERSION", "VERSION_TOO_LOW"})
_ALERT_NAMES = {each.name.replace("_", " "): each.name for each in ALERTS.values()}

# what servers say of a client's certificate that is missing or does not please them; handshake_failure is OpenSSL's in TLS 1.2
_ABOUT_CERTIFICATES = frozenset({
    "handshake_failure", "no_certificate", "bad_certificate", "unsupported_certificate", "certificate_revoked",
    "certificate_expired", "certificate_unknown", "unknown_ca", "access_denied", "certificate_required",
})  # fmt: skip


def client_facts(
    tls: TlsState, seen: tuple[Seen, ...], remembered: Remembered | None, *, verified: bool, began: float
) -> Tls:
    """A handshake with a site that went well. `remembered` is the session that was offered."""
    object = tls.object
    resumed = bool(object.session_reused)
    chain, asked, shown = chain_of(object), _asked_for_certificate(seen), chain_seen(seen, sent=True)
    if resumed and remembered is not None:  # then neither chain nor question is repeated
        chain, asked, shown = chain or remembered.chain, remembered.asked, remembered.shown
    return Tls(
        version=object.version() or "",
        cipher=_cipher(object),
        alpn=object.selected_alpn_protocol() or "",
        sni=object.server_hostname or "",
        chain=chain,
        resumed=resumed,
        verified=verified,
        handshake=_messages(seen, began, server_side=False),
        asked_for_certificate=asked,
        client_chain=shown,
    )


def server_fault(tls: TlsState, seen: tuple[Seen, ...], error: Exception, began: float) -> tuple[Tls, Fault]:
    """A handshake with a site that failed: what is known of it, and the fault."""
    alert, by = _alert(seen, server_side=False)
    why, code = "", 0
    if isinstance(error, ssl.SSLCertVerificationError):
        why, code = error.verify_message, error.verify_code
    facts = Tls(
        version=tls.object.version() or "",
        sni=tls.object.server_hostname or "",
        chain=chain_seen(seen),
        verified=False if why else None,
        why_not=why,
        verify_code=code,
        alert=alert,
        alert_by=by,
        handshake=_messages(seen, began, server_side=False),
        asked_for_certificate=_asked_for_certificate(seen),
        client_chain=chain_seen(seen, sent=True),
    )
    return facts, _server_fault(facts, seen, error)


def _server_fault(facts: Tls, seen: tuple[Seen, ...], error: Exception) -> Fault:
    if facts.why_not:
        return Fault("tls-untrusted", "server", "tls", None, facts.why_not)
    alert = facts.alert if facts.alert_by == "server" else ""
    version = _old_version(seen, alert, error)
    if version:
        return Fault("tls-version", "server", "tls", None, version)
    about_certificate = certificate_fault(facts, error)
    if about_certificate is not None:
        return about_certificate
    if alert:
        return Fault("tls-server-alert", "server", "tls", None, alert)
    if isinstance(error, EOFError):
        return Fault(
            "tls-server-failed", "server", "tls", None, "it closed the connection in the middle of it"
        )
    return Fault("tls-server-failed", "server", "tls", None, in_words(error))


def _old_version(seen: tuple[Seen, ...], alert: str, error: Exception) -> str:
    """How it showed that site and we have no version in common; empty if it isn't about that."""
    if alert == "protocol_version":
        return f"{_OFFERED}, and the site ended the handshake with the alert {alert}"
    if getattr(error, "reason", None) not in _TOO_OLD:
        return ""
    hellos = (server_hello(each.body) for each in seen if each.type == SERVER_HELLO and not each.sent)
    chosen = next((each.version for each in hellos if each is not None), "an older version")
    return f"{_OFFERED}, and the site chose {chosen}"


def certificate_fault(facts: Tls, error: Exception | None) -> Fault | None:
    """What went wrong, if it is that the site asked for a certificate and got none, or one that it does not like.

    In TLS 1.3 the handshake is complete for us before the site has looked at our certificate: its alert is the first thing to be read.
    """
    if not facts.asked_for_certificate:
        return None
    if facts.alert_by == "server":
        if facts.alert not in _ABOUT_CERTIFICATES:
            return None
        how = f"ended the connection with the alert {facts.alert}"
    elif facts.alert or not (error is None or isinstance(error, (EOFError, ConnectionError))):
        return None
    else:
        how = "closed the connection"  # IIS does, without any alert
    if not facts.client_chain:
        return Fault("tls-client-certificate-wanted", "server", "tls", None, how)
    whose = describe(facts.client_chain[0])
    shown = f"the one of {whose.subject or next(iter(whose.names), 'somebody without a name')}"
    return Fault("tls-client-certificate-refused", "server", "tls", None, f"{shown}, and {how}")


def with_alert(facts: Tls, error: Exception) -> Tls:
    """The facts of a handshake that was complete for us, when an alert of the site comes right after it."""
    _, _, name = in_words(error).partition(" alert ")
    alert = _ALERT_NAMES.get(name, "")
    return structs.replace(facts, alert=alert, alert_by="server") if alert else facts


def _asked_for_certificate(seen: tuple[Seen, ...]) -> bool:
    return any(
        each.content == HANDSHAKE and each.type == CERTIFICATE_REQUEST and not each.sent for each in seen
    )


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


def refused_facts(hello: ClientHello, alert: str) -> Tls:
    """A browser's hello that was answered with this alert and nothing else."""
    return Tls(
        sni=hello.sni,
        alert=alert,
        alert_by="server",
        offered_versions=tuple(hello.versions),
        offered_alpn=tuple(hello.alpn),
        offered_ciphers=tuple(hello.ciphers),
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
