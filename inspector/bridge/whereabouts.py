"""Finding the Inspector that runs here: a file in its home that only its owner can read says where it is, and holds two secrets.

`token` opens its door for reports; `key` proves that the field on a request was put there by that Inspector. The file is written again whenever it starts, so it
is looked at again when it changed: an Inspector that is restarted is found without restarting the app.
"""

from __future__ import annotations

import hmac
import json
import os
import sys
import threading
import time
from hashlib import blake2s
from pathlib import Path
from typing import Any, NamedTuple

FILE = "bridge.json"
FIELD = "HTTP_INSPECTOR_EXCHANGE"
_EVERY = 1.0
_LARGEST = 4096


class Whereabouts(NamedTuple):
    """Where a running Inspector takes reports: a host and a port of this computer. `stamp` changes when it starts anew."""

    host: str
    port: int
    token: str
    key: bytes
    stamp: tuple[int, int]


class Finder:
    """Looks at one home's file, at most once a second, and keeps what it said. Safe to use from many threads."""

    def __init__(self, home: str | os.PathLike[str] | None = None) -> None:
        self._path = choose(home) / "run" / FILE
        self._lock = threading.Lock()
        self._looked = -_EVERY
        self._stamp: tuple[int, int] | None = None
        self._found: Whereabouts | None = None

    def find(self, *, now: bool = False) -> Whereabouts | None:
        """Where Inspector is, as far as is known; `now` looks even if that was done a moment ago."""
        at = time.monotonic()
        with self._lock:
            if now or at - self._looked >= _EVERY:
                self._looked = at
                self._look()
            return self._found

    def _look(self) -> None:
        try:
            stat = self._path.stat()
            stamp = (stat.st_mtime_ns, stat.st_ino)
            if stamp == self._stamp:
                return
            self._stamp, self._found = stamp, None
            if stat.st_size <= _LARGEST and _private(stat):
                self._found = _read(self._path.read_bytes(), stamp)
        except (OSError, ValueError, KeyError, TypeError):
            self._stamp = self._found = None

    def exchange_of(self, field: str) -> tuple[str, str] | None:
        """The exchange that a field names, and its proof; None if no Inspector of ours wrote it."""
        id, dot, proof = field.partition(".")
        if not dot or len(id) != 32 or len(proof) != 32:
            return None
        for now in (False, True):
            found = self.find(now=now)
            if found is not None and hmac.compare_digest(proof_of(id, found.key).encode(), proof.encode()):
                return id, proof
        return None


def proof_of(id: str, key: bytes) -> str:
    """What stands behind the dot of the field: that whoever wrote it knows the key. It is good for this exchange alone."""
    return blake2s(id.encode("latin-1", "replace"), key=key, digest_size=16).hexdigest()


def _private(stat: os.stat_result) -> bool:
    """Whether the file is this user's and nobody else can read it; Windows keeps a user's folders to that user."""
    return not hasattr(os, "getuid") or (stat.st_uid == os.getuid() and not stat.st_mode & 0o077)


def _read(data: bytes, stamp: tuple[int, int]) -> Whereabouts | None:
    said: dict[str, Any] = json.loads(data)
    if not said["port"]:
        return None  # it has been stopped
    key = bytes.fromhex(said["key"])
    return Whereabouts(str(said["host"]), int(said["port"]), str(said["token"]), key, stamp) if key else None


def choose(asked: str | os.PathLike[str] | None) -> Path:
    """The home folder, chosen as `inspector run` chooses it: the one that was named, INSPECTOR_HOME, the checkout, the user's data folder."""
    if asked is not None:
        return Path(asked).expanduser().absolute()
    named = os.environ.get("INSPECTOR_HOME")
    if named:
        return Path(named).expanduser().absolute()
    checkout = Path(__file__).resolve().parents[2]
    if (checkout / "pyproject.toml").is_file() and (checkout / "scripts" / "run").is_file():
        return checkout
    return _data_folder()


def _data_folder() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "inspector"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "inspector"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "inspector"
