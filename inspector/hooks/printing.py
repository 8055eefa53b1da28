"""Takes what hooks print and log, line by line, and knows which of them said it."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from contextvars import ContextVar

speaking: ContextVar[str] = ContextVar("speaking", default="")  # the file whose hook is running here
LONGEST = 2000


class Lines(io.TextIOBase):
    """In the place of stdout and stderr. `tell` gets each line whole, from whichever thread wrote it."""

    encoding = "utf-8"

    def __init__(self, tell: Callable[[str], None]) -> None:
        super().__init__()
        self._tell = tell
        self._begun = threading.local()

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        *lines, rest = (getattr(self._begun, "text", "") + text).split("\n")
        for line in lines:
            self._line(line)
        self._begun.text = rest
        if len(rest) > LONGEST:
            self._begun.text = ""
            self._line(rest)
        return len(text)

    def _line(self, line: str) -> None:
        if line.strip():
            who = speaking.get()
            self._tell(f"{who}: {line[:LONGEST]}" if who else line[:LONGEST])
