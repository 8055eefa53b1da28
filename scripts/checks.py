"""The checks, as a table: what each is, and its command in .venv."""

from __future__ import annotations

import subprocess
from typing import NamedTuple

from environment import ROOT, say, tool


class Check(NamedTuple):
    """A check and the command that mends what it finds, if there is one."""

    name: str
    command: tuple[str, ...]
    mend: tuple[str, ...] = ()


CHECKS = (
    Check("format", ("ruff", "format", "--check", "--quiet"), ("ruff", "format", "--quiet")),
    Check("lint", ("ruff", "check", "--quiet"), ("ruff", "check", "--quiet", "--fix")),
    Check("types", ("mypy", "--no-error-summary")),
    Check("floors", ("lint-imports", "--no-logo")),
)


def check(*, fix: bool = False) -> int:
    """Run all of them, also after one has failed; 0 if none did, else 1."""
    failed = [
        one.name for one in CHECKS if not _passes(one.mend if fix and one.mend else one.command, one.name)
    ]
    if failed:
        say(f"Not right yet: {', '.join(failed)}.")
    return 1 if failed else 0


def _passes(command: tuple[str, ...], name: str) -> bool:
    done = subprocess.run(
        [tool(command[0]), *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False
    )
    say(f"{name}: {'right' if done.returncode == 0 else 'see below'}")
    if done.returncode != 0:
        say((done.stdout + done.stderr).strip())
    return done.returncode == 0
