"""Which line of the app's own code something came from, and what its functions look like."""

from __future__ import annotations

import functools
import inspect
import os
import sys
import sysconfig
from types import FrameType, TracebackType
from typing import Any

_HERE = os.path.dirname(__file__) + os.sep  # noqa: PTH120 - compared with code objects' names, which are text
_DEEPEST = 200
_FOREIGN = ("site-packages", "dist-packages", ".venv", "venv")
_MOST_LINES = 150
_LONGEST = 8_000
_LIBRARIES = tuple(
    {
        os.path.normcase(path) + os.sep
        for name, path in sysconfig.get_paths().items()
        if name in ("stdlib", "platstdlib", "purelib", "platlib")
    }
)


class Code:
    """What is the app's own: what lies in its folder, and what lies neither in Python's nor in a library's."""

    def __init__(self, root: str) -> None:
        self._root = os.path.normcase(os.path.abspath(root)) + os.sep  # noqa: PTH100
        self._known: dict[str, bool] = {}

    def owns(self, file: str) -> bool:
        """Whether the file is the app's own."""
        known = self._known.get(file)
        if known is None:
            known = self._known[file] = self._judge(file)
        return known

    def _judge(self, file: str) -> bool:
        if file.startswith(("<", _HERE)):
            return False
        place = os.path.normcase(os.path.abspath(file))  # noqa: PTH100
        if place.startswith(self._root):
            inside = f"{os.sep}{place[len(self._root) :]}"
            return not any(f"{os.sep}{folder}{os.sep}" in inside for folder in _FOREIGN)
        return (
            not place.startswith(_LIBRARIES) and "site-packages" not in place and "dist-packages" not in place
        )

    def shown(self, file: str) -> str:
        """The file's name for people: from the app's folder on where it is in there, from the library's on where it is one."""
        place = os.path.abspath(file)  # noqa: PTH100
        for folder in _FOREIGN[:2]:
            before, _, inside = place.rpartition(f"{os.sep}{folder}{os.sep}")
            if before and not self.owns(file):
                return inside.replace(os.sep, "/")
        folder = os.path.dirname(self._root.rstrip(os.sep)) + os.sep  # noqa: PTH120
        return (
            place[len(folder) :].replace(os.sep, "/") if os.path.normcase(place).startswith(folder) else place
        )

    def caller(self) -> dict[str, Any] | None:
        """The innermost line of the app's own code that led here."""
        frame: FrameType | None = sys._getframe(1)
        for _ in range(_DEEPEST):
            if frame is None:
                return None
            if self.owns(frame.f_code.co_filename):
                return {"file": self.shown(frame.f_code.co_filename), "line": frame.f_lineno}
            frame = frame.f_back
        return None

    def frames(self, traceback: TracebackType | None) -> list[dict[str, Any]]:
        """A traceback, outermost call first; of a very deep one its two ends."""
        found = [
            {
                "file": self.shown(frame.filename),
                "line": frame.lineno or 0,
                "function": frame.name,
                "text": (frame.line or "")[:300],
                "own": self.owns(frame.filename),
            }
            for frame in _extract(traceback)
            if not frame.filename.startswith(_HERE)
        ]
        return found if len(found) <= 60 else found[:20] + found[-40:]

    def raised_in_own(self, traceback: TracebackType | None) -> bool:
        """Whether the app's own code was running when it was raised."""
        while traceback is not None:
            if self.owns(traceback.tb_frame.f_code.co_filename):
                return True
            traceback = traceback.tb_next
        return False

    def source(self, function: Any, *, text: bool = False) -> dict[str, Any] | None:
        """Where a function stands, behind whatever decorators; with its text if that is asked for and it is the app's own."""
        found = _found(function)
        if found is None:
            return None
        file, line, lines = found
        place: dict[str, Any] = {"file": self.shown(file), "line": line}
        if text and self.owns(file):
            place["text"] = lines
        return place


def _extract(traceback: TracebackType | None) -> Any:
    import traceback as tracebacks  # noqa: PLC0415 - only for what went wrong

    return tracebacks.extract_tb(traceback)


@functools.lru_cache(maxsize=512)
def _found(function: Any) -> tuple[str, int, str] | None:
    inner = inspect.unwrap(function)
    inner = getattr(inner, "view_class", inner)
    while isinstance(inner, functools.partial):
        inner = inner.func
    try:
        file = inspect.getsourcefile(inner) or ""
        lines, line = inspect.getsourcelines(inner)
    except (OSError, TypeError):
        code = getattr(inner, "__code__", None)
        return (code.co_filename, code.co_firstlineno, "") if code is not None else None
    return file, line, "".join(lines[:_MOST_LINES])[:_LONGEST]


def name_of(function: Any) -> str:
    """What a function is called, with its module: `flaskr.auth.login`."""
    inner = inspect.unwrap(function) if callable(function) else function
    while isinstance(inner, functools.partial):
        inner = inner.func
    inner = getattr(inner, "view_class", inner)
    module = getattr(inner, "__module__", "") or ""
    name = getattr(inner, "__qualname__", "") or type(inner).__name__
    return f"{module}.{name}" if module and module != "__main__" else name
