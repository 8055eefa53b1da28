"""PyMongo, by its own command listeners: clients that are made from now on tell what they ask, in the thread that asks."""

from __future__ import annotations

import contextlib
from collections import OrderedDict
from typing import Any

from inspector.bridge.recording import Query, active
from inspector.bridge.texts import value

_WIRE = frozenset({"lsid", "$db", "$clusterTime", "txnNumber", "$readPreference", "apiVersion", "maxTimeMS"})
_QUIET = frozenset({"hello", "ismaster", "isMaster", "ping", "endSessions", "saslStart", "saslContinue"})
_MOST_OPEN = 1000


def install(module: Any) -> None:
    """Listen to all clients to come."""
    from pymongo import monitoring  # noqa: PLC0415 - the app has it

    class Listener(monitoring.CommandListener):
        def __init__(self) -> None:
            self._open: OrderedDict[int, Query] = OrderedDict()

        def started(self, event: Any) -> None:
            recording = active()
            if recording is None or event.command_name in _QUIET:
                return
            with contextlib.suppress(Exception):
                about = event.command.get(event.command_name)
                given = {name: each for name, each in event.command.items() if name not in _WIRE and name != event.command_name}  # fmt: skip
                statement = f"{event.command_name} {about if isinstance(about, str) else value(about)}"
                self._open[event.request_id] = recording.query(
                    "mongodb", "PyMongo", statement, given, database=event.database_name
                )
                while len(self._open) > _MOST_OPEN:
                    self._open.popitem(last=False)[1].done()

        def succeeded(self, event: Any) -> None:
            query = self._open.pop(event.request_id, None)
            if query is not None:
                query.done(_rows(event.reply))

        def failed(self, event: Any) -> None:
            query = self._open.pop(event.request_id, None)
            if query is not None:
                query.done(error=RuntimeError(str(event.failure.get("errmsg", event.failure))))

    monitoring.register(Listener())


def _rows(reply: Any) -> int | None:
    cursor = reply.get("cursor") if hasattr(reply, "get") else None
    if cursor:
        return len(cursor.get("firstBatch", cursor.get("nextBatch", ())))
    count = reply.get("n") if hasattr(reply, "get") else None
    return count if isinstance(count, int) else None
