"""When captured windows were open, and of which family: DATA/windows/diary.jsonl.

The chain page wants to know: a Chromium among them was told to accept the stand-in, a Firefox has our authority in its own profile. Nothing
of what anybody did in a window is here. Two lines a window, one when it opens, one when it is closed; of one that was killed the second is
missing, and it counts only as long as its process runs.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from inspector.app.browsers.kinds import Browser
from inspector.explain.acceptance import CapturedWindow

FILE = Path("windows", "diary.jsonl")
MOST = 400  # lines
_OURS_ONLY = 0o600


@contextlib.contextmanager
def noted(
    data: Path, browser: Browser, pid: int, opened: float, *, clock: Callable[[], float] = time.time
) -> Iterator[None]:
    """Note that the window is open, since `opened`, and when the block is left, that it is closed. A diary that cannot be written keeps no window shut."""
    facts = {"opened": opened, "family": browser.kind.family, "name": browser.name, "pid": pid}
    _write(data / FILE, facts)
    try:
        yield
    finally:
        _write(data / FILE, {"opened": opened, "pid": pid, "closed": clock()})


def read(data: Path, runs: Callable[[int], bool] | None = None) -> tuple[CapturedWindow, ...]:
    """The windows of the diary, the newest first. One that was never closed is in it only if its process still `runs`."""
    lines = [each for each in _lines(data / FILE) if isinstance(each.get("pid"), int)]
    ends = {(each["pid"], each.get("opened")): each["closed"] for each in lines if "closed" in each}
    found = []
    for each in reversed(lines):
        if each.get("family") not in ("chromium", "firefox") or not isinstance(each.get("opened"), float):
            continue
        closed = ends.get((each["pid"], each["opened"]))
        if closed is None and not (runs or _runs)(each["pid"]):
            continue
        found.append(CapturedWindow(each["family"], str(each.get("name", "")), each["opened"], closed))
    return tuple(found)


def _lines(path: Path) -> list[dict[str, Any]]:
    try:
        text = path.read_text("utf-8", "replace")
    except OSError:
        return []
    found = []
    for line in text.splitlines():
        with contextlib.suppress(ValueError):
            row = json.loads(line)
            if isinstance(row, dict):
                found.append(row)
    return found


def _write(path: Path, facts: dict[str, Any]) -> None:
    with contextlib.suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=False, exist_ok=True)
        _shorten(path)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, _OURS_ONLY)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(json.dumps(facts) + "\n")


def _shorten(path: Path) -> None:
    """Half of it is dropped when it has grown long."""
    if not path.exists():
        return
    lines = path.read_bytes().splitlines(keepends=True)
    if len(lines) > MOST:
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        draft.write_bytes(b"".join(lines[-MOST // 2 :]))
        draft.chmod(_OURS_ONLY)
        draft.replace(path)


def _runs(pid: int) -> bool:
    """Whether there is such a process. On Windows nobody is asked: asking there may end it."""
    if sys.platform == "win32":
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
