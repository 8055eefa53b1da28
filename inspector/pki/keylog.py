"""A file with the session keys of TLS connections, in the form that Wireshark reads (NSS key log, draft-ietf-tls-keylogfile).

Whoever has the file can read every recording of these connections. So it belongs to its owner alone from its first moment,
and a file that others can read, or a link that somebody else may have laid, is refused. It is only ever added to.
"""

from __future__ import annotations

import os
import ssl
import stat
from contextlib import suppress
from pathlib import Path

from inspector.pki.errors import KeyLogRefused

_OTHERS = 0o077
_OPEN = (
    os.O_WRONLY | os.O_CREAT | os.O_APPEND
    | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0)
)  # fmt: skip
MOST_CONTEXTS = 400
"""Each context has the file open for itself: with more of them, Windows (512 files) and macOS (256 at first) run out."""


class KeyLog:
    """The file at `path`, made if there is none. Raises KeyLogRefused, whose message says the cure."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor = _opened(path)

    def put_on(self, context: ssl.SSLContext) -> None:
        """Write down the keys of every connection that is made from this context from now on."""
        real = getattr(context, "_ctx", context)  # truststore's wraps one
        with suppress(OSError):  # no more files can be opened: a line is missing then, but the page opens
            real.keylog_filename = self._name()

    def close(self) -> None:
        """Contexts that have it go on writing."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _name(self) -> str:
        """The very file that was looked at, whatever its name leads to by now; where the system can't say that, its name."""
        own = f"/proc/self/fd/{self._descriptor}"
        return own if os.path.exists(own) else str(self.path)  # noqa: PTH110 (on every new host)


def check(path: Path) -> None:
    """Make the file if there is none. Raises KeyLogRefused if keys must not, or cannot, be written there."""
    KeyLog(path).close()


def _opened(path: Path) -> int:
    if path.is_symlink():
        raise KeyLogRefused(f"{path} is a link, and the keys would go where it leads. Name the file itself.")
    _check_folder(path.parent)
    try:
        descriptor = os.open(path, _OPEN, 0o600)
    except OSError as error:
        raise KeyLogRefused(
            f"{path} cannot be written: {error.strerror or error}. Name another file with --keylog."
        ) from error
    try:
        _check_file(path, os.fstat(descriptor))
    except KeyLogRefused:
        os.close(descriptor)
        raise
    return descriptor


def _check_file(path: Path, found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise KeyLogRefused(f"{path} is no ordinary file. Name another one with --keylog.")
    if os.name != "posix":
        return
    if found.st_uid != os.geteuid():
        raise KeyLogRefused(
            f"{path} belongs to somebody else, who could read the keys. Name another file with --keylog."
        )
    if stat.S_IMODE(found.st_mode) & _OTHERS:
        raise KeyLogRefused(
            f"Other people of this machine can open {path} (mode {stat.S_IMODE(found.st_mode):04o}), and could read the keys. "
            f"Shut it with `chmod 600`, or name a new file with --keylog."
        )


def _check_folder(folder: Path) -> None:
    try:
        found = folder.stat()
    except OSError as error:
        raise KeyLogRefused(f"{folder} cannot be used: {error.strerror}. Make that folder first.") from error
    if os.name == "posix" and found.st_mode & stat.S_IWOTH and not found.st_mode & stat.S_ISVTX:
        raise KeyLogRefused(
            f"Everybody may replace files in {folder}. Choose another folder for the file of --keylog."
        )
