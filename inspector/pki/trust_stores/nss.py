"""NSS: the databases of Firefox's profiles, and the one that Chromium and its kin share on Linux (cert9.db, which is SQLite).

They are read directly, so that what is in them is known without any tool and to the last certificate; what a database *believes* is asked of
NSS's own certutil, and only that changes it. A running browser notices after its next start.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from inspector.pki.trust_stores.machine import Done, Machine
from inspector.pki.trust_stores.model import (
    Anchor,
    Held,
    Look,
    Proof,
    Sample,
    Step,
    ours_among,
)

DATABASE = "cert9.db"
TRUSTED = "C,,"  # an authority for TLS servers, and for nothing else

# PKCS #11's attributes, as NSS names its columns: a0 class (1 is a certificate), a3 label, a11 value.
_CERTIFICATES = "SELECT a11, a3 FROM nssPublic WHERE a0 = X'00000001' AND a11 IS NOT NULL"
_ROW = re.compile(r"^(?P<nickname>.*\S)\s+(?P<flags>[a-zA-Z]*,[a-zA-Z]*,[a-zA-Z]*)\s*$")


class NssStore:
    """One database. `spare` is one that no browser looks at for now: not trusted in unless it is named."""

    def __init__(  # noqa: PLR0917 (where it is, and what it is called)
        self,
        machine: Machine,
        id: str,
        title: str,
        serves: str,
        folder: Path,
        install: str,
        *,
        spare: str = "",
    ) -> None:
        self._machine = machine
        self._folder = folder
        self._install = install
        self._spare = spare
        self.id, self.title, self.serves = id, title, serves
        self.chosen = not spare

    @property
    def place(self) -> str:
        return str(self._folder)

    @property
    def _tool(self) -> str:
        # On Windows certutil is another program of the same name.
        return "" if self._machine.system == "win32" else self._machine.find("certutil")

    def look(self, anchor: Anchor | None) -> Look:
        try:
            held = ours_among(self._certificates(), anchor)
        except (OSError, sqlite3.Error) as error:
            return Look("unknown", note=f"{self._folder / DATABASE} cannot be read: {error}.")
        current = [each for each in held if each.current]
        if not self._tool:
            return Look(
                "unknown" if current else "absent", held, note=self._without_tool(), cure=self._install
            )
        if not current:
            return Look("absent", held, note=self._spare)
        if self._believes(current[0].where):
            return Look("trusted", held, note=self._spare)
        return Look("present", held, note="It is in the database, and not set to be trusted for sites.")

    def _without_tool(self) -> str:
        if self._machine.system in {"win32", "darwin"}:
            return (
                "Firefox believes what the system believes, unless that is switched off in its settings "
                "(Privacy & Security, Certificates). There is no certutil of NSS here to change its own list."
            )
        return "There is no certutil here, which changes it."

    def _certificates(self) -> list[tuple[bytes, str]]:
        path = self._folder / DATABASE
        if not path.is_file():
            return []
        with closing(
            sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=2.0)
        ) as database:
            return [(bytes(der), _text(label)) for der, label in database.execute(_CERTIFICATES)]

    def _believes(self, nickname: str) -> bool:
        flags = {
            row["nickname"]: row["flags"]
            for line in self._certutil("-L").out.splitlines()
            if (row := _ROW.match(line))
        }
        return "C" in flags.get(nickname, "").partition(",")[0]

    def _certutil(self, *arguments: str) -> Done:
        return self._machine.run(*self._command(*arguments))

    def _command(self, *arguments: str) -> tuple[str, ...]:
        return (self._tool or "certutil", "-d", f"sql:{self._folder}", *arguments)

    def to_trust(self, anchor: Anchor) -> tuple[Step, ...]:
        if self.look(anchor).state == "present":
            nickname = next(each.where for each in self.look(anchor).held if each.current)
            return (
                Step(
                    f"Sets {nickname} in {self._folder} to be trusted.",
                    self._command("-M", "-n", nickname, "-t", TRUSTED),
                ),
            )
        add = Step(
            f"Adds the certificate to {self._folder}.",
            self._command("-A", "-n", anchor.name, "-t", TRUSTED, "-i", str(anchor.path)),
        )
        return (*self._new_database(), add)

    def _new_database(self) -> tuple[Step, ...]:
        if (self._folder / DATABASE).exists():
            return ()
        return (
            Step(f"Makes the folder {self._folder}.", ("mkdir", "-p", "-m", "0700", str(self._folder))),
            Step("Makes an empty database in it.", self._command("-N", "--empty-password")),
        )

    def to_untrust(self, held: Sequence[Held]) -> tuple[Step, ...]:
        # By their name, since certutil knows no other way; `look` afterwards goes by the fingerprint.
        return tuple(
            Step(f"Deletes {each.name} from {self._folder}.", self._command("-D", "-n", each.where))
            for each in held
        )

    def prove(self, anchor: Anchor, sample: Sample | None) -> Proof:
        current = next((each for each in self.look(anchor).held if each.current), None)
        if current is None:
            return Proof(False, f"{self._folder} does not hold the certificate.")
        if not self._believes(current.where):
            return Proof(False, f"{self._folder} holds the certificate and does not trust it.")
        judged = self._certutil("-V", "-n", current.where, "-u", "L")  # L: an authority for TLS
        if judged.code == 0:
            return Proof(
                True,
                "NSS accepts it as an authority for sites. A running browser notices after its next start.",
            )
        return Proof(False, f"NSS does not accept it as an authority for sites: {judged.said}.")


def _text(label: object) -> str:
    return label.decode("utf-8", "replace") if isinstance(label, bytes) else str(label or "")
