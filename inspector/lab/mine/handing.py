"""Gives a listening socket to a child: on POSIX it inherits the descriptor, on Windows it is told how to duplicate it."""

from __future__ import annotations

import base64
import os
import socket

LOOPBACK_QUEUE = 64


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens on a port which the supervisor keeps for it by a socket that doesn't. Raises OSError."""
    sock = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    try:
        share_port(sock)
        sock.bind((host, port))
        sock.listen(LOOPBACK_QUEUE)
        sock.setblocking(False)
    except OSError:
        sock.close()
        raise
    return sock


def share_port(sock: socket.socket) -> None:
    """Let another socket of ours be bound to the same port: of those two, only one listens."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if os.name == "posix" and hasattr(socket, "SO_REUSEPORT"):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)  # BSD and macOS want that too


def inherited(sockets: list[socket.socket]) -> tuple[int, ...]:
    """What `pass_fds` is to be."""
    return tuple(sock.fileno() for sock in sockets) if os.name == "posix" else ()


def ticket(sock: socket.socket, pid: int) -> str:
    """What the process `pid` needs to know to take it."""
    if os.name == "posix":
        return str(sock.fileno())
    return base64.b64encode(sock.share(pid)).decode()  # type: ignore[attr-defined,unused-ignore]  # Windows has it


def take(ticket: str) -> socket.socket:
    """The socket, in the child."""
    if os.name == "posix":
        return socket.socket(fileno=int(ticket))
    return socket.fromshare(base64.b64decode(ticket))  # type: ignore[attr-defined,no-any-return,unused-ignore]  # Windows has it
