"""Making the word index, while nothing else is to be done.

The recorder gives it a little time whenever a round found nothing, or little, to take in; so it costs the traffic nothing, and is
behind by as much as there was no rest. It works on what the recorder has read, newest first, and writes a block when there
are two thousand records for one. What is at work is not on disk: whoever is killed begins that block again.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from inspector.exchange.model import Body, decode_exchange, decode_summary
from inspector.filter.subject import Subject
from inspector.store.frames import Frame, find, salt, segment_path, segments, walk
from inspector.store.reader import ArchiveGone, ArchiveReader
from inspector.store.wordblock import BlockMaker
from inspector.store.wordbooks import read_book, words_path

log = logging.getLogger(__name__)

_CHUNK = 256 * 1024
_LOOK_AROUND, _LOOK_FAR = (
    2.0,
    60.0,
)  # seconds between two looks at engines that run, and at those that are over
_PAUSE = 30.0  # seconds, after the disk refused


class Readable(NamedTuple):
    """Up to where an engine's archive was read by the recorder. `over`: there will be no more."""

    engine: bytes
    segment: int
    position: int
    over: bool


class _Work:
    """One segment on its way into the word index. `end` is up to where it may be read, `closed` says that this is all of it."""

    def __init__(self, engine: bytes, segment: int, begin: int) -> None:
        self.engine = engine
        self.segment = segment
        self.end = begin
        self.closed = False
        self.position = begin
        self.maker = BlockMaker(begin)
        self.frames: Iterator[Frame] = iter(())


class Indexer:
    """Makes the blocks of one home. Its methods belong to the recorder's thread. `made` counts exchanges."""

    def __init__(self, captures: Path) -> None:
        self.made = 0
        self._captures = captures
        self._archive = ArchiveReader(captures)
        self._works: dict[tuple[bytes, int], _Work] = {}
        self._done: dict[tuple[bytes, int], bool] = {}  # and whether there is anything about them
        self._over: set[bytes] = set()
        self._looked = self._looked_far = -1e9
        self._not_before = 0.0

    def work(self, readable: Collection[Readable], seconds: float) -> bool:
        """Go on for a while. Whether there is more to do."""
        now = time.monotonic()
        if now < self._not_before:
            return False
        try:
            self._look_around(readable, now)
            return self._work(now + seconds)
        except OSError as error:
            log.warning("the word index cannot be made: %s", error)
            self._not_before = now + _PAUSE
            self.let_go()
            return False

    def let_go(self) -> None:
        """Forget what is at work."""
        self._works.clear()
        self._looked = self._looked_far = -1e9

    # -- what there is to do

    def _look_around(self, readable: Collection[Readable], now: float) -> None:
        for each in readable:
            work = self._works.get((each.engine, each.segment))
            if work is not None:
                work.end = each.position
        if now - self._looked < _LOOK_AROUND:
            return
        self._looked = now
        far = now - self._looked_far >= _LOOK_FAR
        self._looked_far = now if far else self._looked_far
        for each in readable:
            if each.over and not far and each.engine in self._over:
                continue  # nothing happens there any more, but that a damaged file was removed
            if each.over:
                self._over.add(each.engine)
            folder = self._captures / each.engine.hex()
            for number in segments(folder):
                if number <= each.segment:
                    self._know(each, number, segment_path(folder, number))
        for key, work in list(self._works.items()):
            if not self._path(work).exists():
                del self._works[key]

    def _know(self, each: Readable, number: int, path: Path) -> None:
        key = (each.engine, number)
        if key in self._done:
            if not self._done[key] or words_path(path.parent, number).exists():
                return
            del self._done[key]  # it was damaged, and removed
        work = self._works.get(key)
        if work is None:
            work = self._works[key] = _Work(each.engine, number, self._mended(each.engine, number))
        work.closed = each.over or number < each.segment
        work.end = each.position if number == each.segment else path.stat().st_size

    def _mended(self, engine: bytes, segment: int) -> int:
        """Up to where a segment is indexed. What is behind that in its words file was cut off half way, and goes."""
        path = words_path(self._captures / engine.hex(), segment)
        book = read_book(path)
        if book is None:
            return 0
        at = 0
        for block in book.blocks:
            if block.directory.begin != at:
                path.unlink()
                return 0
            at = block.directory.end
        if book.end < path.stat().st_size:
            os.truncate(path, book.end)
        return at

    def _path(self, work: _Work) -> Path:
        return segment_path(self._captures / work.engine.hex(), work.segment)

    # -- doing it

    def _work(self, end: float) -> bool:
        for key in sorted(self._works, key=lambda key: key[::-1], reverse=True):
            work = self._works[key]
            while work.position < work.end:
                if time.monotonic() >= end:
                    return True
                self._take(work)
                if work.maker.full:
                    self._write(work)
            if work.closed:
                if len(work.maker):
                    self._write(work)
                self._done[key] = words_path(self._path(work).parent, work.segment).exists()
                del self._works[key]
        return False

    def _take(self, work: _Work) -> None:
        """The next record."""
        frame = next(work.frames, None)
        if frame is None:
            work.frames = self._fetch(work)
            return
        kind, offset, end, payload = frame
        try:
            if kind == b"X":
                exchange = decode_exchange(payload)
                subject = Subject(exchange, exchange, read=lambda body: self._read(work.engine, body))
                work.maker.add(subject, exchange, offset)
                self.made += 1
            elif kind == b"L":
                work.maker.add_lost(decode_summary(payload), offset)
        except (msgspec.MsgspecError, UnicodeError, ValueError) as error:
            log.debug("a record at %d in segment %d cannot be indexed: %s", offset, work.segment, error)
        work.position = work.maker.end = end

    def _fetch(self, work: _Work) -> Iterator[Frame]:
        """The frames that come next; steps over what is none."""
        salted = salt(work.engine.hex(), work.segment)
        with self._path(work).open("rb") as file:
            size = _CHUNK
            while True:
                file.seek(work.position)
                buffer = file.read(min(size, work.end - work.position))
                frames, cut = walk(buffer, work.position, salted)
                if frames:
                    return iter([frame for frame in frames if frame[2] <= work.end] or self._past(work))
                if not cut.need <= len(buffer) and cut.offset + cut.need <= work.end:
                    size = cut.need
                    continue
                found = find(buffer, work.position, salted, 1)
                step = found if found is not None else max(len(buffer) - 15, 1)
                work.position = work.maker.end = min(work.position + step, work.end)
                return iter(())

    def _past(self, work: _Work) -> list[Frame]:
        """A frame that reaches over the end: nothing more can be read here."""
        work.position = work.maker.end = work.end
        return []

    def _read(self, engine: bytes, body: Body) -> Iterable[bytes]:
        if body.inline:
            yield body.inline
        for piece in body.pieces:
            try:
                yield self._archive.body(engine.hex(), piece)
            except ArchiveGone:
                return

    def _write(self, work: _Work) -> None:
        """Append a block to the segment's words file; all of it or nothing."""
        path = words_path(self._captures / work.engine.hex(), work.segment)
        if not self._path(work).exists():  # forgotten meanwhile
            return
        file = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
        try:
            offset = os.lseek(file, 0, os.SEEK_END)
            try:
                with os.fdopen(os.dup(file), "wb") as writing:
                    writing.seek(offset)
                    writing.write(work.maker.bytes(work.engine.hex(), work.segment, offset))
            except OSError:
                os.truncate(path, offset)
                raise
        finally:
            os.close(file)
        work.maker = BlockMaker(work.position)
