"""A HAR file taken apart piece by piece: its entries one after the other, whatever its size, and the place of whatever is wrong.

No JSON parser is asked to read it whole. The text is cut where an entry ends (strings and brackets are enough to tell), and each is
read by itself, so that one that is broken costs nothing but itself: the next one is looked for where a line, or a comma, begins as it did.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import msgspec

CHUNK = 1 << 20
LARGEST = 96 << 20  # bytes of one entry

_SPACE = re.compile(rb"[ \t\r\n]*+")
_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+("?)|[{}\[\]]', re.DOTALL)
_SCALAR = re.compile(rb"[^,\]}\s]+")
_FIRST_KEY = re.compile(rb'\{[ \t\r\n]*("(?:[^"\\]|\\.){1,60}")[ \t\r\n]*:')
_WHERE = re.compile(r"\(byte (\d+)\)|char (\d+)")


class Place(NamedTuple):
    """Where something stands in the file: byte, line and column from 1."""

    offset: int
    line: int
    column: int


class Trouble(NamedTuple):
    """What is wrong: where in the file, where in the JSON, and what was expected there. `lost` says that an entry was left out."""

    place: Place
    pointer: str
    expected: str
    lost: bool = False


class Found(NamedTuple):
    """An entry, its number from 0, and where it begins."""

    number: int
    place: Place
    value: dict[str, Any]


class NotHar(Exception):  # noqa: N818 - told to a person
    """The file is something else; the message says what, and what to do."""


class _BrokenError(Exception):
    def __init__(self, at: int, expected: str) -> None:
        super().__init__(expected)
        self.at = at
        self.expected = expected


class HarText:
    """The file being read. `log` gathers the members of its log that aren't entries; `pages` and `creator` among them."""

    def __init__(self, read: Callable[[int], bytes]) -> None:
        self.log: dict[str, Any] = {}
        self._read = read
        self._buffer = b""
        self._base = self._lines = self._line_begin = self._counted = 0
        self._at = 0
        self._ended = False
        self._number = 0
        self._cut_off = False

    @property
    def offset(self) -> int:
        """How far it was read, in bytes of UTF-8."""
        return self._base + self._at

    def entries(self) -> Iterator[Found | Trouble]:
        """Every entry in order, and what is wrong between them. Raises NotHar."""
        self._begin()
        pointer = ""
        try:
            for name in self._members():
                pointer = f"/{name}"
                if name != "log":
                    self._skip()
                    continue
                for inner in self._members():
                    pointer = f"/log/{inner}"
                    if inner == "entries":
                        yield from self._elements()
                        if self._cut_off:
                            return
                    else:
                        self.log[inner] = self._decode(self._slice())
            if self._peek():
                raise _BrokenError(self._at, "the end of the file")
        except _BrokenError as broken:
            if not self._cut_off:
                yield Trouble(self._place(broken.at), pointer or "/", broken.expected)

    def _begin(self) -> None:
        self._more()
        for mark, coding in ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
            if self._buffer.startswith(mark):
                self._recode(coding)
        if self._buffer.startswith(codecs.BOM_UTF8):
            self._at = 3
        first = self._peek()
        if first != b"{":
            raise NotHar(_what_it_is(self._buffer[:64], first))

    def _recode(self, coding: str) -> None:
        decoder = codecs.getincrementaldecoder(coding)("replace")
        read = self._read

        def recoded(size: int) -> bytes:
            while data := read(size):
                text = decoder.decode(data)
                if text:
                    return text.encode("utf-8", "surrogatepass")
            return b""

        self._buffer = decoder.decode(self._buffer).encode("utf-8", "surrogatepass")
        self._read = recoded

    # -- the text

    def _more(self) -> bool:
        if not self._ended:
            data = self._read(max(CHUNK, len(self._buffer) - self._at))
            self._ended = not data
            self._buffer += data
        return not self._ended

    def _compact(self) -> None:
        if self._at > CHUNK // 2:
            self._place(self._at)
            self._base += self._at
            self._buffer = self._buffer[self._at :]
            self._at = self._counted = 0

    def _place(self, at: int) -> Place:
        """Lines are counted on from the place that was asked for last."""
        if at >= self._counted:
            lines = self._buffer.count(b"\n", self._counted, at)
            if lines:
                self._line_begin = self._base + self._buffer.rfind(b"\n", self._counted, at) + 1
            self._lines += lines
            self._counted = at
            return Place(self._base + at, self._lines + 1, self._base + at - self._line_begin + 1)
        lines = self._lines - self._buffer.count(b"\n", at, self._counted)
        return Place(self._base + at, lines + 1, at - self._buffer.rfind(b"\n", 0, at))

    def _peek(self) -> bytes:
        """The next byte that is no white space; empty at the end."""
        while True:
            found = _SPACE.match(self._buffer, self._at)
            assert found is not None
            self._at = found.end()
            if self._at < len(self._buffer) or not self._more():
                return self._buffer[self._at : self._at + 1]

    def _expect(self, byte: bytes, words: str) -> None:
        if self._peek() != byte:
            raise _BrokenError(self._at, words)
        self._at += 1

    def _members(self) -> Iterator[str]:
        """The names of an object's members; after each, its value has to be read."""
        self._expect(b"{", "an object, which begins with {")
        if self._peek() == b"}":
            self._at += 1
            return
        while True:
            if self._peek() != b'"':
                raise _BrokenError(self._at, "the name of a member, in quotation marks")
            name = self._decode(self._slice())
            self._expect(b":", "a colon after the name")
            yield str(name)
            self._compact()
            if self._peek() != b",":
                break
            self._at += 1
        self._expect(b"}", "a comma, or } at the object's end")

    def _elements(self) -> Iterator[Found | Trouble]:
        self._expect(b"[", "the list of entries, which begins with [")
        if self._peek() == b"]":
            self._at += 1
            return
        while True:
            self._peek()
            began = self._at
            number = self._number
            self._number += 1
            try:
                place = self._place(began)
                value = self._decode(self._slice())
                if isinstance(value, dict):
                    yield Found(number, place, value)
                else:
                    yield Trouble(place, f"/log/entries/{number}", "an object", lost=True)
            except _BrokenError as broken:
                yield Trouble(self._place(broken.at), f"/log/entries/{number}", broken.expected, lost=True)
                if not self._resume(began):
                    self._cut_off = True
                    return
                continue
            self._compact()
            if self._peek() != b",":
                break
            self._at += 1
        if self._peek() != b"]":
            raise _BrokenError(self._at, "a comma, or ] at the end of the entries")
        self._at += 1

    def _resume(self, began: int) -> bool:
        """Go to the next entry that begins as the broken one does. Whether there is one."""
        first = _FIRST_KEY.match(self._buffer, began)
        if first is None:
            return False
        blank = self._buffer[self._buffer.rfind(b"\n", 0, began) + 1 : began]
        space = rb"[ \t\r\n]*"
        indent = (
            re.escape(b"\n" + blank)
            if blank.strip() == b"" and b"\n" in self._buffer[:began] and blank
            else space
        )
        pattern = re.compile(
            rb"," + (rb"[ \t\r]*" + indent) + rb"(\{" + space + re.escape(first[1]) + space + rb":)"
        )
        at = began + 1
        while True:
            found = pattern.search(self._buffer, at)
            if found is not None:
                self._at = found.start(1)
                return True
            at = max(began + 1, len(self._buffer) - 4096)
            if not self._more():
                return False
            if len(self._buffer) - self._at > LARGEST:
                return False

    def _slice(self) -> tuple[int, int]:
        """Where the next value begins and ends; goes there."""
        self._peek()
        begin = self._at
        self._at = self._end_of(begin)
        return begin, self._at

    def _skip(self) -> None:
        self._slice()

    def _end_of(self, begin: int) -> int:
        first = self._buffer[begin : begin + 1]
        if not first:
            raise _BrokenError(begin, "a value (the file ends here)")
        if first not in b'"{[':
            return self._scalar(begin)
        depth, at = 0, begin
        while True:
            found = _TOKEN.search(self._buffer, at)
            if found is None or (found[0][:1] == b'"' and not found[1]):
                at = found.start() if found is not None else len(self._buffer)
                if len(self._buffer) - begin > LARGEST:
                    raise _BrokenError(begin, f"an entry of no more than {LARGEST >> 20} MiB")
                if not self._more():
                    raise self._unfinished(begin, at, in_text=found is not None)
                continue
            token, at = found[0], found.end()
            if token in b"{[":
                depth += 1
            elif token in b"}]":
                depth -= 1
            if depth <= 0:
                return at

    def _unfinished(self, begin: int, at: int, *, in_text: bool) -> _BrokenError:
        """What is wrong with a value that has no end: perhaps something in the middle of it."""
        try:
            self._decode((begin, len(self._buffer)))
        except _BrokenError as broken:
            if broken.at < len(self._buffer) - 1 and "truncated" not in broken.expected:
                return broken
        if in_text:
            return _BrokenError(at, "a quotation mark at the end of this text (the file ends before it)")
        return _BrokenError(len(self._buffer), "more (the file ends in the middle)")

    def _scalar(self, begin: int) -> int:
        while True:
            found = _SCALAR.match(self._buffer, begin)
            if found is None:
                raise _BrokenError(begin, "a value")
            if found.end() < len(self._buffer) or not self._more():
                return found.end()

    def _decode(self, span: tuple[int, int]) -> Any:
        begin, end = span
        data = self._buffer[begin:end]
        try:
            return msgspec.json.decode(data)
        except RecursionError:
            raise _BrokenError(begin, "a value that is not nested so deeply") from None
        except (msgspec.MsgspecError, UnicodeError) as error:
            return self._decode_leniently(data, begin, error)

    def _decode_leniently(self, data: bytes, begin: int, error: Exception) -> Any:
        """What Python's own parser makes of it, which takes half of a surrogate pair, as browsers write it, and control characters."""
        try:
            return json.loads(data.decode("utf-8", "surrogateescape"), strict=False)
        except RecursionError:
            raise _BrokenError(begin, "a value that is not nested so deeply") from None
        except ValueError:
            where = _WHERE.search(str(error))
            at = begin + int(next((each for each in where.groups() if each), 0)) if where else begin
            raise _BrokenError(min(at, len(self._buffer)), _in_words(error)) from None


def _in_words(error: Exception) -> str:
    """What msgspec says, as what was expected."""
    said = str(error).removeprefix("JSON is malformed: ")
    said = _WHERE.sub("", said).strip(" :")
    return f"valid JSON ({said})"


def _what_it_is(begin: bytes, first: bytes) -> str:
    if not first:
        return "The file is empty."
    if first == b"<":
        return "This is XML or HTML, not a HAR file. From Charles, export the session as HTTP Archive (.har)."
    if begin.startswith(b"PK"):
        return "This is a zip archive. Unpack it, and import the .har file in it."
    if re.match(rb"\d+:", begin):
        return "This looks like mitmproxy's own flow file. Make a HAR file of it: mitmdump -nr FILE --set hardump=FILE.har"
    return "This is not a HAR file: HAR files are JSON and begin with {."
