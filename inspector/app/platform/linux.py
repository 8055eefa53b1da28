"""Linux, and every other Unix that has no file of its own. What it knows comes from /proc."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from inspector.app.platform import UpstreamProxy
from inspector.app.platform.posix import Posix

assert sys.platform != "win32"

NETWORK_DRIVES = {
    "nfs": "NFS", "nfs4": "NFS", "cifs": "Windows share", "smb3": "Windows share", "smbfs": "Windows share",
    "afs": "AFS", "ceph": "Ceph", "glusterfs": "GlusterFS", "lustre": "Lustre", "beegfs": "BeeGFS",
    "fuse.sshfs": "SSHFS", "fuse.glusterfs": "GlusterFS", "fuse.rclone": "rclone", "davfs": "WebDAV",
    "9p": "shared folder of the host", "vboxsf": "shared folder of the host", "fuse.vmhgfs-fuse": "shared folder of the host",
}  # fmt: skip
LISTENING = "0A"
GSETTINGS_LIMIT = 0.5


class Linux(Posix):
    """Debian, Fedora, Arch, WSL and the rest."""

    def network_drive(self, folder: Path) -> str:
        try:
            mounts = Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return ""
        return NETWORK_DRIVES.get(kind_of_mount(mounts, folder.resolve()), "")

    def local_data_folder(self) -> Path:
        for place in (os.environ.get("XDG_STATE_HOME"), "/var/tmp"):  # noqa: S108 (a 0700 folder is made in it)
            if place and not self.network_drive(Path(place)):
                return Path(place) / f"inspector-{os.getuid()}"
        return Path("/tmp") / f"inspector-{os.getuid()}"  # noqa: S108

    def system_proxy(self) -> UpstreamProxy | None:
        return super().system_proxy() or proxy_of_gnome()

    def who_listens(self, port: int) -> str:
        wanted = set(listening_inodes(port))
        return next((name for pid in _pids() if (name := _holder(pid, wanted))), "") if wanted else ""

    def has_screen(self) -> bool:
        return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))

    def resolves_dashboard_names(self) -> bool:
        return True  # Chromium and Firefox resolve *.localhost by themselves


def kind_of_mount(mountinfo: str, folder: Path) -> str:
    """The file system's name for the mount that `folder` lies on; `mountinfo` as in proc(5)."""
    kind, longest = "", -1
    for line in mountinfo.splitlines():
        before, _, after = line.partition(" - ")
        columns = before.split(" ")
        if len(columns) < 5 or not after:
            continue
        point = Path(columns[4].replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\"))
        if folder.is_relative_to(point) and len(point.parts) >= longest:
            kind, longest = after.split(" ", 1)[0], len(point.parts)
    return kind


def listening_inodes(port: int) -> Iterator[str]:
    """The inode numbers of sockets that listen on `port`."""
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            lines = Path(table).read_text(encoding="ascii").splitlines()[1:]
        except OSError:
            continue
        for columns in map(str.split, lines):
            if columns[3] == LISTENING and int(columns[1].rpartition(":")[2], 16) == port:
                yield columns[9]


def _pids() -> list[str]:
    try:
        return [place.name for place in Path("/proc").iterdir() if place.name.isdigit()]
    except OSError:
        return []


def _holder(pid: str, inodes: set[str]) -> str:
    """The name of process `pid` if one of its open files is one of these sockets. Other users' are not readable."""
    folder = Path("/proc", pid)
    try:
        if not any(_inode(open_file) in inodes for open_file in (folder / "fd").iterdir()):
            return ""
        return f"{(folder / 'comm').read_text(encoding='utf-8', errors='replace').strip()} (pid {pid})"
    except OSError:
        return ""


def _inode(open_file: Path) -> str:
    """The inode number if this open file is a socket; one that has been closed meanwhile is none."""
    try:
        return str(open_file.readlink()).removeprefix("socket:[").removesuffix("]")
    except OSError:
        return ""


def proxy_of_gnome() -> UpstreamProxy | None:
    """The desktop's own setting, where there is such a desktop: only asked for when one is running."""
    if "GNOME" not in os.environ.get("XDG_CURRENT_DESKTOP", "").upper() or not shutil.which("gsettings"):
        return None
    try:
        told = subprocess.run(
            ["gsettings", "list-recursively", "org.gnome.system.proxy"],  # noqa: S607 (wherever it is installed)
            capture_output=True, text=True, timeout=GSETTINGS_LIMIT, check=True,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return None
    return read_gsettings(told.stdout)


def read_gsettings(listing: str) -> UpstreamProxy | None:
    """The proxy in what `gsettings list-recursively org.gnome.system.proxy` prints, if it is set by hand."""
    rows = {}
    for line in listing.splitlines():
        schema, _, rest = line.partition(" ")
        key, _, value = rest.partition(" ")
        rows[f"{schema.removeprefix('org.gnome.system.proxy').lstrip('.')}.{key}"] = value.strip().strip("'")
    if rows.get(".mode") != "manual":
        return None
    for kind in ("https", "http"):
        host, port = rows.get(f"{kind}.host", ""), rows.get(f"{kind}.port", "0")
        if host and port != "0":
            hosts = rows.get(".ignore-hosts", "").strip("[]").replace("'", "").split(",")
            bypass = tuple(name.strip() for name in hosts if name.strip())
            return UpstreamProxy(f"http://{host}:{port}", bypass, "the desktop's settings")
    return None
