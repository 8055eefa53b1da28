"""Listening sockets, bound by the supervisor before anything else: a taken port is said at once, and the
port stays ours while a crashed child comes back (connections wait in the queue meanwhile)."""

from __future__ import annotations

import contextlib
import errno
import socket

from inspector.app.addresses import Address
from inspector.app.command import command
from inspector.app.errors import CannotStart
from inspector.app.platform import Platform
from inspector.lab.mine.handing import share_port

QUEUE = 1024
LAST_RESERVED_PORT = 1023


def bind_all(addresses: tuple[Address, ...], option: str, platform: Platform) -> list[socket.socket]:
    """A listening socket for each address (a name may stand for several); all of them, or CannotStart."""
    bound: list[socket.socket] = []
    try:
        for address in addresses:
            bound.extend(_bind_name(address, option, platform))
    except CannotStart:
        for sock in bound:
            sock.close()
        raise
    return bound


def reserve(address: Address) -> socket.socket:
    """A port that is kept for a server which is started and stopped: bound, and deaf, so whoever comes while that one is stopped is refused."""
    sock = socket.socket(socket.AF_INET)
    share_port(sock)
    sock.bind(address)
    return sock


def address_of(sock: socket.socket) -> Address:
    """Where a bound socket really listens."""
    host, port = sock.getsockname()[:2]
    return Address(host, port)


def _bind_name(address: Address, option: str, platform: Platform) -> list[socket.socket]:
    bound: list[socket.socket] = []
    port = address.port
    for family, host in _resolve(address, option):
        try:
            sock = _listen(family, host, port, platform)
        except OSError as error:
            for other in bound:
                other.close()
            raise _explain(address, option, error, platform) from error
        bound.append(sock)
        port = address_of(sock).port  # with port 0, a name's other addresses follow the first one's choice
    return bound


def _resolve(address: Address, option: str) -> list[tuple[int, str]]:
    try:
        found = socket.getaddrinfo(
            address.host, address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
    except OSError as error:
        raise CannotStart(
            f"{address.host} is no name or address of this computer.",
            f"For this computer only: {option} 127.0.0.1:8090",
        ) from error
    return list(dict.fromkeys((int(family), str(where[0])) for family, _, _, _, where in found))


def _listen(family: int, host: str, port: int, platform: Platform) -> socket.socket:
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        platform.prepare(sock)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.bind((host, port))
        sock.listen(QUEUE)
        sock.setblocking(False)
    except OSError:
        sock.close()
        raise
    return sock


def _explain(address: Address, option: str, error: OSError, platform: Platform) -> CannotStart:
    if error.errno == errno.EADDRINUSE:
        holder = platform.who_listens(address.port) or "another program"
        elsewhere = Address(address.host, free_port_near(address, platform))
        return CannotStart(
            f"Port {address.port} on {address.host} is in use by {holder}.",
            f"Stop that program, or take another port: {command('run', option, str(elsewhere))}",
        )
    if error.errno == errno.EACCES and address.port <= LAST_RESERVED_PORT:
        above = Address(address.host, 8000 + address.port)
        return CannotStart(
            f"Port {address.port} is for the system's administrator: all up to {LAST_RESERVED_PORT} are.",
            f"Take one above: {command('run', option, str(above))}",
        )
    if error.errno == errno.EADDRNOTAVAIL:
        return CannotStart(
            f"This computer has no address {address.host}.",
            f"For this computer only: {option} 127.0.0.1:{address.port}",
        )
    return CannotStart(
        f"Listening on {address} failed: {error.strerror}.", f"Try another address with {option}."
    )


def free_port_near(address: Address, platform: Platform) -> int:
    """A port ten, twenty, ... above that is free now, for the cure in a sentence."""
    for port in range(address.port + 10, min(address.port + 200, 65536), 10):
        with contextlib.suppress(OSError):
            _listen(
                socket.AF_INET6 if ":" in address.host else socket.AF_INET, address.host, port, platform
            ).close()
            return port
    return 0
