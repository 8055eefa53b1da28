"""The chunked transfer coding (RFC 9112 §7.1), validated before anything passes."""

from __future__ import annotations

import re
from typing import Literal

from inspector.wire.grammar import CHUNK_LINE, EXTENSIONS, FIELD_BLOCK, NEXT_CHUNK, PAIR
from inspector.wire.http1_diagnosis import field_problem, stray_problem
from inspector.wire.limits import DEFAULT_LIMITS, Limits
from inspector.wire.rules import Problem

Fed = tuple[bytes, bytes, bytes] | Problem

LARGEST_CHUNK = 2**63 - 1

# RFC 9110 §6.5.1: never in trailers, what is needed for framing, routing, authentication or reading the content
FORBIDDEN_TRAILERS = frozenset({
    b"transfer-encoding", b"content-length", b"host", b"trailer", b"te", b"connection", b"keep-alive",
    b"proxy-connection", b"upgrade", b"content-encoding", b"content-type", b"content-range", b"content-location",
    b"authorization", b"proxy-authorization", b"proxy-authenticate", b"www-authenticate", b"cookie",
    b"set-cookie", b"cache-control", b"expect", b"max-forwards", b"pragma", b"range", b"age", b"date",
    b"expires", b"location", b"retry-after", b"vary", b"if-match", b"if-none-match", b"if-modified-since",
    b"if-unmodified-since", b"if-range", b"http2-settings",
})  # fmt: skip

_DIGITS = re.compile(rb"[0-9A-Fa-f]*+")


class ChunkedBody:
    """Hexadecimal size, valid extensions, CRLF, data, CRLF, and so on to the chunk of size 0; then trailers.

    `size` counts content, `wire` what passed with its framing. `trailers` holds their lines, when `done`.
    """

    __slots__ = (
        "_expect",
        "_extended",
        "_held",
        "_left",
        "_limits",
        "_problem",
        "done",
        "size",
        "trailers",
        "wire",
    )

    def __init__(self, limits: Limits = DEFAULT_LIMITS) -> None:
        self._limits = limits
        self._expect: Literal["size", "end", "trailers"] = "size"
        self._left = 0
        self._extended = 0
        self._held = b""
        self._problem: Problem | None = None
        self.done = False
        self.size = 0
        self.wire = 0
        self.trailers = b""

    def feed(self, data: bytes) -> Fed:
        """The next bytes: what may be passed on, what of it is content, what comes after the body; or a problem.

        After a problem nothing of these bytes may pass, and every later call gives the same problem.
        """
        n = len(data)
        if n < self._left:
            self._left -= n
            self.size += n
            self.wire += n
            return data, data, b""
        if self._problem is not None:
            return self._problem
        if self.done:
            return b"", b"", data
        return self._read(self._held + data if self._held else data)

    def _read(self, buffer: bytes) -> Fed:
        at = 0
        pieces: list[bytes] = []
        while not self.done:
            if self._left:
                piece = buffer[at : at + self._left]
                at += len(piece)
                self._left -= len(piece)
                pieces.append(piece)
                if self._left:
                    break
            if self._expect == "end" and (match := NEXT_CHUNK.match(buffer, at)):  # most chunks: no extension
                self._left = int(match[1], 16)
                at = match.end()
                continue
            step = self._framing(buffer, at)
            if isinstance(step, Problem):
                self._problem = step._replace(offset=self.wire + step.offset)
                return self._problem
            if step < 0:
                break
            at = step
        payload = pieces[0] if len(pieces) == 1 else b"".join(pieces)
        self.size += len(payload)
        self.wire += at
        raw, rest = (buffer, b"") if at == len(buffer) else (buffer[:at], buffer[at:])
        if self.done:
            self._held = b""
            return raw, payload, rest
        self._held = rest
        return raw, payload, b""

    def _framing(self, buffer: bytes, at: int) -> int | Problem:
        """One step through what is not data: the new position, -1 for "more is needed", or what is wrong."""
        if self._expect == "end":
            if buffer.startswith(b"\r\n", at):
                self._expect = "size"
                return at + 2
            return -1 if buffer[at:] in (b"", b"\r") else Problem("chunk-end", at)
        if self._expect == "size":
            return self._size_line(buffer, at)
        return self._trailers(buffer, at)

    def _size_line(self, buffer: bytes, at: int) -> int | Problem:
        limit = self._limits.chunk_line
        if buffer.find(b"\n", at, at + limit) < 0:
            return _size_so_far(buffer, at, limit)
        match = CHUNK_LINE.match(buffer, at)
        if match is None:
            return _wrong_size_line(buffer, at)
        size = int(match[1], 16)
        self._extended += match.end(2) - match.end(1)
        if size > LARGEST_CHUNK:
            return Problem("chunk-size-too-large", at, match[1].decode("ascii"))
        if self._extended > self._limits.extensions:
            return Problem("chunk-extensions-too-large", match.end(1), f"{self._extended} bytes in all")
        self._left = size
        self._expect = "end" if size else "trailers"
        return match.end()

    def _trailers(self, buffer: bytes, at: int) -> int | Problem:
        if buffer.startswith(b"\r\n", at):
            self.done = True
            return at + 2
        end = buffer.find(b"\r\n\r\n", at, at + self._limits.trailers + 4)
        if end < 0:
            wrong = _ends_in_bare_lf(buffer, at) or buffer[at : at + 1] == b"\r" != buffer[at:]
            too_large = len(buffer) - at > self._limits.trailers
            return self._wrong_trailers(buffer, at) if wrong or too_large else -1
        end += 4
        if FIELD_BLOCK.fullmatch(buffer, at, end) is None:
            return self._wrong_trailers(buffer[:end], at)
        offset = at
        for name, _ in PAIR.findall(buffer, at, end):
            if name.lower() in FORBIDDEN_TRAILERS:
                return Problem("trailer-forbidden", buffer.index(name + b":", offset), name.decode("ascii"))
            offset = buffer.index(b"\n", offset) + 1
        self.trailers = buffer[at : end - 2]
        self.done = True
        return end

    def _wrong_trailers(self, buffer: bytes, at: int) -> Problem:
        block = buffer[at : at + self._limits.trailers]
        too_large = Problem("trailers-too-large", at + self._limits.trailers, f"more than {len(block)} bytes")
        found = [
            problem
            for problem in (stray_problem(block, at), field_problem(block, at, request=True))
            if problem
        ]
        return min(found, key=lambda problem: problem.offset, default=too_large)

    def eof(self) -> Problem | None:
        """Input has ended: what is missing, if anything."""
        if self.done:
            return None
        missing = f"{self._left} bytes of a chunk are missing" if self._left else "the last chunk is missing"
        return Problem("body-cut-short", self.wire + len(self._held), missing)


