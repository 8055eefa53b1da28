"""What an exchange asks while it waits whole for somebody's word (a breakpoint, a hook), and what it may be told. Plain data, fit to cross a process."""

from __future__ import annotations

from typing import Literal

import msgspec

Moment = Literal["request", "response", "error", "message"]


class Draft(msgspec.Struct, frozen=True):
    """A message that may be changed before it goes on.

    `head` is its start line and fields with CRLF, ending in the empty line, as it would go on; `body` its payload: the transfer coding undone, the
    content coding as it is. Without `body_here` the body is too large, endless, or an upgrade's: it goes by unchanged and only the head can be changed.
    """

    head: bytes
    body: bytes = b""
    body_here: bool = True


class Consultation(msgspec.Struct, frozen=True):
    """What is asked. `url` is the address as the browser asked for it; `draft` the message itself (for "error" an empty one); `request`, for "response"
    and "error", the request as it went on; `rule` the rule that wants the message held, if one does, and `timeout` for how many seconds at most; `fault` and `detail`,
    for "error", what went wrong. A "message" is one of a WebSocket, in `draft.body`; `binary` and `from_browser` are its.
    """

    exchange: bytes
    moment: Moment
    url: str
    draft: Draft
    request: Draft | None = None
    rule: str = ""
    fault: str = ""
    detail: str = ""
    binary: bool = False
    from_browser: bool = True
    timeout: float = 0.0


class Reply(msgspec.Struct, frozen=True):
    """What is to become of it. `draft` is the message in its place (None: unchanged); for "answer" the response in the site's place (at "request") or in the
    response's. `notes` are decisions to put on the exchange: code (`exchange/decisions.py`), detail, rule or file.
    """

    do: Literal["go-on", "drop", "answer"] = "go-on"
    draft: Draft | None = None
    notes: tuple[tuple[str, str, str], ...] = ()
