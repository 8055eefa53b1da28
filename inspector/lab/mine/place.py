"""DATA/lab/mine: what the lab keeps of my.inspector.test.

mine.json         which folder is served, and whether it was at work
certificate.pem   a key with the chain that was applied for; without it the site has one of the lab's
challenges/       what the site answers to an authority that wants to know who it is, a file for each token
"""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import msgspec

from inspector.pki import files

MOST_CHALLENGES = 50


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What the learner asked for last: `folder`, and whether it is to be served."""

    folder: str = ""
    on: bool = False


class Place(NamedTuple):
    """The folder."""

    root: Path

    @property
    def certificate(self) -> Path:
        return self.root / "certificate.pem"

    @property
    def challenges(self) -> Path:
        return self.root / "challenges"

    def read(self) -> Wish:
        with suppress(OSError, msgspec.MsgspecError):
            return msgspec.json.decode((self.root / "mine.json").read_bytes(), type=Wish)
        return Wish()

    def write(self, wish: Wish) -> None:
        """Raises OSError."""
        self._prepare()
        files.replace(self.root / "mine.json", msgspec.json.encode(wish), files.PRIVATE)

    def answer(self, token: str, words: str) -> None:
        """Lay an answer down for a challenge. Raises OSError."""
        self._prepare()
        self.challenges.mkdir(mode=0o700, exist_ok=True)
        old = sorted(self.challenges.iterdir(), key=lambda path: path.stat().st_mtime)
        for each in old[: max(0, len(old) - MOST_CHALLENGES + 1)]:
            each.unlink(missing_ok=True)
        files.replace(self.challenges / token, words.encode(), files.PRIVATE)

    def forget_answers(self) -> None:
        shutil.rmtree(self.challenges, ignore_errors=True)

    def install(self, served: bytes) -> None:
        """Serve with this key and chain from the next handshake on. Raises OSError."""
        self._prepare()
        files.replace(self.certificate, served, files.PRIVATE)

    def uninstall(self) -> None:
        self.certificate.unlink(missing_ok=True)

    def _prepare(self) -> None:
        self.root.mkdir(
            mode=0o700, exist_ok=True
        )  # without its parents: a home that is being deleted must not come back
