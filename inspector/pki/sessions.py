"""TLS sessions towards sites, kept to be resumed: a shorter handshake, and no certificate to judge again."""

from __future__ import annotations

import ssl
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple


class Remembered(NamedTuple):
    """A session to resume, and what stood in the handshake that made it and won't in a resumed one: the site's chain, whether
    the site asked for a certificate, and the chain that it was shown."""

    session: ssl.SSLSession
    chain: tuple[bytes, ...]
    asked: bool = False
    shown: tuple[bytes, ...] = ()


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

    def put(
        self,
        host: str,
        port: int,
        connection: ssl.SSLObject,
        chain: tuple[bytes, ...] = (),
        *,
        asked: bool = False,
        shown: tuple[bytes, ...] = (),
    ) -> None:
        """Keep the connection's session, `chain` (of `chain_of`) and the rest beside it. Call it after the first response: TLS 1.3 sends tickets late.

        A resumed connection adds nothing while its own session is still here, since taking one costs 130 microseconds.
        """
        if type(connection) is not ssl.SSLObject:  # truststore's
            return
        if connection.session_reused and (host, port) in self._sessions:
            return
        session = connection.session
        if session is None or not (session.has_ticket or (session.id and connection.version() != "TLSv1.3")):
            return
        self._sessions[host, port] = Remembered(session, chain, asked, shown)
        self._sessions.move_to_end((host, port))
        if len(self._sessions) > self._limit:
            self._sessions.popitem(last=False)

    def forget(self, host: str, port: int) -> None:
        """Offer no session to this host: the handshake that resumed one failed."""
        self._sessions.pop((host, port), None)
