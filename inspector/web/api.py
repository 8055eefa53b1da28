"""/api/v1: what the pages know, as JSON. The same functions, other words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

import msgspec
from flask import Blueprint, Response, jsonify, request, stream_with_context

from inspector.filter.errors import FilterMistake
from inspector.filter.tree import Node
from inspector.store.captures import Captures, Row, Totals
from inspector.web.control import Control
from inspector.web.detail import connection_json, exchange_json
from inspector.web.errors import Refusal, not_found
from inspector.web.feed import ROWS, changes_json
from inspector.web.filtering import asked
from inspector.web.finding import find_connection, find_exchange, part_asked
from inspector.web.grouping import more_of, pages_of
from inspector.web.lamp import Lamps
from inspector.web.marking import Marking
from inspector.web.present.content import Content
from inspector.web.rows import row_json
from inspector.web.traffic import key_asked, limit_asked, rows_asked


def totals_json(totals: Totals) -> dict[str, Any]:
    return {
        "exchanges": totals.exchanges,
        "open": totals.open,
        "bytes_on_disk": totals.bytes_on_disk,
        "oldest": totals.oldest,
        "newest": totals.newest,
    }


def blueprint(
    captures: Captures, lamps: Lamps, control: Control, marking: Marking, version: str
) -> Blueprint:
    api = Blueprint("api", __name__, url_prefix="/api/v1")

    @api.get("/exchanges")
    def exchanges() -> Response:
        cursor = captures.changes("").cursor
        page = rows_asked(
            captures, wanted(), limit_asked(ROWS), before=key_asked("before"), after=key_asked("after")
        )
        marks = marking.of(row.id for row in page.rows)
        rows = [row_json(row) | {"mark": marks.get(row.id)} for row in page.rows]
        reached = page.reached.hex() if page.reached else None
        openings = with_pages(rows, page.rows)
        with_more(rows, page.rows)
        return jsonify(
            rows=rows, has_older=page.has_older, has_newer=page.has_newer, cursor=cursor,
            reached=reached, searched=page.searched, indexed=page.indexed, openings=openings,
        )  # fmt: skip

    @api.get("/changes")
    def changes() -> Response:
        found = captures.changes(request.args.get("cursor", ""), limit_asked(ROWS), wanted())
        told = changes_json(found)
        openings = with_pages(told["rows"], found.rows)
        with_more(told["rows"], found.rows)
        return jsonify(**told, lamp=lamps.read().as_json(), openings=openings)

    def with_more(told: list[dict[str, Any]], rows: Sequence[Row]) -> None:
        """Where `more=1` asks for it: how many cookies were sent and set, and the rules that changed something."""
        if request.args.get("more") == "1":
            for one, more in zip(told, more_of(captures, rows), strict=True):
                one.update(more)

    def with_pages(told: list[dict[str, Any]], rows: Sequence[Row]) -> dict[str, Any]:
        """Where `pages=1` asks for it: the page that each row belongs to, and what is to be said of these pages."""
        if request.args.get("pages") != "1":
            return {}
        pages, openings = pages_of(captures, rows)
        for one, row in zip(told, rows, strict=True):
            one["page"] = pages.get(row.id, "")
        return openings

    def wanted() -> Node:
        """The filter that was asked for; a mistake in it is the caller's."""
        filter = asked()
        if filter.mistake is not None:
            raise filter.mistake
        return filter.wanted

    @api.errorhandler(FilterMistake)
    def mistaken(mistake: FilterMistake) -> tuple[Response, int]:
        error = {
            "code": "filter", "message": mistake.sentence, "cure": "", "start": mistake.start, "end": mistake.end,
            "suggestions": mistake.suggestions,
        }  # fmt: skip
        return jsonify(error=error), 400

    @api.get("/exchanges/<id>")
    def exchange(id: str) -> Response:
        return jsonify(exchange_json(find_exchange(captures, id)))

    @api.get("/exchanges/<id>/server")
    def server(id: str) -> Response:
        report = captures.report(find_exchange(captures, id))
        if report is None:
            raise not_found("No app told anything of this exchange.")
        return jsonify(msgspec.to_builtins(report))

    @api.get("/exchanges/<id>/body/<side>/<half>")
    def body(id: str, side: str, half: str) -> Response:
        part = part_asked(find_exchange(captures, id), side, half)
        content = Content.of(captures, part)
        form = request.args.get("form", "captured")
        if form not in ("captured", "decoded"):
            raise Refusal(400, "Not understood", "form is captured or decoded.")
        pieces: Iterator[bytes] = content.decoded() if form == "decoded" else content.captured()
        return download(pieces, f"{id[:8]}-{half}-{form}.bin")

    @api.get("/connections/<id>")
    def connection(id: str) -> Response:
        return jsonify(connection_json(find_connection(captures, id)))

    @api.get("/status")
    def status() -> Response:
        return jsonify(lamp=lamps.read().as_json(), totals=totals_json(captures.totals()), version=version)

    @api.post("/capturing")
    def capturing() -> Response:
        asked = request.get_json()
        if not isinstance(asked, dict) or not isinstance(asked.get("on"), bool):
            raise Refusal(400, "Not understood", 'The body is {"on": true} or {"on": false}.')
        return jsonify(lamp=control.capture(asked["on"]).as_json())

    @api.post("/forget")
    def forget() -> Response:
        control.forget_everything()
        return jsonify(totals=totals_json(captures.totals()))

    @api.route("/<path:_>", methods=["GET", "POST"])
    def unknown(_: str) -> Response:
        raise not_found("The API has nothing at this address.")

    return api


def download(pieces: Iterator[bytes], name: str) -> Response:
    """Captured bytes for saving, never for showing: whatever they claim to be, a browser only stores them."""
    first = next(pieces, b"")  # now: when it is gone, there is still time to say so
    response = Response(stream_with_context(chain((first,), pieces)), mimetype="application/octet-stream")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
