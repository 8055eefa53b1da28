"""The word index: which words stand in which exchanges of an archive segment, so that a search need not read them all.

    00000001.seg, and beside it 00000001.words: blocks, one after the other, each about some two thousand records

A block is derived from the records between two places of its segment, never changed, and goes with the segment. It lists, for each
zone of an exchange (address, heads, bodies), every word in it with the exchanges that have it; and of the list's columns which values
there are at all. Words are what stands between other characters than letters, digits, `_` and everything beyond ASCII. Because a
vocabulary is one run of bytes, a search within words is one `bytes.find`; so the index answers for parts of words, too, and for `not`.

SQLite's FTS5 costs about two thirds of it (41 and 65 µs an exchange of 2.8 KiB), but finds only whole words or their beginnings; with
trigrams it costs 170. This is bytes, so a database that machines share can hold it as they are.
"""

from __future__ import annotations

import struct
import sys
import zlib
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import accumulate
from typing import Any

import msgspec

from inspector.exchange.model import Exchange, Summary, encode
from inspector.filter.matching import FLAG_TESTS
from inspector.filter.subject import Subject
from inspector.filter.texts import fold, fold_bytes
from inspector.store.frames import salt

MARK = b"\xf7InW"
HEADER = struct.Struct(">4sIIII")  # mark, length of all, length of the directory, its crc32, place xor salt
VERSION = 1

DOCUMENTS = 2048  # of a block: an ordinal has 16 bits, a bitmap 256 bytes
TEXT = 12 * 1024 * 1024
TERMS = 150_000
LONG = 128  # bytes; a longer word is kept as overlapping pieces
STRIDE = LONG // 2

ADDRESS, REQUEST, RESPONSE, SENT, CAME, DONE = ZONES = "uhHbBd"
"""Address; request's and response's head; request's and response's body; decisions and rules."""

NAMED = ("state", "kind", "origin", "method", "scheme", "host", "version", "reason", "media", "resource", "protection", "tls", "fault",
         "agent", "client", "remote")  # fmt: skip
NUMBERS = ("port", "status", "request_size", "response_size", "started", "duration")
_MANY = 200  # values of a column; with more of them nothing is said

_WORD = b"0123456789abcdefghijklmnopqrstuvwxyz_" + bytes(range(128, 256))
_TABLE = bytes(byte if byte in _WORD else 32 for byte in range(256))


