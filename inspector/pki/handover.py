"""Gives a key and a certificate to OpenSSL, which takes them from a file only.

The file is one in memory where Linux has such (memfd), else one in a folder of our own that only we can open, on
a file system in memory if there is one. It is gone when the function returns: no leaf key stays on a disk.
"""

from __future__ import annotations

import os
import ssl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_IN_MEMORY = ("/dev/shm", "/run/shm")  # noqa: S108 (a private folder is made there)


def give(context: ssl.SSLContext, pem: bytes) -> None:
    """Load `pem`, a private key and its certificate chain, into the context."""
    with _file(pem) as path:
        context.load_cert_chain(path)


@contextmanager
def _file(content: bytes) -> Iterator[str]:
    descriptor = _memory_file()
    if descriptor is None:
        with _folder_file(content) as path:
            yield path
        return
    try:
        os.write(descriptor, content)
        yield f"/proc/self/fd/{descriptor}"
    finally:
        os.close(descriptor)


def _memory_file() -> int | None:
    if not hasattr(os, "memfd_create") or not os.path.isdir("/proc/self/fd"):  # noqa: PTH112 (on every new host)
        return None
    try:
        return os.memfd_create("leaf", os.MFD_CLOEXEC)
    except OSError:  # forbidden by a sandbox
        return None


@contextmanager
def _folder_file(content: bytes) -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="inspector-", dir=_place()) as folder:  # mkdtemp: mode 0700
        path = Path(folder) / "leaf.pem"
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        yield str(path)


def _place() -> str | None:
    for folder in (os.environ.get("XDG_RUNTIME_DIR"), *_IN_MEMORY):
        if folder and os.path.isdir(folder) and os.access(folder, os.W_OK):  # noqa: PTH112
            return folder
    return None
