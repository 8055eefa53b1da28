"""Reading the word index: the blocks beside an archive's segments, found as they come and go, read as far as a search needs.

Nothing here waits for anybody or keeps a file open. A block that is cut off or of another version is as if it weren't there, and a
damaged file is removed: what it was about counts as not indexed, and is read record by record.
"""

from __future__ import annotations

import logging
import sys
import threading
import zlib
from array import array
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

import msgspec

from inspector.store.frames import salt, segments
from inspector.store.wordblock import HEADER, MARK, VERSION, Directory, Section, Zone, decode_directory

log = logging.getLogger(__name__)

_CACHED = 32 * 1024 * 1024
_HITS = 20_000  # words of a block that hold what is searched for; with more of them every document may


def words_path(folder: Path, segment: int) -> Path:
    """Where the word index of a segment lies."""
    return folder / f"{segment:08d}.words"


class WordsGone(Exception):  # noqa: N818 - a state of affairs; the search goes on without them
    """A part of the word index cannot be read: it was removed with its segment, or is damaged."""

    def __init__(self, path: Path, *, damaged: bool) -> None:
        super().__init__(path.name)
        self.path = path
        self.damaged = damaged


class Cache:
    """Parts of files that were read lately, the oldest given up first. For all threads of a process."""

    def __init__(self, most: int = _CACHED) -> None:
        self._most = most
        self._held: OrderedDict[tuple[Path, int, int], bytes] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    def read(self, path: Path, offset: int, section: Section) -> bytes:
        """A section of a file. Raises WordsGone."""
        key = (path, offset, section.crc)
        with self._lock:
            held = self._held.get(key)
            if held is not None:
                self._held.move_to_end(key)
                return held
        try:
            with path.open("rb") as file:
                file.seek(offset)
                data = file.read(section.length)
        except OSError as error:
            raise WordsGone(path, damaged=False) from error
        if zlib.crc32(data) != section.crc:
            raise WordsGone(path, damaged=True)
        with self._lock:
            self._held[key] = data
            self._size += len(data)
            while self._size > self._most and self._held:
                self._size -= len(self._held.popitem(last=False)[1])
        return data

    def forget(self, paths: Collection[Path]) -> None:
        """Give up what came from files that are no more."""
        with self._lock:
            for key in [key for key in self._held if key[0] in paths]:
                self._size -= len(self._held.pop(key))


