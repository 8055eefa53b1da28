"""Searching the captures: a page of what fits a filter, newest first, through a million in a fraction of a second.

The list is gone through in spans of some sixteen thousand exchanges, from the key on. For each span the word index is asked first: if
it says that nothing there can fit, the span costs nothing; if it names exchanges, only those are looked at; what is not indexed yet is
looked at row by row. SQL then tells by the rows, and where rows cannot tell, the record is read and the filter's own matcher decides.
A search that takes longer than its patience stops and says how far it has come, so that it can go on from there.
"""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, suppress
from operator import attrgetter
from typing import NamedTuple

import sqlalchemy as sa

from inspector.exchange.mark import NO_MARK
from inspector.exchange.model import Piece
from inspector.filter.errors import FilterMistake
from inspector.filter.fields import Source
from inspector.filter.matching import matcher
from inspector.filter.parsing import parse
from inspector.filter.tree import Any as AnyOf
from inspector.filter.tree import Node, terms
from inspector.store.access import Access
from inspector.store.records import Placed, Records
from inspector.store.rows import COLUMNS, Row, row_of
from inspector.store.schema import engine, exchange
from inspector.store.spans import Span, spans_of, step
from inspector.store.texts_sql import Clause
from inspector.store.unindexed import Rest, rest_of
from inspector.store.where import NOTHING_MARKED, Marked, clause_for, exact, pushed
from inspector.store.wordbooks import Block, Wordbooks, WordsGone
from inspector.store.wordplan import Ask, ask_for
from inspector.store.wordreader import WordReader

_X = exchange.c
_FEW = 3_000  # ids that are asked for one by one; more are taken out of all rows of the span
_CHUNK = 400
_PATIENCE = 1.0


class Found(NamedTuple):
    """A page of what fits, oldest first. `reached` is the id up to which was looked, if there was no time for more.

    `searched` is the share of all exchanges that was looked through, `indexed` the share whose words are known.
    """

    rows: tuple[Row, ...]
    has_older: bool
    has_newer: bool
    reached: bytes | None = None
    searched: float = 1.0
    indexed: float = 1.0


class Finder:
    """Searches the captures of one home. Safe to use from many threads."""

    def __init__(
        self,
        access: Access,
        records: Records,
        books: Wordbooks,
        marks: Callable[[], Marked] = lambda: NOTHING_MARKED,
    ) -> None:
        self._access = access
        self._records = records
        self._books = books
        self._marks = marks

    def find(
        self,
        wanted: Node,
        *,
        before: bytes | None = None,
        after: bytes | None = None,
        limit: int = 200,
        patience: float = _PATIENCE,
        now: float | None = None,
    ) -> Found:
        """Up to `limit` exchanges that fit, next to an id, or the newest. Raises StoreProblem."""
        deadline = time.monotonic() + patience
        plan = self._plan(wanted, time.time() if now is None else now)
        with self._access.reading() as reading:
            while True:
                try:
                    with closing(WordReader(self._books.verified)) as words:
                        search = _Search(plan, self._records, reading, words, self._books.blocks())
                        return search.page(before, after, limit, deadline)
                except WordsGone as gone:
                    self._books.without(gone)

    def warm(self) -> None:
        """Read the word index's directories and make the language's parser, as every search needs them."""
        with suppress(FilterMistake):
            parse("host:shop.test OR stock")
        self._books.blocks()

    def _plan(self, wanted: Node, now: float) -> _Plan:
        return _Plan(wanted, now, self._marks() if asks_for_marks(wanted) else NOTHING_MARKED)

    def verdicts(self, rows: Iterable[Row], wanted: Node, now: float) -> Iterator[bool]:
        """The matcher's verdict on each of some rows, their records read. Raises StoreProblem."""
        plan = self._plan(wanted, now)
        with self._access.reading() as reading, closing(WordReader(set())) as words:
            search = _Search(plan, self._records, reading, words, [])
            for row in rows:
                yield any(
                    search.verify(placed) for placed in search.rows([_X.id == row.id], newest_first=True)
                )


def asks_for_marks(wanted: Node) -> bool:
    """Whether what people added matters to the filter."""
    return any(term.field.source is Source.MARK for term in terms(wanted))


class _Branch(NamedTuple):
    """A filter, or one side of an OR: what the rows have to meet, whether that decides, and what to ask the word index."""

    clause: Clause
    decided: bool
    ask: Ask


class _Plan:
    """How a filter is looked for."""

    def __init__(self, wanted: Node, now: float, marks: Marked) -> None:
        node = pushed(wanted)
        sides = node.parts if isinstance(node, AnyOf) and not exact(node) else (node,)
        self.marks = marks
        self.matches = matcher(wanted, now)
        self.branches = [
            _Branch(clause_for(each, now, marks), exact(each), ask_for(each, now, marks)) for each in sides
        ]


