"""Reading in the word index: which documents of a block have a word, a part of one, or a value in a field.

A search goes through a hundred megabytes for a million exchanges. It reads them into the same few buffers again and again, so that a
process of many threads doesn't grow by what it once read; the system keeps the files in its memory anyway.
"""

from __future__ import annotations

import sys
import zlib
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, Literal, cast

from inspector.store.wordblock import Section, Zone
from inspector.store.wordbooks import Block, Verified, WordsGone

_HITS = 20_000  # words of a block that hold what is searched for; with more of them every document may


class WordReader:
    """The buffers and the open file of one search. Not for two threads at once. Methods raise WordsGone."""

    def __init__(self, verified: Verified) -> None:
        self._verified = verified
        self._buffers: dict[str, bytearray] = {}
        self._lying: dict[str, tuple[Path, int, int]] = {}
        self._path: Path | None = None
        self._file: BinaryIO | None = None

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()
        self._file = self._path = None

    def ids(self, block: Block) -> list[bytes]:
        """The exchanges' ids, document by document."""
        data = bytes(self._read("ids", block, block.directory.ids))
        return [data[at : at + 16] for at in range(0, len(data), 16)]

    def holding(self, block: Block, zone: str, part: bytes) -> int | None:
        """The documents with a word that holds this; `\\n` in it stands for a word's edge. None if there are too many such words."""
        found = block.directory.zones.get(zone)
        if found is None:
            return 0
        vocabulary, end = self._vocabulary(block, found)
        at = vocabulary.find(part, 0, end)
        if at < 0:
            return 0
        starts = self._numbers("starts", block, found.starts)
        inside = 1 if part.startswith(b"\n") else 0
        terms: list[int] = []
        while at >= 0:
            term = bisect_right(starts, at + inside) - 1
            terms.append(term)
            if len(terms) > _HITS:
                return None
            at = vocabulary.find(part, starts[term + 1] - 1, end)
        return self._documents(block, found, terms)

    def named(self, block: Block, zone: str, prefix: bytes, part: bytes = b"") -> int:
        """The documents with a word that begins with `prefix` and holds `part` after it."""
        found = block.directory.zones.get(zone)
        if found is None:
            return 0
        vocabulary, starts, first, last = self._beginning(block, found, prefix)
        if not part or first == last:
            return self._documents(block, found, list(range(first, last)))
        terms: list[int] = []
        at, end = starts[first], starts[last] - 1
        while (at := vocabulary.find(part, at, end)) >= 0:
            term = bisect_right(starts, at) - 1
            if at < starts[term] + len(prefix):
                at = starts[term] + len(prefix)
                continue
            terms.append(term)
            at = starts[term + 1]
        return self._documents(block, found, terms)

    def words(self, block: Block, zone: str, prefix: bytes) -> Iterator[tuple[bytes, int]]:
        """Every word that begins with a prefix, without it, and the documents that have it."""
        found = block.directory.zones.get(zone)
        if found is None:
            return
        vocabulary, starts, first, last = self._beginning(block, found, prefix)
        spans = [(starts[term] + len(prefix), starts[term + 1] - 1) for term in range(first, last)]
        for term, word in zip(
            range(first, last), [bytes(vocabulary[begin:end]) for begin, end in spans], strict=True
        ):
            yield word, self._documents(block, found, [term])

    def _beginning(
        self, block: Block, zone: Zone, prefix: bytes
    ) -> tuple[bytearray, Sequence[int], int, int]:
        """The words of one beginning stand together: the vocabulary, where each word begins, the first and the one after the last."""
        vocabulary, end = self._vocabulary(block, zone)
        starts = self._numbers("starts", block, zone.starts)
        at = vocabulary.find(b"\n" + prefix, 0, end)
        if at < 0:
            return vocabulary, starts, 0, 0
        first, count = bisect_right(starts, at + 1) - 1, len(starts) - 1
        others = bisect_left(
            range(first, count), True, key=lambda term: not vocabulary.startswith(prefix, starts[term], end)
        )
        return vocabulary, starts, first, first + others

    def _documents(self, block: Block, zone: Zone, terms: list[int]) -> int:
        if not terms:
            return 0
        ends = self._numbers("ends", block, zone.ends)
        postings = self._read("postings", block, zone.postings)
        width = len(block.directory.live)
        bits, whole = bytearray(width), 0
        for term in terms:
            posting = postings[ends[term - 1] if term else 0 : ends[term]]
            if len(posting) == width:
                whole |= int.from_bytes(posting, "little")
            else:
                for document in _numbers("H", posting):
                    bits[document >> 3] |= 1 << (document & 7)
        return whole | int.from_bytes(bits, "little")

    # -- sections

    def _vocabulary(self, block: Block, zone: Zone) -> tuple[bytearray, int]:
        """A buffer, and how much of it is vocabulary. (A view of it could not be searched.)"""
        length = len(self._read("vocabulary", block, zone.vocabulary))
        return self._buffers["vocabulary"], length

    def _numbers(self, use: str, block: Block, section: Section) -> Sequence[int]:
        return _numbers("I", self._read(use, block, section))

    def _read(self, use: str, block: Block, section: Section) -> memoryview:
        """A section, in the buffer for such ones; until the next is read for the same use."""
        place = (block.path, block.offset + section.offset, section.crc)
        if self._lying.get(use) != place:
            self._lying.pop(use, None)
            if len(self._buffers.get(use, b"")) < section.length:
                self._buffers[use] = bytearray(section.length * 5 // 4)
            self._fill(memoryview(self._buffers[use])[: section.length], place)
            self._lying[use] = place
        return memoryview(self._buffers[use])[: section.length]

    def _fill(self, buffer: memoryview, place: tuple[Path, int, int]) -> None:
        path, offset, crc = place
        try:
            if self._file is None or self._path != path:
                self.close()
                self._file, self._path = path.open("rb", buffering=0), path
            self._file.seek(offset)
            whole = self._file.readinto(buffer) == len(buffer)  # type: ignore[attr-defined]
        except OSError as error:
            raise WordsGone(path, damaged=False) from error
        if not whole or (place not in self._verified and zlib.crc32(buffer) != crc):
            raise WordsGone(path, damaged=True)
        self._verified.add(place)


def _numbers(kind: Literal["H", "I"], data: memoryview) -> Sequence[int]:
    if sys.byteorder == "little":
        return cast("Sequence[int]", data.cast(kind))
    numbers = array(kind, bytes(data))
    numbers.byteswap()
    return numbers
