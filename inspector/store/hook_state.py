"""HOME/run/hooks.json: what the hooks process says of itself, for pages and the API. Written whole or not at all."""

from __future__ import annotations

from pathlib import Path

import msgspec

from inspector.exchange.hooking import STATE, HooksState
from inspector.pki import files


def write(run: Path, state: HooksState) -> None:
    """Raises OSError."""
    files.replace(run / STATE, msgspec.json.encode(state), files.PRIVATE)


def read(run: Path) -> HooksState | None:
    """What stands there; None without a hooks process."""
    try:
        return msgspec.json.decode((run / STATE).read_bytes(), type=HooksState)
    except (OSError, msgspec.MsgspecError):
        return None


def stamp(run: Path) -> str:
    """What is another one when something else stands there."""
    try:
        return str((run / STATE).stat().st_mtime_ns)
    except OSError:
        return "none"


def remove(run: Path) -> None:
    """There are no hooks in this run."""
    (run / STATE).unlink(missing_ok=True)
