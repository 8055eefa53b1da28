"""One held message: its form, what a button of the form asks for, and the page of one that waits no longer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from inspector.compose.draft import Row as Line
from inspector.exchange.consulting import Draft
from inspector.exchange.held import Content, Row
from inspector.web.errors import not_found
from inspector.web.held import curtain
from inspector.web.held.bodies import lines
from inspector.web.held.editing import Message, Mistake, answer_of, draft_of, message_of, rows, typed
from inspector.web.held.queue import Queue, what_became
from inspector.web.present.jsontext import find_fault, indent

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")


@dataclass(frozen=True, slots=True)
class Answer:
    """The form of an answer in the site's place. `open`: somebody is at it."""

    status: str = "200"
    reason: str = "OK"
    fields: tuple[Line, ...] = (Line("Content-Type", "text/plain; charset=utf-8"),)
    text: str = ""
    open: bool = False

    @classmethod
    def typed(cls, asked: Any) -> Answer:
        status, reason, text = (asked.get(f"answer_{name}", "") for name in ("status", "reason", "text"))
        return cls(status.strip(), reason.strip(), rows(asked, "answer"), lines(text), open=True)

    def draft(self, file: bytes | None) -> Draft:
        """The response that it means. Raises Mistake."""
        return answer_of(self.status, self.reason, self.fields, self.text.encode() if file is None else file)


def found(queue: Queue, id: str) -> tuple[Row, Content | None]:
    """A message by its number, and its bytes if it still waits."""
    row = queue.held.row(id)
    if row is None:
        raise not_found("No message is known by this number.")
    return row, queue.held.content(id)


def decided(queue: Queue, row: Row, content: Content, asked: Any) -> str | tuple[str, int] | Response:
    """Do what the form's button asks for."""
    do = asked.get("do", "")
    message = typed(curtain.drawn(message_of(row, content.draft), queue.hider()), asked)
    answer = Answer.typed(asked) if do == "answer" else Answer()
    try:
        if do == "pretty":
            return form(queue, row, content, message=_pretty(message))
        if do == "longer":
            return _longer(queue, row, content, message)
        kept = _kept(queue, row, content, do, message, answer)
    except Mistake as mistake:
        return form(queue, row, content, message=message, answer=answer, mistake=mistake), 422
    if not kept:
        return over(queue, queue.held.row(row.id) or row, late=True)
    return redirect(url_for("held.all", done=row.id), 303)


def _longer(queue: Queue, row: Row, content: Content, message: Message) -> str | tuple[str, int]:
    """More time, and the form with what was typed."""
    kept = queue.extend(row.id)
    row = queue.held.row(row.id) or row
    return form(queue, row, content, message=message) if kept else over(queue, row, late=True)


def _kept(queue: Queue, row: Row, content: Content, do: str, message: Message, answer: Answer) -> bool:  # noqa: PLR0917 (all of one form)
    """Whether the decision counts: False where another came first. Raises Mistake."""
    if do == "edited":
        real = curtain.lifted(message, message_of(row, content.draft), queue.hider())
        return queue.decide(row.id, "go-on", draft_of(row, content, real, _file("file")))
    if do == "answer":
        return queue.decide(row.id, "answer", answer.draft(_file("answer_file")))
    if do == "stop":
        queue.stop(row.rule)
        return True
    return queue.decide(row.id, "drop" if do == "drop" else "go-on")


def _file(name: str) -> bytes | None:
    given = request.files.get(name)
    if given is None or not given.filename:
        return None
    with given.stream as stream:
        return stream.read()


def _pretty(message: Message) -> Message:
    fault = find_fault(message.text)
    if fault is not None:
        raise Mistake("body", f"This is not JSON: {fault.sentence}", "Mend it there, or leave it as it is.")
    return replace(message, text=indent(message.text))


def form(
    queue: Queue,
    row: Row,
    content: Content,
    *,
    message: Message | None = None,
    answer: Answer | None = None,
    mistake: Mistake | None = None,
) -> str:
    """The page of a message that waits; after a mistake with what was typed, word for word."""
    hider = queue.hider()
    asks = message_of(row._replace(moment="request"), Draft(content.request)) if content.request else None
    return render_template(
        "held/message.html",
        row=queue.line(row),
        message=message or curtain.drawn(message_of(row, content.draft), hider),
        asks=curtain.drawn(asks, hider) if asks else None,
        answer=answer or Answer(),
        mistake=mistake,
        rule=queue.rules.find(row.rule),
        veiled=hider is not None,
        methods=METHODS,
    )


def over(queue: Queue, row: Row, *, late: bool = False) -> tuple[str, int]:
    """The page of a message that waits no longer; `late`: somebody wanted to decide about it."""
    page = render_template(
        "held/over.html", row=queue.line(row), became=what_became(row), decided=row.decided, late=late
    )
    return page, 409 if late else 200
