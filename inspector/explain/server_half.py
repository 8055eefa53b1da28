"""What can be said of a report: where it lies in the time of its exchange, what the database took of it, which questions were asked again and again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from inspector.exchange.model import Exchange
from inspector.exchange.report import Query, Report

REPEATED = 3  # times from which on a question counts as asked again and again
SLOW = 0.1  # seconds of one query
_SLACK = 0.02
_LITERAL = re.compile(r"'(?:[^']|'')*'|\b\d+(?:\.\d+)?\b")
_SPACE = re.compile(r"\s+")
_LISTS = re.compile(r"\(\s*(?:\?|%s|\$\d+|:\w+)(?:\s*,\s*(?:\?|%s|\$\d+|:\w+))+\s*\)")


@dataclass(frozen=True, slots=True)
class Placed:
    """Where the app's work lies, in seconds after the exchange began. `sure` is False where the app's clock is another one, and it was put where it must have been."""

    start: float
    end: float
    sure: bool


def placed(exchange: Exchange, report: Report) -> Placed:
    """Where in the exchange the app was at work."""
    line = exchange.timeline
    took = max(report.took or 0.0, 0.0)
    first = line.send_start if line.send_start is not None else 0.0
    last = line.response_end if line.response_end is not None else exchange.duration
    start = report.started - exchange.started
    if first - _SLACK <= start and (last is None or start <= last + _SLACK):
        start = max(start, first)
        return Placed(start, start + took, sure=True)
    sent = line.send_end if line.send_end is not None else first
    room = (line.response_start - sent - took) if line.response_start is not None else 0.0
    start = sent + max(room, 0.0) / 2
    return Placed(start, start + took, sure=False)


def in_database(report: Report) -> float:
    """How long databases were at it, in seconds; what overlaps counts once."""
    total, until = 0.0, 0.0
    for query in sorted(report.queries, key=lambda each: each.began):
        begin, end = max(query.began, until), query.began + max(query.took or 0.0, 0.0)
        if end > begin:
            total += end - begin
            until = end
    return total


@dataclass(frozen=True, slots=True)
class Repeated:
    """One question that was asked again and again with other values: `places` among the report's queries, and how long all of them took.

    `before` is the query whose rows they seem to follow from, by their number; None if there is none.
    """

    statement: str
    places: tuple[int, ...]
    took: float
    before: int | None = None

    @property
    def count(self) -> int:
        return len(self.places)


def repeated(queries: Sequence[Query]) -> tuple[Repeated, ...]:
    """The questions that were asked at least `REPEATED` times, most often first (N+1: one for the list, and then one for each of its N entries)."""
    places: dict[tuple[str, str], list[int]] = {}
    for place, query in enumerate(queries):
        places.setdefault((query.system, shape(query.statement)), []).append(place)
    found = [
        Repeated(
            queries[at[0]].statement,
            tuple(at),
            sum(queries[each].took or 0.0 for each in at),
            _before(queries, at),
        )
        for (_, said), at in places.items()
        if len(at) >= REPEATED and said
    ]
    return tuple(sorted(found, key=lambda each: -each.count))


def shape(statement: str) -> str:
    """A statement without its values: two of one shape ask the same of other things."""
    said = _SPACE.sub(" ", statement).strip()
    return _LISTS.sub("(…)", _LITERAL.sub("?", said))


def _before(queries: Sequence[Query], at: Sequence[int]) -> int | None:
    for place in range(at[0] - 1, -1, -1):
        rows = queries[place].rows
        if rows is not None and rows >= REPEATED and abs(rows - len(at)) <= 1:
            return place
    return None


def framework(report: Report) -> str:
    """What answered, in a few words: `Flask 3.1.3, Python 3.12.4`."""
    return ", ".join(part for part in (report.framework, report.language) if part)


def short_name(name: str) -> str:
    """A function's last name: `login` of `flaskr.auth.login`."""
    return name.rpartition(".")[2] or name
