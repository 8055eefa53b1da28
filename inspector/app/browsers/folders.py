"""Where a captured window keeps its profile: a folder that only this user can open, gone when the window is.

    lock        held while the window is open
    profile/    what the browser calls its profile
    tmp/ config/ cache/     what it would otherwise leave in the user's own folders (on Linux)
    browser.log what it wrote on its way

A window whose command was killed can't be cleaned up after, so each start removes the folders that nobody holds and no program uses.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from inspector.app import platform
from inspector.app.browsers.kinds import Browser, System
from inspector.app.errors import InspectorError
from inspector.app.home import OURS_ONLY, ours
from inspector.app.lock import LOCK, Lock

PREFIX = "inspector-window-"
KEPT = "windows"
PROFILE, LOG = "profile", "browser.log"
REMOVED_WITHIN = 5.0
LOOK_EVERY = 0.1
YOUNG = 60.0
LONGEST_SOCKET_FOLDER = 60  # a socket's path has at most 107 bytes, and Chromium adds 44


@contextlib.contextmanager
def throw_away(browser: Browser, system: System) -> Iterator[Path]:
    """A folder for one window, deleted afterwards."""
    if browser.room is not None:
        browser.room.mkdir(mode=OURS_ONLY, parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=browser.room)).resolve()
    try:
        with _held(folder):
            yield folder
    finally:
        remove(folder)


@contextlib.contextmanager
def kept(home: Path, browser: Browser) -> Iterator[Path]:
    """The folder of this browser's window in `home`, kept for the next time."""
    root = browser.room / PREFIX.rstrip("-") if browser.room is not None else home / KEPT
    folder = root / browser.kind.key
    folder.mkdir(mode=OURS_ONLY, parents=True, exist_ok=True)
    root.chmod(OURS_ONLY)
    with _held(folder, browser):
        yield folder


@contextlib.contextmanager
def _held(folder: Path, browser: Browser | None = None) -> Iterator[None]:
    lock = Lock(folder / LOCK, platform.here())
    if not lock.take():
        assert browser is not None
        raise InspectorError(
            f"The window of {browser.name} that is kept is open already.",
            "Close it first, or leave out --keep for a window of its own.",
        )
    try:
        (folder / PROFILE).mkdir(mode=OURS_ONLY, exist_ok=True)
        yield
    finally:
        lock.release()


def remove(folder: Path) -> bool:
    """Delete a window's folder; its browser's last processes may need a moment to let go of it."""
    until = time.monotonic() + REMOVED_WITHIN
    while True:
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return True
        if time.monotonic() >= until:
            return False
        time.sleep(LOOK_EVERY)


def remove_leftovers(system: System) -> int:
    """Delete the folders of windows that are over; says how many."""
    rooms = {browser.room for browser in system.installed() if browser.room is not None}
    found = (folder for room in (Path(tempfile.gettempdir()), *rooms) for folder in room.glob(f"{PREFIX}*"))
    return sum(_is_over(folder, system) and remove(folder) for folder in found)


def _is_over(folder: Path, system: System) -> bool:
    """Whether `folder` is ours and its window is closed. One without a lock may just be being made."""
    try:
        if folder.is_symlink() or not folder.is_dir() or not ours(folder):
            return False
        lock = folder / LOCK
        if not lock.exists():
            return time.time() - folder.stat().st_mtime > YOUNG
        with Lock(lock, platform.here()) as free:
            return free and not system.uses(folder)
    except OSError:
        return False


def surroundings(folder: Path, browser: Browser) -> dict[str, str]:
    """What keeps a browser on Linux from leaving things in the user's folders for settings, caches and temporary files.

    Its own settings are elsewhere then; all other programs' are linked to, so that fonts and colours stay as they are.
    """
    if sys.platform != "linux" or browser.package:
        return {}
    home = Path.home()
    config = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache")
    places = {
        "XDG_CONFIG_HOME": _shadow(folder / "config", config),
        "XDG_CACHE_HOME": _shadow(folder / "cache", cache),
    }
    temporary = folder / "tmp"
    if len(str(temporary)) > LONGEST_SOCKET_FOLDER:
        temporary = Path("/tmp")  # noqa: S108 (a browser makes a folder of its own in it)
    else:
        temporary.mkdir(mode=OURS_ONLY, exist_ok=True)
    places["TMPDIR"] = temporary
    return {name: str(place) for name, place in places.items()}


BROWSERS_OWN = (
    "mozilla",
    "chromium",
    "google-chrome",
    "google-chrome-beta",
    "microsoft-edge",
    "BraveSoftware",
)


def _shadow(shadow: Path, real: Path) -> Path:
    shutil.rmtree(shadow, ignore_errors=True)
    shadow.mkdir(mode=OURS_ONLY)
    try:
        entries = [entry for entry in real.iterdir() if entry.name not in BROWSERS_OWN]
    except OSError:
        entries = []
    for entry in entries:
        (shadow / entry.name).symlink_to(entry)
    return shadow
