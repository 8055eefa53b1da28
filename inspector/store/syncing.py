"""Full segments are handed to the disk for good, by a thread, since that may take seconds on a slow one."""

from __future__ import annotations

import logging
import os
import threading
from pathlib import Path
from queue import SimpleQueue

log = logging.getLogger(__name__)


class Syncer:
    """A thread that calls fsync on files that will not grow any more."""

    def __init__(self) -> None:
        self._paths: SimpleQueue[Path | None] = SimpleQueue()
        threading.Thread(target=self._work, name="sync", daemon=True).start()

    def sync(self, path: Path) -> None:
        """Have this file on the disk, soon."""
        self._paths.put(path)

    def close(self) -> None:
        """No more; a file that is being worked on is not waited for."""
        self._paths.put(None)

    def _work(self) -> None:
        while (path := self._paths.get()) is not None:
            try:
                file = os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0))
                try:
                    os.fsync(file)
                finally:
                    os.close(file)
            except OSError as error:  # removed already, most often
                log.debug("%s: %s", path, error)
