"""Following one engine's segments as they grow.

`read` looks at what is there and tells; `advance` says that it has been dealt with. Between them the caller
commits, so whatever is killed, the next reader begins where the last commit stood.

A frame that isn't whole yet is waited for. One that is wrong is given a moment (a file system may show a
file's new length before its bytes), then the next true frame is looked for; what lies between is counted.
Nothing that stands in a file makes this raise or stand still.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from inspector.store.frames import Cut, Frame, find, salt, segment_path, segments, walk

log = logging.getLogger(__name__)

_CHUNK = 1024 * 1024
_PATIENCE = 2.0


class Place(NamedTuple):
    """Up to where an engine's records were read."""

    segment: int
    position: int


class Take(NamedTuple):
    """What one `read` found: frames of one segment, and where to go on. `ended`: there is nothing after it."""

    segment: int
    frames: list[Frame]
    then: Place
    damaged: int = 0
    ended: bool = False


class Tail:
    """The reader's place in one engine's folder.

    `over` tells it that the engine lives no more, so that nothing is worth waiting for.
    """

    def __init__(self, folder: Path, place: Place, clock: Callable[[], float] = time.monotonic) -> None:
        self.folder = folder
        self.place = place
        self.over = False
        self._clock = clock
        self._file = -1
        self._file_segment = 0
        self._waiting_at: Place | None = None
        self._waiting_since = 0.0

    def read(self) -> Take:
        """The next frames, as many as a chunk holds. Never raises for what the files contain."""
        segment, position = self.place
        if not self._open(segment):
            return self._elsewhere()
        size = os.fstat(self._file).st_size
        frames, cut = self._walk(position, size)
        if frames or cut.offset > position:
            return Take(segment, frames, Place(segment, cut.offset))
        return self._stand(cut, size)

    def behind(self) -> int:
        """How many bytes of the present segment were not read yet."""
        if self._file < 0:
            return 0
        return max(0, os.fstat(self._file).st_size - self.place.position)

    def grew(self) -> bool:
        """Whether there is something after what seemed the end."""
        segment, position = self.place
        try:
            return segment_path(self.folder, segment).stat().st_size > position or self._next_exists()
        except OSError:
            return self._next_exists()

    def advance(self, take: Take) -> None:
        """Go on after `take`."""
        if take.then.segment != self.place.segment:
            self.close()
        self.place = take.then

    def close(self) -> None:
        """Let go of the file."""
        file, self._file = self._file, -1
        if file >= 0:
            os.close(file)

    def _open(self, segment: int) -> bool:
        if self._file >= 0 and self._file_segment == segment:
            return True
        self.close()
        try:
            path = segment_path(self.folder, segment)
            self._file = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        except OSError:
            return False
        self._file_segment = segment
        return True

    def _walk(self, position: int, size: int) -> tuple[list[Frame], Cut]:
        salted = salt(self.folder.name, self.place.segment)
        buffer = self._pread(position, min(_CHUNK, size - position))
        frames, cut = walk(buffer, position, salted)
        if not frames and len(buffer) < cut.need <= size - position:
            frames, cut = walk(self._pread(position, cut.need), position, salted)
        if frames and frames[-1][2] > size:  # a body of which a part is still to come
            _, offset, end, _ = frames.pop()
            cut = Cut(offset - 16, end - offset + 16)
        return frames, cut

    def _pread(self, position: int, length: int) -> bytes:
        if length <= 0:
            return b""
        try:
            os.lseek(self._file, position, os.SEEK_SET)
            return os.read(self._file, length)
        except OSError as error:
            log.warning("%s, segment %d: %s", self.folder.name, self.place.segment, error)
            return b""

    # -- when there is no whole frame at our place

    def _stand(self, cut: Cut, size: int) -> Take:
        """Wait, go on to the next segment, step over damage, or see that all is over."""
        segment, position = self.place
        stay = Take(segment, [], self.place)
        if os.fstat(self._file).st_nlink == 0:  # deleted, perhaps made again: look anew
            self.close()
            return stay
        if position >= size and not self.over and not self._next_exists():
            return stay
        if not self.over and not self._next_exists() and not self._waited(cut):
            return stay
        if os.fstat(self._file).st_size > size:
            return stay  # it grew while we looked for the next one: read that first
        if position < size:
            found = self._find_true_frame(position + 1, size)
            if found is not None:
                return self._skip(Place(segment, found), found - position)
            if not self.over and not self._next_exists():
                self._waiting_since = self._clock()
                return stay
        damaged = max(0, size - position)
        if self._next_exists():
            return self._skip(Place(segment + 1, 0), damaged)
        return Take(segment, [], Place(segment, position + damaged), damaged, ended=True)

    def _waited(self, cut: Cut) -> bool:
        here = Place(self.place.segment, cut.offset)
        if self._waiting_at != here:
            self._waiting_at, self._waiting_since = here, self._clock()
        return self._clock() - self._waiting_since >= _PATIENCE

    def _skip(self, then: Place, damaged: int) -> Take:
        if damaged:
            log.warning("%s: %d bytes of %s are damaged and left out", self.folder.name, damaged, self.place)
        return Take(self.place.segment, [], then, damaged)

    def _next_exists(self) -> bool:
        return segment_path(self.folder, self.place.segment + 1).exists()

    def _find_true_frame(self, start: int, size: int) -> int | None:
        salted = salt(self.folder.name, self.place.segment)
        while start < size:
            buffer = self._pread(start, min(_CHUNK, size - start))
            if len(buffer) < 16:
                return None
            found = find(buffer, start, salted)
            if found is not None:
                return start + found
            start += len(buffer) - 15
        return None

    def _elsewhere(self) -> Take:
        """Our segment isn't there: not yet, or no longer."""
        segment, _ = self.place
        later = [number for number in segments(self.folder) if number > segment]
        if later:
            return Take(segment, [], Place(later[0], 0))
        return Take(segment, [], self.place, ended=self.over)
