"""Watches TLS handshakes: which messages and alerts passed, and the certificates a server sent.

OpenSSL calls back for every message. That costs, so the callback is taken off a connection when its
handshake has ended. The hook, `SSLContext._msg_callback`, is private but in every CPython since 3.8; where it is missing, nothing
is seen and everything else works. We set it below Python's wrapper, which turns every number into an
enum member first. Its first argument is the connection, so many connections share a context and are kept apart.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable
from typing import Any, Literal, NamedTuple

HANDSHAKE = 22
ALERT = 21
SERVER_HELLO = 2
CERTIFICATE = 11
CERTIFICATE_REQUEST = 13
_KEPT = frozenset({SERVER_HELLO, CERTIFICATE})

_HOOK = getattr(ssl.SSLContext.__base__, "_msg_callback", None)
_MOST = 64  # messages kept of one handshake; an honest one has about ten
_SEEN = "_inspector_seen"


class Seen(NamedTuple):
    """One handshake message or alert. `sent` is True if our side sent it; `body` holds ServerHello, Certificate messages and alerts only.

    `content` is the TLS content type (22 handshake, 21 alert), `type` the message type or, for an alert, its number;
    `version` the protocol's number as OpenSSL knew it then (0x0304 is TLS 1.3).
    """

    sent: bool
    content: int
    type: int
    size: int
    at: float
    version: int
    body: bytes


class HandshakeWatch:
    """Collects what passes in the handshakes of the contexts it is put on.

    watch.put_on(context) once; then for each connection, wrapped from that context: `take_off(connection)` after its
    handshake, or after its failure, gives what was seen. A connection given up needs nothing: what was seen dies with it.
    """

    __slots__ = ("_clock",)

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock

    def put_on(self, context: ssl.SSLContext) -> None:
        """Watch every connection that is made from this context from now on."""
        if _HOOK is not None:
            _HOOK.__set__(_real(context), self._saw)

    def take_off(self, connection: ssl.SSLObject) -> tuple[Seen, ...]:
        """What was seen so far. From here on the connection is not watched, and pays nothing."""
        if _HOOK is not None:
            # A connection copies its context's hook when it is made and when it is given a context,
            # even the one it has. So: a context without hook for a moment. The GIL is held; nothing is read meanwhile.
            context = connection.context
            hook = _HOOK.__get__(context)
            _HOOK.__set__(context, None)
            connection.context = context
            _HOOK.__set__(context, hook)
        seen: list[Seen] = connection.__dict__.pop(_SEEN, [])
        return tuple(seen)

    def _saw(  # noqa: PLR0917 (OpenSSL's shape)
        self, connection: Any, direction: str, version: int, content: int, type: int, data: bytes
    ) -> None:
        if content not in {HANDSHAKE, ALERT}:  # record headers, inner content types, change cipher spec
            return
        kept = connection.__dict__.setdefault(_SEEN, [])
        if len(kept) < _MOST:
            body = data if content == ALERT or type in _KEPT else b""
            kept.append(Seen(direction == "write", content, type, len(data), self._clock(), version, body))


def sender(seen: Seen, *, server_side: bool) -> Literal["client", "server"]:
    """Who sent it, given whether our side was the TLS server."""
    return "server" if seen.sent == server_side else "client"


def _real(context: ssl.SSLContext) -> ssl.SSLContext:
    """The context that connections are made from: truststore's wraps one."""
    inner = getattr(context, "_ctx", None)
    return inner if isinstance(inner, ssl.SSLContext) else context
