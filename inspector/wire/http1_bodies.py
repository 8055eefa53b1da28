"""The three ways in which an HTTP/1 body can end, each as a reader that validates before it lets pass.

`feed` gives what may be passed on as it came (`raw`), what of it is content (`payload`), and what comes after
the body (`rest`). A size line that has half arrived stays inside until it is known to be valid.
"""

from __future__ import annotations

from inspector.wire.http1_chunks import ChunkedBody, Fed
from inspector.wire.http1_messages import RequestHead, ResponseHead
from inspector.wire.limits import DEFAULT_LIMITS, Limits
from inspector.wire.rules import Problem


class LengthBody:
    """Content-Length: so many bytes, and no more."""

    __slots__ = ("_left", "done", "size", "trailers")

    def __init__(self, length: int) -> None:
        self._left = length
        self.done = length == 0
        self.size = 0
        self.trailers = b""

    @property
    def wire(self) -> int:
        return self.size

    def feed(self, data: bytes) -> Fed:
        """The next bytes: what may be passed on, what of it is content, what comes after the body."""
        n = len(data)
        if n < self._left:
            self._left -= n
            self.size += n
            return data, data, b""
        raw = data[: self._left]
        self.size += self._left
        self._left = 0
        self.done = True
        return raw, raw, data[len(raw) :]

    def eof(self) -> Problem | None:
        """Input has ended: what is missing, if anything."""
        if self.done:
            return None
        return Problem(
            "body-cut-short", self.size, f"{self._left} of {self.size + self._left} bytes are missing"
        )


class CloseBody:
    """No length given: a response's body ends when its connection does."""

    __slots__ = ("done", "size", "trailers")

    def __init__(self) -> None:
        self.done = False
        self.size = 0
        self.trailers = b""

    @property
    def wire(self) -> int:
        return self.size

    def feed(self, data: bytes) -> Fed:
        """The next bytes: all of them content."""
        self.size += len(data)
        return data, data, b""

    def eof(self) -> Problem | None:
        """Input has ended, and so has the body."""
        self.done = True
        return None


Body = LengthBody | ChunkedBody | CloseBody


def body_of_request(head: RequestHead, limits: Limits = DEFAULT_LIMITS) -> Body | None:
    """The reader for a request's body; None if it has none, or an empty one (RFC 9112 §6.3)."""
    if head.chunked:
        return ChunkedBody(limits)
    return LengthBody(head.length) if head.length else None


def body_of_response(
    head: ResponseHead, request_method: bytes, limits: Limits = DEFAULT_LIMITS
) -> Body | None:
    """The reader for the body of a response to that method; None if it has none, or an empty one (RFC 9112 §6.3)."""
    status = head.status
    if request_method == b"HEAD" or status < 200 or status in (204, 304):
        return None
    if request_method == b"CONNECT" and status < 300:
        return None
    if head.chunked:
        return ChunkedBody(limits)
    if head.length is None:
        return CloseBody()
    return LengthBody(head.length) if head.length else None
