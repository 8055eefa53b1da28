"""Captured windows for the dashboard: each is an `inspector browse` of its own, which outlives the page and the dashboard's process."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
from collections.abc import Sequence
from typing import Any

from inspector.app.settings import RunSettings
from inspector.web.browse import OpenWindow, Outcome

PROGRAM = (sys.executable, "-P", "-m", "inspector")
PATIENCE = 30.0


def opener(settings: RunSettings, program: Sequence[str] = PROGRAM, patience: float = PATIENCE) -> OpenWindow:
    """What opens windows of this run."""
    return _Opener(settings.home, program, patience)


class _Opener:
    """Knows the window that it opened last, as long as that is open, so that more can be opened in it."""

    def __init__(self, home: str, program: Sequence[str], patience: float) -> None:
        self._home = home
        self._program = program
        self._patience = patience
        self._last: tuple[subprocess.Popen[bytes], str] | None = None

    def __call__(self, url: str, place: str, *, again: bool = False) -> Outcome:
        command = [*self._program, "browse", "--json", "--home", self._home]
        if place:
            command.append(f"--place={place}")
        last = self._last
        if again and last is not None and last[0].poll() is None:
            command.append(f"--into={last[1]}")
        told: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        try:
            browse = subprocess.Popen(
                [*command, "--", *([url] if url else [])],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, **_apart(),
            )  # fmt: skip
        except OSError as error:
            return Outcome(False, f"The window could not be started: {error.strerror}.")
        threading.Thread(target=_listen, args=(browse, told), daemon=True).start()
        try:
            line = told.get(timeout=self._patience)
        except queue.Empty:
            return Outcome(
                False,
                "The browser has not opened yet.",
                "It may just be slow: look for a window with a coloured frame.",
            )
        if folder := _folder(line):
            self._last = browse, folder
        return _outcome(line)


def _folder(line: bytes) -> str:
    """The folder of a new window; empty if none was opened."""
    try:
        facts = json.loads(line)
        return str(facts.get("folder", "")) if facts.get("open") else ""
    except (ValueError, AttributeError):
        return ""


def _listen(browse: subprocess.Popen[bytes], told: queue.SimpleQueue[bytes]) -> None:
    """Its one line; then until it ends, so that nothing of it is left in the process table."""
    assert browse.stdout is not None
    told.put(browse.stdout.readline())
    browse.wait()
    browse.stdout.close()


def _outcome(line: bytes) -> Outcome:
    try:
        facts: dict[str, Any] = json.loads(line)
        sentence, notes = str(facts["sentence"]), tuple(map(str, facts.get("notes", ())))
        return Outcome(bool(facts["open"]), sentence, str(facts.get("cure", "")), notes)
    except (ValueError, KeyError, TypeError):
        return Outcome(
            False,
            "The window ended before it said anything.",
            "To see why, type in a terminal:  inspector browse",
        )


def _apart() -> dict[str, Any]:
    """In no way tied to this process: neither its terminal, nor its end."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
    return {"start_new_session": True}
