"""The archive's pen: every record is appended once, by a thread of its own, and the event loop never waits.

`put` only remembers a record and says where it will lie; `flush` hands what was remembered to the thread,
which writes it with one call. So a position can stand in a later record at once, and a process that is
killed loses at most what was put since the last flush.

A disk that is full or gone never stops the traffic: the thread tries the same bytes at the same place
again and again, the backlog grows up to its bound, and then `put` says None and counts. Bodies are refused
first, at three quarters, so that records of what happened last longest. When there is room again
everything in the backlog is written, and the summaries of exchanges that were refused follow it (L frames).

No database is imported here: an engine starts quickly.
"""

from __future__ import annotations

import errno
import logging
import os
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from queue import SimpleQueue
from typing import NamedTuple, Protocol

import msgspec

from inspector.exchange.model import Piece, decode_summary, encode
from inspector.store.disk import RealDisk
from inspector.store.frames import BODY, FORMAT, header, salt, segment_path

log = logging.getLogger(__name__)

SEGMENT = 64 * 1024 * 1024
BACKLOG = 64 * 1024 * 1024
RETRY = 0.5
REMEMBERED = 5000  # summaries of lost exchanges; beyond, they are only counted


class Opening(msgspec.Struct, frozen=True, array_like=True):
    """What the first frame of every segment says. `run` is the same for all that one `inspector run` started."""

    format: int
    engine: bytes
    worker: int
    run: str
    pid: int
    version: str
    started: float


class Disk(Protocol):
    """The few calls by which the thread touches a disk; tests give one that fails."""

    def open(self, path: Path) -> int: ...
    def gone(self, file: int) -> bool: ...
    def write(self, file: int, buffers: Sequence[bytes], offset: int) -> None: ...
    def sync(self, file: int) -> None: ...
    def close(self, file: int) -> None: ...


class _Batch(NamedTuple):
    segment: int
    offset: int
    size: int
    records: list[tuple[bytes, bytes]]


