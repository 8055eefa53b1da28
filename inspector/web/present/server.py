"""The Server tab: what the app did, in order and on its own time scale, then each part of it by itself."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, replace

from markupsafe import Markup

from inspector.exchange.model import Exchange
from inspector.exchange.report import Function, Query, Raised, Report, Source
from inspector.explain.prose import Prose
from inspector.explain.server_half import SLOW, Repeated, framework, in_database, placed, repeated, short_name
from inspector.explain.story.server import SYSTEMS, in_words
from inspector.explain.words import took
from inspector.secrets.reports import columns_of
from inspector.web.present.highlight import in_colour
from inspector.web.present.sql import in_sql

WIDE = 1000
_MOST_EVENTS = 120
_VARIABLE = re.compile(r"<([^<>]*)>")
_ROLES = {
    "before": "before the view",
    "view": "the view",
    "after": "after the view",
    "teardown": "tidying up",
    "error": "error page",
    "template": "template",
    "query": "query",
}


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch on the app's time scale, in thousandths of it."""

    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened: `kind` is its CSS class, `depth` how many others it happened inside of, `anchor` where more of it stands on the page. A question that
    was asked again and again is one event from its second time on, with a bar for each."""

    kind: str
    role: str
    title: str
    source: Source
    began: float
    took: float | None
    bars: tuple[Bar, ...] = ()
    depth: int = 0
    anchor: str = ""
    failed: bool = False
    times: tuple[tuple[float, float | None], ...] = ()  # of what happened more than once


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a route: as it stands in the rule, and what it stood for, where it is a variable."""

    text: str
    name: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the app's code. `queries` are the numbers of those that it asked, `raised` says that it went wrong here."""

    number: int
    html: Markup
    queries: tuple[int, ...] = ()
    raised: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """One query for the page. `parameters` are (the column or name it is for, the value)."""

    number: int
    query: Query
    html: Markup
    system: str
    parameters: tuple[tuple[str, str], ...]
    slow: bool
    repeat: Repeated | None = None
    others: tuple[Asked, ...] = ()  # the same question with other values


@dataclass(frozen=True, slots=True)
class ServerTab:
    """What the template needs."""

    report: Report
    words: Prose
    who: str
    sure: bool
    events: tuple[Event, ...]
    more_events: int
    database: float
    share: int | None
    route: tuple[Piece, ...]
    view: Function | None
    code: tuple[Line, ...]
    queries: tuple[Asked, ...]
    repeats: tuple[Repeated, ...]
    exception: Raised | None


def server_tab(exchange: Exchange, report: Report) -> ServerTab:
    again = repeated(report.queries)
    spent = in_database(report)
    events = tuple(_events(report, again))
    view = report.view
    return ServerTab(
        report,
        in_words(report),
        framework(report),
        placed(exchange, report).sure,
        events[:_MOST_EVENTS],
        max(len(events) - _MOST_EVENTS, 0),
        spent,
        round(100 * min(spent / report.took, 1)) if report.took and report.queries else None,
        tuple(_pieces(report)),
        view,
        tuple(_code(report, view)) if view is not None else (),
        tuple(_all_asked(report, again)),
        again,
        report.exception,
    )


def _events(report: Report, again: tuple[Repeated, ...]) -> Iterator[Event]:
    """Everything that took time, in the order in which it began, what contains others before these."""
    found = [*_functions(report), *_templates(report), *_queries(report, again), *_others(report)]
    whole = max([report.took or 0.0, *(each.began + (each.took or 0.0) for each in found), 1e-6])
    inside: list[float] = []
    for event in sorted(found, key=lambda each: (each.began, -(each.took or 0.0))):
        while inside and inside[-1] <= event.began:
            inside.pop()
        times = event.times or ((event.began, event.took),)
        bars = tuple(_bar(began / whole, (lasted or 0.0) / whole) for began, lasted in times)
        yield replace(event, bars=bars, depth=min(len(inside), 4))
        if not event.times:
            inside.append(event.began + (event.took or 0.0))


def _bar(x: float, width: float) -> Bar:
    at = min(max(x, 0.0) * WIDE, WIDE - 3.0)
    return Bar(round(at, 2), round(min(max(width * WIDE, 3.0), WIDE - at), 2))


def _functions(report: Report) -> Iterator[Event]:
    for each in report.functions:
        anchor = "server-view" if each.role == "view" else ""
        yield Event(
            each.role,
            _ROLES[each.role],
            short_name(each.name),
            each.source,
            each.began,
            each.took,
            (),
            0,
            anchor,
        )


