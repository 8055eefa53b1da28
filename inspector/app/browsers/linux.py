"""Browsers on Linux: programs on PATH, snaps and flatpaks, and the policies under /etc."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from inspector.app.browsers.kinds import KINDS, Area, Browser, Kind, Ordered, guess
from inspector.app.browsers.policies import from_firefox_file, from_json_folder

PROGRAMS = {
    "chrome": ("google-chrome", "google-chrome-stable", "/opt/google/chrome/chrome"),
    "chromium": ("chromium", "chromium-browser"),
    "edge": ("microsoft-edge", "microsoft-edge-stable", "/opt/microsoft/msedge/msedge"),
    "brave": ("brave-browser", "brave-browser-stable", "brave", "/opt/brave.com/brave/brave"),
    "firefox": ("firefox", "firefox-esr", "/opt/firefox/firefox"),
}
SNAPS = ("chromium", "brave", "firefox")
SNAP_PROGRAMS = ("snap/bin", "var/lib/snapd/snap/bin")
FLATPAKS = {
    "chrome": "com.google.Chrome",
    "chromium": "org.chromium.Chromium",
    "edge": "com.microsoft.Edge",
    "brave": "com.brave.Browser",
    "firefox": "org.mozilla.firefox",
}
POLICY_FOLDERS = {
    "chrome": ("etc/opt/chrome/policies/managed",),
    "chromium": ("etc/chromium/policies/managed", "etc/chromium-browser/policies/managed"),
    "edge": ("etc/opt/edge/policies/managed",),
    "brave": ("etc/brave/policies/managed", "etc/opt/brave/policies/managed"),
}
FIREFOX_POLICIES = ("etc/firefox/policies/policies.json", "etc/firefox-esr/policies/policies.json")
SNAP_LAUNCHER = re.compile(rb"(?:/snap/bin/|snap run )([a-z0-9-]+)")


class Linux:
    """Linux. `root` and `home` are the machine's and the user's, except in tests."""

    def __init__(self, root: Path = Path("/"), home: Path | None = None) -> None:
        self._root = root
        self._home = home or Path.home()

    def installed(self) -> Iterator[Browser]:
        for kind in KINDS.values():
            yield from self._programs(kind)
            yield from self._flatpak(kind)

    def at(self, path: Path) -> Browser | None:
        found = shutil.which(path)
        return self._program(guess(path.name), Path(found)) if found else None

    def orders(self, browser: Browser) -> list[Ordered]:
        if browser.kind.family == "firefox":
            beside = [browser.folder / "distribution" / "policies.json"] if browser.folder else []
            files = [*(self._root / each for each in FIREFOX_POLICIES), *beside]
            return [order for file in files for order in from_firefox_file(file)]
        folders = POLICY_FOLDERS.get(browser.kind.key, ())
        return [order for each in folders for order in from_json_folder(self._root / each)]

    def screen(self) -> Area | None:
        if not os.environ.get("DISPLAY"):
            return None  # Wayland places windows itself, and asks nobody
        return read_xrandr(_told_by("xrandr", "--current")) or read_xdpyinfo(_told_by("xdpyinfo"))

    def uses(self, folder: Path) -> bool:
        sought = os.fsencode(folder)
        return any(sought in _command_line(pid) for pid in (self._root / "proc").glob("[0-9]*"))

    def _programs(self, kind: Kind) -> Iterator[Browser]:
        found = [
            self._program(kind, Path(path)) for name in PROGRAMS[kind.key] if (path := shutil.which(name))
        ]
        yield from [browser for browser in found if not browser.package][:1]
        snaps = [browser for browser in found if browser.package]
        if kind.key in SNAPS:
            places = [self._root / each / kind.key for each in SNAP_PROGRAMS]
            snaps += [self._program(kind, path) for path in places if path.exists()]
        yield from snaps[:1]

    def _program(self, kind: Kind, path: Path) -> Browser:
        snap = snap_behind(path)
        if snap:
            return Browser(kind, (str(path),), "snap", room=self._snap_room(snap))
        return Browser(kind, (str(path),), folder=path.resolve().parent)

    def _snap_room(self, name: str) -> Path:
        """A snap sees neither /tmp nor hidden folders, but this folder it does."""
        return self._home / "snap" / name / "common"

    def _flatpak(self, kind: Kind) -> Iterator[Browser]:
        name = FLATPAKS[kind.key]
        for exports in (
            self._root / "var/lib/flatpak/exports/bin",
            self._home / ".local/share/flatpak/exports/bin",
        ):
            if (exports / name).exists():
                room = self._home / ".var" / "app" / name / "cache"
                yield Browser(kind, (str(exports / name),), "flatpak", room=room)
                return


def snap_behind(program: Path) -> str:
    """The name of the snap that a program only starts: a link to `snap` itself, or a script that runs it; or ''."""
    try:
        if program.resolve().name == "snap":
            return program.name
        with program.open("rb") as file:
            head = file.read(4096)
    except OSError:
        return ""
    found = SNAP_LAUNCHER.search(head) if head.startswith(b"#!") else None
    return found[1].decode("ascii") if found else ""


def read_xrandr(listing: str) -> Area | None:
    """The main screen in what `xrandr` prints: the primary output, or the first that is connected."""
    found = re.search(r" connected primary (\d+)x(\d+)\+(\d+)\+(\d+)", listing) or re.search(
        r" connected (\d+)x(\d+)\+(\d+)\+(\d+)", listing
    )
    if not found:
        return None
    width, height, left, top = map(int, found.groups())
    return Area(left, top, width, height)


def read_xdpyinfo(listing: str) -> Area | None:
    """The whole display in what `xdpyinfo` prints."""
    found = re.search(r"dimensions:\s+(\d+)x(\d+) pixels", listing)
    return Area(0, 0, int(found[1]), int(found[2])) if found else None


def _told_by(*command: str) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=2, check=False).stdout
    except (OSError, subprocess.SubprocessError):
        return ""


def _command_line(process: Path) -> bytes:
    try:
        return (process / "cmdline").read_bytes()
    except OSError:
        return b""
