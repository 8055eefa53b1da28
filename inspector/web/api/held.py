"""Held messages for programs: what waits at breakpoints, and what shall become of it."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypedDict

import msgspec
from flask import Blueprint, Response, jsonify
from msgspec import Meta

from inspector.engine.drafts import request_from, response_from
from inspector.exchange.consulting import Draft
from inspector.exchange.held import Content, Row
from inspector.secrets import Hider
from inspector.store.held import LONGEST
from inspector.web.api.describing import says
from inspector.web.errors import Refusal, not_found
from inspector.web.held.bodies import Text, text_of
from inspector.web.held.curtain import address, is_liftable, lift
from inspector.web.held.editing import LARGEST_BODY
from inspector.web.held.queue import MORE, Queue, what_became
from inspector.wire.fields import parse_fields
from inspector.wire.limits import DEFAULT_LIMITS

_ID: Mapping[str, Mapping[str, Any]] = {"id": {"type": "string", "description": "The exchange's id and the moment: `…-request`, `…-response`."}}  # fmt: skip
_HEAD = "Start line and fields, one on a line. What says where the message ends is written by Inspector."


class Held(TypedDict):
    """A message that waits, or did. `until` is when it goes on by itself; `became` says what happened to one that waits no longer."""

    id: str
    exchange: str
    moment: Literal["request", "response"]
    method: str
    url: str
    rule: str
    since: float
    until: float
    state: Literal["waiting", "decided", "gone", "lost"]
    became: str


class Message(Held):
    """With its bytes while it waits. `text` is the body without its content coding, where it is text; `body` the body as it is, in base64, and missing where
    secrets are replaced. `request` is the head of the request that a response answers."""

    head: str
    text: str | None
    body: str | None
    body_here: bool
    request: str


class Queued(TypedDict):
    """Oldest first."""

    held: list[Held]


class Decision(msgspec.Struct):
    """What becomes of a message. With `head`, `text` or `body` (base64) it is changed; an answer is made of them. `text` goes on without content coding.
    `wait` lets it wait for so many `seconds` longer, at most for an hour from now."""

    do: Literal["go-on", "drop", "answer", "wait"]
    head: Annotated[str, Meta(description=_HEAD, max_length=1 << 17)] | None = None
    text: str | None = None
    body: str | None = None
    seconds: Annotated[int, Meta(ge=1, le=int(LONGEST))] = int(MORE)


class Together(msgspec.Struct):
    """About all that wait, or all that one rule holds."""

    do: Literal["go-on", "drop"]
    rule: str | None = None


class Decided(TypedDict):
    decided: int


def blueprint(queue: Queue) -> Blueprint:
    api = Blueprint("held_api", __name__, url_prefix="/api/v1/held")

    @api.get("")
    @says("What waits at breakpoints", tag="Breakpoints", scope="read", gives=Queued)
    def listed() -> Response:
        return jsonify(held=[_line(queue, row) for row in queue.held.waiting()])

    @api.post("")
    @says(
        "Decide about all that wait",
        tag="Breakpoints",
        scope="hold",
        takes=Together,
        gives=Decided,
        example={"do": "go-on"},
    )
    def together(body: Together) -> Response:
        return jsonify(decided=queue.held.decide_all(body.do, body.rule))

    @api.get("/<id>")
    @says(
        "One held message, with its bytes while it waits",
        tag="Breakpoints",
        scope="read",
        gives=Message,
        fails=(404,),
        path=_ID,
    )
    def one(id: str) -> Response:
        row = _row(queue, id)
        content = queue.held.content(id) or Content(Draft(b""))
        return jsonify(_line(queue, row) | _bytes(content, queue.hider()))

    @api.post("/<id>")
    @says("Decide about a held message", tag="Breakpoints", scope="hold", takes=Decision, gives=Held, fails=(404, 409), path=_ID,
          detail="Whoever decides first counts: 409 says what became of it before.", example={"do": "go-on"})  # fmt: skip
    def decide(id: str, body: Decision) -> Response:
        row, content = _row(queue, id), queue.held.content(id)
        if body.do == "wait":
            done = queue.extend(id, body.seconds)
        else:
            done = content is not None and queue.decide(
                id, body.do, _draft(row, content, body, queue.hider())
            )
        if not done:
            raise Refusal(409, "Decided before", f"Nothing was changed. {what_became(_row(queue, id))}", "GET /api/v1/held has what waits now.")  # fmt: skip
        return jsonify(_line(queue, _row(queue, id)))

    return api


def _row(queue: Queue, id: str) -> Row:
    row = queue.held.row(id)
    if row is None:
        raise not_found("No message is known by this id.")
    return row


def _line(queue: Queue, row: Row) -> dict[str, Any]:
    hider = queue.hider()
    return {
        "id": row.id, "exchange": row.exchange.hex(), "moment": row.moment, "method": row.method, "url": address(row.url, hider),
        "rule": address(row.rule, hider), "since": row.since, "until": row.until, "state": row.state,
        "became": "" if row.state == "waiting" else what_became(row),
    }  # fmt: skip


def _bytes(content: Content, hider: Hider | None) -> dict[str, Any]:
    """The message as whoever asks may see it."""
    draft = content.draft
    found = text_of(draft.body, parse_fields(draft.head), here=draft.body_here)
    text = _seen(found, hider) if found.kind == "text" else None
    head, request, body = (
        draft.head,
        content.request,
        base64.b64encode(draft.body).decode() if draft.head else None,
    )
    if hider is not None:
        head, request, body = hider.head(head), hider.head(request), None
    return {"head": head.decode("latin-1"), "text": text, "body": body, "body_here": draft.body_here, "request": request.decode("latin-1")}  # fmt: skip


def _seen(found: Text, hider: Hider | None) -> str:
    """A body's text as whoever asks may see it."""
    if hider is None:
        return found.text
    return hider.body(found.text.encode("utf-8", "surrogatepass"), found.media).decode("utf-8", "replace")


