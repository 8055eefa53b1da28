"""A site that speaks for itself: no WSGI, a function that is given a socket with the visitor's own bytes in it."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from inspector.lab.pipes import Pipe
from inspector.lab.serving.incoming import Incoming
from inspector.lab.serving.lent import Bridge

_log = logging.getLogger("inspector.lab.sites")


@dataclass(frozen=True, slots=True)
class OnSockets:
    """`serve` reads from the socket, answers, and closes it. It is called in a thread of its own."""

    serve: Callable[[socket.socket], None]


async def hand_over(site: OnSockets, pipe: Pipe, incoming: Incoming, read: bytes, most: float) -> None:
    """Let the site have the connection, `read` being what was read of it already, for `most` seconds at most."""
    incoming.rest = read + incoming.rest
    bridge = Bridge()
    async with bridge.carrying(pipe, incoming) as carrying, asyncio.timeout(most):
        await asyncio.to_thread(_serve, site, bridge.lent)
        await asyncio.wait({carrying})  # its last words are still on their way


def _serve(site: OnSockets, connection: socket.socket) -> None:
    try:
        site.serve(connection)
    except Exception:  # noqa: BLE001 (whatever it raises ends its own answer, and no more)
        _log.exception("a site on bare sockets broke off")
        with suppress(OSError):
            connection.close()
