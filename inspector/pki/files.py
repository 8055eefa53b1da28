"""Files that are private from their first moment, and that only one of several starting processes writes.

A file appears under its name whole or not at all: it is written under another name and then linked,
which fails where the name is taken. Where the file system knows no links (FAT), it is created
exclusively, and whoever finds it half written waits.
"""

from __future__ import annotations

import os
import secrets
import stat
import time
from contextlib import suppress
from pathlib import Path

PRIVATE = 0o600
PUBLIC = 0o644
_OTHERS = 0o077
_ABANDONED = 60.0  # seconds
_HALF_WRITTEN = 2.0  # seconds to wait for another process that is writing a file without links
_BINARY = getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | _BINARY


def private_folder(folder: Path) -> None:
    """Make the folder if need be, and shut it to other people if it is ours to shut."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if os.name == "posix" and folder.stat().st_mode & _OTHERS:
        with suppress(PermissionError):
            folder.chmod(0o700)


def publish(path: Path, content: bytes, mode: int) -> bool:
    """Write a file that nobody has written yet. False if somebody was faster: then theirs is the one that counts."""
    _sweep(path)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    try:
        _write(draft, content, mode)
        return _name(draft, path, content, mode)
    finally:
        with suppress(FileNotFoundError):
            draft.unlink()


def settled(path: Path) -> bytes | None:
    """The PEM file's content, None if there is none. Waits a moment for one that is just being written."""
    deadline = time.monotonic() + _HALF_WRITTEN
    while True:
        try:
            content = path.read_bytes()
            written = path.stat().st_mtime
        except FileNotFoundError:
            return None
        is_old = abs(time.time() - written) > _HALF_WRITTEN
        if b"-----END " in content or time.monotonic() > deadline or is_old:
            return content
        time.sleep(0.01)


def replace(path: Path, content: bytes, mode: int) -> None:
    """Write a file whole or not at all, also in place of one that is there; with `mode` from its first moment."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    try:
        _write(draft, content, mode)
        draft.replace(path)
    finally:
        with suppress(FileNotFoundError):
            draft.unlink()


def tighten(path: Path) -> bool:
    """Take the file from everybody but its owner. True if that was needed and done."""
    if os.name != "posix" or not path.stat().st_mode & _OTHERS:
        return False
    with suppress(PermissionError):
        path.chmod(PRIVATE)
    return not is_open_to_others(path)


def is_open_to_others(path: Path) -> bool:
    """Whether the file's mode lets other people of this machine read or write it."""
    return bool(stat.S_IMODE(path.stat().st_mode) & _OTHERS)


def _sweep(path: Path) -> None:
    """Remove what a process that died while writing left behind."""
    for draft in path.parent.glob(f".{path.name}.*"):
        with suppress(OSError):
            if time.time() - draft.stat().st_mtime > _ABANDONED:
                draft.unlink()


def _write(path: Path, content: bytes, mode: int) -> None:
    descriptor = os.open(path, _NEW, mode)
    with os.fdopen(descriptor, "wb") as file:
        if hasattr(os, "fchmod"):
            with suppress(PermissionError):  # a file system without modes; the authority warns of it
                os.fchmod(descriptor, mode)
        file.write(content)
        file.flush()
        os.fsync(descriptor)


def _name(draft: Path, path: Path, content: bytes, mode: int) -> bool:
    try:
        try:
            os.link(draft, path)
        except FileExistsError:
            raise
        except (OSError, NotImplementedError):  # no links here
            _write(path, content, mode)
    except FileExistsError:
        return False
    _sync_folder(path.parent)
    return True


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # some network file systems refuse
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
