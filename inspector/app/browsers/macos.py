"""Browsers on macOS: applications, and the policies that a profile or a management server puts in place."""

from __future__ import annotations

import getpass
import plistlib
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from inspector.app.browsers.kinds import KINDS, Area, Browser, Kind, Ordered, guess
from inspector.app.browsers.policies import from_firefox_file, from_mapping

APPLICATIONS = {
    "chrome": "Google Chrome.app",
    "chromium": "Chromium.app",
    "edge": "Microsoft Edge.app",
    "brave": "Brave Browser.app",
    "firefox": "Firefox.app",
}
DOMAINS = {
    "chrome": "com.google.Chrome",
    "chromium": "org.chromium.Chromium",
    "edge": "com.microsoft.Edge",
    "brave": "com.brave.Browser",
    "firefox": "org.mozilla.firefox",
}
# The visible part of the main screen, counted from the top as windows are: AppKit counts from the bottom.
ASK_SCREEN = (
    "ObjC.import('AppKit'); var s = $.NSScreen.mainScreen, v = s.visibleFrame, f = s.frame;"
    "[v.origin.x, f.size.height - v.origin.y - v.size.height, v.size.width, v.size.height].join(' ')"
)


class MacOS:
    """macOS 12 and newer. `root` and `home` are the machine's and the user's, except in tests."""

    def __init__(self, root: Path = Path("/"), home: Path | None = None) -> None:
        self._root = root
        self._home = home or Path.home()

    def installed(self) -> Iterator[Browser]:
        for kind in KINDS.values():
            for folder in (self._root / "Applications", self._home / "Applications"):
                browser = self._application(folder / APPLICATIONS[kind.key], kind)
                if browser is not None:
                    yield browser
                    break

    def at(self, path: Path) -> Browser | None:
        kind = guess(path.name)
        if path.suffix == ".app":
            return self._application(path, kind)
        return Browser(kind, (str(path),), folder=path.parent) if path.is_file() else None

    def orders(self, browser: Browser) -> list[Ordered]:
        domain = DOMAINS.get(browser.kind.key, "")
        folder = self._root / "Library" / "Managed Preferences"
        files = [folder / f"{domain}.plist", folder / getpass.getuser() / f"{domain}.plist"] if domain else []
        orders = [order for file in files for order in _from_plist(file)]
        if browser.kind.family == "firefox" and browser.folder is not None:
            orders += from_firefox_file(
                browser.folder.parent / "Resources" / "distribution" / "policies.json"
            )
        return orders

    def screen(self) -> Area | None:
        return read_screen(_told_by("/usr/bin/osascript", "-l", "JavaScript", "-e", ASK_SCREEN))

    def uses(self, folder: Path) -> bool:
        return str(folder) in _told_by("/bin/ps", "-axww", "-o", "command=")

    def _application(self, path: Path, kind: Kind) -> Browser | None:
        try:
            facts = plistlib.loads((path / "Contents" / "Info.plist").read_bytes())
            program = path / "Contents" / "MacOS" / str(facts["CFBundleExecutable"])
        except (OSError, KeyError, plistlib.InvalidFileException, ValueError):
            return None
        return Browser(kind, (str(program),), folder=program.parent) if program.is_file() else None


def _from_plist(file: Path) -> list[Ordered]:
    try:
        return from_mapping(plistlib.loads(file.read_bytes()), str(file))
    except (OSError, plistlib.InvalidFileException, ValueError):
        return []


def read_screen(told: str) -> Area | None:
    """The four numbers that ASK_SCREEN gives."""
    numbers = re.findall(r"-?\d+(?:\.\d+)?", told)
    return Area(*(int(float(each)) for each in numbers)) if len(numbers) == len(Area._fields) else None


def _told_by(*command: str) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=3, check=False).stdout
    except (OSError, subprocess.SubprocessError):
        return ""
