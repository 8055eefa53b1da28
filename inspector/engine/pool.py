"""Connections to sites that nobody uses at the moment, kept for the next exchange with the same origin.

The most lately used is taken first, so that surplus ones grow old and go. A connection that the site closes
leaves by itself; `expired` (see `stream`) closes one that has idled too long.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from inspector.engine.settings import Limits
    from inspector.engine.targets import Origin
    from inspector.engine.upstream import ServerConnection


class Pool:
    """Idle connections by origin. At most `pool_idle` in all and `pool_idle_per_site` for one origin."""

    def __init__(self, limits: Limits) -> None:
        self._all = limits.pool_idle
        self._each = limits.pool_idle_per_site
        self._idle: dict[Origin, list[ServerConnection]] = {}
        self.count = 0

    def take(self, origin: Origin) -> ServerConnection | None:
        """An idle connection to this origin, no longer in the pool; None if there is none."""
        waiting = self._idle.get(origin)
        if not waiting:
            return None
        self.count -= 1
        connection = waiting.pop()
        if not waiting:
            del self._idle[origin]
        return connection

    def give(self, connection: ServerConnection) -> bool:
        """Keep a connection for later; False if there is no room, then its owner closes it."""
        waiting = self._idle.setdefault(connection.origin, [])
        if self.count >= self._all or len(waiting) >= self._each:
            if not waiting:
                del self._idle[connection.origin]
            return False
        waiting.append(connection)
        self.count += 1
        return True

    def discard(self, connection: ServerConnection) -> None:
        """Forget a connection that closed while it was idle."""
        waiting = self._idle.get(connection.origin)
        if waiting and connection in waiting:
            waiting.remove(connection)
            self.count -= 1
            if not waiting:
                del self._idle[connection.origin]

    def close(self) -> None:
        """Close every idle connection."""
        for waiting in list(self._idle.values()):
            for connection in list(waiting):
                connection.close()
        self._idle.clear()
        self.count = 0
