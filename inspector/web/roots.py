"""The roots that sites are judged by here: the system's, those of --upstream-ca, and for practice sites the lab's alone.

Read when a page wants them (about 20 ms), and kept for a minute.
"""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable
from pathlib import Path

from inspector.exchange.model import Exchange
from inspector.explain.chains import TrustStore
from inspector.pki import trust
from inspector.pki.trust_stores.model import certificates_in
from inspector.web.settings import WebSettings

_PLAYED = ".inspector.test"
KEPT = 60.0  # seconds
_LAB = "the practice sites' own trust store"


class Roots:
    """Whom Inspector believes on the site's side. Safe to use from many threads."""

    __slots__ = ("_clock", "_kept", "_lock", "_settings")

    def __init__(self, settings: WebSettings, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[float, TrustStore]] = {}

    def store(self) -> TrustStore:
        """What sites on the network are judged by."""
        return self._fresh("system", self._read_system)

    def store_for(self, exchange: Exchange) -> TrustStore:
        """What the site of this exchange was judged by. Names below inspector.test are played by this computer, also where that is not noted."""
        if exchange.host.endswith(_PLAYED) or any(each.code == "local-site" for each in exchange.decisions):
            return self._fresh("lab", self._read_lab)
        return self.store()

    def _fresh(self, name: str, read: Callable[[], TrustStore]) -> TrustStore:
        with self._lock:
            at, store = self._kept.get(name, (0.0, None))
            if store is None or self._clock() > at + KEPT:
                store = read()
                self._kept[name] = (self._clock(), store)
            return store

    def _read_system(self) -> TrustStore:
        own = Path(self._settings.ca_path) if self._settings.ca_path else None
        files = [Path(each) for each in self._settings.upstream_ca]
        title = trust.trust_store(*files, own_ca=own)
        try:
            system = trust.roots(own_ca=own)
        except (OSError, ssl.SSLError):
            system = None
        if system is None:
            return TrustStore(title, None)
        parts = [TrustStore(trust.trust_store(own_ca=own), system), *map(_of_file, files)]
        every = tuple(der for part in parts for der in part.roots or ())
        return TrustStore(title, every, tuple(parts))

    def _read_lab(self) -> TrustStore:
        return TrustStore(_LAB, _of_file(Path(self._settings.lab_root)).roots)


def _of_file(path: Path) -> TrustStore:
    try:
        ders = tuple(certificates_in(path.read_bytes()))
    except OSError:
        ders = ()
    return TrustStore(f"the file {path}", ders)
