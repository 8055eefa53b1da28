"""What the compose page shows around the form: lines for drafts, the answer, the place of a mistake."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from inspector.compose.draft import decode
from inspector.exchange.model import Exchange
from inspector.store.captures import ArchiveGone, Captures
from inspector.store.workbench import DraftRow
from inspector.web.finding import part_of
from inspector.web.present.content import Content
from inspector.web.present.heads import Head, head
from inspector.web.present.shown import Shown, show
from inspector.web.present.trouble import Trouble, trouble
from inspector.web.send.curtain import Curtain
from inspector.web.words import phrase


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A draft in the list of them."""

    id: str
    method: str
    url: str
    changed: float
    current: bool


def draft_line(row: DraftRow, curtain: Curtain, current: str) -> DraftLine:
    draft = decode(row.content)
    return DraftLine(row.id, draft.method, curtain.line(draft.url), row.changed, row.id == current)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer beside the form: `head` is None where none came, `trouble` says why."""

    exchange: Exchange
    phrase: str
    head: Head | None
    body: Shown | None
    part: object
    codings: tuple[str, ...]
    trouble: Trouble | None


def reply(captures: Captures, id: bytes, find: Callable[[bytes], Exchange | None]) -> Reply | None:
    """The answer as it was captured; None if it isn't kept."""
    try:
        exchange = find(id)
    except ArchiveGone:
        return None
    if exchange is None:
        return None
    part = part_of(exchange, "browser", "response")
    words = phrase(exchange.status, exchange.reason)
    if part is None:
        return Reply(exchange, words, None, None, None, (), trouble(exchange))
    content = Content.of(captures, part)
    try:
        body = show(content, 0)
    except ArchiveGone as gone:
        body = Shown("gone", "Body", str(gone))
    return Reply(exchange, words, head(part.message), body, part, content.codings, trouble(exchange))


@dataclass(frozen=True, slots=True)
class Place:
    """The line that a mistake is in: before it, itself, after it."""

    number: int
    before: str
    wrong: str
    after: str


def place(text: str, start: int, end: int) -> Place:
    start = min(max(start, 0), len(text))
    begin = text.rfind("\n", 0, start) + 1
    stop = text.find("\n", start)
    stop = len(text) if stop < 0 else stop
    end = min(max(end, start), stop)
    return Place(text.count("\n", 0, begin) + 1, text[begin:start], text[start:end] or " ", text[end:stop])
