"""Compose: drafts, the form, and the answer beside it. Everything is one form, and works without script: each button sends all of it.

Drafts are kept as they were typed. While somebody presents the form shows marks in place of secrets; marks that come back are replaced by what they stand for.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from inspector.compose.addresses import query_rows
from inspector.compose.curl import parse
from inspector.compose.draft import Draft, decode, encode
from inspector.compose.errors import CannotSend, CurlMistake
from inspector.compose.prepare import json_mistake, left_out, prepare
from inspector.compose.ready import Ready, is_repeatable
from inspector.compose.repeat import body_of, draft_of, gaps
from inspector.exchange.model import Exchange
from inspector.store.captures import ArchiveGone, Captures
from inspector.web.api.describing import says
from inspector.web.errors import not_found
from inspector.web.send import looks
from inspector.web.send.again import Sent, answer_json
from inspector.web.send.bench import TROUBLES, Bench, told
from inspector.web.send.curtain import Curtain
from inspector.web.send.form import METHODS, Asked, draft_from, from_json
from inspector.web.send.sender import Answer

LARGEST = 12 << 20
_SHOWN_DRAFTS = 20


def blueprint(bench: Bench, captures: Captures, curtain: Curtain) -> Blueprint:
    pages = Blueprint("composer", __name__)
    desk = _Desk(bench, captures, curtain)

    @pages.url_value_preprocessor
    def room_for_files(*_: object) -> None:
        """Before the guard looks for the token in the form."""
        request.max_content_length = request.max_form_memory_size = LARGEST
        request.max_form_parts = 4000

    @pages.get("/send")
    def compose() -> str | Response:
        latest = bench.kept.drafts(1)
        if latest and "new" not in request.args:
            return redirect(url_for("composer.edit", id=latest[0].id), 303)
        return desk.page(Draft(url=request.args.get("url", "")[:4096]))

    @pages.get("/send/draft/<id>")
    def edit(id: str) -> str | Response:
        return desk.page(desk.draft(id), id)

    @pages.post("/send/draft", defaults={"id": ""})
    @pages.post("/send/draft/<id>")
    def act(id: str) -> str | Response:
        """What one of the form's buttons asks for."""
        before = desk.draft(id) if id else Draft()
        wish = request.form.get("do", "send")
        if wish == "remove":
            bench.kept.remove_draft(id)
            return redirect(url_for("composer.compose"), 303)
        draft, wish = draft_from(request, curtain.drawn(before), wish)
        draft = curtain.lifted(draft, before)
        id = bench.kept.keep_draft(encode(draft), "" if wish == "copy" else id)
        if wish != "send":
            return desk.back(draft, id)
        return desk.send(draft, id)

    @pages.post("/send/import")
    def curl() -> str | Response:
        command = request.form.get("command", "")[:262_144]
        try:
            found = parse(command, request.form.get("shell", "auto"))
        except CurlMistake as mistake:
            place = looks.place(command, mistake.start, mistake.end)
            return desk.page(Draft(), command=command, mistake=mistake, place=place, status=422)
        id = bench.kept.keep_draft(encode(found.draft))
        return desk.page(found.draft, id, notes=found.notes, status=201)

    @pages.post("/exchange/<id>/edit-and-send")
    def from_exchange(id: str) -> Response:
        exchange = bench.find(id)
        try:
            draft = draft_of(exchange, bench.stream(exchange))
        except TROUBLES as trouble:
            raise told(trouble) from trouble
        return redirect(url_for("composer.edit", id=bench.kept.keep_draft(encode(draft))), 303)

    @pages.post("/api/v1/send")
    @says("Send a request", tag="Sending", scope="send", takes=Asked, gives=Sent, fails=(410, 422),
          detail="The answer says which exchange it became; that is looked at with the other calls. What came back is a fact, also where it is an error: this call is 200 then.",
          example={"url": "http://shop.inspector.test/", "method": "GET", "fields": [["Accept", "text/html"]]})  # fmt: skip
    def send_api(body: Asked) -> Response:
        try:
            draft = from_json(body)
            answer = bench.sender.send(desk.ready(draft), parent=draft.parent)
        except TROUBLES as trouble:
            raise told(trouble) from trouble
        if body.wait:
            bench.sender.wait_for(answer.exchange)
        return jsonify(answer_json(answer))

    return pages


