"""Which byte of a head is to blame, and which rule it breaks. Slow and careful: only ever asked about faults.

Offsets count from `start`, where the peer's bytes began; `first` is where the start line does, after the empty
lines that RFC 9112 §2.2 tells a server to skip.
"""

from __future__ import annotations

import re

from inspector.wire.grammar import NOT_TARGET, NOT_TEXT, STRAY, TOKEN
from inspector.wire.limits import Limits
from inspector.wire.rules import Problem

_STRAY_CODES = {b"\x00": "nul", b"\r": "bare-cr", b"\n": "bare-lf"}
_VERSION = re.compile(rb"HTTP/([0-9])\.([0-9])")
_STATUS = re.compile(rb"[1-9][0-9][0-9]")


def early_problem(buffer: bytes, limits: Limits, start: int, first: int, *, request: bool) -> Problem | None:
    """What can be said before a head is complete, at the price of a glance: first byte, size, last line end."""
    size = len(buffer) - first
    if size <= 0:
        return None
    newline = buffer.find(b"\n", first, first + limits.line + 2)
    long_line = size > limits.line + 1 and newline < 0
    # A line that ends in LF alone would leave us waiting for an end that its sender thinks it has sent.
    bare_lf = newline == first or (newline > first and buffer[newline - 1] != 13)
    bare_lf = bare_lf or (buffer[-1] == 10 and buffer[-2] != 13)
    wrong = long_line or bare_lf or size > limits.head or _wrong_beginning(buffer, first, request=request)
    if not wrong and buffer[-1] == 10:
        wrong = _start_line(buffer[first : newline - 1], 0, request=request) is not None
    return head_problem(buffer, limits, start, first, len(buffer), request=request) if wrong else None


def _wrong_beginning(buffer: bytes, first: int, *, request: bool) -> bool:
    if not request:
        return not b"HTTP/".startswith(buffer[first : first + 5])
    if buffer[first] == 13:
        return buffer[first : first + 2] != b"\r"
    return TOKEN.match(buffer, first) is None


def head_problem(
    buffer: bytes, limits: Limits, start: int, first: int, end: int, *, request: bool
) -> Problem:
    """The first fault in `buffer[first:end]`, a head that was not accepted, or not complete and already wrong."""
    shift = first - start
    head = buffer[first : min(end, first + limits.head)]
    line, newline, rest = head.partition(b"\n")
    begin = line.removesuffix(b"\r") if newline else line
    found = [
        _not_http(head, shift, request=request),
        stray_problem(head, shift),
        _start_line(begin, shift, request=request) if newline else _beginning(begin, shift, request=request),
        field_problem(rest, shift + len(line) + 1, request=request),
    ]
    too_large = Problem("head-too-large", shift + limits.head, f"more than {limits.head} bytes")
    if len(line.removesuffix(b"\r")) > limits.line:
        code = "target-too-long" if request else "start-line-too-long"
        too_large = Problem(code, shift + limits.line, f"more than {limits.line} bytes")
    return min(
        (problem for problem in found if problem), key=lambda problem: problem.offset, default=too_large
    )


def stray_problem(head: bytes, shift: int) -> Problem | None:
    """NUL, CR without LF, LF without CR: the first of them, if any. A CR that is the last byte may yet get its LF."""
    match = STRAY.search(head)
    if match is None or (match[0] == b"\r" and match.end() == len(head)):
        return None
    return Problem(_STRAY_CODES[match[0]], shift + match.start())


def _not_http(head: bytes, shift: int, *, request: bool) -> Problem | None:
    if request:
        begins = head[0] in b"\r\n\t" or 32 <= head[0] < 127
        return None if begins else Problem("not-http", shift, f"first byte 0x{head[0]:02x}")
    begins = b"HTTP/".startswith(head[:5])
    return None if begins else Problem("not-http", shift, head[:16].decode("latin-1"))


def _start_line(line: bytes, shift: int, *, request: bool) -> Problem | None:
    return _request_line(line, shift) if request else _status_line(line, shift)


