"""On what terms TLS is spoken with which site: whom we trust, and the sessions that were made on these terms.

Most sites share one set of terms. Sites that this computer plays have another, which trusts the lab's root and nothing else: what the lab
signs must never open a real site, nor a real authority a practice one.
"""

from __future__ import annotations

import os
import ssl
from pathlib import Path

from inspector.engine.settings import Settings
from inspector.pki.contexts import client_context, closed_context
from inspector.pki.errors import TrustStoreError
from inspector.pki.keylog import KeyLog
from inspector.pki.sessions import SessionCache
from inspector.pki.trust import trust_store
from inspector.pki.watch import HandshakeWatch

_LAB = "the practice sites' own authority, which counts for them alone"


class Terms:
    """One set of terms. `verifies` says whether certificates are checked, `store` where they are looked up, in words."""

    __slots__ = ("context", "sessions", "store", "verifies")

    def __init__(self, context: ssl.SSLContext, store: str, *, verifies: bool = True) -> None:
        self.context = context
        self.sessions = SessionCache()
        self.store = store
        self.verifies = verifies


class SiteTls:
    """The terms of one engine. Raises TrustStoreError if what it is to trust can't be read."""

    def __init__(self, settings: Settings, watch: HandshakeWatch) -> None:
        self._watch = watch
        self._keylog = KeyLog(Path(settings.keylog)) if settings.keylog else None
        ca = Path(settings.upstream_ca) if settings.upstream_ca else None
        own = Path(settings.own_ca) if settings.own_ca else None
        context = client_context(ca, settings.verify_upstream, own_ca=own, keylog=self._keylog)
        watch.put_on(context)
        self._usual = Terms(context, trust_store(ca, own_ca=own), verifies=settings.verify_upstream)
        self._lab_ca = settings.lab_ca
        self._lab: Terms | None = None
        self._lab_version: tuple[int, int, int] = (0, 0, 0)

    def terms(self, *, local: bool) -> Terms:
        """The terms for a site; `local` says that this computer plays it. Raises TrustStoreError if its root isn't there."""
        if not local or not self._usual.verifies:
            return self._usual
        return self._lab_terms()

    def _lab_terms(self) -> Terms:
        if not self._lab_ca:
            raise TrustStoreError("nobody said which authority vouches for it")
        try:
            found = os.stat(self._lab_ca)  # noqa: PTH116 (for every connection to such a site)
        except OSError as error:
            raise TrustStoreError(
                f"the certificate of its authority, {self._lab_ca}, cannot be read ({error.strerror})"
            ) from error
        version = (found.st_mtime_ns, found.st_size, found.st_ino)
        if self._lab is None or version != self._lab_version:
            context = closed_context(Path(self._lab_ca), keylog=self._keylog)
            self._watch.put_on(context)
            self._lab, self._lab_version = Terms(context, _LAB), version
        return self._lab
