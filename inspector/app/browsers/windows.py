"""Browsers on Windows: App Paths in the registry, the usual folders, and the policies under Software\\Policies."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from inspector.app.browsers.kinds import KINDS, Area, Browser, Ordered, guess
from inspector.app.browsers.policies import from_firefox_file, from_mapping

PROGRAMS = {
    "chrome": ("chrome.exe", "Google/Chrome/Application"),
    "chromium": ("chromium.exe", "Chromium/Application"),
    "edge": ("msedge.exe", "Microsoft/Edge/Application"),
    "brave": ("brave.exe", "BraveSoftware/Brave-Browser/Application"),
    "firefox": ("firefox.exe", "Mozilla Firefox"),
}
CHROMIUM_BY_ITS_OLD_NAME = ("chromium", "Chromium/Application/chrome.exe")
APP_PATHS = r"Software\Microsoft\Windows\CurrentVersion\App Paths"
POLICY_KEYS = {
    "chrome": r"Software\Policies\Google\Chrome",
    "chromium": r"Software\Policies\Chromium",
    "edge": r"Software\Policies\Microsoft\Edge",
    "brave": r"Software\Policies\BraveSoftware\Brave",
    "firefox": r"Software\Policies\Mozilla\Firefox",
}
HIVES = ("HKEY_CURRENT_USER", "HKEY_LOCAL_MACHINE")
FOLDERS = ("ProgramFiles", "ProgramFiles(x86)", "LOCALAPPDATA")
SPI_GETWORKAREA = 0x30

Registry = Callable[[str, str], dict[str, Any] | None]
"""Asked for (hive, key), gives the key's values by name ('' the default one) and its subkeys as dicts; None if there is no such key."""


class Windows:
    """Windows 10 and newer. `registry` and `environment` are the machine's, except in tests."""

    def __init__(self, registry: Registry | None = None, environment: Mapping[str, str] = os.environ) -> None:
        self._registry = registry or read_registry
        self._environment = environment

    def installed(self) -> Iterator[Browser]:
        for kind in KINDS.values():
            program = next((path for path in self._candidates(kind.key) if path.is_file()), None)
            if program is not None:
                yield Browser(kind, (str(program),), folder=program.parent)

    def at(self, path: Path) -> Browser | None:
        return Browser(guess(path.name), (str(path),), folder=path.parent) if path.is_file() else None

    def orders(self, browser: Browser) -> list[Ordered]:
        key = POLICY_KEYS.get(browser.kind.key)
        orders: list[Ordered] = []
        for hive in HIVES if key else ():
            values = self._registry(hive, str(key))
            orders += from_mapping(values or {}, f"{hive}\\{key}")
        if browser.kind.family == "firefox" and browser.folder is not None:
            orders += from_firefox_file(browser.folder / "distribution" / "policies.json")
        return orders

    def screen(self) -> Area | None:
        return _work_area()

    def uses(self, folder: Path) -> bool:
        """A folder in which a file is open cannot be renamed."""
        aside = folder.with_name(f"{folder.name}-over")
        try:
            folder.rename(aside)
            aside.rename(folder)
        except OSError:
            return True
        return False

    def _candidates(self, key: str) -> Iterator[Path]:
        name, folder = PROGRAMS[key]
        for hive in HIVES:
            values = self._registry(hive, f"{APP_PATHS}\\{name}")
            if values and values.get(""):
                yield Path(str(values[""]).strip('"'))
        for place in FOLDERS:
            if self._environment.get(place):
                yield Path(self._environment[place], folder, name)
                if key == CHROMIUM_BY_ITS_OLD_NAME[0]:
                    yield Path(self._environment[place], CHROMIUM_BY_ITS_OLD_NAME[1])


def read_registry(hive: str, key: str) -> dict[str, Any] | None:
    """The values and subkeys of a registry key."""
    found: dict[str, Any] | None = None
    if sys.platform == "win32":
        import winreg

        try:
            with winreg.OpenKey(getattr(winreg, hive), key) as opened:
                subkeys, values, _ = winreg.QueryInfoKey(opened)
                named = (winreg.EnumValue(opened, number) for number in range(values))
                found = {name: value for name, value, _ in named}
                names = [winreg.EnumKey(opened, number) for number in range(subkeys)]
        except OSError:
            return None
        found |= {name: read_registry(hive, f"{key}\\{name}") or {} for name in names}
    return found


def _work_area() -> Area | None:
    area: Area | None = None
    if sys.platform == "win32":
        import ctypes
        from ctypes import wintypes

        told = wintypes.RECT()
        if ctypes.windll.user32.SystemParametersInfoW(SPI_GETWORKAREA, 0, ctypes.byref(told), 0):
            area = Area(told.left, told.top, told.right - told.left, told.bottom - told.top)
    return area
