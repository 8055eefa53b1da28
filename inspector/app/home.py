"""The home folder: where one life of Inspector is kept.

    HOME/certs/      the authority: ca.pem, and its key that never leaves this folder
    HOME/captures/   what was captured
    HOME/run/        only while it runs: who runs, the log, what the processes tell each other

Chosen in this order: `--home`, `INSPECTOR_HOME`, the checkout when run from one, the user's data folder.
On a network drive only certs/ stays there: neither SQLite's WAL nor shared memory works across machines.
"""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from inspector.app.errors import CannotStart
from inspector.app.platform import Platform, here

VARIABLE = "INSPECTOR_HOME"
OURS_ONLY = 0o700


@dataclass(frozen=True, slots=True)
class Home:
    """Where the parts of a home lie. `data` is `root`, but on a network drive: `note` says so in a sentence."""

    root: Path
    data: Path
    fresh: bool = False
    note: str = ""

    @property
    def certs(self) -> Path:
        return self.root / "certs"

    @property
    def captures(self) -> Path:
        return self.data / "captures"

    @property
    def run(self) -> Path:
        return self.data / "run"


def choose(asked: Path | None, environment: Mapping[str, str] = os.environ) -> Path:
    """The home folder for this run or command."""
    if asked is not None:
        return asked.expanduser().absolute()
    if environment.get(VARIABLE):
        return Path(environment[VARIABLE]).expanduser().absolute()
    return checkout() or _data_folder()


def checkout() -> Path | None:
    """The checkout that this package is run from, if it is not an installed copy."""
    folder = Path(__file__).resolve().parents[2]
    return (
        folder if (folder / "pyproject.toml").is_file() and (folder / "scripts" / "run").is_file() else None
    )


def _data_folder() -> Path:
    from platformdirs import user_data_path

    return user_data_path("inspector", appauthor=False)


def locate(root: Path, *, fresh: bool = False, platform: Platform | None = None) -> Home:
    """Where the parts of the home `root` lie; nothing is made or changed."""
    platform = platform or here()
    drive = platform.network_drive(_nearest_existing(root))
    if not drive:
        return Home(root, root, fresh=fresh)
    import hashlib  # it loads OpenSSL, 5 MB that the supervisor does without

    name = hashlib.sha256(os.fsencode(root)).hexdigest()[:12]
    local = platform.local_data_folder() / name
    note = f"Captures are kept in {local}, since {root} is on a network drive ({drive})."
    return Home(root, local, fresh=fresh, note=note)


def prepare(home: Home) -> None:
    """Make the folders, for their owner's eyes only; CannotStart if they can't be made or written to."""
    try:
        if home.note:
            _own_folder(home.data.parent)
        home.root.mkdir(mode=OURS_ONLY, parents=True, exist_ok=True)
        for folder in (home.certs, home.captures, home.run):
            folder.parent.mkdir(mode=OURS_ONLY, parents=True, exist_ok=True)
            folder.mkdir(mode=OURS_ONLY, exist_ok=True)
            folder.chmod(OURS_ONLY)
            _try_to_write(folder)
    except OSError as error:
        raise _unusable(home.root, error) from error


def _own_folder(folder: Path) -> None:
    """Make the folder on the local disk, and refuse one that somebody else made there first: the place is public."""
    folder.mkdir(mode=OURS_ONLY, exist_ok=True)
    if folder.is_symlink() or not ours(folder):
        raise PermissionError(errno.EPERM, "it belongs to somebody else", str(folder))


def ours(folder: Path) -> bool:
    """Whether the folder belongs to this user."""
    return not hasattr(os, "getuid") or folder.lstat().st_uid == os.getuid()


def _try_to_write(folder: Path) -> None:
    with tempfile.TemporaryFile(dir=folder):
        pass


def _unusable(root: Path, error: OSError) -> CannotStart:
    where = error.filename or root
    return CannotStart(
        f"The home folder {root} cannot be used: {error.strerror} ({where}).",
        "Choose one that you may write to with --home DIR, or --fresh for a temporary one.",
    )


def _nearest_existing(folder: Path) -> Path:
    return next(place for place in (folder, *folder.parents) if place.exists() or place == place.parent)
