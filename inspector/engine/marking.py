"""Requests that the dashboard sends itself (repeated, composed, from a site opened here): known by their mark, which ends here.

See `exchange.sent`. A mark that isn't ours is a field like any other.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from inspector.exchange.sent import FIELD, ID_FIELD, Mark, read

if TYPE_CHECKING:
    from inspector.engine.flow import Flow
    from inspector.wire.http1 import RequestHead

NAME = FIELD.encode()
_LOWER = NAME.lower()
_ID = ID_FIELD.encode()
_LINE = re.compile(rb"\r\nInspector-Sent: ([^\r\n]*)")


def take_mark(flow: Flow, head: RequestHead, token: bytes) -> None:
    """Take the mark off a request that bears one, and note on the flow what it says."""
    mark: Mark | None = None
    for name, value in head.fields:
        if name == _LOWER:
            mark = read(token, value)
            break
    if mark is None:
        return
    flow.mark, flow.made_by, flow.parent = mark, mark.origin, mark.parent
    lines = [line for line in head.clean.split(b"\r\n") if line[: len(NAME) + 1].lower() != _LOWER + b":"]
    head.raw = head.clean = flow.client_request = b"\r\n".join(lines)
    head.fields = [(name, value) for name, value in head.fields if name != _LOWER]


def without_mark(flow: Flow, data: bytes, token: bytes) -> bytes:
    """The same for bytes that are no valid head: the mark is the last field, so that places before it stay right."""
    found = _LINE.search(data) if token and token in data else None
    mark = read(token, found[1]) if found else None
    if found is None or mark is None:
        return data
    flow.mark, flow.made_by, flow.parent = mark, mark.origin, mark.parent
    return data[: found.start()] + data[found.end() :]


def with_id(flow: Flow, data: bytes) -> bytes:
    """A response head as the dashboard gets it: it says which exchange this became."""
    return b"%b%b: %b\r\n\r\n" % (data[:-2], _ID, flow.id.hex().encode())
