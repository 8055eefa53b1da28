"""The computer, as far as trust stores have to know it: folders, variables, programs. Tests give them another one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

PATIENCE = 180.0  # seconds; Windows and macOS ask a person in between
_ALSO = (
    "/usr/sbin", "/sbin", "/usr/local/sbin", "/opt/homebrew/opt/nss/bin", "/usr/local/opt/nss/bin", "/opt/homebrew/bin",
)  # fmt: skip


class Done(NamedTuple):
    """A command that has ended: its exit code, and what it said."""

    code: int
    said: str
    out: str = ""


class Machine:
    """The real one. `root` is put before absolute paths, `home` is the user's folder."""

    def __init__(
        self,
        *,
        home: Path | None = None,
        root: Path = Path("/"),
        environment: Mapping[str, str] = os.environ,
        system: str = sys.platform,
    ) -> None:
        self.home = home or Path.home()
        self.root = root
        self.environment = environment
        self.system = system

    def path(self, absolute: str) -> Path:
        """A place of the system."""
        return self.root / absolute.lstrip("/")

    def folder(self, variable: str, otherwise: str) -> Path:
        """A folder that a variable names, or one in the user's folder."""
        given = self.environment.get(variable, "")
        return Path(given) if given and Path(given).is_absolute() else self.home / otherwise

    def find(self, *names: str) -> str:
        """The path of the first of these programs that is there; empty if none is."""
        path = os.pathsep.join((self.environment.get("PATH", os.defpath), *_ALSO))
        return next((found for name in names if (found := shutil.which(name, path=path))), "")

    def run(self, *command: str) -> Done:
        """Run a command; what keeps it from running is an exit code too."""
        environment = {**self.environment, "LC_ALL": "C"}
        try:
            done = subprocess.run(  # noqa: S603 (the commands are shown before they are run)
                command, stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE, check=False, env=environment
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired) as error:
            return Done(126, str(error))
        out, err = (text.decode("utf-8", "replace") for text in (done.stdout, done.stderr))
        return Done(done.returncode, (err.strip() or out.strip()), out)

    def may_write(self, path: Path) -> bool:
        """Whether this user may change the file, or make one in the folder; of what is not there, the folder above counts."""
        existing = next(each for each in (path, *path.parents) if each.exists() or each == each.parent)
        return os.access(existing, os.W_OK)

    def glob(self, folder: Path, *patterns: str) -> Iterator[Path]:
        """What fits the patterns below a folder, in order; what cannot be read is passed over."""
        for pattern in patterns:
            try:
                yield from sorted(folder.glob(pattern))
            except OSError:
                continue