def _templates(report: Report) -> Iterator[Event]:
    for each in report.templates:
        yield Event(
            "template",
            _ROLES["template"],
            each.name,
            each.source,
            each.began,
            each.took,
            (),
            0,
            "server-templates",
        )


def _queries(report: Report, again: tuple[Repeated, ...]) -> Iterator[Event]:
    folded = {place for each in again for place in each.places[1:]}
    for place, each in enumerate(report.queries):
        if place in folded:
            continue
        said = " ".join(each.statement.split())
        title = said if len(said) <= 90 else f"{said[:89]}…"
        yield Event(
            "query", f"query {place + 1}", title, each.source, each.began, each.took, (), 0,
            f"server-query-{place + 1}", bool(each.error),
        )  # fmt: skip
    for repeat in again:
        times = tuple(
            (report.queries[place].began, report.queries[place].took) for place in repeat.places[1:]
        )
        yield Event(
            "query", "", f"the same {repeat.count - 1} times more", Source(), times[0][0], sum(lasted or 0.0 for _, lasted in times), (), 0,
            f"server-query-{repeat.places[1] + 1}", times=times,
        )  # fmt: skip


def _others(report: Report) -> Iterator[Event]:
    """Spans that are told as nothing else."""
    for each in report.spans:
        told = any(
            name in each.attributes for name in ("db.system", "db.system.name", "jinja2.template_name")
        )
        if not told:
            yield Event(
                "view" if each.kind == "server" else "span", each.kind or "span", each.name,
                Source(each.service), each.began, each.took, (), 0, "", bool(each.error),
            )  # fmt: skip


def _pieces(report: Report) -> Iterator[Piece]:
    route = report.route
    if route is None:
        return
    at = 0
    for found in _VARIABLE.finditer(route.rule):
        if found.start() > at:
            yield Piece(route.rule[at : found.start()])
        name = found[1].rpartition(":")[2]
        yield Piece(found[0], name, route.values.get(name, ""))
        at = found.end()
    if at < len(route.rule):
        yield Piece(route.rule[at:])


def _code(report: Report, view: Function) -> Iterator[Line]:
    """The view's text, each line in colour, with the queries that it asked."""
    source = view.source
    if not source.text:
        return
    asked: dict[int, list[int]] = {}
    for number, query in enumerate(report.queries, 1):
        if query.source.file == source.file:
            asked.setdefault(query.source.line, []).append(number)
    raised = {
        frame.line
        for frame in (report.exception.frames if report.exception else ())
        if frame.file == source.file
    }
    html = str(in_colour(textwrap.dedent(source.text).rstrip("\n"), "python")).rstrip("\n")
    for number, line in enumerate(html.split("\n"), source.line or 1):
        yield Line(number, Markup(line), tuple(asked.get(number, ())), number in raised)  # noqa: S704 (in_colour escaped it)


def _all_asked(report: Report, again: tuple[Repeated, ...]) -> Iterator[Asked]:
    """The queries by their numbers; those that were repeated with their first."""
    first = {each.places[0]: each for each in again}
    folded = {place for each in again for place in each.places[1:]}
    for place, query in enumerate(report.queries):
        if place in folded:
            continue
        repeat = first.get(place)
        asked = _asked(place + 1, query)
        if repeat is None:
            yield asked
            continue
        others = tuple(_asked(other + 1, report.queries[other]) for other in repeat.places[1:])
        yield replace(asked, repeat=repeat, others=others)


def _asked(number: int, query: Query) -> Asked:
    columns = columns_of(query.statement, len(query.parameters))
    parameters = tuple(
        (name or column, value) for (name, value), column in zip(query.parameters, columns, strict=True)
    )
    return Asked(
        number,
        query,
        in_sql(query.statement, query.system),
        SYSTEMS.get(query.system, query.system),
        parameters,
        (query.took or 0.0) >= SLOW,
    )


def short_time(seconds: float | None) -> str:
    """`0.03 ms`, `2.1 ms`, `1.24 s`: with what happens inside an app, hundredths of a millisecond count."""
    if seconds is None or seconds != seconds:  # noqa: PLR0124 (not a number)
        return "?"
    return f"{max(seconds, 0) * 1000:.2f} ms" if seconds < 0.00095 else took(seconds)
