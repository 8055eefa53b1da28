"""HOME/run/inspector.log: what the processes write to stderr, one line each, with time and role before it."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import IO

NAME = "inspector.log"
LIMIT = 4 << 20


class LogFile:
    """Keeps the last 4 to 8 MiB: when full, the file becomes `inspector.log.1`. A full disk loses lines, nothing else."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / NAME
        self._file: IO[bytes] | None = None

    def write(self, role: str, text: str) -> None:
        when = time.strftime("%Y-%m-%d %H:%M:%S")
        try:
            file = self._file or self._open()
            file.write(f"{when} {role:<10} {text}\n".encode("utf-8", "replace"))
            if file.tell() > LIMIT:
                self._roll(file)
        except OSError:
            self.close()

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _open(self) -> IO[bytes]:
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._file = os.fdopen(descriptor, "ab", buffering=0)
        return self._file

    def _roll(self, file: IO[bytes]) -> None:
        file.close()
        self._file = None
        self.path.replace(self.path.with_name(f"{NAME}.1"))
