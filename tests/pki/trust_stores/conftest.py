"""A computer of one's own for trust stores: its folders lie below a temporary one, its programs note what they are asked."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from inspector.pki.authority import Authority
from inspector.pki.leaves import Leaves
from inspector.pki.trust_stores.machine import Done, Machine
from inspector.pki.trust_stores.model import Anchor, Sample

NAME = "probe.inspector.test"


class Computer(Machine):
    """`programs` are those that are there; `answers` what commands that begin so say, by their words joined with blanks."""

    def __init__(self, folder: Path, *, system="linux", programs=(), root_user=True, environment=None):
        self.programs = set(programs)
        self.answers: dict[str, Done] = {}
        self.root_user = root_user
        self.ran: list[str] = []
        super().__init__(
            home=folder / "home", root=folder / "root", environment=environment or {}, system=system
        )
        self.home.mkdir(exist_ok=True)
        self.root.mkdir(exist_ok=True)

    def find(self, *names):
        return next((f"/bin/{name}" for name in names if name in self.programs), "")

    def run(self, *command):
        self.ran.append(self.shown(command))
        joined = " ".join(command)
        return next(
            (answer for words, answer in self.answers.items() if joined.startswith(words)), Done(0, "", "")
        )

    def may_write(self, path):
        return self.root_user

    def shown(self, command):
        """A command, its paths as they would be on a real computer."""
        return " ".join(command).replace(str(self.root), "").replace(str(self.home), "~")

    def typed(self, steps):
        """What a person would type for these steps."""
        return [self.shown([step.typed]).replace("'", "") for step in steps if step.command]

    def make(self, place: str, content: bytes = b"") -> Path:
        """A file of the system, or with ~ of the user; a folder where the name ends with a slash."""
        path = self.home / place[2:] if place.startswith("~/") else self.path(place)
        if place.endswith("/"):
            path.mkdir(parents=True, exist_ok=True)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return path


@pytest.fixture
def computer(tmp_path):
    def make(**options):
        return Computer(tmp_path, **options)

    return make


def anchor_of(authority: Authority) -> Anchor:
    return Anchor(authority.certificate, authority.path)


@pytest.fixture
def anchor(authority):
    return anchor_of(authority)


@pytest.fixture
def older(tmp_path):
    """An authority of another time, or of another home."""
    return anchor_of(Authority.load_or_create(tmp_path / "older"))


@pytest.fixture
def sample(authority):
    return Sample(Leaves(authority).make(NAME).context, NAME)


@pytest.fixture
def stranger(forge):
    """A root that is none of ours."""
    return forge("Some Root", ca=True)


@pytest.fixture
def certutil():
    """NSS's own tool, on a database: certutil(folder, "-L", ...)."""
    if shutil.which("certutil") is None:
        pytest.skip("there is no certutil (Debian: apt install libnss3-tools)")

    def run(folder, *arguments):
        done = subprocess.run(
            ["certutil", "-d", f"sql:{folder}", *map(str, arguments)], capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL
        )  # fmt: skip
        return done.stdout

    return run


@pytest.fixture
def real(tmp_path):
    """This computer's programs, with a user's folder of its own."""
    home = tmp_path / "home"
    home.mkdir()
    return Machine(home=home, root=tmp_path / "root", environment={"PATH": os.environ["PATH"]})
