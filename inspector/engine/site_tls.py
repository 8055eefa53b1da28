"""On what terms TLS is spoken with which site: whom we trust, which certificate of ours it is shown, and the sessions that were made so.

Most sites share one set of terms, and see no certificate: it would tell everybody who we are. Sites that this computer plays have another, which trusts the lab's root and nothing else: what the lab
signs must never open a real site, nor a real authority a practice one.
"""

from __future__ import annotations

import os
import ssl
from pathlib import Path

from inspector.engine.settings import ClientCert, Settings
from inspector.pki import handover
from inspector.pki.contexts import client_context, closed_context
from inspector.pki.errors import ClientCertificateRefused, TrustStoreError
from inspector.pki.keylog import KeyLog
from inspector.pki.sessions import SessionCache
from inspector.pki.trust import trust_store
from inspector.pki.watch import HandshakeWatch
from inspector.wire.patterns import Hosts, parse_list

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
    """The terms of one engine.

    Raises TrustStoreError if a file of what is to be trusted can't be read, ClientCertificateRefused if OpenSSL doesn't take a certificate of ours.
    """

    def __init__(self, settings: Settings, watch: HandshakeWatch) -> None:
        self._settings = settings
        self._watch = watch
        self._keylog = KeyLog(Path(settings.keylog)) if settings.keylog else None
        self._certs = [(Hosts(parse_list(each.hosts)), each) for each in settings.client_certs]
        self._usual: dict[ClientCert | None, Terms] = {
            cert: self._terms(cert, self._usual_context(), self._usual_store())
            for cert in (None, *settings.client_certs)
        }
        self._blind: dict[ClientCert | None, Terms] = {}
        self._lab: dict[ClientCert | None, Terms] = {}
        self._lab_version: tuple[int, int, int] = (0, 0, 0)

    def terms(self, name: str, *, local: bool, unverified: bool = False) -> Terms:
        """The terms for the site of this name; `local` says that this computer plays it. Raises TrustStoreError if its root isn't there.

        `unverified`: its certificate is looked at by nobody.
        """
        cert = self._cert_for(name) if self._certs else None
        if unverified:
            if cert not in self._blind:
                self._blind[cert] = self._terms(cert, client_context(verify=False, keylog=self._keylog), "")
                self._blind[cert].verifies = False
            return self._blind[cert]
        if not local or not self._settings.verify_upstream:
            return self._usual[cert]
        return self._lab_terms(cert)

    def _cert_for(self, name: str) -> ClientCert | None:
        return next((cert for hosts, cert in self._certs if hosts.find(name)), None)

    def _terms(self, cert: ClientCert | None, context: ssl.SSLContext, store: str) -> Terms:
        if cert is not None:
            try:
                handover.give(context, cert.pem.encode())
            except ssl.SSLError as error:
                raise ClientCertificateRefused(
                    f"OpenSSL does not take {cert.name}: {error.reason}."
                ) from error
        self._watch.put_on(context)
        return Terms(context, store, verifies=self._settings.verify_upstream)

    def _usual_context(self) -> ssl.SSLContext:
        return client_context(
            *self._authorities, verify=self._settings.verify_upstream, own_ca=self._own, keylog=self._keylog
        )

    def _usual_store(self) -> str:
        return trust_store(*self._authorities, own_ca=self._own)

    @property
    def _authorities(self) -> list[Path]:
        return [Path(each) for each in self._settings.upstream_ca]

    @property
    def _own(self) -> Path | None:
        return Path(self._settings.own_ca) if self._settings.own_ca else None

    def _lab_terms(self, cert: ClientCert | None) -> Terms:
        file = self._settings.lab_ca
        if not file:
            raise TrustStoreError("nobody said which authority vouches for it")
        try:
            found = os.stat(file)  # noqa: PTH116 (for every connection to such a site)
        except OSError as error:
            raise TrustStoreError(
                f"the certificate of its authority, {file}, cannot be read ({error.strerror})"
            ) from error
        version = (found.st_mtime_ns, found.st_size, found.st_ino)
        if version != self._lab_version:
            self._lab.clear()
        if cert not in self._lab:
            self._lab[cert] = self._terms(cert, closed_context(Path(file), keylog=self._keylog), _LAB)
            self._lab_version = version
        return self._lab[cert]