class Block:
    """One block. Documents are numbers from 0; a set of them is an int, bit by bit."""

    def __init__(self, path: Path, offset: int, directory: Directory, cache: Cache) -> None:
        self.engine = bytes.fromhex(path.parent.name)
        self.directory = directory
        self.live = int.from_bytes(directory.live, "little")
        self.unknown = int.from_bytes(directory.unknown, "little")
        self._path = path
        self._offset = offset
        self._cache = cache

    def ids(self) -> list[bytes]:
        """The exchanges' ids, document by document."""
        data = self._section(self.directory.ids)
        return [data[at : at + 16] for at in range(0, len(data), 16)]

    def holding(self, zone: str, part: bytes) -> int | None:
        """The documents with a word that holds this; `\\n` in it stands for a word's edge. None if there are too many such words."""
        found = self.directory.zones.get(zone)
        if found is None:
            return 0
        vocabulary = self._section(found.vocabulary)
        at = vocabulary.find(part)
        if at < 0:
            return 0
        starts = _numbers("I", self._section(found.starts))
        inside = 1 if part.startswith(b"\n") else 0
        terms: list[int] = []
        while at >= 0:
            term = bisect_right(starts, at + inside) - 1
            terms.append(term)
            if len(terms) > _HITS:
                return None
            at = vocabulary.find(part, starts[term + 1] - 1)
        return self._documents(found.postings, found.ends, terms)

    def named(self, zone: str, prefix: bytes, part: bytes = b"") -> int:
        """The documents with a word that begins with `prefix` and holds `part` after it; for zones of heads."""
        found = self.directory.zones.get(zone)
        if found is None:
            return 0
        vocabulary, starts, (first, last) = self._beginning(found, prefix)
        if not part:
            return self._documents(found.postings, found.ends, list(range(first, last)))
        terms: list[int] = []
        at, end = (starts[first], starts[last] - 1) if first < last else (0, 0)
        while (at := vocabulary.find(part, at, end)) >= 0:
            term = bisect_right(starts, at) - 1
            if at < starts[term] + len(prefix):
                at = starts[term] + len(prefix)
                continue
            terms.append(term)
            at = starts[term + 1]
        return self._documents(found.postings, found.ends, terms)

    def words(self, zone: str, prefix: bytes) -> Iterator[tuple[bytes, int]]:
        """Every word that begins with a prefix, without it, and the documents that have it."""
        found = self.directory.zones.get(zone)
        if found is None:
            return
        vocabulary, starts, (first, last) = self._beginning(found, prefix)
        for term in range(first, last):
            word = vocabulary[starts[term] + len(prefix) : starts[term + 1] - 1]
            yield word, self._documents(found.postings, found.ends, [term])

    def _beginning(self, zone: Zone, prefix: bytes) -> tuple[bytes, array[int], tuple[int, int]]:
        """A zone's vocabulary, where each word begins and the last ends, and which words have a beginning: they stand in order."""
        vocabulary = self._section(zone.vocabulary)
        starts = _numbers("I", self._section(zone.starts))
        at = vocabulary.find(b"\n" + prefix)
        if at < 0:
            return vocabulary, starts, (0, 0)
        first, count = bisect_right(starts, at + 1) - 1, len(starts) - 1
        others = bisect_left(
            range(first, count), True, key=lambda term: not vocabulary.startswith(prefix, starts[term])
        )
        return vocabulary, starts, (first, first + others)

    def _documents(self, postings: Section, ends: Section, terms: list[int]) -> int:
        if not terms:
            return 0
        until, data = _numbers("I", self._section(ends)), self._section(postings)
        width = len(self.directory.live)
        bits, whole = bytearray(width), 0
        for term in terms:
            posting = data[until[term - 1] if term else 0 : until[term]]
            if len(posting) == width:
                whole |= int.from_bytes(posting, "little")
            else:
                for document in _numbers("H", posting):
                    bits[document >> 3] |= 1 << (document & 7)
        return whole | int.from_bytes(bits, "little")

    def _section(self, section: Section) -> bytes:
        return self._cache.read(self._path, self._offset + section.offset, section)


def _numbers(kind: str, data: bytes) -> array[int]:
    numbers = array(kind, data)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


class Book(NamedTuple):
    """The blocks of one file, as far as it was read."""

    identity: tuple[int, int, int]
    end: int
    blocks: tuple[Block, ...]


class Wordbooks:
    """All blocks of a home. Safe to use from many threads."""

    def __init__(self, captures: Path) -> None:
        self._captures = captures
        self._cache = Cache()
        self._books: dict[Path, Book] = {}
        self._lock = threading.Lock()

    def blocks(self) -> list[Block]:
        """Every block there is now."""
        with self._lock:
            looked = {path: read_book(path, self._books.get(path), self._cache) for path in self._paths()}
            books = {path: book for path, book in looked.items() if book is not None}
            self._cache.forget(self._books.keys() - books.keys())
            self._books = books
            return [block for book in books.values() for block in book.blocks]

    def without(self, gone: WordsGone) -> None:
        """Go on without a file. One that is damaged goes; the recorder makes it anew."""
        with self._lock:
            self._books.pop(gone.path, None)
            self._cache.forget({gone.path})
        if gone.damaged:
            log.warning("%s is damaged; it is made again", gone.path.name)
            gone.path.unlink(missing_ok=True)

    def _paths(self) -> Iterator[Path]:
        try:
            folders = [folder for folder in self._captures.iterdir() if len(folder.name) == 32]
        except OSError:
            return
        for folder in folders:
            for number in segments(folder, ".words"):
                yield words_path(folder, number)


def read_book(path: Path, known: Book | None = None, cache: Cache | None = None) -> Book | None:
    """The blocks of a file, read on from where it ended at an earlier look; None if it cannot be read."""
    try:
        stat = path.stat()
        identity = (stat.st_dev, stat.st_ino, stat.st_size)
        if known is not None and known.identity == identity:
            return known
        goes_on = known is not None and known.identity[:2] == identity[:2] and known.end <= stat.st_size
        blocks, end = (list(known.blocks), known.end) if known is not None and goes_on else ([], 0)
        salted, cache = salt(path.parent.name, int(path.stem)), cache or Cache()
        with path.open("rb") as file:
            while (found := _directory_at(file, end, salted)) is not None:
                directory, begin, end = found
                blocks.append(Block(path, begin, directory, cache))
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
