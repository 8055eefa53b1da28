"""HTTP/1.1 with one visitor: requests in, the site's answers out, in order, until one of the two has had enough.

The sites here are for looking at, so a request has no body: GET and HEAD, and whatever else comes is answered and the connection
closed. What is no HTTP is answered with 400 and the rule that it breaks.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import formatdate
from http import HTTPStatus

from inspector.exchange.faults import look_up, say
from inspector.lab.limits import Limits
from inspector.lab.pipes import Pipe
from inspector.wire.http1 import Problem, RequestHead, parse_request

TEXT = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Tls:
    """What a handshake came to: `sni` the name asked for (empty if none), `visitor` the name in the visitor's certificate, or empty."""

    sni: str
    version: str
    cipher: str
    visitor: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """What a visitor asks for. `host` is in lower case, without a port; `tls` None over plain http."""

    method: str
    host: str
    path: str
    tls: Tls | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What it gets. `headers` come on top of length, date and type."""

    body: bytes
    media: str = TEXT
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()


Site = Callable[[Request], Answer]


async def talk(pipe: Pipe, site: Site, limits: Limits, tls: Tls | None = None) -> None:
    """Answer what comes over `pipe` until it ends. Raises OSError and TimeoutError when the visitor is gone or too slow."""
    rest = b""
    for number in range(1, limits.requests + 1):
        got = await _next_head(pipe, rest, limits)
        if got is None:
            return
        head, rest = got
        if isinstance(head, Problem):
            await _send(pipe, _malformed(head), limits, body=True, keep=False, minor=1)
            return
        keep = head.keep_alive and number < limits.requests and not (head.length or head.chunked)
        await _send(
            pipe, _answer(head, site, tls), limits, body=head.method != b"HEAD", keep=keep, minor=head.minor
        )
        if not keep:
            return


async def _next_head(pipe: Pipe, rest: bytes, limits: Limits) -> tuple[RequestHead | Problem, bytes] | None:
    """The next head and what came behind it; None when the visitor says no more."""
    buffer, seen = rest, 0
    wait = limits.head if rest else limits.idle
    deadline = asyncio.get_running_loop().time() + wait
    while True:
        head = parse_request(buffer, limits.wire, seen=seen) if buffer else None
        if isinstance(head, Problem):
            return head, b""
        if head is not None:
            return head, buffer[head.consumed :]
        seen = len(buffer)
        async with asyncio.timeout_at(deadline):
            data = await pipe.read()
        if not data:
            return None
        if not buffer:
            deadline = asyncio.get_running_loop().time() + limits.head
        buffer += data


def _answer(head: RequestHead, site: Site, tls: Tls | None) -> Answer:
    if head.method not in {b"GET", b"HEAD"} or head.length or head.chunked:
        return Answer(
            b"This site is for looking at: GET and HEAD.\n", status=405, headers=(("Allow", "GET, HEAD"),)
        )
    return site(
        Request(
            method=head.method.decode("ascii"),
            host=_host(head.authority),
            path=head.path.partition(b"?")[0].decode("latin-1"),
            tls=tls,
        )
    )


def _host(authority: bytes) -> str:
    """The host without its port, in lower case, a final dot left out: browsers keep the dot of `example.com.`"""
    host, colon, port = authority.decode("latin-1").lower().rpartition(":")
    return (host if colon and port.isdigit() else authority.decode("latin-1").lower()).removesuffix(".")


def _malformed(problem: Problem) -> Answer:
    row = look_up(problem.code)
    sentence = say(problem.code, detail=problem.detail)
    rule = f"\n{row.rfc}: {row.quote}" if row.rfc else ""
    return Answer(f"{sentence}{rule}\n".encode(), status=row.status or 400)


async def _send(pipe: Pipe, answer: Answer, limits: Limits, *, body: bool, keep: bool, minor: int) -> None:
    fields = [
        ("Date", formatdate(time.time(), usegmt=True)),
        ("Server", "Inspector lab"),
        ("Content-Type", answer.media),
        ("Content-Length", str(len(answer.body))),
        *answer.headers,
    ]
    if not keep:
        fields.append(("Connection", "close"))
    elif minor == 0:
        fields.append(("Connection", "keep-alive"))  # HTTP/1.0 keeps it open only where both say so
    start = f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}\r\n"
    head = start + "".join(f"{name}: {value}\r\n" for name, value in fields) + "\r\n"
    async with asyncio.timeout(limits.write):
        await pipe.write(head.encode("latin-1") + (answer.body if body else b""))
