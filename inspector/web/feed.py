"""The live feed: one thread reads what changed and tells every open dashboard, as server-sent events.

It reads only while somebody listens, at most eight times a second, and encodes each message once for all. A reader
that is too slow loses its backlog and gets a `gap`, after which the page loads anew; nobody waits for it.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Iterator
from typing import Annotated, Any

import msgspec
from flask import Blueprint, Response, request
from msgspec import Meta

from inspector.store.captures import Captures, Changes
from inspector.store.marks import Marks
from inspector.web.api.describing import Bytes, says
from inspector.web.errors import Refusal
from inspector.web.lamp import Lamp, Lamps
from inspector.web.rows import row_json
from inspector.web.veil import Veil, presenting

log = logging.getLogger(__name__)

INTERVAL = 0.125  # between two looks: at most eight messages a second
LAMP_EVERY = 8  # looks
ROWS = 200
BACKLOG = 24  # messages a reader may be behind: three seconds
HEARTBEAT = 10.0
_encode = msgspec.json.Encoder().encode


def event(name: str, data: Any, id: str = "") -> bytes:
    """One server-sent event (HTML Standard §9.2.6)."""
    identity = f"id: {id}\n" if id else ""
    return f"event: {name}\n{identity}data: ".encode() + _encode(data) + b"\n\n"


def changes_json(changes: Changes) -> dict[str, Any]:
    return {
        "rows": [row_json(row) for row in changes.rows],
        "skipped": changes.skipped,
        "cursor": changes.cursor,
        "forgotten": changes.forgotten,
    }


def messages(changes: Changes) -> bytes:
    """What is told about a batch of changes; empty if there is nothing to tell."""
    told = event("forgotten", {}, changes.cursor) if changes.forgotten else b""
    if changes.rows or changes.skipped:
        told += event("rows", changes_json(changes), changes.cursor)
    return told


class Reader:
    """One open stream's backlog."""

    __slots__ = ("_lock", "_queue", "behind")

    def __init__(self) -> None:
        self._queue: queue.Queue[bytes | None] = queue.Queue(BACKLOG)
        self._lock = threading.Lock()
        self.behind = False

    def tell(self, message: bytes | None, gap: bytes = b"") -> None:
        """Add a message (None: the end). When the backlog is full it is thrown away for `gap`."""
        with self._lock:
            try:
                self._queue.put_nowait(message)
            except queue.Full:
                with self._queue.mutex:
                    self._queue.queue.clear()
                self._queue.put_nowait(message if message is None else gap)

    def next(self, timeout: float) -> bytes | None:
        """The next message, None at the end; queue.Empty if none came in time."""
        return self._queue.get(timeout=timeout)