def _draft(row: Row, content: Content, asked: Decision, hider: Hider | None) -> Draft | None:
    """What goes on in the message's place; None where it goes on as it is."""
    if asked.do == "drop" or (asked.do == "go-on" and asked.head is asked.text is asked.body is None):
        return None
    before = content.draft
    if hider is not None:
        _bytes(content, hider)  # it meets the secrets, so that marks can be told
    answers = asked.do == "answer"
    if answers and asked.head is None:
        raise _wrong("an answer needs a head, such as HTTP/1.1 200 OK")
    head = before.head if asked.head is None else _head(asked.head, hider)
    body = b"" if answers else before.body
    if asked.text is not None:
        body = _text(before, asked.text, hider, answers=answers)
        head = _without_coding(head)
    elif asked.body is not None:
        body = _decoded(asked.body)
    made = Draft(head, body, before.body_here or answers)
    if row.moment == "request" and not answers:
        found = request_from(made, before, DEFAULT_LIMITS)
    else:
        method = (content.request or before.head).partition(b" ")[0]
        found = response_from(made, None if answers else before, DEFAULT_LIMITS, method)
    if isinstance(found, str):
        raise _wrong(found.rstrip("."))
    return made


def _head(text: str, hider: Hider | None) -> bytes:
    """A head as somebody wrote it: line ends and the empty line at its end are mended, nothing else is."""
    lines = lift(text, hider).replace("\r\n", "\n").rstrip("\n").split("\n")
    try:
        return "\r\n".join([*lines, "", ""]).encode("latin-1")
    except UnicodeEncodeError:
        raise _wrong("a head has no letters beyond Latin-1") from None


def _text(before: Draft, text: str, hider: Hider | None, *, answers: bool) -> bytes:
    found = text_of(b"" if answers else before.body, () if answers else parse_fields(before.head))
    if hider is not None and not is_liftable(found.text, _seen(found, hider), hider):
        raise Refusal(
            409,
            "Not to be changed so",
            "A short secret stands as stars in this message, and could not be put back.",
            "Use a token that may see secrets.",
        )
    try:
        return lift(text, hider).encode(found.charset)
    except UnicodeEncodeError:
        raise _wrong(f"the text can't be written in {found.charset}, in which the body is") from None


def _without_coding(head: bytes) -> bytes:
    return b"\r\n".join(
        line for line in head.split(b"\r\n") if not line.lower().startswith(b"content-encoding:")
    )


def _decoded(text: str) -> bytes:
    try:
        body = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise _wrong("the body is not base64") from None
    if len(body) > LARGEST_BODY:
        raise _wrong("the body has more than 8 MiB")
    return body


def _wrong(why: str) -> Refusal:
    return Refusal(
        400, "Not understood", f"This can't go on: {why}.", "Nothing was decided; the message still waits."
    )
