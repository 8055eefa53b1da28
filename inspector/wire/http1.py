"""HTTP/1.0 and 1.1 (RFC 9112) without a socket: bytes in, heads, bodies and problems out.

The rule: whatever was not wholly parsed and found valid is never passed on, because two programs that
read the same bytes differently is what request smuggling lives on. Offsets always say which byte it was.
"""

from __future__ import annotations

from inspector.wire.http1_bodies import Body, CloseBody, LengthBody, body_of_request, body_of_response
from inspector.wire.http1_chunks import FORBIDDEN_TRAILERS, ChunkedBody, Fed
from inspector.wire.http1_heads import parse_request, parse_response
from inspector.wire.http1_messages import RequestHead, ResponseHead
from inspector.wire.http1_passing import END_TO_END, HOP_BY_HOP, pass_on
from inspector.wire.limits import DEFAULT_LIMITS, Limits
from inspector.wire.rules import Problem

__all__ = [
    "DEFAULT_LIMITS",
    "END_TO_END",
    "FORBIDDEN_TRAILERS",
    "HOP_BY_HOP",
    "Body",
    "ChunkedBody",
    "CloseBody",
    "Fed",
    "LengthBody",
    "Limits",
    "Problem",
    "RequestHead",
    "ResponseHead",
    "body_of_request",
    "body_of_response",
    "parse_request",
    "parse_response",
    "pass_on",
]