class _Search:
    """One search: its plan, and what it has found out about the store."""

    def __init__(
        self, plan: _Plan, records: Records, reading: sa.Connection, words: WordReader, blocks: list[Block]
    ) -> None:
        self._plan = plan
        self._records = records
        self._reading = reading
        self._words = words
        self._blocks = blocks
        self._answers: dict[tuple[int, int], list[bytes]] = {}
        known = reading.execute(sa.select(engine.c.number, engine.c.id)).all()
        self._engines: dict[int, bytes] = {row.number: row.id for row in known}

    # -- the page

    def page(self, before: bytes | None, after: bytes | None, limit: int, deadline: float) -> Found:
        """Go from span to span until there is enough, or no time, or nothing left."""
        newest_first = after is None
        spans, total = spans_of(self._reading, before, after)
        rest = rest_of(self._reading, self._blocks, self._engines)
        found: list[Row] = []
        reached: bytes | None = None
        searched = 0
        for span in spans:
            most = limit + 1 - len(found)
            for placed in self._span(span, rest, newest_first=newest_first, most=most):
                if placed.decided or self.verify(placed):
                    found.append(placed.row)
                reached = placed.row.id
                if len(found) > limit or time.monotonic() > deadline:
                    break
            else:
                searched += span.size
                end = span.after if newest_first else span.until
                reached = step(end, 1) if end is not None and newest_first else end
                if reached is not None and time.monotonic() <= deadline:
                    continue
            break
        more = len(found) > limit or reached is not None
        rows = tuple(found[:limit])
        stopped = reached if len(found) <= limit else None
        told = (stopped, searched / total if total and stopped else 1.0, self._indexed(total))
        if newest_first:
            return Found(rows[::-1], more, before is not None, *told)
        assert after is not None
        return Found(rows, self._has_older(after), more, *told)

    def _indexed(self, total: int) -> float:
        """Which share of the exchanges the word index knows."""
        return min(1.0, sum(block.live.bit_count() for block in self._blocks) / total) if total else 1.0

    def _has_older(self, after: bytes) -> bool:
        return self._reading.execute(sa.select(_X.id).where(_X.id <= after).limit(1)).first() is not None

    def verify(self, placed: Placed) -> bool:
        """The matcher's verdict, the record read."""
        mark = self._plan.marks.get(placed.row.id, NO_MARK)
        return self._plan.matches(self._records.subject(placed, mark))

    # -- one span

    def _span(self, span: Span, rest: Rest, *, newest_first: bool, most: int) -> Iterator[Placed]:
        """Rows that may fit, each once, in order. Where the rows decide, no more than `most` are asked for."""
        streams = [
            self._candidates(number, span, rest, newest_first=newest_first, most=most)
            for number in range(len(self._plan.branches))
        ]
        key = attrgetter("row.id")
        merged = streams[0] if len(streams) == 1 else heapq.merge(*streams, key=key, reverse=newest_first)
        last = None
        for placed in merged:
            if placed.row.id != last:
                last = placed.row.id
                yield placed

    def _candidates(
        self, number: int, span: Span, rest: Rest, *, newest_first: bool, most: int
    ) -> Iterator[Placed]:
        """What may fit a branch, in order."""
        branch = self._plan.branches[number]
        blocks = [(at, block) for at, block in enumerate(self._blocks) if span.meets(block)]
        where = [branch.clause, *span.clauses()]
        ids = set(span.within(rest.ids))
        if branch.decided:
            if rest.clause is not None or any(branch.ask(self._words, block).may for _, block in blocks):
                yield from self.rows(where, newest_first=newest_first, limit=most, decided=True)
                return
        else:
            for at, block in blocks:
                ids.update(span.within(self._answer(number, at, block)))
            if rest.clause is not None:
                ids.update(self._reading.execute(sa.select(_X.id).where(rest.clause, *where)).scalars())
        if len(ids) > _FEW:
            rows = self.rows(where, newest_first=newest_first, decided=branch.decided)
            yield from (placed for placed in rows if placed.row.id in ids)
            return
        ordered = sorted(ids, reverse=newest_first)
        for at in range(0, len(ordered), _CHUNK):
            among = [branch.clause, _X.id.in_(ordered[at : at + _CHUNK])]
            yield from self.rows(among, newest_first=newest_first, decided=branch.decided)

    def _answer(self, number: int, at: int, block: Block) -> list[bytes]:
        """The ids that a block names for a branch, in order; asked once in a search."""
        key = (number, at)
        if key not in self._answers:
            may = self._plan.branches[number].ask(self._words, block).may
            ids = self._words.ids(block) if may else []
            self._answers[key] = sorted(ids[document] for document in _documents(may))
        return self._answers[key]

    def rows(
        self, where: list[Clause], *, newest_first: bool, limit: int | None = None, decided: bool = False
    ) -> Iterator[Placed]:
        """Rows in the order of their ids, with where their records lie."""
        query = (
            sa.select(*COLUMNS, _X.engine, _X.segment, _X.position, _X.length)
            .where(*where)
            .order_by(_X.id.desc() if newest_first else _X.id.asc())
            .limit(limit)
        )
        with self._reading.execution_options(yield_per=200).execute(query) as found:
            for values in found:
                row = row_of(values[:-3])
                yield Placed(row, self._engines.get(row.engine, b"").hex(), Piece(*values[-3:]), decided)


def _documents(bits: int) -> Iterator[int]:
    """The numbers of the bits that are set."""
    while bits:
        low = bits & -bits
        yield low.bit_length() - 1
        bits ^= low