def _ends_in_bare_lf(buffer: bytes, at: int) -> bool:
    """Whether the last byte after `at` is a line feed without its carriage return."""
    return len(buffer) > at and buffer[-1] == 10 and (len(buffer) == at + 1 or buffer[-2] != 13)


def _size_so_far(buffer: bytes, at: int, limit: int) -> int | Problem:
    """A size line without its end yet: is it still possible?"""
    if len(buffer) == at:
        return -1
    end = _digits_end(buffer, at)
    impossible = end == at or end - at > 16 or buffer[end : end + 1] not in (b"", b"\r", b";", b" ", b"\t")
    if impossible or stray_problem(buffer[at:], at):
        return _wrong_size_line(buffer, at)
    if len(buffer) - at >= limit:
        return Problem("chunk-line-too-long", at + limit, f"more than {limit} bytes")
    return -1


def _wrong_size_line(buffer: bytes, at: int) -> Problem:
    end = buffer.find(b"\n", at) + 1 or len(buffer)
    line = buffer[at:end]
    digits = _digits_end(buffer, at)
    stray = stray_problem(line, at)
    if stray is not None and stray.offset == digits:
        return stray
    if digits - at > 16:
        return Problem("chunk-size-too-large", at, line[:40].decode("latin-1"))
    if digits == at or buffer[digits : digits + 1] not in (b";", b" ", b"\t"):
        return Problem("chunk-size", digits, line[:40].decode("latin-1"))
    if stray is not None:
        return stray
    match = EXTENSIONS.match(buffer, digits)
    return Problem("chunk-extension", match.end() if match else digits, line[:40].decode("latin-1"))


def _digits_end(buffer: bytes, at: int) -> int:
    match = _DIGITS.match(buffer, at)
    return match.end() if match else at
