"""Windows 10 and newer. Sockets go to a child through WSADuplicateSocket, the only signal is Ctrl-C or Ctrl-Break."""

from __future__ import annotations

import base64
import csv
import ctypes
import msvcrt
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import IO, Any

from inspector.app.platform import UpstreamProxy

assert sys.platform == "win32"

DRIVE_REMOTE = 4
FAR_BEHIND = (
    1 << 30
)  # the locked byte: Windows locks keep others from reading, so it is one that nobody reads


class Windows:
    """Locks by LockFile; children in a process group of their own."""

    wakes_on_signals = False

    @property
    def stop_signals(self) -> tuple[signal.Signals, ...]:
        return (signal.SIGINT, signal.SIGTERM, signal.SIGBREAK)

    def lock(self, file: IO[bytes]) -> bool:
        file.seek(FAR_BEHIND)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def network_drive(self, folder: Path) -> str:
        root = folder.resolve().anchor
        if root.startswith("\\\\"):
            return "Windows share"
        return "Windows share" if ctypes.windll.kernel32.GetDriveTypeW(root) == DRIVE_REMOTE else ""

    def local_data_folder(self) -> Path:
        return Path(os.environ.get("LOCALAPPDATA", str(Path.home()))) / "inspector"

    def system_proxy(self) -> UpstreamProxy | None:
        from urllib.request import getproxies

        proxies = getproxies()
        url = proxies.get("https") or proxies.get("http")
        hosts = tuple(host.strip() for host in proxies.get("no", "").split(",") if host.strip())
        return UpstreamProxy(url, hosts, "the system's settings") if url else None

    def who_listens(self, port: int) -> str:
        pid = read_netstat(_told_by("netstat", "-ano", "-p", "TCP"), port)
        return read_tasklist(_told_by("tasklist", "/FO", "CSV", "/NH", "/FI", f"PID eq {pid}")) if pid else ""

    def prepare(self, sock: socket.socket) -> None:
        # Without it another program may bind the same port and take our connections.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)

    def spawn_options(self, sockets: list[socket.socket]) -> dict[str, Any]:
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}

    def hand_over(self, sock: socket.socket, pid: int) -> str:
        return base64.b64encode(sock.share(pid)).decode("ascii")

    def take_over(self, ticket: int | str) -> socket.socket:
        return socket.fromshare(base64.b64decode(str(ticket)))

    def raise_file_limit(self) -> None:
        """Windows has no such limit on sockets."""

    def has_screen(self) -> bool:
        return "SSH_CONNECTION" not in os.environ

    def resolves_dashboard_names(self) -> bool:
        return True


def _told_by(*command: str) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=3, check=False).stdout
    except (OSError, subprocess.SubprocessError):
        return ""


def read_netstat(listing: str, port: int) -> str:
    """The process number that listens on `port`, in what `netstat -ano` prints, in any language of Windows."""
    for columns in map(str.split, listing.splitlines()):
        if len(columns) == 5 and columns[1].endswith(f":{port}") and columns[2].endswith(":0"):
            return columns[4]
    return ""


def read_tasklist(listing: str) -> str:
    """The program in the first row of what `tasklist /FO CSV /NH` prints."""
    row = next(csv.reader(listing.splitlines()), [])
    return f"{row[0]} (pid {row[1]})" if len(row) > 1 else ""
