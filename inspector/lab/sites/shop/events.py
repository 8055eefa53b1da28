"""Tells everybody who listens what happens in the shop, for the page Live."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

MOST_LISTENERS = 20
_BEHIND = 100


class FullHouseError(Exception):
    """All seats are taken."""


class Hub:
    """Each listener has a queue. Whoever falls too far behind loses the news, and nobody waits for them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: set[queue.Queue[dict[str, Any]]] = set()

    def tell(self, news: dict[str, Any]) -> None:
        with self._lock:
            listeners = list(self._listeners)
        for listener in listeners:
            if not listener.full():
                listener.put(news)

    @contextmanager
    def seat(self) -> Iterator[queue.Queue[dict[str, Any]]]:
        """A queue to listen at, for as long as the block lasts. Raises FullHouseError."""
        mine: queue.Queue[dict[str, Any]] = queue.Queue(_BEHIND)
        with self._lock:
            if len(self._listeners) >= MOST_LISTENERS:
                raise FullHouseError
            self._listeners.add(mine)
        try:
            yield mine
        finally:
            with self._lock:
                self._listeners.discard(mine)
