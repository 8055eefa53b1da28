"""The door to httplint: by the editor of the HTTP RFCs, it knows each field's syntax and what commonly goes wrong with it.

Imported when first asked for: it takes some 0.2 s and 25 MB. What it says are its own words, given as plain text and marked as its own.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

from inspector.explain.case import Case, Half, Said, body_of
from inspector.explain.prose import shown

if TYPE_CHECKING:
    from httplint import HttpRequestLinter, HttpResponseLinter

Level = Literal["good", "info", "warning", "bad"]

MOST_FIELDS = 200
MOST_NOTES = 100
LONGEST = 4_096  # bytes of a value that it is given
MOST_SEPARATORS = 64
_SEPARATORS = (b",", b";", b'"', b"=", b"\\")
_TAG = re.compile(r"<[^>]+>")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class LintNote:
    """One of its notes. `field` is the field's name in lower case, empty for the message as a whole; `offset` of its line in the head, if known."""

    id: str
    level: Level
    group: str
    half: Half
    field: str
    offset: int | None
    summary: str
    detail: str


@lru_cache(maxsize=512)
def describe(name: str) -> str:
    """What the field of this name is for, in httplint's words; empty if it knows none."""
    from httplint import get_field_description  # noqa: PLC0415 (as said above)

    try:
        found = get_field_description(name)
    except Exception:  # noqa: BLE001 (a name by a stranger; without a description the page is as good)
        return ""
    return _plain(found or "")


def lint(case: Case) -> tuple[LintNote, ...]:
    """Its notes on both messages. Empty where there is nothing to lint: a tunnel, Inspector's own answer, an answer that never came."""
    exchange = case.exchange
    if exchange.kind in ("tls", "tunnel", "page") or exchange.method == "CONNECT" or not case.request.there:
        return ()
    try:
        return _lint(case)
    except Exception:  # noqa: BLE001 (its failure over a stranger's bytes must not take the page with it)
        return ()


def _lint(case: Case) -> tuple[LintNote, ...]:
    from httplint import HttpRequestLinter, HttpResponseLinter  # noqa: PLC0415 (as said above)

    exchange = case.exchange
    request = HttpRequestLinter(start_time=exchange.started)
    target = "*" if exchange.path == "*" else case.url
    request.process_request_topline(
        exchange.method.encode("latin-1", "replace"), target.encode("latin-1", "replace"), b"1.1"
    )
    fed = _feed(case, request, case.request)
    notes = _notes(request, case.request, fed)
    if not case.response.there or case.answered_here or not exchange.status:
        return notes
    response = HttpResponseLinter(start_time=case.answered_at, _related=request)
    phrase = case.response.start[2].encode("latin-1", "replace")
    response.process_response_topline(b"1.1", str(exchange.status).encode(), phrase)
    fed = _feed(case, response, case.response)
    # notes on the request may only come with the answer
    return _notes(request, case.request, len(case.request.fields)) + _notes(response, case.response, fed)


def _feed(case: Case, linter: HttpRequestLinter | HttpResponseLinter, said: Said) -> int:
    # A value cut short would be called malformed, so what is too long for it is not shown to it at all. It takes time with the
    # square of a list's members: ten seconds for two thousand commas.
    fields = said.fields[:MOST_FIELDS]
    kept = [(each.name, each.value) for each in fields if _is_short(each.value)]
    linter.process_headers(kept)
    body = body_of(case.exchange, said.half)
    content = case.content if said.half == "response" else case.request_content
    # it unpacks up to 100 MB, so a packed body is only given to it when it was unpacked here, within bounds
    if content.whole and not content.problem and len(body.inline) == body.size:
        linter.feed_content(body.inline)
    else:
        linter.no_content = True
    trailers = [(each.name, each.value) for each in said.trailers[:MOST_FIELDS] if _is_short(each.value)]
    linter.finish_content(complete=body.complete, trailers=trailers or None)
    return len(fields) if len(kept) == len(fields) else 0


def _is_short(value: bytes) -> bool:
    return len(value) <= LONGEST and sum(map(value.count, _SEPARATORS)) <= MOST_SEPARATORS


def _notes(linter: Any, said: Said, fed: int) -> tuple[LintNote, ...]:
    found = []
    for note in list(linter.notes)[:MOST_NOTES]:
        field, offset = _where(note.subject, said, fed)
        # the rest is of use as a summary; making text of its Markdown costs time
        telling = note.level.value in ("warning", "bad")
        found.append(
            LintNote(
                type(note).__name__, note.level.value, note.category.value, said.half, field, offset,
                shown(_plain(html.escape(note.summary)), 300), shown(_plain(str(note.detail)), 1200) if telling else "",
            )
        )  # fmt: skip
    return tuple(found)


def _where(subject: str, said: Said, fed: int) -> tuple[str, int | None]:
    """The field that a note's subject names: `field-vary`, `offset-3`, or several of them."""
    first = subject.partition(" ")[0]
    if first.startswith("offset-") and first[7:].isdigit() and int(first[7:]) < min(fed, len(said.fields)):
        field = said.fields[int(first[7:])]
        return field.name.decode("latin-1").lower(), field.offset
    if first.startswith("field-"):
        name = first[6:].lower()
        lines = said.every(name)
        return name, lines[0].offset if lines else None
    return "", None


def _plain(text: str) -> str:
    """HTML or Markdown as plain text."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", _TAG.sub("", text)).replace("`", "")
    return _SPACE.sub(" ", html.unescape(text)).strip()
