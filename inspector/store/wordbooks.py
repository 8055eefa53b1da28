"""The word index as it is on disk: the blocks beside an archive's segments, found as they come and go.

Only their directories are kept in memory, a few KiB each; `wordreader` reads what a search needs. A block that is cut off or of another version is as if it weren't there, and a
damaged file is removed: what it was about counts as not indexed, and is read record by record.
"""

from __future__ import annotations

import logging
import threading
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple, TypeAlias

import msgspec

from inspector.store.frames import salt, segments
from inspector.store.wordblock import HEADER, MARK, VERSION, Directory, decode_directory

log = logging.getLogger(__name__)

# sections whose checksums were compared: file, place, checksum
Verified: TypeAlias = set[tuple[Path, int, int]]


def words_path(folder: Path, segment: int) -> Path:
    """Where the word index of a segment lies."""
    return folder / f"{segment:08d}.words"


class WordsGone(Exception):  # noqa: N818 - a state of affairs; the search goes on without them
    """A part of the word index cannot be read: it was removed with its segment, or is damaged."""

    def __init__(self, path: Path, *, damaged: bool) -> None:
        super().__init__(path.name)
        self.path = path
        self.damaged = damaged


class Block:
    """One block of a file: what it is about, and where its sections begin. `WordReader` reads them."""

    __slots__ = ("directory", "engine", "live", "offset", "path", "unknown")

    def __init__(self, path: Path, offset: int, directory: Directory) -> None:
        self.path = path
        self.offset = offset
        self.directory = directory
        self.engine = bytes.fromhex(path.parent.name)
        self.live = int.from_bytes(directory.live, "little")
        self.unknown = int.from_bytes(directory.unknown, "little")


class Book(NamedTuple):
    """The blocks of one file, as far as it was read."""

    identity: tuple[int, int, int]
    end: int
    blocks: tuple[Block, ...]


class Wordbooks:
    """All blocks of a home. Safe to use from many threads."""

    def __init__(self, captures: Path) -> None:
        self._captures = captures
        self.verified: Verified = set()
        self._books: dict[Path, Book] = {}
        self._lock = threading.Lock()

    def blocks(self) -> list[Block]:
        """Every block there is now."""
        with self._lock:
            looked = {path: read_book(path, self._books.get(path)) for path in self._paths()}
            books = {path: book for path, book in looked.items() if book is not None}
            for path in self._books.keys() - books.keys():
                self._distrust(path)
            self._books = books
            return [block for book in books.values() for block in book.blocks]

    def without(self, gone: WordsGone) -> None:
        """Go on without a file. One that is damaged goes; the recorder makes it anew."""
        with self._lock:
            self._books.pop(gone.path, None)
            self._distrust(gone.path)
        if gone.damaged:
            log.warning("%s is damaged; it is made again", gone.path.name)
            gone.path.unlink(missing_ok=True)

    def _distrust(self, path: Path) -> None:
        self.verified -= {place for place in self.verified if place[0] == path}

    def _paths(self) -> Iterator[Path]:
        try:
            folders = [folder for folder in self._captures.iterdir() if len(folder.name) == 32]
        except OSError:
            return
        for folder in folders:
            for number in segments(folder, ".words"):
                yield words_path(folder, number)


def read_book(path: Path, known: Book | None = None) -> Book | None:
    """The blocks of a file, read on from where it ended at an earlier look; None if it cannot be read."""
    try:
        stat = path.stat()
        identity = (stat.st_dev, stat.st_ino, stat.st_size)
        if known is not None and known.identity == identity:
            return known
        goes_on = known is not None and known.identity[:2] == identity[:2] and known.end <= stat.st_size
        blocks, end = (list(known.blocks), known.end) if known is not None and goes_on else ([], 0)
        salted = salt(path.parent.name, int(path.stem))
        with path.open("rb") as file:
            while (found := _directory_at(file, end, salted)) is not None:
                directory, begin, end = found
                blocks.append(Block(path, begin, directory))
    except OSError as error:
        log.debug("%s cannot be read: %s", path.name, error)
        return None
    return Book(identity, end, tuple(blocks))


def _directory_at(file: BinaryIO, offset: int, salted: int) -> tuple[Directory, int, int] | None:
    """The directory of the block that begins here, where its sections begin, and where it ends; None if no true block does."""
    whole = file.seek(0, 2)
    file.seek(offset)
    head = file.read(HEADER.size)
    if len(head) < HEADER.size:
        return None
    mark, size, length, crc, place = HEADER.unpack(head)
    if mark != MARK or place != (salted ^ offset) & 0xFFFFFFFF or not length < size <= whole - offset:
        return None
    data = file.read(length)
    if zlib.crc32(data) != crc:
        return None
    try:
        directory = decode_directory(data)
    except msgspec.MsgspecError:
        return None
    return (directory, offset + HEADER.size + length, offset + size) if directory.version == VERSION else None