class ArchiveWriter:
    """The archive of one engine, in `captures`/<engine as hex>. Nothing is touched on disk until the first flush.

    `put`, `flush`, `roll` and `close` belong to one thread (the event loop's); the figures may be read by any.
    `clock` gives seconds since the epoch.
    """

    def __init__(
        self,
        captures: Path,
        *,
        engine: bytes,
        worker: int = 1,
        run: str = "",
        version: str = "",
        segment_size: int = SEGMENT,
        backlog: int = BACKLOG,
        retry: float = RETRY,
        clock: Callable[[], float] = time.time,
        disk: Disk | None = None,
    ) -> None:
        self.folder = captures / engine.hex()
        self.lost = 0
        self.lost_bytes = 0
        self.failing = ""
        self._name = engine.hex()
        self._disk = disk or RealDisk()
        self._retry = retry
        self._segment_size, self._backlog, self._bodies = segment_size, backlog, backlog * 3 // 4
        self._opening = encode(Opening(FORMAT, engine, worker, run, os.getpid(), version, clock()))
        self._segment = 0
        self._begin = 0  # where the pending records begin
        self._end = segment_size  # where the next one goes: full, so that the first put opens segment 1
        self._taken = 0  # bytes ever put (this thread writes it)
        self._written = 0  # bytes ever written or given up (the other thread writes it)
        self._pending: list[tuple[bytes, bytes]] = []
        self._missed: list[bytes] = []
        self._queue: SimpleQueue[_Batch | None] = SimpleQueue()
        self._closing = threading.Event()
        self._file, self._file_segment = -1, 0
        self._thread = threading.Thread(target=self._work, name="archive", daemon=True)
        self._thread.start()

    @property
    def backlog(self) -> int:
        """Bytes that were put and are not on disk yet."""
        return self._taken - self._written

    @property
    def pending(self) -> bool:
        """Whether a flush would have something to hand over."""
        return bool(self._pending) or (bool(self._missed) and self.backlog < self._bodies)

    def put(self, kind: bytes, payload: bytes, final: bool = False) -> Piece | None:
        """Take a record; where it will lie, or None if it had to be refused.

        `final` says that this X record is the last of its exchange, so that refusing it loses the exchange.
        """
        size = len(payload) + 16
        held = self._taken - self._written + size
        if held > self._bodies and (kind == BODY or held > self._backlog):
            self._refuse(payload, final)
            return None
        offset = self._end
        if offset + size > self._segment_size:
            self._next_segment()
            offset = self._end
        self._end = offset + size
        self._taken += size
        self._pending.append((kind, payload))
        return Piece(self._segment, offset + 16, size - 16)

    def flush(self) -> None:
        """Hand everything put so far to the writing thread. Never waits."""
        if self._missed and self.backlog < self._bodies:
            self._tell_missed()
        if self._pending:
            begin, size = self._begin, self._end - self._begin
            self._queue.put(_Batch(self._segment, begin, size, self._pending))
            self._pending, self._begin = [], self._end

    def roll(self, generation: int) -> None:
        """Begin a new segment and mark in it that all before is to be forgotten (see `retention`)."""
        self._missed.clear()
        self._next_segment()
        self.put(b"F", encode(generation))
        self.flush()

    def close(self, patience: float = 5.0) -> None:
        """Write what is left, then the clean end, and wait for the disk; gives up after `patience` seconds."""
        if not self._closing.is_set():
            self.flush()
            self.put(b"E", encode((self.lost, self.lost_bytes)))
            self.flush()
            self._closing.set()
            self._queue.put(None)
        self._thread.join(patience)

    # -- the rest of this thread's side

    def _next_segment(self) -> None:
        if self._pending:
            self._queue.put(_Batch(self._segment, self._begin, self._end - self._begin, self._pending))
        self._segment += 1
        self._pending, self._begin = [(b"S", self._opening)], 0
        self._end = len(self._opening) + 16
        self._taken += self._end

    def _refuse(self, payload: bytes, final: bool) -> None:
        self.lost_bytes += len(payload)
        if final:
            self.lost += 1
            if len(self._missed) < REMEMBERED:
                self._missed.append(encode(decode_summary(payload)))

    def _tell_missed(self) -> None:
        missed, self._missed = self._missed, []
        for at, summary in enumerate(missed):
            if self.put(b"L", summary) is None:
                self._missed = missed[at:]
                return

    # -- the writing thread's side

    def _work(self) -> None:
        try:
            while (batch := self._queue.get()) is not None:
                self._keep_at_it(batch)
                self._written += batch.size
            self._sync()
        except Exception:
            self.failing = "the archive's writer stopped by a mistake of Inspector's own; see the log"
            log.exception("the archive's writer stopped")

    def _keep_at_it(self, batch: _Batch) -> None:
        """Write a batch, however often it takes; while closing, try once."""
        while True:
            try:
                self._write(batch)
            except OSError as error:
                self._complain(error)
                self._drop_file()
                if self._closing.wait(self._retry):
                    finals = sum(kind == b"X" for kind, _ in batch.records)
                    log.warning("stopped with %d records that could not be kept", finals)
                    return
            else:
                if self.failing:
                    log.warning("the disk takes captures again")
                    self.failing = ""
                return

    def _write(self, batch: _Batch) -> None:
        if self._file_segment != batch.segment or (self._file >= 0 and self._disk.gone(self._file)):
            self._drop_file()
        if self._file < 0:
            self._file = self._disk.open(segment_path(self.folder, batch.segment))
            self._file_segment = batch.segment
        salted, offset = salt(self._name, batch.segment), batch.offset
        buffers: list[bytes] = []
        for kind, payload in batch.records:
            buffers += (header(kind, payload, offset, salted), payload)
            offset += 16 + len(payload)
        self._disk.write(self._file, buffers, batch.offset)

    def _complain(self, error: OSError) -> None:
        words = in_words(error)
        if words != self.failing:
            log.warning("captures cannot be kept: %s", words)
        self.failing = words

    def _sync(self) -> None:
        if self._file >= 0:
            try:
                self._disk.sync(self._file)
            except OSError as error:
                self._complain(error)
        self._drop_file()

    def _drop_file(self) -> None:
        file, self._file = self._file, -1
        if file >= 0:
            try:
                self._disk.close(file)
            except OSError as error:  # some file systems report a failed write only here
                self._complain(error)


_WORDS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EIO: "the disk reports an input/output error",
    errno.EROFS: "the file system can only be read",
    errno.EACCES: "writing is not permitted",
    errno.EPERM: "writing is not permitted",
    errno.EMFILE: "too many files are open",
}


def in_words(error: OSError) -> str:
    """What a disk said, for a page."""
    return _WORDS.get(error.errno or 0) or (error.strerror or str(error)).lower()
