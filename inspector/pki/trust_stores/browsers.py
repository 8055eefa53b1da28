"""Where browsers keep their lists: NSS databases of Firefox and its kin and of Chromium and its kin, in packages of every kind.

Chromium uses ~/.pki/nssdb where that is there, else (since version 146) $XDG_DATA_HOME/pki/nssdb. Making the first one would hide what is in
the second, so it is only made where there is neither: every version looks there.
"""

from __future__ import annotations

import configparser
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from inspector.pki.trust_stores.linux import installs
from inspector.pki.trust_stores.machine import Machine
from inspector.pki.trust_stores.nss import DATABASE, NssStore

CHROMIUM_PROGRAMS = (
    "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge", "microsoft-edge-stable",
    "brave-browser", "vivaldi", "opera",
)  # fmt: skip
_CHROMIUM_KIN = "Chrome, Chromium, Edge, Brave and their kin"


class Profiles(NamedTuple):
    """A folder with profiles.ini, and whose it is."""

    title: str
    folder: Path


def nss_stores(machine: Machine) -> Iterator[NssStore]:
    """The NSS databases of this user's browsers."""
    if machine.system not in {"win32", "darwin"}:
        yield from _chromium(machine)
    yield from _firefox(machine)


# --- Chromium and its kin, on Linux ----------------------------------------------------------------------


def _chromium(machine: Machine) -> Iterator[NssStore]:
    install = installs(machine, "nss_tools")
    yield from _native_chromium(machine, install)
    packaged = machine.glob(
        machine.home, "snap/*/current/.pki/nssdb", "snap/*/current/.local/share/pki/nssdb",
        ".var/app/*/.pki/nssdb", ".var/app/*/data/pki/nssdb",
    )  # fmt: skip
    for folder in packaged:
        app = folder.relative_to(machine.home).parts[2 if ".var" in folder.parts else 1]
        kind = "flatpak" if ".var" in folder.parts else "snap"
        yield NssStore(
            machine, f"chromium:{app}", f"the browsers' list of the {kind} {app}", app, folder, install
        )
    snap = machine.home / "snap" / "chromium" / "current"
    if snap.is_dir() and not any(snap.glob("**/pki/nssdb")) and not (snap / ".pki" / "nssdb").exists():
        yield NssStore(
            machine, "chromium:chromium", "the browsers' list of the snap chromium", "chromium", snap / ".pki" / "nssdb", install
        )  # fmt: skip


def _native_chromium(machine: Machine, install: str) -> Iterator[NssStore]:
    old = machine.home / ".pki" / "nssdb"
    new = machine.folder("XDG_DATA_HOME", ".local/share") / "pki" / "nssdb"
    there = [folder for folder in (old, new) if (folder / DATABASE).exists() or folder.is_dir()]
    if not there and machine.find(*CHROMIUM_PROGRAMS):
        there = [old]
    for folder in there:
        spare = f"Browsers look at {old} as long as that is there." if folder != there[0] else ""
        id = "chromium" if folder == there[0] else "chromium:spare"
        yield NssStore(machine, id, "the browsers' list", _CHROMIUM_KIN, folder, install, spare=spare)


# --- Firefox and its kin ---------------------------------------------------------------------------------


def _firefox(machine: Machine) -> Iterator[NssStore]:
    install = "brew install nss" if machine.system == "darwin" else installs(machine, "nss_tools")
    seen: set[Path] = set()
    for profiles in _profile_folders(machine):
        for folder in _profiles(machine, profiles.folder):
            if folder not in seen:
                seen.add(folder)
                title = f"{profiles.title}'s profile {folder.name}"
                yield NssStore(machine, f"firefox:{folder.name}", title, profiles.title, folder, install)


def _profile_folders(machine: Machine) -> list[Profiles]:
    home = machine.home
    if machine.system == "win32":
        roaming = machine.folder("APPDATA", "AppData/Roaming")
        return [
            Profiles("Firefox", roaming / "Mozilla" / "Firefox"),
            Profiles("LibreWolf", roaming / "librewolf"),
        ]
    if machine.system == "darwin":
        library = home / "Library" / "Application Support"
        return [Profiles("Firefox", library / "Firefox"), Profiles("LibreWolf", library / "librewolf")]
    config = machine.folder("XDG_CONFIG_HOME", ".config")
    return [
        Profiles("Firefox", home / ".mozilla" / "firefox"),
        Profiles("Firefox", config / "mozilla" / "firefox"),  # since version 147
        Profiles("Firefox (snap)", home / "snap" / "firefox" / "common" / ".mozilla" / "firefox"),
        Profiles("Firefox (snap)", home / "snap" / "firefox" / "common" / ".config" / "mozilla" / "firefox"),
        Profiles("Firefox (flatpak)", home / ".var" / "app" / "org.mozilla.firefox" / ".mozilla" / "firefox"),
        Profiles("Firefox (flatpak)", home / ".var" / "app" / "org.mozilla.firefox" / "config" / "mozilla" / "firefox"),
        Profiles("LibreWolf", home / ".librewolf"),
        Profiles("Waterfox", home / ".waterfox"),
        Profiles("Zen", home / ".zen"),
    ]  # fmt: skip


def _profiles(machine: Machine, folder: Path) -> list[Path]:
    """The profiles that profiles.ini names, and those that lie there without being named."""
    found = [path for path in _named_profiles(folder / "profiles.ini") if path.is_dir()]
    lying = machine.glob(folder, f"*/{DATABASE}", f"Profiles/*/{DATABASE}")
    return list(dict.fromkeys([*found, *(path.parent for path in lying)]))


def _named_profiles(ini: Path) -> Iterator[Path]:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read(ini, encoding="utf-8")
    except (configparser.Error, OSError, UnicodeError):
        return
    for name in parser.sections():
        path = parser[name].get("Path", "")
        if name.startswith("Profile") and path:
            yield ini.parent / path  # an absolute one stays as it is
