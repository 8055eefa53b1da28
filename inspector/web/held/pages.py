"""/rules/breakpoints: the queue, the form in which a held message is changed, and the rules that hold. Works by reload; script adds the live part."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Flask, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from inspector.exchange.model import Exchange
from inspector.filter.written import quoted
from inspector.rules.errors import RuleMistake
from inspector.web.held import curtain
from inspector.web.held.deciding import decided, form, found, over
from inspector.web.held.editing import LARGEST_BODY
from inspector.web.held.queue import Queue, what_became
from inspector.web.rules.veiled import veiled

LARGEST = LARGEST_BODY + (4 << 20)
SIDES = {"request": "requests", "response": "responses", "both": "both"}
LONGEST_FILTER = 2000
PART = "X-Inspector-Part"  # script asks for the part of the page that changes


def blueprint(queue: Queue) -> Blueprint:
    pages = Blueprint("held", __name__)

    @pages.url_value_preprocessor
    def room_for_bodies(*_: object) -> None:
        """Before the guard looks for the token in the form."""
        request.max_content_length = request.max_form_memory_size = LARGEST
        request.max_form_parts = 4000

    @pages.get("/rules/breakpoints")
    def all() -> str:
        if request.headers.get(PART):
            return render_template("held/queue.html", **_queue(queue))
        return _page(queue, done=request.args.get("done", ""))

    @pages.post("/rules/breakpoints/new")
    def new() -> str | tuple[str, int] | Response:
        asked = request.form
        side = asked.get("side", "")
        try:
            rule = queue.hold(asked.get("when", "").strip(), side if side in SIDES else "request")
        except RuleMistake as mistake:
            return _page(queue, given=asked, mistake=mistake), 422
        return redirect(url_for("held.all", done=f"rule {rule.name}"), 303)

    @pages.post("/rules/breakpoints/all")
    def together() -> Response:
        """Go on with all, or with all that one rule holds."""
        do = "drop" if request.form.get("do") == "drop" else "go-on"
        return redirect(url_for("held.all", done=f"{do} {queue.held.decide_all(do)}"), 303)

    @pages.post("/rules/breakpoints/everything")
    def everything() -> Response:
        queue.everything(on=request.form.get("on") == "1")
        return redirect(url_for("held.all"), 303)

    @pages.post("/rules/breakpoints/rule")
    def rule() -> Response:
        """Switch or remove a rule that holds."""
        name, asked = request.form.get("name", ""), request.form
        if not any(each.name == name for each in queue.holding()):
            return redirect(url_for("held.all"), 303)  # removed meanwhile, in another tab
        if asked.get("switch") == "on":
            queue.rules.switch(name, on=True)
        else:
            queue.stop(name)
            if "remove" in asked:
                queue.rules.remove(name)
        return redirect(url_for("held.all"), 303)

    @pages.get("/rules/breakpoints/<id>")
    def one(id: str) -> str | tuple[str, int]:
        row, content = found(queue, id)
        return over(queue, row) if content is None else form(queue, row, content)

    @pages.post("/rules/breakpoints/<id>")
    def decide(id: str) -> str | tuple[str, int] | Response:
        row, content = found(queue, id)
        return over(queue, row, late=True) if content is None else decided(queue, row, content, request.form)

    @pages.post("/rules/breakpoints/<id>/longer")
    def longer(id: str) -> Response:
        """From the queue; the form of a message has a button of its own, which keeps what was typed."""
        return redirect(url_for("held.all", done="" if queue.extend(id) else id), 303)

    return pages


def install(app: Flask, queue: Queue) -> None:
    """What every page knows: how many messages wait, and the pages of Rules."""

    @app.context_processor
    def around() -> dict[str, Any]:
        waiting = queue.exchanges()  # once a page, since a list asks for each of its rows
        return {
            "held_count": len(waiting),
            "held_exchanges": frozenset(waiting),
            "held_of": queue.of_exchange,
            "what_became": what_became,
            "hold_when": hold_when,
            "has_hooks": "hooks" in app.blueprints,
        }


def hold_when(exchange: Exchange) -> str:
    """The filter for requests like this one; empty where nothing can be held."""
    if exchange.kind not in ("http", "websocket") or not exchange.host or not exchange.method:
        return ""
    path = exchange.path.partition("?")[0]
    return f"method:{quoted(exchange.method)} host:={quoted(exchange.host)} path:={quoted(path)}"


# -- the queue


def _queue(queue: Queue) -> dict[str, Any]:
    return {
        "waiting": queue.waiting(),
        "holding": [veiled(each, queue.hider()) for each in queue.holding()],
        "everything": queue.holds_everything,
    }


def _page(
    queue: Queue,
    *,
    given: Mapping[str, str] | None = None,
    mistake: RuleMistake | None = None,
    done: str = "",
) -> str:
    return render_template(
        "held/breakpoints.html",
        **_queue(queue),
        given=given or request.args,
        mistake=mistake,
        sides=SIDES,
        said=_said(queue, done),
        limit=LONGEST_FILTER,
    )


def _said(queue: Queue, done: str) -> dict[str, str]:
    """What the page says of what was just done."""
    what, _, name = done.partition(" ")
    if what == "rule" and queue.rules.find(name) is not None:
        return {
            "words": f"In force: {curtain.address(name, queue.hider())}. What fits it waits here from now on."
        }
    if what in ("go-on", "drop") and name.isdigit():
        count = "One message" if name == "1" else f"{name} messages"
        return {"words": f"{count} {'went on' if what == 'go-on' else 'ended here'}."}
    row = queue.held.row(done) if done else None
    if row is None or row.state == "waiting":
        return {}
    url, became = curtain.address(row.url, queue.hider()), what_became(row)
    return {
        "words": f"{row.method} {url[:120]}: {became[:1].lower()}{became[1:]}",
        "exchange": row.exchange.hex(),
    }
