"""TLS handshakes as a ladder: each message with who sent it to whom, what it is for, and whether it could be read on the way."""

from __future__ import annotations

from inspector.exchange.model import HandshakeMessage, Tls
from inspector.explain.case import Case
from inspector.explain.prose import say
from inspector.explain.story.model import Actor, Rung
from inspector.wire.tls_tables import ALERTS, HANDSHAKE_TYPES

_HELLO, _SERVER_HELLO, _ENCRYPTED_EXTENSIONS, _FINISHED = 1, 2, 8, 20
_ALERT = 21
# RFC 5246 §7.4.1.3: before TLS 1.3 this message holds no key
_OLD_HELLO = "The server chooses version and cipher suite."
MOST = 64


def browser_ladder(case: Case) -> tuple[Rung, ...]:
    """The handshake in which Inspector plays the site."""
    start = case.exchange.timeline.client_tls_start
    if start is None and case.client is not None:
        start = case.client.opened - case.exchange.started
    return _ladder(case.client_tls, "browser", "inspector", start or 0.0)


def site_ladder(case: Case) -> tuple[Rung, ...]:
    """The handshake in which Inspector plays the browser."""
    start = case.exchange.timeline.tls_start
    if start is None and case.server is not None:
        start = case.server.opened - case.exchange.started
    return _ladder(case.server_tls, "inspector", "site", start or 0.0)


def _ladder(tls: Tls | None, client: Actor, server: Actor, start: float) -> tuple[Rung, ...]:
    if tls is None or not tls.handshake:
        return ()
    sealed = _sealed(tls)
    first = tls.handshake[0].at
    found = []
    for message, hidden in zip(tls.handshake[:MOST], sealed, strict=False):
        alert = message.content == _ALERT
        named = (ALERTS if alert else HANDSHAKE_TYPES).get(message.type)
        name = named.name if named else f"{'alert' if alert else 'message'} {message.type}"
        sender, receiver = (client, server) if message.sent_by == "client" else (server, client)
        plain = (
            say(_OLD_HELLO)
            if message.type == _SERVER_HELLO and not alert and tls.version and "1.3" not in tls.version
            else say("{sentence}", sentence=named.sentence)
            if named
            else say("A message that the tables here don't know.")
        )
        found.append(
            Rung(sender, receiver, name, plain, message.size, start + message.at - first, hidden, alert)
        )
    return tuple(found)


def _sealed(tls: Tls) -> list[bool]:
    """Which messages passed encrypted: in TLS 1.3 all after the server's hello, before it only each side's `finished` and what follows."""
    messages = tls.handshake[:MOST]
    modern = "1.3" in tls.version or any(_is(message, _ENCRYPTED_EXTENSIONS) for message in messages)
    found = []
    keyed: set[str] = set()
    for message in messages:
        if modern:
            # a server's hello that asks for another one (HelloRetryRequest) makes no keys: a second client hello follows, in the open
            found.append(bool(keyed) and not _is(message, _HELLO) and not _is(message, _SERVER_HELLO))
            if _is(message, _SERVER_HELLO):
                keyed = {"client", "server"}
            elif _is(message, _HELLO):
                keyed = set()
        else:
            if _is(message, _FINISHED):
                keyed.add(message.sent_by)
            found.append(message.sent_by in keyed)
    return found


def _is(message: HandshakeMessage, type: int) -> bool:
    return message.content != _ALERT and message.type == type
