"""How one calls Inspector here, for the cures in sentences: `inspector`, or its path where it is not on PATH."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from pathlib import Path

from inspector.app import home


def command(*words: str, root: Path | None = None) -> str:
    """`inspector open`, as one would type it here; with --home where `root` is not the home that is chosen by itself."""
    given = ["--home", short(root)] if root is not None and root != home.choose(None) else []
    return " ".join([_own_name(), *map(shlex.quote, (*words, *given))])


def short(path: Path) -> str:
    """The path as one would type it here: relative where it lies below this folder."""
    try:
        return str(path.relative_to(Path.cwd()))
    except (ValueError, OSError):
        return str(path)


def _own_name() -> str:
    own = Path(sys.executable).with_name("inspector.exe" if os.name == "nt" else "inspector")
    found = shutil.which("inspector")
    if found and (not own.exists() or Path(found).resolve() == own.resolve()):
        return "inspector"
    return (
        shlex.quote(short(own))
        if own.exists()
        else f"{shlex.quote(short(Path(sys.executable)))} -m inspector"
    )
