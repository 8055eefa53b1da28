"""The heads of HTTP/1 messages, strictly: what comes out of here may be passed on.

One regular expression judges the whole head and a second one cuts it into fields, which costs microseconds;
only when the first says no does `http1_diagnosis` look for the byte that is to blame.
"""

from __future__ import annotations

import re

from inspector.wire.grammar import PAIR, REQUEST, RESPONSE, SPACED_NAME
from inspector.wire.http1_diagnosis import early_problem, head_problem
from inspector.wire.http1_meaning import understand_request, understand_response
from inspector.wire.http1_messages import RequestHead, ResponseHead
from inspector.wire.limits import DEFAULT_LIMITS, Limits
from inspector.wire.rules import Problem


def parse_request(
    buffer: bytes, limits: Limits = DEFAULT_LIMITS, start: int = 0, seen: int = 0
) -> RequestHead | Problem | None:
    """The request head that begins at `start`; None while it is not all there.

    `seen` says how long the buffer was when an earlier call gave None, so that a slow sender costs nothing twice.
    """
    if not start and buffer.endswith(b"\r\n\r\n") and len(buffer) <= limits.head:
        match = REQUEST.fullmatch(buffer)  # most requests: one head and nothing else
        if match is not None:
            return _request_head(buffer, match, limits, 0)
    return _request(buffer, limits, start, start, seen)


def _request(
    buffer: bytes, limits: Limits, start: int, first: int, seen: int
) -> RequestHead | Problem | None:
    end = buffer.find(b"\r\n\r\n", first if seen < first + 3 else seen - 3) + 4
    raw = buffer[first:end]
    match = REQUEST.fullmatch(raw) if 3 < end <= first + limits.head else None
    if match is not None:
        return _request_head(raw, match, limits, first - start)
    # "a server that is expecting to receive and parse a request-line SHOULD ignore at least one empty line (CRLF)
    # received prior to the request-line" (RFC 9112 §2.2)
    if buffer.startswith(b"\r\n", first) and first - start < 2 * limits.empty_lines:
        return _request(buffer, limits, start, first + 2, seen)
    if end > 3:
        return head_problem(buffer, limits, start, first, end, request=True)
    return early_problem(buffer, limits, start, first, request=True)


def _request_head(raw: bytes, match: re.Match[bytes], limits: Limits, skipped: int) -> RequestHead | Problem:
    method, target, minor, _ = match.groups()
    at = match.start(4)
    pairs = PAIR.findall(raw, at)
    if at > limits.line + 2:
        return Problem("target-too-long", skipped + limits.line, f"more than {limits.line} bytes")
    if len(pairs) > limits.fields:
        return Problem("too-many-fields", skipped, f"{len(pairs)} fields")
    fields = [(name.lower(), value.rstrip()) for name, value in pairs]
    head = RequestHead(raw, method, target, "origin", 1 if minor == b"1" else 0, fields)
    head.consumed = skipped + len(raw)
    head.clean = raw
    head.fields_at = at
    problem = understand_request(head)
    if problem is None:
        return head
    return problem._replace(offset=problem.offset + skipped)


def parse_response(
    buffer: bytes, limits: Limits = DEFAULT_LIMITS, start: int = 0, seen: int = 0
) -> ResponseHead | Problem | None:
    """The response head that begins at `start`; None while it is not all there. `seen` as in `parse_request`."""
    end = buffer.find(b"\r\n\r\n", start if seen < start + 3 else seen - 3) + 4
    if end < 4:
        return early_problem(buffer, limits, start, start, request=False)
    raw = clean = buffer[start:end]
    match = RESPONSE.fullmatch(raw)
    notes: tuple[str, ...] = ()
    if match is None and end - start <= limits.head:
        clean, notes = _mend(raw)
        match = RESPONSE.fullmatch(clean)
    if match is None or end - start > limits.head:
        return head_problem(buffer, limits, start, start, end, request=False)
    minor, status, reason, _ = match.groups()
    at = match.start(4)
    pairs = PAIR.findall(clean, at)
    if at > limits.line + 2:
        return Problem("start-line-too-long", limits.line, f"more than {limits.line} bytes")
    if len(pairs) > limits.fields:
        return Problem("too-many-fields", 0, f"{len(pairs)} fields")
    fields = [(name.lower(), value.rstrip()) for name, value in pairs]
    head = ResponseHead(raw, 1 if minor == b"1" else 0, int(status), reason or b"", fields)
    head.notes = notes
    head.consumed = end - start
    head.clean = clean
    head.fields_at = at
    return understand_response(head) or head


def _mend(raw: bytes) -> tuple[bytes, tuple[str, ...]]:
    """RFC 9112 §5.1: "A proxy MUST remove any such whitespace from a response message before forwarding"."""
    names = SPACED_NAME.findall(raw)
    notes = tuple(f"space-before-colon:{name.decode('ascii')}" for name in names)
    return SPACED_NAME.sub(rb"\1:", raw), notes
