"""What Linux and macOS share."""

from __future__ import annotations

import fcntl
import os
import resource
import signal
import socket
import sys
from collections.abc import Mapping
from typing import IO, Any

from inspector.app.platform import UpstreamProxy

assert sys.platform != "win32"

MANY_FILES = 65_536


class Posix:
    """Locks by flock, sockets by inherited descriptors, children in a session of their own."""

    wakes_on_signals = True

    @property
    def stop_signals(self) -> tuple[signal.Signals, ...]:
        return (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def lock(self, file: IO[bytes]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def prepare(self, sock: socket.socket) -> None:
        # A restart must not wait for the last run's connections in TIME_WAIT; on POSIX this takes nobody's port.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)

    def spawn_options(self, sockets: list[socket.socket]) -> dict[str, Any]:
        return {"pass_fds": [sock.fileno() for sock in sockets], "start_new_session": True}

    def hand_over(self, sock: socket.socket, pid: int) -> int:
        return sock.fileno()

    def take_over(self, ticket: int | str) -> socket.socket:
        taken = socket.socket(fileno=int(ticket))
        taken.set_inheritable(False)
        return taken

    def raise_file_limit(self) -> None:
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = MANY_FILES if hard == resource.RLIM_INFINITY else min(hard, MANY_FILES)
        if soft == resource.RLIM_INFINITY or soft >= wanted:
            return
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        except (OSError, ValueError):  # macOS has a second, secret limit
            resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted, 10_240), hard))

    def system_proxy(self) -> UpstreamProxy | None:
        return proxy_in_environment(os.environ)


def proxy_in_environment(environment: Mapping[str, str]) -> UpstreamProxy | None:
    """What curl and most programs obey: https_proxy, http_proxy, all_proxy and no_proxy, small letters first."""
    named = {name.lower(): value for name, value in environment.items() if name.isupper() and value}
    named |= {name: value for name, value in environment.items() if name.islower() and value}
    for name in ("https_proxy", "http_proxy", "all_proxy"):
        if name in named:
            hosts = named.get("no_proxy", "").split(",")
            return UpstreamProxy(
                named[name], tuple(host.strip() for host in hosts if host.strip()), f"${name}"
            )
    return None
