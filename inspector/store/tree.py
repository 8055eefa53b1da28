"""The captures as a tree: how many exchanges there are of each host and under each folder of its paths, or of each program.

One level at a time, counted by the database span by span from the newest on and for so long only; so it says of how many it speaks. What
the rows can't tell (a word in a body) is counted from the exchanges that a search finds.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Literal, NamedTuple

import sqlalchemy as sa

from inspector.filter.tree import Node
from inspector.store.access import Access
from inspector.store.finding import Finder
from inspector.store.rows import Row
from inspector.store.schema import exchange
from inspector.store.spans import spans_of
from inspector.store.texts_sql import Clause
from inspector.store.where import Marked, clause_for, exact, pushed

Level = Literal["host", "agent", "folder"]
PATIENCE = 0.4  # seconds
MOST = 500  # branches of one level
_AT_ONCE = 1_000
_X = exchange.c


class Branch(NamedTuple):
    """One name on a level, how many exchanges are under it, and how many of these failed. A folder's name ends with a slash."""

    name: str
    exchanges: int
    failed: int


class Branches(NamedTuple):
    """The branches of a level, the largest first. `searched` is the share of all exchanges that was looked through, `left_out` how many branches were too many."""

    branches: tuple[Branch, ...]
    searched: float
    left_out: int = 0


class Tree:
    """Counts the levels of one home."""

    def __init__(self, access: Access, finder: Finder, marks: Callable[[], Marked]) -> None:
        self._access = access
        self._finder = finder
        self._marks = marks

    def level(self, wanted: Node, level: Level, under: str = "/", patience: float = PATIENCE) -> Branches:
        """What is on a level, among the exchanges that fit. For folders, `under` is the folder that they are in; the filter has to say so, too."""
        deadline = time.monotonic() + patience
        counts: dict[str, list[int]] = {}
        node = pushed(wanted)
        if exact(node):
            searched = self._count(
                counts, clause_for(node, time.time(), self._marks()), level, under, deadline
            )
        else:
            searched = self._find(counts, wanted, level, under, deadline)
        ordered = sorted(counts.items(), key=lambda pair: (-pair[1][0], pair[0]))
        branches = tuple(Branch(name, *count) for name, count in ordered if name)
        return Branches(branches[:MOST], searched, max(0, len(branches) - MOST))

    def _count(
        self, counts: dict[str, list[int]], fits: Clause, level: Level, under: str, deadline: float
    ) -> float:
        name = _name(level, under)
        failed = sa.func.sum(sa.case((sa.or_(_X.state == "failed", _X.status >= 400), 1), else_=0))
        looked = 0
        with self._access.reading() as reading:
            spans, total = spans_of(reading, None, None)
            for span in spans:
                query = sa.select(name, sa.func.count(), failed).where(fits, *span.clauses()).group_by(name)
                for value, count, broken in reading.execute(query):
                    _add(counts, value, int(count), int(broken or 0))
                looked += span.size
                if time.monotonic() > deadline:
                    return min(1.0, looked / total) if total else 1.0
        return 1.0

    def _find(
        self, counts: dict[str, list[int]], wanted: Node, level: Level, under: str, deadline: float
    ) -> float:
        before: bytes | None = None
        while True:
            left = max(0.05, deadline - time.monotonic())
            page = self._finder.find(wanted, before=before, limit=_AT_ONCE, patience=left)
            for row in page.rows:
                _add(counts, name_of(row, level, under), 1, int(row.state == "failed" or row.status >= 400))
            before = page.reached or (page.rows[0].id if page.rows else None)
            if not page.has_older or before is None:
                return 1.0
            if time.monotonic() > deadline:
                return page.searched if page.reached else 0.5


def _add(counts: dict[str, list[int]], name: str, count: int, failed: int) -> None:
    known = counts.setdefault(name or "", [0, 0])
    known[0] += count
    known[1] += failed


def _name(level: Level, under: str) -> sa.ColumnElement[str]:
    if level == "host":
        return _X.host
    if level == "agent":
        return _X.agent
    mark = sa.func.instr(_X.path, "?")
    path = sa.case((mark == 0, _X.path), else_=sa.func.substr(_X.path, 1, mark - 1))
    rest = sa.func.substr(path, len(under) + 1)
    slash = sa.func.instr(rest, "/")
    return sa.case((slash == 0, sa.literal(under).concat(rest)), else_=sa.literal(under).concat(sa.func.substr(rest, 1, slash)))  # fmt: skip


def name_of(row: Row, level: Level, under: str) -> str:
    """The name under which a row is counted."""
    if level == "host":
        return row.host
    if level == "agent":
        return row.agent
    first, slash, _ = row.path.partition("?")[0][len(under) :].partition("/")
    return under + first + slash
