"""Heads that come back from a breakpoint or a hook: hostile until they are parsed, as strictly as what comes from a network.

Where a message ends is Inspector's business alone. Lines of framing and of the connection in such a head are left out, and those that were there, or that
fit the new body, are written in their place. So nobody can make two messages of one, by accident or on purpose.
"""

from __future__ import annotations

from typing import NamedTuple

from inspector.exchange.consulting import Draft
from inspector.exchange.faults import look_up
from inspector.rules.parameters import FRAMING
from inspector.wire.http1 import Limits, Problem, RequestHead, ResponseHead, parse_request, parse_response

OURS = frozenset(name.encode("ascii") for name in FRAMING) | {b"expect"}
_LENGTHS = frozenset({b"content-length", b"transfer-encoding", b"trailer", b"expect"})
_BODILESS = frozenset({204, 304})


class Made(NamedTuple):
    """A message in another's place. `head` is what was parsed of it, `left_out` names lines of framing that said something else than it does now."""

    draft: Draft
    head: RequestHead | ResponseHead
    left_out: str = ""


def request_from(given: Draft, before: Draft, limits: Limits) -> Made | str:
    """The request in the place of `before`; or why it can't be one, in words."""
    parted = _part(given.head)
    if isinstance(parted, str):
        return parted
    bare, said = parted
    head = parse_request(bare, limits)
    if head is None or isinstance(head, Problem):
        return _why(head)
    if head.consumed != len(bare) or head.length is not None or head.chunked or head.hop:
        return "it says in two ways where it ends"
    if head.method == b"CONNECT" or head.form == "authority":
        return "a request for a site cannot become one for a tunnel"
    minor = before.head.partition(b"\r\n")[0][-1:]
    if minor == b"1" and head.host is None:
        return look_up("host-missing").sentence
    body = given.body if before.body_here else before.body
    _, ours = _lines(before.head)
    if body != before.body:
        ours = [each for each in ours if _name(each) not in _LENGTHS] + [b"Content-Length: %d" % len(body)]
    start = b"%b %b HTTP/1.%b\r\n" % (head.method, head.target, minor)
    return Made(
        Draft(_joined(start + head.clean[head.fields_at : -2], ours), body, before.body_here),
        head,
        _odd(said, before, ours),
    )


def response_from(given: Draft, before: Draft | None, limits: Limits, method: bytes) -> Made | str:
    """The response to that method in the place of `before` (None: in the site's place, without the lines of the connection); or why it can't be one."""
    parted = _part(given.head)
    if isinstance(parted, str):
        return parted
    bare, said = parted
    head = parse_response(bare, limits)
    if head is None or isinstance(head, Problem):
        return _why(head)
    if head.consumed != len(bare) or head.length is not None or head.chunked or head.hop:
        return "it says in two ways where it ends"
    if head.status < 200:
        return f"{head.status} would not be the whole answer"
    here = before is None or before.body_here
    bodiless = head.status in _BODILESS
    if bodiless and not here:
        return f"a response with the status {head.status} has no body, and this one's is passing already"
    body = given.body if here else b""
    ours = _lines(before.head)[1] if before is not None else []
    # a 304 says the length of what it doesn't bring, a 204 must not (RFC 9110 §8.6); so where one becomes the other, or gains or loses its body, it is written anew
    was = _status(before.head) if before is not None else 0
    if before is None or body != before.body or (was != head.status and {was, head.status} & _BODILESS):
        ours = [each for each in ours if _name(each) not in _LENGTHS]
        if not bodiless:
            ours.append(b"Content-Length: %d" % len(body))
    if bodiless or method == b"HEAD":
        body = b""
    start = b"HTTP/1.1 %d %b\r\n" % (head.status, head.reason)
    draft = Draft(_joined(start + head.clean[head.fields_at : -2], ours), body, here)
    return Made(draft, head, _odd(said, before, ours))


def _part(head: bytes) -> tuple[bytes, list[bytes]] | str:
    """The head without the lines that are ours, and those lines; or what is wrong with it as a whole."""
    if head[:2] == b"\r\n" or not head.endswith(b"\r\n\r\n"):
        return "its head has no end" if head[:2] != b"\r\n" else "it begins with an empty line"
    if head.find(b"\r\n\r\n") != len(head) - 4:
        return "an empty line stands in the middle of its head"
    kept, ours = _lines(head)
    return b"\r\n".join([*kept, b"", b""]), ours


def _lines(head: bytes) -> tuple[list[bytes], list[bytes]]:
    """Start line and fields; and of the fields those that are ours."""
    start, *fields = head[:-4].split(b"\r\n")
    ours = [line for line in fields if _name(line) in OURS]
    return [start, *(line for line in fields if _name(line) not in OURS)], ours


def _name(line: bytes) -> bytes:
    return line.partition(b":")[0].strip(b" \t").lower()


def _joined(start: bytes, ours: list[bytes]) -> bytes:
    return start + b"".join(line + b"\r\n" for line in ours) + b"\r\n"


def _status(head: bytes) -> int:
    return int(head.split(b" ", 2)[1][:3])


def _odd(said: list[bytes], before: Draft | None, ours: list[bytes]) -> str:
    """Names of lines of ours that neither were there before nor are written now."""
    there = _lines(before.head)[1] if before is not None else []
    known = {_pair(line) for line in (*ours, *there)}
    odd = dict.fromkeys(_name(line).decode("latin-1").title() for line in said if _pair(line) not in known)
    return ", ".join(odd)


def _pair(line: bytes) -> tuple[bytes, bytes]:
    return _name(line), line.partition(b":")[2].strip(b" \t")


def _why(problem: Problem | None) -> str:
    if problem is None:
        return "its head has no end"
    sentence = look_up(problem.code).sentence
    return (
        f"{sentence.rstrip('.')} (byte {problem.offset:,}{', ' + problem.detail if problem.detail else ''})"
    )
