"""macOS: mounts, ports and the proxy setting come from its own commands and from SystemConfiguration."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

from inspector.app.platform import UpstreamProxy
from inspector.app.platform.posix import Posix

assert sys.platform != "win32"

NETWORK_DRIVES = {
    "nfs": "NFS",
    "smbfs": "Windows share",
    "afpfs": "AFP",
    "webdav": "WebDAV",
    "macfuse": "FUSE",
}


class MacOS(Posix):
    """macOS 12 and newer."""

    def network_drive(self, folder: Path) -> str:
        return NETWORK_DRIVES.get(kind_of_mount(_told_by("/sbin/mount"), folder.resolve()), "")

    def local_data_folder(self) -> Path:
        return Path("/private/var/tmp") / f"inspector-{os.getuid()}"

    def system_proxy(self) -> UpstreamProxy | None:
        found = super().system_proxy()
        if found is not None:
            return found
        from urllib.request import getproxies

        proxies = getproxies()
        url = proxies.get("https") or proxies.get("http")
        return UpstreamProxy(url, (), "the system's settings") if url else None

    def who_listens(self, port: int) -> str:
        return read_lsof(_told_by("/usr/sbin/lsof", "-nP", f"-iTCP:{port}", "-sTCP:LISTEN", "-Fpc"))

    def has_screen(self) -> bool:
        return "SSH_CONNECTION" not in os.environ

    def resolves_dashboard_names(self) -> bool:
        # Safari asks the system, and older systems don't know names under localhost.
        try:
            return bool(socket.getaddrinfo("inspector.localhost", 80))
        except OSError:
            return False


def _told_by(*command: str) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=2, check=False).stdout
    except (OSError, subprocess.SubprocessError):
        return ""


def kind_of_mount(listing: str, folder: Path) -> str:
    """The file system's name for the mount that `folder` lies on; `listing` as mount(8) prints it."""
    kind, longest = "", -1
    for line in listing.splitlines():
        where, _, flags = line.rpartition(" (")
        point = Path(where.partition(" on ")[2])
        if folder.is_relative_to(point) and len(point.parts) >= longest:
            kind, longest = flags.split(",", 1)[0].rstrip(")"), len(point.parts)
    return kind


def read_lsof(listing: str) -> str:
    """The first program in what `lsof -Fpc` prints."""
    rows = {line[:1]: line[1:] for line in reversed(listing.splitlines())}
    return f"{rows['c']} (pid {rows['p']})" if "c" in rows and "p" in rows else ""
