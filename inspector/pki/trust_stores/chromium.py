"""Chromium's own list: authorities that a person imported in the browser's certificate manager (since version 134), in each profile.

It is read (one SQLite file a profile), so that `untrust` can say truly that nothing is left; only the browser itself may write it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from inspector.pki.trust_stores.machine import Machine
from inspector.pki.trust_stores.model import Anchor, Held, Look, Proof, Sample, Step, ours_among

DATABASE = "ServerCertificate"
_CERTIFICATES = "SELECT der_cert FROM certificates"
_MANAGER = "chrome://certificate-manager (Your certificates, Installed by you)"


class ChromiumProfile:
    """The list of one profile."""

    serves = "this profile of the browser alone"
    chosen = False

    def __init__(self, database: Path) -> None:
        self._database = database
        self.id = f"profile:{database.parent.parent.name}/{database.parent.name}".replace(" ", "-").lower()
        self.title = (
            f"the certificate manager of {database.parent.parent.name}, profile {database.parent.name}"
        )

    @property
    def place(self) -> str:
        return str(self._database)

    def look(self, anchor: Anchor | None) -> Look:
        try:
            uri = f"{self._database.absolute().as_uri()}?mode=ro"
            with closing(sqlite3.connect(uri, uri=True, timeout=2.0)) as database:
                ders = [bytes(der) for (der,) in database.execute(_CERTIFICATES)]
        except (sqlite3.Error, OSError) as error:
            return Look("unknown", note=f"{self._database} cannot be read: {error}.")
        held = ours_among(((der, self.place) for der in ders), anchor)
        if not any(each.current for each in held):
            return Look("absent", held)
        return Look("present", held, note=f"Somebody imported it by hand. Look at it in {_MANAGER}.")

    def to_trust(self, anchor: Anchor) -> tuple[Step, ...]:
        return (Step(f"Only the browser can do that: open {_MANAGER} and import {anchor.path}."),)

    def to_untrust(self, held: Sequence[Held]) -> tuple[Step, ...]:
        return tuple(
            Step(f"Only the browser can do that: open {_MANAGER} and delete {each.name}.") for each in held
        )

    def prove(self, anchor: Anchor, sample: Sample | None) -> Proof:
        there = any(each.current for each in self.look(anchor).held)
        return Proof(there, f"{self._database} {'holds' if there else 'does not hold'} the certificate.")


def chromium_profiles(machine: Machine, anchor: Anchor | None) -> Iterator[ChromiumProfile]:
    """The profiles that hold an authority of ours: the others are not worth a line."""
    for folder, *patterns in _data_folders(machine):
        for database in machine.glob(Path(folder), *(f"{pattern}/{DATABASE}" for pattern in patterns)):
            profile = ChromiumProfile(database)
            if profile.look(anchor).held:
                yield profile


def _data_folders(machine: Machine) -> list[tuple[Path, str, str]]:
    """Folders of programs' data, and how deep in them a profile lies: google-chrome/Default, BraveSoftware/Brave-Browser/Default."""
    home = machine.home
    if machine.system == "win32":
        local = machine.folder("LOCALAPPDATA", "AppData/Local")
        return [(local, "*/*/User Data/*", "*/User Data/*")]
    if machine.system == "darwin":
        return [(home / "Library" / "Application Support", "*/*", "*/*/*")]
    return [
        (machine.folder("XDG_CONFIG_HOME", ".config"), "*/*", "*/*/*"),
        (home / "snap", "*/common/*/*", "*/common/*/*/*"),
        (home / ".var" / "app", "*/config/*/*", "*/config/*/*/*"),
    ]
