"""Where a hook is that doesn't come to its end."""

from __future__ import annotations

import sys
import threading
import traceback
from pathlib import Path
from types import FrameType
from typing import Any

_OURS = str(Path(__file__).parent)


def stack_of(thread: int | None, name: str = "") -> str:
    """Where a thread is (this one's number, or by its name), from the first frame on that is not ours."""
    if thread is None:
        thread = next((each.ident for each in threading.enumerate() if each.name == name), None)
    frame: FrameType | None = sys._current_frames().get(thread or 0)
    frames = traceback.extract_stack(frame) if frame is not None else []
    return "".join(traceback.format_list([each for each in frames if _theirs(each.filename)]))


def stack_of_awaiting(work: Any) -> str:
    """Where a coroutine waits, through all that it awaits."""
    frames = []
    while (frame := getattr(work, "cr_frame", None)) is not None:
        frames.append(traceback.FrameSummary(frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_name))
        work = work.cr_await
    return "".join(traceback.format_list([each for each in frames if _theirs(each.filename)]))


def last_line_of(stack: str) -> str:
    """`line 12, in f` out of such a text; empty if there is none."""
    lines = [line.strip() for line in stack.splitlines() if line.lstrip().startswith("File ")]
    return lines[-1].partition(", ")[2] if lines else ""


def _theirs(file: str) -> bool:
    standard = (threading.__file__, "<frozen ")
    inside = ("concurrent/futures", "asyncio", "uvloop", "importlib")
    return (
        not file.startswith((_OURS, *standard))
        and not any(f"/{each}/" in file.replace("\\", "/") for each in inside)
        and "hooks_process" not in file
    )
