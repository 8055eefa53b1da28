"""A held message as a form, and back: what somebody typed becomes a message that the engine will take, or a mistake at its place.

Nothing that wasn't touched is changed: a field whose name and value are as they were keeps its line, byte for byte. What says where the message ends
is shown and can't be typed: Inspector writes it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from inspector.compose.draft import Row as Line
from inspector.engine.drafts import OURS, request_from, response_from
from inspector.exchange.consulting import Draft
from inspector.exchange.held import Content, Row
from inspector.web.held.bodies import Text, lines, text_of
from inspector.wire.fields import parse_fields
from inspector.wire.limits import DEFAULT_LIMITS

MOST_ROWS = 300
LARGEST_BODY = 8 * 1024 * 1024
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,200}")
_URL = re.compile(r"[!-~]+")
_DEFAULT = {"http": 80, "https": 443}


class Mistake(Exception):  # noqa: N818 - told to a person
    """What was typed can't be a message: at which place (`method`, `url`, `status`, `reason`, `fields`, `body`), why, and what to do."""

    def __init__(self, key: str, sentence: str, cure: str = "") -> None:
        super().__init__(sentence)
        self.key = key
        self.sentence = sentence
        self.cure = cure


@dataclass(frozen=True, slots=True)
class Message:
    """A message as the form shows it. A request has `method` and `url`, a response `status` and `reason`; `framing` are the lines that are Inspector's."""

    side: str
    method: str
    url: str
    status: str
    reason: str
    fields: tuple[Line, ...]
    framing: tuple[tuple[str, str], ...]
    body: Text
    text: str  # of the body, as it stands in the form

    @property
    def rows(self) -> int:
        """How many lines the form gives the body."""
        return min(max(sum(len(line) // 100 + 1 for line in self.text.split("\n")[:30]) + 1, 3), 24)


def message_of(row: Row, draft: Draft) -> Message:
    """The message as it waits."""
    start = draft.head.partition(b"\r\n")[0].decode("latin-1")
    first, _, rest = start.partition(" ")
    second, _, third = rest.partition(" ")
    fields = parse_fields(draft.head)
    body = text_of(draft.body, fields, here=draft.body_here)
    ours = [field for field in fields if field.name.lower() in OURS]
    own = tuple(
        Line(_said(field.name), _said(field.value)) for field in fields if field.name.lower() not in OURS
    )
    framing = tuple((_said(field.name), _said(field.value)) for field in ours)
    if row.moment == "response":
        return Message("response", "", "", second, third, own, framing, body, body.text)
    return Message("request", first, _address(row.url, second), "", "", own, framing, body, body.text)


def _said(data: bytes) -> str:
    return data.decode("latin-1")


def _address(url: str, target: str) -> str:
    """The whole address that a request's target means."""
    if not target.startswith("/"):
        return target if "://" in target else url
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{target}"


def typed(before: Message, form: Any) -> Message:
    """The message as somebody typed it: for showing it again, and for `draft_of`."""
    text = form.get("text")
    return replace(
        before,
        method=form.get("method", before.method).strip(),
        url=form.get("url", before.url).strip(),
        status=form.get("status", before.status).strip(),
        reason=form.get("reason", before.reason).strip(),
        fields=rows(form, "field"),
        text=before.text if text is None else lines(text),
    )


def rows(form: Any, kind: str) -> tuple[Line, ...]:
    """The rows of one table that say something; a row's box says by its number whether it counts."""
    names, values = form.getlist(f"{kind}_name")[:MOST_ROWS], form.getlist(f"{kind}_value")[:MOST_ROWS]
    on = set(form.getlist(f"{kind}_on"))
    pairs = enumerate(zip(names, values, strict=False), 1)
    found = (Line(name.strip(), value.strip(), str(number) in on) for number, (name, value) in pairs)
    return tuple(line for line in found if line.name or line.value)


def draft_of(row: Row, content: Content, asked: Message, file: bytes | None = None) -> Draft | None:
    """The message that goes on in the place of the one that waits; None if they are the same. Raises Mistake."""
    before = message_of(row, content.draft)
    body, recoded = _body(content.draft, before, asked, file)
    dropped = {"content-encoding"} if recoded else set()
    fields = [line for line in asked.fields if line.on and line.name.lower() not in dropped]
    start = _start(content.draft, before, asked)
    same = start == content.draft.head.partition(b"\r\n")[0] and body == content.draft.body
    if same and fields == list(before.fields):
        return None
    head = b"".join((start, b"\r\n", *_lines(content.draft, fields), b"\r\n"))
    made = Draft(head, body, content.draft.body_here)
    if row.moment == "request":
        answer = request_from(made, content.draft, DEFAULT_LIMITS)
    else:
        answer = response_from(made, content.draft, DEFAULT_LIMITS, _method(content.request))
    if isinstance(answer, str):
        raise Mistake(
            "", f"This can't go on: {answer.rstrip('.')}.", "Change it, or let the message go on as it was."
        )
    return made


def answer_of(status: str, reason: str, fields: Sequence[Line], body: bytes) -> Draft:
    """A response in the site's place. Raises Mistake."""
    head = b"".join((b"HTTP/1.1 %b %b\r\n" % _status(status, reason), *_lines(None, [line for line in fields if line.on]), b"\r\n"))  # fmt: skip
    made = Draft(head, body)
    answer = response_from(made, None, DEFAULT_LIMITS, b"GET")
    if isinstance(answer, str):
        raise Mistake("", f"This can't be an answer: {answer.rstrip('.')}.")
    return made


def _method(request: bytes) -> bytes:
    return request.partition(b" ")[0] or b"GET"


def _start(draft: Draft, before: Message, asked: Message) -> bytes:
    """The start line, the old one where nothing in it was touched."""
    old = draft.head.partition(b"\r\n")[0]
    if asked.side == "response":
        if (asked.status, asked.reason) == (before.status, before.reason):
            return old
        return b"%b %b %b" % (old.partition(b" ")[0], *_status(asked.status, asked.reason))
    if (asked.method, asked.url) == (before.method, before.url):
        return old
    if not _TOKEN.fullmatch(asked.method):
        raise Mistake(
            "method", "A method is one word, such as GET.", "Letters, digits and a few signs; no spaces."
        )
    target = old.split(b" ")[1] if asked.url == before.url else _target(before.url, asked.url)
    return b"%b %b %b" % (asked.method.encode("ascii"), target, old.rpartition(b" ")[2])


def _target(before: str, url: str) -> bytes:
    """What stands in the request line for an address: its path, or all of it where another server is meant."""
    if not _URL.fullmatch(url):
        raise Mistake("url", "An address has no spaces and no letters beyond a to z.", "Write them percent-encoded, a space as %20.")  # fmt: skip
    try:
        parts, was = urlsplit(url), urlsplit(before)
        ports = parts.port or _DEFAULT.get(parts.scheme), was.port or _DEFAULT.get(was.scheme)
    except ValueError:
        raise Mistake(
            "url", "This is no address.", "It looks like https://shop.test/path?name=value."
        ) from None
    if parts.scheme not in _DEFAULT or not parts.hostname or parts.username is not None:
        raise Mistake(
            "url", "This is no address of a site.", "It begins with http:// or https:// and a host."
        )
    if parts.fragment or "#" in url:
        raise Mistake("url", "What follows # never leaves a browser.", "Take it out.")
    target = (parts.path or "/") + (f"?{parts.query}" if "?" in url else "")
    if (parts.scheme, parts.hostname, ports[0]) == (was.scheme, was.hostname, ports[1]):
        return target.encode("ascii")
    return f"{parts.scheme}://{parts.netloc}{target}".encode("ascii")


def _status(status: str, reason: str) -> tuple[bytes, bytes]:
    if not re.fullmatch(r"[2-5]\d\d", status, re.ASCII):
        raise Mistake("status", f"A status is a number from 200 to 599, not {status or 'nothing'}.")
    return status.encode("ascii"), _value("reason", reason)


def _lines(draft: Draft | None, fields: Sequence[Line]) -> list[bytes]:
    """The fields' lines, those that are as they were word for word."""
    kept: dict[tuple[str, str], list[bytes]] = {}
    if draft is not None:
        for raw in draft.head[:-4].split(b"\r\n")[1:]:
            for field in parse_fields(b"\r\n" + raw):
                kept.setdefault((_said(field.name), _said(field.value)), []).append(raw)
    out = []
    for line in fields:
        old = kept.get((line.name, line.value))
        out.append((old.pop(0) if old else _line(line)) + b"\r\n")
    return out


def _line(line: Line) -> bytes:
    if not _TOKEN.fullmatch(line.name):
        raise Mistake(
            "fields",
            f"“{line.name}” can't be the name of a field.",
            "Letters, digits and hyphens; no spaces.",
        )
    if line.name.lower().encode("ascii") in OURS:
        raise Mistake("fields", f"{line.name} says where the message ends, or is about this connection only.", "Inspector writes it itself: take the row out.")  # fmt: skip
    return b"%b: %b" % (line.name.encode("ascii"), _value("fields", line.value))


def _value(key: str, value: str) -> bytes:
    try:
        data = value.encode("latin-1")
    except UnicodeEncodeError as error:
        letter = value[error.start]
        raise Mistake(key, f"“{letter}” can't stand in a head: its letters are those of Latin-1.", "Percent-encode it, or write it otherwise.") from None  # fmt: skip
    if re.search(rb"[\x00-\x08\x0a-\x1f\x7f]", data):
        raise Mistake(key, "A line of a head can't hold control characters or line ends.", "One field a row.")
    return data


def _body(draft: Draft, before: Message, asked: Message, file: bytes | None) -> tuple[bytes, bool]:
    """The body, and whether it goes on without the content coding that it had."""
    if before.body.kind == "away":
        return draft.body, False
    if file is not None:
        if len(file) > LARGEST_BODY:
            raise Mistake("body", "The file has more than 8 MiB.", "A larger body can't be held.")
        return file, bool(before.body.coding)
    if before.body.kind == "bytes" or lines(asked.text) == lines(before.text):
        return draft.body, False
    try:
        return before.body.bytes_of(asked.text), bool(before.body.coding)
    except UnicodeEncodeError as error:
        letter = asked.text[error.start : error.start + 1]
        raise Mistake("body", f"“{letter}” can't be written in {before.body.charset}, in which this body is.", "Write it otherwise, or replace the body by a file.") from None  # fmt: skip
