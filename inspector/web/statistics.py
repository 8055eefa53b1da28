"""Statistics: how many exchanges, how they ended, how much and how long; over time, and by host, kind, status, method and program.

All that is shown is a link to the same page with a narrower filter. Where not all could be counted at once, the page says so and goes on.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple, TypedDict

from flask import Blueprint, Response, jsonify, make_response, render_template, request, url_for

from inspector.filter.editing import exchanged, top_terms
from inspector.filter.written import quoted
from inspector.store.captures import Captures
from inspector.store.statistics import Statistics
from inspector.store.tallies import Group, Tally, largest
from inspector.web.api.asking import Filtered
from inspector.web.api.describing import says
from inspector.web.errors import not_found
from inspector.web.filtering import Asked, SavedFilters, asked, asked_for, reference
from inspector.web.present.palette import INLINE, THEMES
from inspector.web.present.plots import LAYOUTS, PERCENTILES, PLOTS, Cell
from inspector.web.present.scales import written_moment
from inspector.web.words import KINDS, phrase

SHOWN = 12
MOST = 200
BY = {  # as the store has it: word for the table, name in the API, field of the filter
    "host": ("Site", "host", "host"),
    "resource": ("Kind", "kind", "kind"),
    "status": ("Status", "status", "status"),
    "method": ("Method", "method", "method"),
    "agent": ("Program that asked", "program", "from"),
}
_HEADS = ("exchanges", "client_errors", "server_errors", "failed", "received", "sent", "p50", "p90", "p99")


class Line(NamedTuple):
    """One value of what tells exchanges apart. `url` is the page with the filter narrowed to it, '' where no filter says it."""

    words: str
    group: Group
    share: float  # of the largest, from 0 to 1
    url: str

    @property
    def times(self) -> tuple[float | None, ...]:
        return tuple(self.group.percentile(share) for share, _, _ in PERCENTILES)


class Table(NamedTuple):
    """The lines of one kind; `more` values are left out."""

    code: str
    title: str
    lines: tuple[Line, ...]
    rest: tuple[Line, ...]
    more: int


def blueprint(captures: Captures, saved: SavedFilters) -> Blueprint:
    pages = Blueprint("statistics", __name__)

    @pages.get("/traffic/statistics")
    def show() -> Response:
        filter = asked()
        found = captures.statistics(filter.wanted, filter.text)
        cells = cells_of(found.tally, filter.text)
        page = render_template(
            "statistics/statistics.html",
            filter=filter,
            found=found,
            cells=cells,
            plots=[[make(cells, LAYOUTS[name]) for name in ("wide", "narrow")] for make in PLOTS.values()],
            tables=tables(found.tally, filter.text),
            percentiles=[(found.tally.all.percentile(share), words) for share, _, words in PERCENTILES],
            c=INLINE,
            saved=saved.all(),
            reference=reference(),
        )
        return make_response(page)

    @pages.get("/traffic/statistics/<name>.svg")
    def picture(name: str) -> Response:
        """A plot as a file, in the theme that is asked for."""
        if name not in PLOTS:
            raise not_found("There is no such plot.")
        filter = asked()
        found = captures.statistics(filter.wanted, filter.text)
        plot = PLOTS[name](cells_of(found.tally, filter.text), LAYOUTS["file"])
        palette = THEMES.get(request.args.get("theme", "light"), THEMES["light"])
        drawn = render_template(
            "statistics/plot-file.svg", plot=plot, c=palette, scope=_scope(filter, found), alone=True
        )
        response = Response(drawn, mimetype="image/svg+xml")
        if request.args.get("save"):
            response.headers["Content-Disposition"] = f'attachment; filename="{name}-over-time.svg"'
        return response

    @pages.get("/traffic/statistics.csv")
    def table() -> Response:
        filter = asked()
        found = captures.statistics(filter.wanted, filter.text, patience=10.0)
        name = request.args.get("table", "time")
        response = Response(_csv(found.tally, name), mimetype="text/csv")
        response.headers["Content-Disposition"] = f'attachment; filename="statistics-by-{name}.csv"'
        return response

    @pages.get("/api/v1/statistics")
    @says("Numbers of what fits a filter", tag="Exchanges", scope="read", query=Filtered, gives=Numbers,
          detail="Very many are counted newest first, for a moment: `complete` is false then, and asked again it goes on.", example="q=host%3Ashop.inspector.test")  # fmt: skip
    def told(query: Filtered) -> Response:
        filter = asked_for(query.q.strip())
        if filter.mistake is not None:
            raise filter.mistake
        return jsonify(statistics_json(captures.statistics(filter.wanted, filter.text)))

    return pages


def cells_of(tally: Tally, text: str) -> list[Cell]:
    """Every stretch from the first to the last, also those in which nothing happened."""
    if not tally.cells:
        return []
    first, last = min(tally.cells), max(tally.cells)
    numbers = range(first, last + 1) if last - first < 400 else sorted(tally.cells)
    nothing = Group()
    return [
        _cell(number * tally.step, tally.step, tally.cells.get(number, nothing), text) for number in numbers
    ]


def _cell(begin: float, step: float, group: Group, text: str) -> Cell:
    wanted = f"since:{written_moment(begin)} before:{written_moment(begin + step)}"
    return Cell(
        begin,
        step,
        group.count,
        group.kinds[1],
        group.kinds[2],
        group.kinds[3],
        group.received,
        group.sent,
        tuple(group.percentile(share) for share, _, _ in PERCENTILES),
        narrowed(text, ("since", "before"), wanted) if group.count else "",
    )


def narrowed(text: str, fields: Iterable[str], wanted: str) -> str:
    """The page with `wanted` in the filter, in place of what it said of these fields."""
    found = asked_for(text)
    terms = top_terms(found.wanted) if found.filters else ()
    among = {text[term.start : term.end].lower() for term in terms if term.field.name in fields}
    return url_for("statistics.show", q=exchanged("" if found.mistake else text, among, wanted))


def tables(tally: Tally, text: str) -> list[Table]:
    """By host and the rest, the largest first."""
    found = []
    for name, (title, code, field) in BY.items():
        groups = largest(tally.by[name])
        most = groups[0][1].count if groups else 1
        lines = tuple(
            Line(_words(name, value), group, group.count / most, _url(name, value, field, text))
            for value, group in groups[:MOST]
        )
        found.append(Table(code, title, lines[:SHOWN], lines[SHOWN:], max(len(groups) - MOST, 0)))
    return found


def _words(name: str, value: Any) -> str:
    if name == "status":
        special = {-3: "no whole answer", -2: "not over yet", -1: "others", 0: "no status"}
        return special.get(value) or f"{value} {phrase(value)}".strip()
    if name == "resource":
        return KINDS[value][0] if value in KINDS else str(value)
    return str(value) or "not known"


def _url(name: str, value: Any, field: str, text: str) -> str:
    if value in ("", "…", -1, 0):
        return ""
    if name == "status" and value < 0:
        return narrowed(text, ("is",), "is:broken" if value == -3 else "is:open")
    exactly = "=" if name in ("host", "method") else ""
    return narrowed(text, (field,), f"{field}:{exactly}{quoted(str(value))}")


def _scope(filter: Asked, found: Statistics) -> str:
    """What a picture is about, for whoever sees it elsewhere."""
    newest = "" if found.complete else f"the newest {found.looked_at:,} of {found.total:,}; "
    return f"{newest}{filter.meaning or 'All that was captured.'}"


# -- as files


def _row(group: Group) -> list[Any]:
    times = [group.percentile(share) for share, _, _ in PERCENTILES]
    kinds = [group.kinds[kind] for kind in (1, 2, 3)]
    return [group.count, *kinds, group.received, group.sent, *(None if each is None else round(each, 6) for each in times)]  # fmt: skip


def _csv(tally: Tally, name: str) -> Iterator[str]:
    """Seconds and bytes. A text that a spreadsheet would take for a formula is led by an apostrophe."""
    groups = next((tally.by[own] for own, (_, code, _) in BY.items() if code == name), None)
    yield _csv_line(["from" if groups is None else name, *_HEADS])
    if groups is None:
        for number in sorted(tally.cells):
            yield _csv_line([written_moment(number * tally.step), *_row(tally.cells[number])])
        return
    own = next(own for own, (_, code, _) in BY.items() if code == name)
    for value, group in largest(groups):
        words = _words(own, value)
        yield _csv_line([f"'{words}" if words[:1] in "=+-@\t\r" else words, *_row(group)])


def _csv_line(values: list[Any]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(values)
    return line.getvalue()


class Numbers(TypedDict):
    """Of the newest `looked_at` of `of`; over time in stretches of `step` seconds; `by` host, kind, status, method and program."""

    looked_at: int
    of: int
    complete: bool
    first: float | None
    last: float | None
    step: float
    all: dict[str, Any]
    over_time: list[dict[str, Any]]
    by: dict[str, list[dict[str, Any]]]


def statistics_json(found: Statistics) -> dict[str, Any]:
    """Everything; times in seconds, sizes in bytes."""
    tally = found.tally
    return {
        "looked_at": found.looked_at,
        "of": found.total,
        "complete": found.complete,
        "first": tally.first,
        "last": tally.last,
        "step": tally.step,
        "all": dict(zip(_HEADS, _row(tally.all), strict=True)),
        "over_time": [
            {"from": number * tally.step, **dict(zip(_HEADS, _row(tally.cells[number]), strict=True))}
            for number in sorted(tally.cells)
        ],
        "by": {
            code: [
                {code: _words(own, value), **dict(zip(_HEADS, _row(group), strict=True))}
                for value, group in largest(tally.by[own])[:MOST]
            ]
            for own, (_, code, _) in BY.items()
        },
    }
