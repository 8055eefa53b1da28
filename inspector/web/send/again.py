"""Repeat, and what if: one click on an exchange's page, or one call of the API."""

from __future__ import annotations

from typing import Any, TypedDict

import msgspec
from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from inspector.compose.ready import is_repeatable
from inspector.compose.repeat import gaps
from inspector.exchange import ids
from inspector.exchange.model import Exchange
from inspector.store.captures import Captures
from inspector.web.api.describing import says
from inspector.web.errors import Refusal, wants_json
from inspector.web.finding import find_exchange
from inspector.web.send.bench import TROUBLES, Bench, told
from inspector.web.send.lineage import Lineage, lineage
from inspector.web.send.sender import Answer
from inspector.web.send.variants import table


def blueprint(bench: Bench, captures: Captures) -> Blueprint:
    pages = Blueprint("again", __name__)

    @pages.app_context_processor
    def around() -> dict[str, Any]:
        def of(exchange: Exchange) -> Lineage:
            return lineage(captures, bench.kept, exchange)

        def options(exchange: Exchange) -> Any:
            return bench.options(exchange) if exchange.kind in ("http", "page") else ()

        return {"lineage": of, "what_ifs": options, "is_repeatable": is_repeatable}

    def repeated(exchange: Exchange, *, partly: bool) -> Answer:
        try:
            return bench.repeat(exchange, partly_too=partly)
        except TROUBLES as trouble:
            raise told(trouble) from trouble

    @pages.post("/api/v1/exchanges/<id>/repeat")
    @says("Send a captured request again as it was", tag="Sending", scope="send", takes=Again, gives=Repeated, fails=(404, 410, 422), example={})  # fmt: skip
    def repeat_api(id: str, body: Again) -> AnyResponse:
        exchange = bench.find(id)
        answer = repeated(exchange, partly=body.partly)
        bench.sender.wait_for(answer.exchange)
        return jsonify(answer_json(answer) | {"gaps": gaps(exchange)})

    @pages.post("/exchange/<id>/repeat")
    def repeat(id: str) -> AnyResponse:
        exchange = bench.find(id)
        answer = repeated(exchange, partly=bool(_asked().get("partly")))
        if wants_json():
            return jsonify(answer_json(answer) | {"gaps": gaps(exchange)})
        bench.sender.wait_for(answer.exchange)
        return redirect(page_of(answer), 303)

    def varied(exchange: Exchange, codes: list[str], *, together: bool) -> tuple[tuple[str, Answer], ...]:
        try:
            answers = bench.what_if(exchange, codes, together=together)
        except TROUBLES as trouble:
            raise told(trouble) from trouble
        for _, answer in answers:
            bench.sender.wait_for(answer.exchange)
        return answers

    @pages.post("/api/v1/exchanges/<id>/what-if")
    @says("Send a captured request with differences", tag="Sending", scope="send", takes=WhatIf, gives=Varied, fails=(404, 410, 422),
          detail="Once with each of them, or with all `together`.", example={"change": ["no-cookies"]})  # fmt: skip
    def what_if_api(id: str, body: WhatIf) -> AnyResponse:
        codes = body.change if isinstance(body.change, list) else [body.change]
        answers = varied(bench.find(id), codes, together=body.together)
        return jsonify(answers=[{"change": code} | answer_json(answer) for code, answer in answers])

    @pages.post("/exchange/<id>/what-if")
    def what_if(id: str) -> AnyResponse:
        exchange, asked = bench.find(id), _asked()
        codes = asked["change"] if isinstance(asked.get("change"), list) else [str(asked.get("change", ""))]
        answers = varied(exchange, codes, together=bool(asked.get("together")))
        if wants_json():
            return jsonify(answers=[{"change": code} | answer_json(answer) for code, answer in answers])
        came = [(code, answer.exchange.hex()) for code, answer in answers if answer.exchange]
        if not came:
            raise Refusal(504, "No answer", answers[0][1].why or "Nothing came back.")
        return redirect(url_for("again.compared", of=exchange.id.hex(), came=[f"{c}~{e}" for c, e in came]), 303)  # fmt: skip

    @pages.get("/send/what-if")
    def compared() -> str:
        first = find_exchange(captures, request.args.get("of", ""))
        came = [each.partition("~")[::2] for each in request.args.getlist("came")[:20]]
        found = [(code, captures.exchange(id)) for code, text in came if (id := ids.parse(text))]
        others = [(code, each) for code, each in found if each is not None]
        return render_template(
            "send/what-if.html",
            first=first,
            table=table(first, others),
            options=bench.options(bench.find(first.id.hex())),
            chosen={code for code, _ in others},
        )

    return pages


class Again(msgspec.Struct):
    """`partly`: also if not all of it was captured."""

    partly: bool = False


class WhatIf(msgspec.Struct):
    """`change` names what shall be different, as on the page: `no-cookies`, `no-referer` …"""

    change: list[str] | str
    together: bool = False


class Sent(TypedDict):
    """What came of sending: the exchange to look at, or `why` there is none. `took` in seconds; `redirects` are the exchanges before it."""

    exchange: str | None
    url: str | None
    status: int
    size: int
    took: float
    why: str
    redirects: list[str]


class Repeated(Sent):
    gaps: list[str]


class Variation(Sent):
    change: str


class Varied(TypedDict):
    answers: list[Variation]


def _asked() -> dict[str, Any]:
    if request.is_json:
        given = request.get_json()
        return given if isinstance(given, dict) else {}
    return {
        name: request.form.getlist(name) if name == "change" else request.form[name] for name in request.form
    }


def answer_json(answer: Answer) -> dict[str, Any]:
    """What came of sending: the exchange to look at, or why there is none."""
    return {
        "exchange": answer.exchange.hex() or None, "url": page_of(answer) if answer.exchange else None, "status": answer.status,
        "size": answer.size, "took": round(answer.took, 6), "why": answer.why, "redirects": [each.hex() for each in answer.via],
    }  # fmt: skip


def page_of(answer: Answer) -> str:
    """Where the answer is looked at."""
    if not answer.exchange:
        raise Refusal(504, "No answer", answer.why or "Nothing came back.", "Look at Traffic: what was sent stands there.")  # fmt: skip
    return url_for("exchange.show", id=answer.exchange.hex())
