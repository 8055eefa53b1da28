"""Locks in HOME/run: one running copy to a home, and one process to a role.

A lock is held by the system on behalf of a process, so it is free again the moment the process is gone, even
by SIGKILL. That a file exists means nothing.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import IO

from inspector.app.platform import Platform

LOCK = "lock"
ROLES = ("engine", "recorder", "web", "lab")
LOOK_EVERY = 0.02


def role_lock(run: Path, role: str) -> Path:
    """The lock that the process with this role holds as long as it lives."""
    return run / f"{role}.lock"


class Lock:
    """A lock on a file. `with Lock(...) as held:` says whether it could be taken."""

    def __init__(self, path: Path, platform: Platform) -> None:
        self.path = path
        self._platform = platform
        self._file: IO[bytes] | None = None

    def take(self, *, wait: float = 0.0) -> bool:
        """Take it if it is free, or becomes so within `wait` seconds."""
        until = time.monotonic() + wait
        while not self._try():
            if time.monotonic() >= until:
                return False
            time.sleep(LOOK_EVERY)
        return True

    def release(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def __enter__(self) -> bool:
        return self.take()

    def __exit__(self, *_: object) -> None:
        self.release()

    def _try(self) -> bool:
        file = self.path.open("ab")
        if not self._platform.lock(file):
            file.close()
            return False
        self._file = file
        return True


def wait_for_leftovers(run: Path, platform: Platform, *, wait: float) -> str:
    """Wait until the children of a killed supervisor have stopped; the role of one that hasn't, or ''."""
    for role in ROLES:
        lock = Lock(role_lock(run, role), platform)
        if not lock.take(wait=wait):
            return role
        lock.release()
    return ""
