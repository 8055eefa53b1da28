"""The waterfall: what the filter leaves, each exchange's phases on one clock.

The server makes a table of it with a picture in each line, which needs no script; waterfall.js draws it anew where it can be zoomed.
"""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Annotated, Any, NotRequired, TypedDict

import msgspec
from flask import Blueprint, Response, jsonify, render_template, request, url_for
from msgspec import Meta

from inspector.exchange import ids
from inspector.exchange.report import Report
from inspector.store.captures import Captures, Found, Row
from inspector.web.api.asking import MOST, Filter, Ids, Place
from inspector.web.api.describing import says
from inspector.web.errors import not_found
from inspector.web.filtering import SavedFilters, asked, asked_for, reference
from inspector.web.present.palette import THEMES
from inspector.web.present.scales import written_moment
from inspector.web.present.waterfall import Fall, bars, clock_of, fall_json, falls
from inspector.web.traffic import key_asked, limit_asked, page_around, rows_asked

LIMIT = 100
PICTURED = 24
SAVED = 5_000
_PAGE = 500
ReportOf = Callable[[bytes], Report | None]


def blueprint(captures: Captures, saved: SavedFilters, report_of: ReportOf | None = None) -> Blueprint:
    pages = Blueprint("waterfall", __name__)

    def drawn(rows: Sequence[Row]) -> list[Fall]:
        found = captures.timed([row.id for row in rows])
        reports = {row.id: report for row in rows if report_of and (report := report_of(row.id))}
        return falls(rows, found, reports)

    def page_asked(limit: int) -> Found:
        selected = key_asked("selected")
        if selected:
            return page_around(captures, selected, limit, asked().wanted)
        return rows_asked(captures, asked().wanted, limit, before=key_asked("before"), after=key_asked("after"))  # fmt: skip

    @pages.get("/traffic/waterfall")
    def show() -> str:
        cursor = captures.changes("").cursor
        filter, page, now = asked(), page_asked(limit_asked(LIMIT)), time.time()
        found = drawn(page.rows)
        clock = clock_of(found, now)
        text = filter.text or None
        oldest = page.reached.hex() if page.reached else page.rows[0].id.hex() if page.rows else None
        return render_template(
            "waterfall/waterfall.html",
            filter=filter,
            falls=[(fall, bars(fall, clock, 1000, now)) for fall in found],
            clock=clock,
            cursor=cursor,
            searched=page.searched if page.reached else None,
            older_url=url_for("waterfall.show", q=text, before=oldest) if oldest and page.has_older else None,
            newer_url=url_for("waterfall.show", q=text, after=page.rows[-1].id.hex())
            if page.rows and page.has_newer
            else None,
            saved=saved.all(),
            reference=reference(),
        )

    @pages.get("/traffic/waterfall.svg")
    def picture() -> Response:
        """So many exchanges as a file, in the theme that is asked for: those that are named, or the newest that fit."""
        named = [id for text in request.args.get("ids", "").split(",") if (id := ids.parse(text))]
        rows = _named(captures, named[:PICTURED]) if named else page_asked(PICTURED).rows
        if not rows:
            raise not_found("There is nothing to draw.")
        found, now = drawn(rows[-PICTURED:]), time.time()
        clock = clock_of(found, now)
        palette = THEMES.get(request.args.get("theme", "light"), THEMES["light"])
        lines = [(fall, bars(fall, clock, 700, now)) for fall in found]
        scope = asked().meaning or "All that was captured."
        drawing = render_template("waterfall/picture.svg", lines=lines, clock=clock, c=palette, scope=scope)
        response = Response(drawing, mimetype="image/svg+xml")
        if request.args.get("save"):
            response.headers["Content-Disposition"] = 'attachment; filename="waterfall.svg"'
        return response

    @pages.get("/traffic/waterfall.csv")
    def table() -> Response:
        """The newest that fit, one phase a line."""
        found = drawn(_newest(captures, SAVED))
        response = Response(_csv(found), mimetype="text/csv")
        response.headers["Content-Disposition"] = 'attachment; filename="waterfall.csv"'
        return response

    @pages.get("/api/v1/waterfall")
    @says("Rows of the list with their phases", tag="Exchanges", scope="read", query=Falling, gives=Falls,
          detail="In seconds after `started`, and which connection to the site each used as the how manieth.")  # fmt: skip
    def told(query: Falling) -> Response:
        filter = asked_for(query.q.strip())
        if filter.mistake is not None:
            raise filter.mistake
        if "ids" in request.args:
            named = [id for text in request.args["ids"].split(",") if (id := ids.parse(text))]
            return jsonify(rows=[fall_json(fall) for fall in drawn(_named(captures, named[:_PAGE]))])
        page = page_asked(limit_asked(200))
        return jsonify(
            rows=[fall_json(fall) for fall in drawn(page.rows)],
            has_older=page.has_older,
            has_newer=page.has_newer,
            reached=page.reached.hex() if page.reached else None,
            now=time.time(),
        )

    return pages


class Falling(msgspec.Struct):
    """The page of the list, or some exchanges by number."""

    q: Filter = ""
    before: Place = ""
    after: Place = ""
    limit: Annotated[int, Meta(ge=1, le=MOST)] = 200
    ids: Ids = ""


class Falls(TypedDict):
    rows: list[dict[str, Any]]
    has_older: NotRequired[bool]
    has_newer: NotRequired[bool]
    reached: NotRequired[str | None]
    now: NotRequired[float]


def _named(captures: Captures, named: Sequence[bytes]) -> list[Row]:
    return sorted((row for id in named if (row := captures.row(id))), key=lambda row: row.id)


def _newest(captures: Captures, most: int) -> list[Row]:
    """As many as fit, and there was time to find."""
    rows: list[Row] = []
    before = None
    deadline = time.monotonic() + 5
    while len(rows) < most and time.monotonic() < deadline:
        page = rows_asked(captures, asked().wanted, _PAGE, before=before)
        rows[:0] = page.rows
        before = page.reached or (page.rows[0].id if page.rows else None)
        if not page.has_older or before is None:
            break
    return rows[-most:]


def _csv(found: Sequence[Fall]) -> Iterator[str]:
    """Seconds from the exchange's beginning. A text that a spreadsheet would take for a formula is led by an apostrophe."""
    yield _line(["id", "began", "method", "host", "path", "status", "took", "connection", "turn", "phase", "from", "to"])  # fmt: skip
    for fall in found:
        row = fall.row
        own = [row.id.hex(), written_moment(row.started), _plain(row.method), _plain(row.host), _plain(row.path), row.status, row.duration, fall.connection, fall.turn]  # fmt: skip
        for each in fall.stretches:
            end = None if each.end is None else round(each.end - row.started, 6)
            yield _line([*own, each.words, round(each.start - row.started, 6), end])


def _plain(text: str) -> str:
    return f"'{text}" if text[:1] in "=+-@\t\r" and text[:1] else text


def _line(values: list[Any]) -> str:
    made = io.StringIO()
    csv.writer(made).writerow(values)
    return made.getvalue()
