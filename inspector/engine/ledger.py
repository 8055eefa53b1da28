"""The engine's side of the record: which exchanges are on their way, and what is handed to the archive when.

A finished exchange is put at once and handed over within 20 ms. An unfinished one is told of only after
200 ms, since most are finished by then, and again each second while it grows. While capturing is paused, or off for a
measurement, nothing is put and bodies are not kept.
"""

from __future__ import annotations

import asyncio
import time
from typing import Protocol

from inspector.engine.flow import Flow
from inspector.engine.settings import Limits
from inspector.engine.tap import Tap, TimedTap
from inspector.engine.wiretap import WireTap
from inspector.exchange.model import Connection, KeptCiphertext, Piece, State, encode

FLUSH = 0.02
UNFINISHED = 0.2
GROWN = 1.0
WIRE = 1.0


class Archive(Protocol):
    """Where records go: `store.archive.ArchiveWriter`. `pending` says whether a flush would hand anything over."""

    @property
    def pending(self) -> bool: ...
    def put(self, kind: bytes, payload: bytes, final: bool = False) -> Piece | None: ...
    def flush(self) -> None: ...


class Ledger:
    """Keeps the exchanges of one engine. `changes` and `kept` count since start."""

    def __init__(
        self, archive: Archive, limits: Limits, loop: asyncio.AbstractEventLoop, *, capturing: bool
    ) -> None:
        self._archive = archive
        self._limits = limits
        self._loop = loop
        self._flushing = False
        self.capturing = capturing
        self.live: set[Flow] = set()
        self.taps: set[WireTap] = set()
        self._taps_kept = 0.0
        self.changes = 0
        self.finished = 0

    def tap(self) -> Tap:
        """A new tee for a body."""
        return self._on(Tap(self._limits.inline_body, self._limits.captured_body, self._keep_body))

    def timed_tap(self, flow: Flow) -> Tap:
        """A new tee for a body that holds many messages: a WebSocket's, an event stream's."""
        limits = self._limits
        return self._on(TimedTap(limits.inline_body, limits.captured_body, self._keep_body, flow.zero))

    def _on(self, tap: Tap) -> Tap:
        if not self.capturing:
            tap.note = "off"
        return tap

    def _keep_body(self, payload: bytes) -> Piece | None:
        self._flush_soon()
        return self._archive.put(b"B", payload)

    def wiretap(
        self, connection: bytes, opened: float, *, of_browser: bool, recorded: bool
    ) -> WireTap | None:
        """A new tap for a connection's ciphertext; None if none is kept."""
        most = self._limits.ciphertext
        if not (self.capturing and most):
            return None
        return WireTap(self, connection, opened, most, of_browser, recorded)

    def keep_ciphertext(self, content: bytes) -> Piece | None:
        """Put a run of ciphertext into the archive."""
        return self._keep_body(content) if self.capturing else None

    def ciphertext(self, kept: KeptCiphertext) -> None:
        """Put what is known of a connection's ciphertext."""
        self._archive.put(b"T", encode(kept))

    def begin(self, flow: Flow) -> None:
        """An exchange is on its way."""
        self.live.add(flow)

    def finish(self, flow: Flow, state: State) -> None:
        """An exchange is over."""
        self.live.discard(flow)
        self.finished += 1
        self.keep(flow, state)

    def keep(self, flow: Flow, state: State) -> None:
        """Put a snapshot, if capturing is on (or the exchange was announced before it was paused)."""
        if not self.capturing and not flow.announced:
            return
        self.changes += 1
        self._archive.put(b"X", encode(flow.exchange(self.changes, state)), state != "open")
        if not self._flushing:
            self._flush_soon()

    def connection(self, connection: Connection) -> bool:
        """Put what is known of a connection; whether it was taken (if not: put it again with the next exchange)."""
        if not self.capturing:
            return False
        self._flush_soon()
        return self._archive.put(b"C", encode(connection)) is not None

    def _flush_soon(self) -> None:
        if not self._flushing:
            self._flushing = True
            self._loop.call_later(FLUSH, self._flush)

    def _flush(self) -> None:
        self._flushing = False
        self._archive.flush()

    def sweep(self) -> None:
        """Tell of exchanges that take long, and hand over what still waits. Called ten times a second."""
        if self._archive.pending and not self._flushing:
            self._archive.flush()
        now = time.perf_counter()
        if now - self._taps_kept >= WIRE:
            self._taps_kept = now
            for tap in [each for each in self.taps if each.recorded]:
                tap.keep()
        for flow in self.live:
            age = now - flow.zero
            if age < UNFINISHED or flow.client is None:
                continue
            if not flow.announced:
                flow.client.introduce(flow)
                self.keep(flow, "open")
                flow.announced = self.capturing
                flow.last_size = flow.progress()
                flow.told = now
            elif now - flow.told >= GROWN and flow.progress() != flow.last_size:
                flow.last_size = flow.progress()
                flow.told = now
                self.keep(flow, "open")