class _Desk:
    """The page and what it is made of."""

    def __init__(self, bench: Bench, captures: Captures, curtain: Curtain) -> None:
        self._bench = bench
        self._captures = captures
        self._curtain = curtain

    def draft(self, id: str) -> Draft:
        row = self._bench.kept.draft(id)
        if row is None:
            raise not_found("There is no draft with this number.")
        return decode(row.content)

    def ready(self, draft: Draft) -> Ready:
        """What the draft means. Raises CannotSend."""
        parent = self._parent(draft)
        if draft.body != "captured" or parent is None:
            return prepare(draft)
        return prepare(draft, self._bench.stream(parent), body_of(parent).captured)

    def _parent(self, draft: Draft) -> Exchange | None:
        try:
            return self._bench.plain.exchange(draft.parent) if draft.parent else None
        except ArchiveGone:
            return None

    def send(self, draft: Draft, id: str) -> str | Response:
        """Send it, and show the answer beside the form."""
        try:
            answer = self._bench.sender.send(self.ready(draft), parent=draft.parent)
        except CannotSend as problem:
            return self.back(draft, id, problem=problem, status=422)
        except TROUBLES as trouble:
            why = told(trouble)
            return self.back(draft, id, problem=CannotSend(why.sentence, why.cure), status=why.status)
        if answer.exchange:
            self._bench.sender.wait_for(answer.exchange)
            self._bench.kept.keep_draft(encode(draft), id, answer.exchange)
        if _is_part():
            return self.back(draft, id, answer=answer)
        if answer.exchange and not answer.why:
            return redirect(url_for("composer.edit", id=id) + "#answer", 303)
        return self.page(draft, id, answer=answer)

    def back(self, draft: Draft, id: str, *, status: int = 200, **more: Any) -> str | Response:
        """To the form again: as a part of the page where script asked, else as a page."""
        if more or _is_part():
            return self.page(draft, id, status=status, **more)
        return redirect(url_for("composer.edit", id=id), 303)

    def page(
        self, draft: Draft, id: str = "", *, answer: Answer | None = None, status: int = 200, **more: Any
    ) -> str | Response:
        """The form with the draft, the drafts, what was sent, and the answer if there is one."""
        row = self._bench.kept.draft(id) if id else None
        seen = answer.exchange if answer else row.exchange if row else b""
        parent = self._captures.row(draft.parent) if draft.parent else None
        whole = self._parent(draft)
        shown = self._curtain.drawn(draft)
        page = render_template(
            "send/form.html" if _is_part() else "send/compose.html",
            draft=shown,
            id=id,
            methods=METHODS,
            query=query_rows(shown.url),
            parent=parent,
            gaps=gaps(whole) if whole else (),
            captured=body_of(whole).captured if whole else 0,
            acts=not is_repeatable(draft.method),
            left_out=left_out(draft),
            json_mistake=json_mistake(draft.text) if draft.body == "json" else None,
            drafts=[looks.draft_line(each, self._curtain, id) for each in self._bench.kept.drafts(_SHOWN_DRAFTS)],
            sent=[line for each in self._bench.kept.sent(_SHOWN_DRAFTS) if (line := self._captures.row(each))],
            answer=answer,
            reply=looks.reply(self._captures, seen, self._captures.exchange) if seen else None,
            more=more,
        )  # fmt: skip
        response = make_response(page, status)
        response.headers["HX-Push-Url"] = (
            url_for("composer.edit", id=id) if id else url_for("composer.compose")
        )
        response.vary.add("HX-Request")
        return response


def _is_part() -> bool:
    return request.headers.get("HX-Request") == "true"