def _beginning(line: bytes, shift: int, *, request: bool) -> Problem | None:
    """What is wrong with a start line that has no end yet: only its first bytes can tell."""
    if not request or line in (b"", b"\r") or TOKEN.match(line):
        return None
    return Problem("bad-start-line" if line[0] in b" \t\r" else "bad-method", shift)


def _request_line(line: bytes, shift: int) -> Problem | None:
    if not line:
        return Problem("empty-start-line", shift)
    token = TOKEN.match(line)
    if token is None or line[token.end() : token.end() + 1] not in (b" ", b""):
        code = "bad-start-line" if line[:1] in b" \t" else "bad-method"
        return Problem(code, shift + (token.end() if token else 0))
    begin = token.end() + 1
    rest = line[begin:]
    target, _, version = rest.rpartition(b" ")
    if not rest.strip(b" "):
        return Problem(
            "empty-target" if line[begin - 1 :] else "bad-start-line", shift + min(begin, len(line))
        )
    if b" " not in rest:
        code = "empty-target" if rest.startswith(b"HTTP/") else "version-missing"
        return Problem(code, shift + (begin if code == "empty-target" else len(line)))
    if rest[0] == 32:
        return Problem("empty-target" if rest.count(b" ") == 1 else "bad-start-line", shift + begin)
    problem = _target(target, shift + begin) if version.startswith(b"HTTP/") else None
    return problem or _version(version, shift + begin + len(target) + 1)


def _target(target: bytes, shift: int) -> Problem | None:
    match = NOT_TARGET.search(target)
    if match is None:
        return None
    code = {b" ": "target-space", b"\t": "target-space", b"#": "target-fragment"}.get(
        match[0], "target-bytes"
    )
    return Problem(code, shift + match.start(), f"byte 0x{match[0][0]:02x}")


def _version(version: bytes, shift: int) -> Problem | None:
    match = _VERSION.fullmatch(version)
    if match is None:
        return Problem("bad-version", shift, version[:20].decode("latin-1"))
    if match[1] != b"1" or match[2] not in b"01":
        return Problem("version-unsupported", shift, version.decode("ascii"))
    return None


def _status_line(line: bytes, shift: int) -> Problem | None:
    version, space, rest = line.partition(b" ")
    problem = _version(version, shift)
    if problem is not None:
        return problem
    status, _, reason = rest.partition(b" ")
    shift += len(version) + 1
    if not space or _STATUS.fullmatch(status) is None:
        return Problem("bad-status", shift, status[:20].decode("latin-1"))
    match = NOT_TEXT.search(reason)
    return Problem("bad-reason", shift + 4 + match.start()) if match else None


def field_problem(block: bytes, shift: int, *, request: bool, first: bool = True) -> Problem | None:
    """The first fault in the lines of a field block; its last line may be incomplete, and is not judged then."""
    at = 0
    for line in block.split(b"\n")[:-1]:
        problem = _line_problem(
            line.removesuffix(b"\r"), shift + at, first=first and at == 0, request=request
        )
        if problem is not None:
            return problem
        at += len(line) + 1
    return None


def _line_problem(line: bytes, shift: int, *, first: bool, request: bool) -> Problem | None:
    if not line:
        return None
    if line[0] in b" \t":
        return Problem("space-before-fields" if first else "obs-fold", shift)
    name, colon, value = line.partition(b":")
    token = TOKEN.match(name)
    if not name:
        return Problem("empty-name", shift)
    if token is None or token.end() < len(name):
        end = token.end() if token else 0
        if not colon:
            return Problem("no-colon", shift + len(line))
        if name[end:].strip(b" \t"):
            return Problem("bad-name", shift + end, f"byte 0x{name[end]:02x}")
        if request:
            return Problem("space-before-colon", shift + end, name[:end].decode("ascii"))
    if not colon:
        return Problem("no-colon", shift + len(line))
    match = NOT_TEXT.search(value)
    return (
        Problem("bad-value", shift + len(name) + 1 + match.start(), f"byte 0x{match[0][0]:02x}")
        if match
        else None
    )