class Feeder:
    """Tells readers what changed. Its thread lives from the first reader to the last."""

    def __init__(
        self,
        captures: Captures,
        lamps: Lamps,
        *,
        limit: int,
        interval: float = INTERVAL,
        marks: Marks | None = None,
        held: Callable[[], dict[str, Any]] | None = None,
    ) -> None:
        self._captures = captures
        self._held = held
        self._waits: dict[str, Any] | None = None  # what was told of breakpoints
        self._marks = marks
        self._marked = 0  # up to which revision of the marks was told
        self._lamps = lamps
        self._limit = limit
        self._interval = interval
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._readers: set[Reader] = set()
        self._thread: threading.Thread | None = None
        self._closed = False
        self._cursor = ""
        self._lamp: Lamp | None = None

    def join(self) -> Reader | None:
        """A new reader, or None when there are as many as allowed."""
        with self._lock:
            if self._closed or len(self._readers) >= self._limit:
                return None
            reader = Reader()
            if self._thread is None:
                # Here and not in the thread: what changes after the reader has caught up must not be missed.
                self._cursor = self._captures.changes("").cursor
                self._marked = self._marks.since(0)[0] if self._marks else 0
                self._readers.add(reader)
                self._thread = threading.Thread(target=self._run, name="feed", daemon=True)
                self._thread.start()
            self._readers.add(reader)
            return reader

    def leave(self, reader: Reader) -> None:
        with self._lock:
            self._readers.discard(reader)
            if not self._readers:
                self._wake.set()

    def nudge(self) -> None:
        """Look at the lamp now: somebody has just switched something."""
        self._lamp = None
        self._wake.set()

    def close(self) -> None:
        """End every stream; the process is stopping."""
        with self._lock:
            self._closed = True
            self._broadcast(None)
        self._wake.set()

    def greeting(self, cursor: str) -> bytes:
        """What a reader hears first: how things stand, and what it has missed since `cursor`."""
        changes = self._captures.changes(cursor, ROWS)
        told = b"retry: 2000\n\n" + event("lamp", self._lamps.read().as_json())
        told += event("held", self._held()) if self._held is not None else b""
        if cursor and not _continues(cursor, changes):
            return told + event("gap", {"cursor": changes.cursor}, changes.cursor)
        return told + messages(changes)

    @property
    def readers(self) -> int:
        return len(self._readers)

    def _run(self) -> None:
        looks = 0
        while True:
            with self._lock:
                if self._closed or not self._readers:
                    self._thread = None
                    self._wake.clear()
                    return
            try:
                self._look(with_lamp=looks % LAMP_EVERY == 0 or self._lamp is None)
            except Exception:
                # The store may be locked or be rebuilt for a while; the pages keep what they have until it is back.
                log.exception("the live feed could not read what changed")
                time.sleep(1)
            looks += 1
            self._wake.wait(self._interval)
            self._wake.clear()

    def _look(self, *, with_lamp: bool) -> None:
        changes = self._captures.changes(self._cursor, ROWS)
        self._cursor = changes.cursor
        told = messages(changes) + self._newly_marked() + self._newly_held()
        if with_lamp:
            lamp = self._lamps.read()
            if lamp != self._lamp:
                self._lamp = lamp
                told += event("lamp", lamp.as_json())
        if told:
            with self._lock:
                self._broadcast(told)

    def _newly_marked(self) -> bytes:
        """What people added to exchanges since the last look."""
        if self._marks is None:
            return b""
        newest, changed = self._marks.since(self._marked)
        self._marked = newest
        if not changed:
            return b""
        return event("marks", {id.hex(): None if mark.blank else mark for id, mark in changed.items()})

    def _newly_held(self) -> bytes:
        """What waits at breakpoints, if that is something else than at the last look."""
        waits = self._held() if self._held is not None else None
        if waits is None or waits == self._waits:
            return b""
        self._waits = waits
        return event("held", waits)

    def _broadcast(self, message: bytes | None) -> None:
        gap = event("gap", {"cursor": self._cursor}, self._cursor)
        for reader in self._readers:
            reader.tell(message, gap)


def _continues(cursor: str, changes: Changes) -> bool:
    """Whether the store knew the cursor: for one it doesn't, it starts from now without a word."""
    return bool(changes.rows or changes.skipped or changes.forgotten) or changes.cursor == cursor


def stream(feeder: Feeder, reader: Reader, cursor: str, gone: Callable[[], bool]) -> Iterator[bytes]:
    """One reader's events until it is gone. Holds a server thread, asleep."""
    try:
        yield feeder.greeting(cursor)
        quiet = 0
        while not gone():
            try:
                message = reader.next(timeout=2.0)
            except queue.Empty:
                quiet += 1
                if quiet * 2.0 >= HEARTBEAT:
                    quiet = 0
                    yield b": still here\n\n"
                continue
            if message is None:
                return
            quiet = 0
            yield message
    finally:
        feeder.leave(reader)


class Where(msgspec.Struct):
    cursor: Annotated[str, Meta(max_length=4000, description="Go on from here; without one, from now.")] = ""


def blueprint(feeder: Feeder, veil: Veil) -> Blueprint:
    feed = Blueprint("feed", __name__)

    @feed.get("/api/v1/feed")
    @says("What happens, as it happens", tag="Live", scope="read", query=Where, gives=Bytes("text/event-stream", text=True),
          detail="Server-sent events: `rows` (at most 200 of the newest, `skipped` counts the others), `marks`, `held`, `lamp`, `gap` and `forgotten` (load the list anew)."
          " At most eight messages a second; `Last-Event-ID` resumes.")  # fmt: skip
    def by_token(query: Where) -> Response:
        return live()

    @feed.get("/feed")
    def live() -> Response:
        reader = feeder.join()
        if reader is None:
            raise Refusal(
                503, "Too many feeds", "As many live pages are open as the dashboard allows.", "Close some."
            )
        cursor = request.headers.get("Last-Event-ID") or request.args.get("cursor", "")
        gone = request.environ.get("waitress.client_disconnected", lambda: False)
        told = stream(feeder, reader, cursor, gone)
        response = Response(map(veil.rows, told) if presenting() else told, mimetype="text/event-stream")
        response.call_on_close(lambda: feeder.leave(reader))  # also when it was never begun
        response.headers["X-Accel-Buffering"] = "no"
        return response

    return feed
