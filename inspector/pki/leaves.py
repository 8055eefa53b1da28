"""Leaves, ready to be served: one TLS context per host name, kept in memory, all on one key made at start.

One key for all is what keeps a new host at about a millisecond; and the key is worth nothing without the
authority, which signs for any name anyway. `ready` is for the event loop, `make` for a thread. A hundred threads that ask
for one name at once make it once.
"""

from __future__ import annotations

import ssl
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from inspector.pki import handover
from inspector.pki.authority import Authority
from inspector.pki.certificates import new_key
from inspector.pki.contexts import HTTP1, server_context
from inspector.pki.errors import BadName
from inspector.pki.keylog import KeyLog
from inspector.pki.names import canonical
from inspector.pki.watch import HandshakeWatch


class Identity(NamedTuple):
    """What a host is played with: a server context that holds what is served, and the whole chain (DER), leaf first, root last.

    The certificate that signed the leaf is served too, be it a practice authority's intermediate, which clients need, or the root. That one a
    trust store doesn't need, but a Chromium that was told to accept what this authority signs (--ignore-certificate-errors-spki-list) looks
    for its key among the certificates that it was sent.
    `starts` and `renew` (seconds since the epoch) say when it can be used; after `renew` a new one is due.
    """

    context: ssl.SSLContext
    chain: tuple[bytes, ...]
    starts: float
    renew: float


class Leaves:
    """Identities by name, at most `limit`, the longest unused dropped first. `revocations` is the URL of the list of what was revoked.

    Names below `alone` are served without the root that signed their leaf: who believes them has that root, and was not just told to accept its key.
    """

    def __init__(
        self,
        authority: Authority,
        *,
        limit: int = 2000,
        alpn: Sequence[str] = HTTP1,
        watch: HandshakeWatch | None = None,
        keylog: KeyLog | None = None,
        clock: Callable[[], float] = time.time,
        revocations: str = "",
        alone: str = "",
    ) -> None:
        self._authority = authority
        self._limit = limit
        self._alpn = tuple(alpn)
        self._watch = watch
        self._keylog = keylog
        self._clock = clock
        self._revocations = revocations
        self._alone = f".{alone}" if alone else ""
        self._key = new_key()
        self._key_pem = self._key.private_bytes(
            Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()
        )
        self._lock = threading.Lock()
        self._identities: OrderedDict[str, Identity] = OrderedDict()
        self._making: dict[str, Future[Identity]] = {}

    def __len__(self) -> int:
        return len(self._identities)

    def ready(self, name: str) -> Identity | None:
        """The identity for a host name or IP address if it is at hand; None: make it. Never blocks."""
        with self._lock:
            identity = self._fresh(name)
            if identity is not None:
                return identity
            try:
                return self._fresh(canonical(name))
            except BadName:
                return None

    def make(self, name: str) -> Identity:
        """The identity for a name, made if need be. Blocks for about a millisecond: call it from a thread.

        Raises BadName if no certificate can be made for the name, NotPermitted if the authority may not vouch for it,
        AuthorityExpired if the authority's time is over.
        """
        key = canonical(name)
        with self._lock:
            identity = self._fresh(key)
            if identity is not None:
                return identity
            promise = self._making.get(key)
            if promise is None:
                mine = self._making[key] = Future()
        if promise is not None:
            return promise.result()
        return self._keep(key, mine)

    def _fresh(self, key: str) -> Identity | None:
        identity = self._identities.get(key)
        if identity is None or not identity.starts <= self._clock() < identity.renew:
            return None
        self._identities.move_to_end(key)
        return identity

    def _keep(self, key: str, promise: Future[Identity]) -> Identity:
        try:
            identity = self._mint(key)
        except BaseException as error:
            with self._lock:
                del self._making[key]
            promise.set_exception(error)
            raise
        with self._lock:
            self._identities[key] = identity
            self._identities.move_to_end(key)
            if len(self._identities) > self._limit:
                self._identities.popitem(last=False)
            del self._making[key]
        promise.set_result(identity)
        return identity

    def _above(self, name: str) -> tuple[x509.Certificate, ...]:
        """What is served with the leaf."""
        if self._alone and name.endswith(self._alone):
            return tuple(each for each in self._authority.served if each.issuer != each.subject)
        return self._authority.served

    def _mint(self, name: str) -> Identity:
        leaf = self._authority.issue([name], self._key.public_key(), revocations=self._revocations)
        context = server_context(self._alpn)
        served = (each.public_bytes(Encoding.PEM) for each in (leaf, *self._above(name)))
        handover.give(context, self._key_pem + b"".join(served))
        if self._watch is not None:
            self._watch.put_on(context)
        if self._keylog is not None:
            self._keylog.put_on(context)
        now, ends = self._clock(), leaf.not_valid_after_utc.timestamp()
        return Identity(
            context,
            tuple(each.public_bytes(Encoding.DER) for each in (leaf, *self._authority.above)),
            leaf.not_valid_before_utc.timestamp(),
            now
            + (ends - now) * 0.75,  # a connection may last long, and a browser's clock may be ahead of ours
        )
