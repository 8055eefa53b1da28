"""What differs from system to system, behind one interface; everything else in `app` is the same everywhere.

here().lock(file)          each system's way to hold a file
here().hand_over(...)      sockets to a child: inherited descriptors on POSIX, WSADuplicateSocket on Windows
"""

from __future__ import annotations

import functools
import signal
import socket
import sys
from pathlib import Path
from typing import IO, Any, NamedTuple, Protocol


class UpstreamProxy(NamedTuple):
    """A proxy that the system is set to use: its address, the hosts that go without it, where it was found."""

    url: str
    bypass: tuple[str, ...]
    found_in: str


class Platform(Protocol):
    """One operating system, as far as Inspector has to know it."""

    wakes_on_signals: bool
    """False where a thread that waits is not woken by Ctrl-C and has to look by itself."""

    @property
    def stop_signals(self) -> tuple[signal.Signals, ...]:
        """The signals that mean "stop" here."""

    def lock(self, file: IO[bytes]) -> bool:
        """Hold `file` until it is closed or this process ends, however it ends; False if another one holds it."""

    def network_drive(self, folder: Path) -> str:
        """What kind of network drive `folder` lies on ("NFS"), or '' for a local disk."""

    def local_data_folder(self) -> Path:
        """A folder for data on this computer's own disk."""

    def system_proxy(self) -> UpstreamProxy | None:
        """The proxy that the system or the environment names for http and https, if any."""

    def who_listens(self, port: int) -> str:
        """The program that holds a port, as "nginx (pid 123)"; '' where the system won't say."""

    def prepare(self, sock: socket.socket) -> None:
        """Set what a listening socket needs before bind, so that nobody else can take the port meanwhile."""

    def spawn_options(self, sockets: list[socket.socket]) -> dict[str, Any]:
        """Keywords for subprocess.Popen: the sockets to inherit, and out of reach of the terminal's Ctrl-C."""

    def hand_over(self, sock: socket.socket, pid: int) -> int | str:
        """What the child `pid` needs to know to make `sock` its own; goes into JSON."""

    def take_over(self, ticket: int | str) -> socket.socket:
        """The child's half of `hand_over`."""

    def raise_file_limit(self) -> None:
        """Allow this process as many open files (and so connections) as the system lets it have."""

    def has_screen(self) -> bool:
        """Whether a browser could be opened where somebody sees it."""

    def resolves_dashboard_names(self) -> bool:
        """Whether browsers here can be expected to open http://inspector.localhost."""


@functools.cache
def here() -> Platform:
    """The system this runs on."""
    if sys.platform == "win32":
        from inspector.app.platform.windows import Windows as System
    elif sys.platform == "darwin":
        from inspector.app.platform.macos import MacOS as System
    else:
        from inspector.app.platform.linux import Linux as System
    return System()