class Section(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A run of bytes of a block: where, counted from its directory's end, how long, and its checksum."""

    offset: int
    length: int
    crc: int


class Zone(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The words of one zone: `\\n` before, between and after them; where each begins; where each one's postings end; postings."""

    vocabulary: Section
    starts: Section
    ends: Section
    postings: Section


class Directory(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What a block is about. `live` and `unknown` are bitmaps: documents that count, and ones whose words are not in here.

    `named` has the values of a column (missing: there are too many), `numbers` the smallest and the largest (None: there
    is none) and whether one is missing, `marks` which of the filter's marks some have, and which all.
    """

    version: int
    begin: int
    end: int
    first_change: int
    last_change: int
    first_id: bytes
    last_id: bytes
    count: int
    live: bytes
    unknown: bytes
    ids: Section
    positions: Section
    zones: dict[str, Zone]
    named: dict[str, tuple[str, ...]]
    numbers: dict[str, tuple[float | None, float | None, bool]]
    marks: tuple[tuple[str, ...], tuple[str, ...]]


_UNREAD = ()
decode_directory = msgspec.msgpack.Decoder(Directory).decode


def words(folded: bytes) -> set[bytes]:
    """The words of a folded text; long ones as pieces."""
    found = set(folded.translate(_TABLE).split())
    if found and len(max(found, key=len)) > LONG:
        found = {piece for word in found for piece in pieces(word)}
    return found


def pieces(word: bytes) -> Iterator[bytes]:
    """A word, or overlapping pieces of it, so that whatever is not longer than STRIDE stands whole in one of them."""
    if len(word) <= LONG:
        yield word
        return
    for at in range(0, len(word) - LONG, STRIDE):
        yield word[at : at + LONG]
    yield word[-LONG:]


def runs(folded: bytes) -> list[bytes]:
    """The words of what is searched for, in order."""
    return folded.translate(_TABLE).split()


class BlockMaker:
    """Takes in exchanges in the order of the archive. `full` says that it is time to write it down."""

    def __init__(self, begin: int) -> None:
        self.begin = self.end = begin
        self._ids: list[bytes] = []
        self._positions = array("I")
        self._changes: list[int] = []
        self._at: dict[bytes, int] = {}
        self._dead = 0
        self._unknown = 0
        self._text = 0
        self._terms: dict[str, dict[bytes, list[int]]] = {zone: defaultdict(list) for zone in ZONES}
        self._lines: dict[bytes, tuple[bytes, ...] | None] = {}
        self._named: dict[str, set[str]] = {name: set() for name in NAMED}
        self._numbers: dict[str, list[float | None]] = {name: [] for name in NUMBERS}
        self._some: set[str] = set()
        self._all: set[str] = set(FLAG_TESTS)

    def __len__(self) -> int:
        return len(self._ids)

    @property
    def full(self) -> bool:
        """Whether it is large enough."""
        return (
            len(self._ids) >= DOCUMENTS
            or self._text >= TEXT
            or sum(len(terms) for terms in self._terms.values()) >= TERMS
        )

    def add(self, subject: Subject, exchange: Exchange, position: int) -> None:
        """An exchange, whose record's payload begins at `position`. One that is still open is only noted."""
        ordinal = self._note(exchange, position)
        self._changes.append(exchange.change)
        if exchange.state == "open" or not self._read(subject, exchange, ordinal):
            self._unknown |= 1 << ordinal

    def add_lost(self, summary: Summary, position: int) -> None:
        """An exchange of which there is only the row."""
        ordinal = self._note(summary, position)
        self._put(ADDRESS, words(Subject(summary).address), ordinal)

    def _note(self, row: Summary, position: int) -> int:
        ordinal = len(self._ids)
        before = self._at.get(row.id)
        if before is not None:  # an earlier snapshot
            self._dead |= 1 << before
            self._unknown &= ~(1 << before)
        self._at[row.id] = ordinal
        self._ids.append(row.id)
        self._positions.append(position)
        for name in NAMED:
            self._named[name].add(getattr(row, name))
        for name in NUMBERS:
            self._numbers[name].append(getattr(row, name))
        holding = {name for name, test in FLAG_TESTS.items() if test(row)}
        self._some |= holding
        self._all &= holding
        return ordinal

    def _read(self, subject: Subject, exchange: Exchange, ordinal: int) -> bool:
        """Take in its words; False if they cannot all be told."""
        heads = [self._head(each.head if each else b"") for each in (subject.request, subject.response)]
        if None in heads:
            return False
        done = {f"decision:{each.code}" for each in exchange.decisions} | {
            f"rule:{each.rule}" for each in exchange.decisions if each.rule
        }
        if any("\n" in each for each in done):
            return False
        for zone, terms in zip((REQUEST, RESPONSE), heads, strict=True):
            self._put(zone, terms or (), ordinal)
        for zone, text in (
            (ADDRESS, subject.address),
            (SENT, subject.request_text),
            (CAME, subject.response_text),
        ):
            self._text += len(text)
            self._put(zone, words(text), ordinal)
        self._put(DONE, map(fold, done), ordinal)
        return True

    def _put(self, zone: str, terms: Iterable[bytes], ordinal: int) -> None:
        known = self._terms[zone]
        for term in terms:
            known[term].append(ordinal)

    def _head(self, head: bytes) -> set[bytes] | None:
        """`name:word` for each word of each field, `name:` for each name, `:word` for the start line; None if it is odd."""
        if not head:
            return set()
        if b"\n " in head or b"\n\t" in head or head.count(b"\n") != head.count(b"\r\n"):
            return None
        if not head.isascii():
            try:
                head.decode("utf-8")
            except UnicodeDecodeError:
                return None
        start, *lines = head.split(b"\r\n")
        found = {b":" + word for word in words(fold_bytes(start))}
        for line in lines:
            if not line:
                break
            terms = self._lines.get(line, ())
            if terms == ():
                terms = self._lines[line] = _line(line)
            if terms is None:
                return None
            found.update(terms)
        return found

    # -- writing it down

    def bytes(self, engine: str, segment: int, offset: int) -> bytes:
        """The block as it stands at `offset` of the segment's words file."""
        sections = _Sections()
        count = len(self._ids)
        live = ((1 << count) - 1) & ~self._dead
        ids = [id for ordinal, id in enumerate(self._ids) if live >> ordinal & 1]
        directory = encode(
            Directory(
                VERSION, self.begin, self.end, min(self._changes, default=0), max(self._changes, default=0), min(ids), max(ids), count,
                _bitmap(live, count), _bitmap(self._unknown, count), sections.add(b"".join(self._ids)),
                sections.add(_little(self._positions)),
                {zone: _zone(terms, count, sections) for zone, terms in self._terms.items() if terms},
                {name: tuple(sorted(values)) for name, values in self._named.items() if len(values) <= _MANY},
                {name: _ends(values) for name, values in self._numbers.items()},
                (tuple(sorted(self._some)), tuple(sorted(self._all))),
            )
        )  # fmt: skip
        size = HEADER.size + len(directory) + sections.size
        place = (salt(engine, segment) ^ offset) & 0xFFFFFFFF
        header = HEADER.pack(MARK, size, len(directory), zlib.crc32(directory), place)
        return b"".join((header, directory, *sections.parts))


def _line(line: bytes) -> tuple[bytes, ...] | None:
    name, colon, value = line.partition(b":")
    if not colon:
        return None
    prefix = fold_bytes(name.strip(b" \t")) + b":"
    return (prefix, *(prefix + word for word in words(fold_bytes(value))))


class _Sections:
    """Parts of a block, one after the other."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []
        self.size = 0

    def add(self, data: bytes) -> Section:
        made = Section(self.size, len(data), zlib.crc32(data))
        self.parts.append(data)
        self.size += len(data)
        return made


def _zone(terms: dict[bytes, list[int]], count: int, sections: _Sections) -> Zone:
    ordered = sorted(terms)
    starts = array("I", accumulate((len(term) + 1 for term in ordered), initial=1))
    postings = [_posting(terms[term], count) for term in ordered]
    ends = array("I", accumulate(map(len, postings)))
    vocabulary = b"\n" + b"\n".join(ordered) + b"\n"
    return Zone(
        sections.add(vocabulary),
        sections.add(_little(starts)),
        sections.add(_little(ends)),
        sections.add(b"".join(postings)),
    )


def _posting(ordinals: list[int], count: int) -> bytes:
    """Numbers of 16 bits, or a bitmap where that is shorter; it is told by its length."""
    if len(ordinals) * 2 < (count + 7) // 8:
        return _little(array("H", ordinals))
    bits = bytearray((count + 7) // 8)
    for ordinal in ordinals:
        bits[ordinal >> 3] |= 1 << (ordinal & 7)
    return bytes(bits)


def _bitmap(bits: int, count: int) -> bytes:
    return bits.to_bytes((count + 7) // 8, "little")


def _little(numbers: array[Any]) -> bytes:
    if sys.byteorder == "big":
        numbers = array(numbers.typecode, numbers)
        numbers.byteswap()
    return numbers.tobytes()


def _ends(values: list[float | None]) -> tuple[float | None, float | None, bool]:
    known = [value for value in values if value is not None]
    return min(known, default=None), max(known, default=None), len(known) < len(values)
