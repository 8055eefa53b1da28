"""What was captured, how Inspector is, and the two switches."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import Annotated, Any, Literal

import msgspec
from flask import Blueprint, Response, jsonify, stream_with_context
from msgspec import Meta

from inspector.exchange import ids
from inspector.filter.errors import FilterMistake
from inspector.filter.tree import Node
from inspector.store.captures import Captures, Row, Totals
from inspector.web.api import shapes
from inspector.web.api.asking import Page, Since
from inspector.web.api.describing import Bytes, says
from inspector.web.control import Control
from inspector.web.detail import connection_json, exchange_json
from inspector.web.errors import Refusal, not_found
from inspector.web.errors import answer as in_words
from inspector.web.feed import changes_json
from inspector.web.filtering import asked_for
from inspector.web.finding import find_connection, find_exchange, part_asked
from inspector.web.grouping import more_of, pages_of
from inspector.web.lamp import Lamps
from inspector.web.marking import Marking
from inspector.web.present.content import Content
from inspector.web.rows import row_json
from inspector.web.traffic import rows_asked

SIDE = {"type": "string", "enum": ["browser", "site"]}
HALF = {"type": "string", "enum": ["request", "response"]}


class Form(msgspec.Struct):
    form: Annotated[
        Literal["captured", "decoded"],
        Meta(description="As it passed, or with its content coding (gzip, br …) undone."),
    ] = "captured"


class Switch(msgspec.Struct):
    on: bool


class Nothing(msgspec.Struct):
    """No members: the empty object."""


def totals_json(totals: Totals) -> dict[str, Any]:
    return {
        "exchanges": totals.exchanges,
        "open": totals.open,
        "bytes_on_disk": totals.bytes_on_disk,
        "oldest": totals.oldest,
        "newest": totals.newest,
    }


def blueprint(
    captures: Captures,
    lamps: Lamps,
    control: Control,
    marking: Marking,
    version: str,
    *,
    held: Callable[[], dict[str, Any]],
) -> Blueprint:
    """`held` says what waits at breakpoints."""
    api = Blueprint("api", __name__, url_prefix="/api/v1")

    @api.get("/exchanges")
    @says("Rows of the list", tag="Exchanges", scope="read", query=Page, gives=shapes.Rows,
          detail="Oldest first. Older ones come with `before` the first row's id, newer ones with `after` the last one's.",
          example="q=status%3A%3E%3D400&limit=20")  # fmt: skip
    def exchanges(query: Page) -> Response:
        cursor = captures.changes("").cursor
        page = rows_asked(
            captures,
            wanted(query.q),
            query.limit,
            before=ids.parse(query.before),
            after=ids.parse(query.after),
        )
        marks = marking.of(row.id for row in page.rows)
        rows = [row_json(row) | {"mark": marks.get(row.id)} for row in page.rows]
        reached = page.reached.hex() if page.reached else None
        openings = with_more(query, rows, page.rows)
        return jsonify(
            rows=rows, has_older=page.has_older, has_newer=page.has_newer, cursor=cursor,
            reached=reached, searched=page.searched, indexed=page.indexed, openings=openings,
        )  # fmt: skip

    @api.get("/changes")
    @says("What changed since a cursor", tag="Exchanges", scope="read", query=Since, gives=shapes.Changes,
          detail="Asked without a cursor it gives one for now; asked with it, again and again, it tells each exchange as it changes.")  # fmt: skip
    def changes(query: Since) -> Response:
        found = captures.changes(query.cursor, query.limit, wanted(query.q))
        told = changes_json(found)
        openings = with_more(query, told["rows"], found.rows)
        return jsonify(**told, lamp=lamps.read().as_json(), openings=openings, held=held())

    def with_more(query: Page | Since, told: list[dict[str, Any]], rows: Sequence[Row]) -> dict[str, Any]:
        """Where they are asked for: cookies and rules of each row, and the page that it belongs to; what is to be said of these pages."""
        if query.more:
            for one, more in zip(told, more_of(captures, rows), strict=True):
                one.update(more)
        if not query.pages:
            return {}
        pages, openings = pages_of(captures, rows)
        for one, row in zip(told, rows, strict=True):
            one["page"] = pages.get(row.id, "")
        return openings

    @api.app_errorhandler(FilterMistake)
    def mistaken(mistake: FilterMistake) -> Response:
        more = {"start": mistake.start, "end": mistake.end, "suggestions": mistake.suggestions}
        return in_words(
            Refusal(400, "Filter", mistake.sentence, "docs/filter.md has every field.", more=more)
        )

    @api.get("/exchanges/<id>")
    @says("One exchange, whole but for its bodies", tag="Exchanges", scope="read", gives=shapes.Exchange, fails=(404, 410))  # fmt: skip
    def exchange(id: str) -> Response:
        return jsonify(exchange_json(find_exchange(captures, id)))

    @api.get("/exchanges/<id>/server")
    @says("What the app that answered told of its half", tag="Exchanges", scope="read", gives=shapes.Report, fails=(404, 410))  # fmt: skip
    def server(id: str) -> Response:
        report = captures.report(find_exchange(captures, id))
        if report is None:
            raise not_found("No app told anything of this exchange.")
        return jsonify(msgspec.to_builtins(report))

    @api.get("/exchanges/<id>/body/<side>/<half>")
    @says("A body", tag="Exchanges", scope="read", query=Form, gives=Bytes(), fails=(404, 410), path={"side": SIDE, "half": HALF},
          detail="Whatever it claims to be, it comes as bytes to save.")  # fmt: skip
    def body(id: str, side: str, half: str, query: Form) -> Response:
        part = part_asked(find_exchange(captures, id), side, half)
        content = Content.of(captures, part)
        pieces: Iterator[bytes] = content.decoded() if query.form == "decoded" else content.captured()
        return download(pieces, f"{id[:8]}-{half}-{query.form}.bin")

    @api.get("/connections/<id>")
    @says("One connection: addresses, TLS, certificates", tag="Exchanges", scope="read", gives=shapes.Connection, fails=(404, 410))  # fmt: skip
    def connection(id: str) -> Response:
        return jsonify(connection_json(find_connection(captures, id)))

    @api.get("/status")
    @says("The lamp, how much is kept, the version", tag="Inspector", scope="read", gives=shapes.Status)
    def status() -> Response:
        return jsonify(lamp=lamps.read().as_json(), totals=totals_json(captures.totals()), version=version)

    @api.post("/capturing")
    @says("Switch capturing", tag="Inspector", scope="settings", takes=Switch, gives=shapes.LampAnswer, example={"on": False},
          detail="Traffic passes either way.")  # fmt: skip
    def capturing(body: Switch) -> Response:
        return jsonify(lamp=control.capture(body.on).as_json())

    @api.post("/forget")
    @says("Forget everything", tag="Deleting", scope="captures", takes=Nothing, gives=shapes.TotalsAnswer, example={},
          detail="At once, and without a way back. For that, there are removals.")  # fmt: skip
    def forget(body: Nothing) -> Response:
        control.forget_everything()
        return jsonify(totals=totals_json(captures.totals()))

    return api


def wanted(text: str) -> Node:
    """The filter that was asked for; a mistake in it is the caller's."""
    filter = asked_for(text.strip())
    if filter.mistake is not None:
        raise filter.mistake
    return filter.wanted


def download(pieces: Iterator[bytes], name: str) -> Response:
    """Captured bytes for saving, never for showing: whatever they claim to be, a browser only stores them."""
    first = next(pieces, b"")  # now: when it is gone, there is still time to say so
    response = Response(stream_with_context(chain((first,), pieces)), mimetype="application/octet-stream")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
