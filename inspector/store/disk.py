"""The few calls by which the archive touches a disk, on every platform."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

_AT_ONCE = 1024  # IOV_MAX on Linux, macOS and the BSDs


class RealDisk:
    """The operating system's own files."""

    def open(self, path: Path) -> int:
        """A file to write in, made with its folder if it isn't there; only its owner may read it."""
        path.parent.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.parent.mkdir(exist_ok=True, mode=0o700)
        return os.open(path, os.O_WRONLY | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)

    def gone(self, file: int) -> bool:
        """Whether somebody deleted the file while it is open, so that writing to it keeps nothing."""
        return os.fstat(file).st_nlink == 0

    def write(self, file: int, buffers: Sequence[bytes], offset: int) -> None:
        """Write all of `buffers` from `offset` on; an OSError may leave a part of them written."""
        if not hasattr(os, "pwritev"):  # Windows, and macOS before 11
            self._rest(file, b"".join(buffers), offset)
            return
        for begin in range(0, len(buffers), _AT_ONCE):
            part = buffers[begin : begin + _AT_ONCE]
            size = sum(map(len, part))
            done = os.pwritev(file, part, offset)
            if done < size:
                self._rest(file, b"".join(part)[done:], offset + done)
            offset += size

    def _rest(self, file: int, data: bytes, offset: int) -> None:
        os.lseek(file, offset, os.SEEK_SET)
        view = memoryview(data)
        while view:
            view = view[os.write(file, view) :]

    def sync(self, file: int) -> None:
        """Have the bytes on the disk itself, so that a power failure doesn't take them."""
        os.fsync(file)

    def close(self, file: int) -> None:
        """Give the file back."""
        os.close(file)
