"""Fresh homes: a temporary home for `--fresh`, gone when the run ends (shared school computers).

A run that was killed cannot clean up after itself, so each start removes the fresh homes whose run is over:
those that nobody holds the lock of, nor that of any of its processes.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from inspector.app.home import ours
from inspector.app.lock import LOCK, Lock, wait_for_leftovers
from inspector.app.platform import here

PREFIX = "inspector-fresh-"


def make() -> Path:
    """A new folder that only this user can open."""
    return Path(tempfile.mkdtemp(prefix=PREFIX)).resolve()


def remove(home: Path) -> bool:
    """Delete a fresh home with all that was captured; False if something of it is still there."""
    shutil.rmtree(home, ignore_errors=True)
    return not home.exists()


def remove_leftovers(folder: Path | None = None) -> int:
    """Delete the fresh homes of runs that are over; says how many."""
    place = folder or Path(tempfile.gettempdir())
    return sum(_is_over(home) and remove(home) for home in place.glob(f"{PREFIX}*"))


def _is_over(home: Path) -> bool:
    """Whether `home` is ours and its run has ended. One without a lock file may just be starting: leave it."""
    if home.is_symlink() or not home.is_dir() or not ours(home):
        return False
    lock = home / "run" / LOCK
    if not lock.exists():
        return False
    with Lock(lock, here()) as held:
        return held and not wait_for_leftovers(home / "run", here(), wait=0.0)
