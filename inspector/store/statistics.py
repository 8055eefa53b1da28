"""Statistics over what fits a filter: the newest exchanges first, span after span, as long as there is patience.

A span that was counted is remembered for a while, so whoever asks again goes on where the last look ended, and a million exchanges are
counted in a few looks of a second. Where rows cannot tell whether they fit, the search finds them.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple

import sqlalchemy as sa

from inspector.filter.tree import Node, is_everything
from inspector.store.access import Access
from inspector.store.finding import Finder, asks_for_marks
from inspector.store.schema import exchange
from inspector.store.spans import Span, spans_of
from inspector.store.tallies import Counted, Tally, step_for, tally
from inspector.store.texts_sql import Clause
from inspector.store.where import NOTHING_MARKED, Marked, clause_for, exact, pushed

CELLS = 240  # stretches of time within one span
BARS = 60  # in all
PATIENCE = 0.6  # seconds
_KEPT = 400  # tallies of spans
_FRESH = 300.0  # seconds
_FOUND = 1_000  # exchanges that a search gives at once
_X = exchange.c
_COLUMNS = (
    _X.started, _X.duration, _X.state, _X.status, _X.host, _X.resource, _X.method, _X.agent, _X.response_size, _X.request_size,
)  # fmt: skip


class Statistics(NamedTuple):
    """What was counted: `looked_at` of `total` exchanges, the newest; those that fit are in the tally. `complete`: that is all."""

    tally: Tally
    looked_at: int
    total: int
    complete: bool


class Counting:
    """Counts the captures of one home. Safe to use from many threads."""

    def __init__(
        self, access: Access, finder: Finder, marks: Callable[[], Marked] = lambda: NOTHING_MARKED
    ) -> None:
        self._access = access
        self._finder = finder
        self._marks = marks
        self._lock = threading.Lock()
        self._known: OrderedDict[tuple[str, Span], tuple[float, Tally]] = OrderedDict()

    def count(self, wanted: Node, name: str, patience: float = PATIENCE, bars: int = BARS) -> Statistics:
        """What fits, counted; `name` is the filter's text, by which spans are remembered. Raises StoreProblem."""
        deadline = time.monotonic() + patience
        if not exact(pushed(wanted)):
            return self._found(wanted, deadline, bars)
        marked = self._marks() if asks_for_marks(wanted) else NOTHING_MARKED
        clause = sa.true() if is_everything(wanted) else clause_for(pushed(wanted), time.time(), marked)
        parts: list[Tally] = []
        looked_at = fresh = 0
        with self._access.reading() as reading:
            spans, total = spans_of(reading, None, None)
            for span in spans:
                known = self._remembered(name, span)
                if known is None and fresh > 1 and time.monotonic() > deadline:
                    return Statistics(_together(parts, bars), looked_at, total, False)
                fresh += (
                    known is None
                )  # the newest span is never remembered: one more at least, or a look would lead nowhere
                parts.append(known or self._counted(reading, name, span, clause))
                looked_at += span.size
        return Statistics(_together(parts, bars), total, total, True)

    def _remembered(self, name: str, span: Span) -> Tally | None:
        with self._lock:
            counted, known = self._known.get((name, span), (0.0, None))
        return known if time.monotonic() - counted < _FRESH else None

    def _counted(self, reading: sa.Connection, name: str, span: Span, clause: Clause) -> Tally:
        cursor = reading.execute(sa.select(*_COLUMNS).where(clause, *span.clauses())).cursor
        assert cursor is not None
        found = tally(cursor.fetchall(), CELLS)  # the driver's own rows: a third quicker
        if span.until is not None and not found.all.kinds[4]:
            with self._lock:
                self._known[name, span] = (time.monotonic(), found)
                while len(self._known) > _KEPT:
                    self._known.popitem(last=False)
        return found

    def _found(self, wanted: Node, deadline: float, bars: int) -> Statistics:
        """By searching, page after page."""
        rows: list[Counted] = []
        before: bytes | None = None
        with self._access.reading() as reading:
            total = spans_of(reading, None, None)[1]
        while True:
            left = deadline - time.monotonic()
            page = self._finder.find(wanted, before=before, limit=_FOUND, patience=max(left, 0.05))
            rows += (
                Counted(
                    row.started, row.duration, row.state, row.status, row.host, row.resource, row.method, row.agent,
                    row.response_size, row.request_size,
                )
                for row in page.rows
            )  # fmt: skip
            before = page.reached or (page.rows[0].id if page.rows else None)
            complete = not page.has_older or before is None
            if complete or time.monotonic() > deadline:
                looked_at = total if complete else self._newer_than(before)
                return Statistics(_together([tally(rows, bars)], bars), looked_at, total, complete)

    def _newer_than(self, id: bytes | None) -> int:
        with self._access.reading() as reading:
            return reading.execute(sa.select(sa.func.count()).where(_X.id >= id)).scalar() or 0


def _together(parts: list[Tally], bars: int) -> Tally:
    """One tally of all, its step long enough for so many bars and no shorter than any part's."""
    filled = [each for each in parts if each.all.count]
    if not filled:
        return Tally(step_for(0, bars))
    ends = [each.first for each in filled if each.first], [each.last for each in filled if each.last]
    length = max(ends[1]) - min(ends[0])
    whole = Tally(max(step_for(length, bars), *(each.step for each in filled)))
    for each in filled:
        whole.add(each)
    return whole
