"""Giving reports away: a bounded queue and one thread that ends by itself when there is nothing to do. An app that is asked to stop is not held up.

Whatever goes wrong (Inspector stopped, another program on its port, a full queue), the report is dropped. It is sent straight to this computer's own address,
never by a proxy.
"""

from __future__ import annotations

import atexit
import contextlib
import http.client
import json
import os
import queue
import threading
import time
from collections.abc import Callable
from typing import Any

from inspector.bridge.recording import log
from inspector.bridge.whereabouts import Finder, Whereabouts

_MOST_WAITING = 100
_IDLE = 20.0
_TIMEOUT = 2.0
_REST = 3.0  # after a failure
_FAREWELL = 0.5  # at the end of the process, for what is in the queue still


class Sender:
    """Sends what `put` was given, later and elsewhere."""

    def __init__(self, finder: Finder) -> None:
        self._finder = finder
        self._queue: queue.Queue[Callable[[], bytes]] = queue.Queue(_MOST_WAITING)
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._pid = 0
        self._resting = 0.0
        self._under_way = 0

    def put(self, write: Callable[[], bytes]) -> None:
        """Have a report sent; `write` makes it, in the thread that sends it. Returns at once."""
        with self._lock:
            if self._pid != os.getpid():  # this process was forked: the thread stayed behind
                self._pid, self._thread, self._under_way = os.getpid(), None, 0
                self._queue = queue.Queue(_MOST_WAITING)
                atexit.register(self.wait, _FAREWELL)
            try:
                self._queue.put_nowait(write)
            except queue.Full:
                return
            self._under_way += 1
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="inspector-reports", daemon=True)
                self._thread.start()

    def wait(self, seconds: float) -> bool:
        """Wait until everything is sent, or dropped; whether it is."""
        end = time.monotonic() + seconds
        while self._under_way and self._pid == os.getpid() and time.monotonic() < end:
            time.sleep(0.005)
        return not self._under_way

    def _work(self) -> None:
        while True:
            try:
                write = self._queue.get(timeout=_IDLE)
            except queue.Empty:
                with self._lock:
                    if self._queue.empty():
                        self._thread = None
                        return
                continue
            try:
                self._send(write)
            except Exception as error:  # noqa: BLE001 - an app must never hear of it
                log.debug("a report was dropped: %s", error)
            finally:
                with self._lock:
                    self._under_way -= 1

    def _send(self, write: Callable[[], bytes]) -> None:
        found = self._finder.find()
        if found is None or time.monotonic() < self._resting:
            return
        try:
            post(found, "/api/v1/reports", write())
        except OSError:
            self._resting = time.monotonic() + _REST
            raise


def post(to: Whereabouts, path: str, body: bytes) -> int:
    """Post JSON to Inspector; the status it answered with. Raises OSError if it can't be reached."""
    connection = http.client.HTTPConnection(to.host, to.port, timeout=_TIMEOUT)
    with contextlib.closing(connection):
        try:
            headers = {"Authorization": f"Bearer {to.token}", "Content-Type": "application/json"}
            connection.request("POST", path, body, headers)
            answer = connection.getresponse()
            answer.read(65536)
            return answer.status
        except http.client.HTTPException as error:
            raise OSError(str(error)) from error


def post_json(to: Whereabouts, path: str, said: Any) -> int:
    return post(to, path, json.dumps(said).encode())
