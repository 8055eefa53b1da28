"""Searching the captures: a page of what fits a filter, newest first, through a million in a fraction of a second.

The list is gone through in spans of some twenty thousand exchanges, from the key on. For each span the word index is asked first: if
it says that nothing there can fit, the span costs nothing; if it names exchanges, only those are looked at; what is not indexed yet is
looked at row by row. SQL then tells by the rows, and where rows cannot tell, the record is read and the filter's own matcher decides.
A search that takes longer than its patience stops and says how far it has come, so that it can go on from there.
"""

from __future__ import annotations

import heapq
import time
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import sqlalchemy as sa

from inspector.exchange.model import Body, Connection, Exchange, Piece, decode_exchange
from inspector.filter.matching import matcher
from inspector.filter.subject import Subject
from inspector.filter.tree import Any as AnyOf
from inspector.filter.tree import Node
from inspector.store.access import Access
from inspector.store.reader import ArchiveGone, ArchiveReader
from inspector.store.rows import COLUMNS, Row, row_of
from inspector.store.schema import engine, exchange, segment
from inspector.store.texts_sql import Clause
from inspector.store.where import clause_for, exact, pushed
from inspector.store.wordbooks import Block, Wordbooks, WordsGone
from inspector.store.wordplan import Ask, ask_for

_X = exchange.c
_SPAN = 16_000  # exchanges
_FEW = 3_000  # ids that are asked for one by one; more are taken out of all rows of the span
_CHUNK = 400
_REST = 20_000  # not indexed, so that they are known by id instead of by a condition
_PATIENCE = 1.0

Look = Callable[[bytes], Connection | None]


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


class _Span(NamedTuple):
    """A part of the list: later than `after`, not later than `until`; None is without end."""

    after: bytes | None
    until: bytes | None
    size: int

    def clauses(self) -> Iterator[Clause]:
        if self.after is not None:
            yield _X.id > self.after
        if self.until is not None:
            yield _X.id <= self.until

    def holds(self, id: bytes) -> bool:
        return (self.after is None or id > self.after) and (self.until is None or id <= self.until)

    def meets(self, block: Block) -> bool:
        first, last = block.directory.first_id, block.directory.last_id
        return (self.after is None or last > self.after) and (self.until is None or first <= self.until)


class _Placed(NamedTuple):
    """A row that may fit, and where its record lies. `decided`: it does."""

    row: Row
    engine: str
    piece: Piece
    decided: bool


class _Branch(NamedTuple):
    """A filter, or one side of an OR: what the rows have to meet, whether that decides, and what to ask the word index."""

    clause: Clause
    decided: bool
    ask: Ask


class _Rest(NamedTuple):
    """What is not indexed: known by ids, or, if that is too many, by a condition."""

    ids: list[bytes]
    clause: Clause | None


class Finder:
    """Searches the captures of one home. Safe to use from many threads."""

    def __init__(self, access: Access, archive: ArchiveReader, books: Wordbooks, connection: Look) -> None:
        self._access = access
        self._archive = archive
        self._books = books
        self._connection = connection

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
        with self._access.reading() as reading:
            while True:
                try:
                    search = _Search(self, reading, wanted, time.time() if now is None else now)
                    return search.page(before, after, limit, deadline)
                except WordsGone as gone:
                    self._books.without(gone)

    def verdicts(self, rows: Iterable[Row], wanted: Node, now: float) -> Iterator[bool]:
        """The matcher's verdict on each of some rows, their records read. Raises StoreProblem."""
        with self._access.reading() as reading:
            search = _Search(self, reading, wanted, now, blocks=[])
            for row in rows:
                yield any(search.verify(placed) for placed in search.rows([_X.id == row.id], None, 1))

    # -- for one exchange

    def subject(self, placed: _Placed) -> Subject:
        """What the matcher looks at; without heads and bodies if they are gone."""
        exchange = self._record(placed)
        return Subject(
            placed.row, exchange, read=lambda body: self._read(placed.engine, body), connection=self._look
        )

    def _record(self, placed: _Placed) -> Exchange | None:
        if not placed.piece.length:
            return None
        try:
            return decode_exchange(self._archive.record(placed.engine, placed.piece))
        except (ArchiveGone, ValueError):
            return None

    def _read(self, name: str, body: Body) -> Iterable[bytes]:
        if body.inline:
            yield body.inline
        for piece in body.pieces:
            try:
                yield self._archive.body(name, piece)
            except ArchiveGone:
                return

    def _look(self, id: bytes) -> Connection | None:
        try:
            return self._connection(id)
        except ArchiveGone:
            return None

    def blocks(self) -> list[Block]:
        """The word index as it is now."""
        return self._books.blocks()


class _Search:
    """One search: its plan, and what it has found out about the store."""

    def __init__(
        self,
        finder: Finder,
        reading: sa.Connection,
        wanted: Node,
        now: float,
        blocks: list[Block] | None = None,
    ) -> None:
        node = pushed(wanted)
        self._finder = finder
        self._reading = reading
        self.matches = matcher(wanted, now)
        sides = node.parts if isinstance(node, AnyOf) and not exact(node) else (node,)
        self._branches = [_Branch(clause_for(each, now), exact(each), ask_for(each, now)) for each in sides]
        self._blocks = finder.blocks() if blocks is None else blocks
        self._answers: dict[tuple[int, int], list[bytes]] = {}
        known = reading.execute(sa.select(engine.c.number, engine.c.id)).all()
        self._engines: dict[int, bytes] = {row.number: row.id for row in known}

    # -- the page

    def page(self, before: bytes | None, after: bytes | None, limit: int, deadline: float) -> Found:
        newest_first = after is None
        spans, total = self._spans(before, after)
        rest = self._rest()
        found: list[Row] = []
        reached: bytes | None = None
        searched = 0
        for span in spans:
            for placed, fits in self._span(
                span, rest, newest_first=newest_first, most=limit + 1 - len(found)
            ):
                if fits:
                    found.append(placed.row)
                reached = placed.row.id
                if len(found) > limit or time.monotonic() > deadline:
                    break
            else:
                searched += span.size
                reached = _next(span.after, 1) if newest_first else span.until
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

    # -- what there is

    def _spans(self, before: bytes | None, after: bytes | None) -> tuple[list[_Span], int]:
        """The list cut at the ends of its segments, in the order in which it is gone through; and how many there are in all."""
        own = segment.c
        ends = self._reading.execute(
            sa.select(own.last, own.exchanges).where(own.last.is_not(None)).order_by(own.last)
        ).all()
        total = sum(count for _, count in ends)
        cuts: list[_Span] = []
        begin, size = None, 0
        for last, count in ends:
            size += count
            if size >= _SPAN:
                cuts.append(_Span(begin, last, size))
                begin, size = last, 0
        cuts.append(_Span(begin, None, size))
        if after is not None:
            kept = [each for each in cuts if each.until is None or each.until > after]
            return [each._replace(after=max(each.after or b"", after)) for each in kept], total
        if before is not None:
            last_before = _next(before, -1) or b""
            cuts = [each for each in cuts if each.after is None or each.after < last_before]
            cuts = [each._replace(until=min(each.until or last_before, last_before)) for each in cuts]
        return cuts[::-1], total

    def _rest(self) -> _Rest:
        """What no block is about: changes of an engine that lie in none of its blocks' spans."""
        known: dict[bytes, list[tuple[int, int]]] = {}
        for block in self._blocks:
            known.setdefault(block.engine, []).append(
                (block.directory.first_change, block.directory.last_change)
            )
        gaps: list[tuple[int, int, int]] = []
        for number, id in self._engines.items():
            gaps += ((number, *gap) for gap in _gaps(known.get(id, [])))
        if not gaps:
            return _Rest([], None)
        ids: list[bytes] = []
        for number, low, high in gaps:
            between = sa.and_(_X.engine == number, _X.change > low, _X.change < high)
            ids += self._reading.execute(
                sa.select(_X.id).where(between).limit(_REST + 1 - len(ids))
            ).scalars()
            if len(ids) > _REST:
                break
        else:
            return _Rest(sorted(ids), None)
        clause = sa.or_(
            *(sa.and_(_X.engine == number, _X.change > low, _X.change < high) for number, low, high in gaps)
        )
        return _Rest([], clause)

    # -- one span

    def _span(
        self, span: _Span, rest: _Rest, *, newest_first: bool, most: int
    ) -> Iterator[tuple[_Placed, bool]]:
        """Rows that may fit, in order, each with the verdict. Of those that the rows decide no more than `most` are asked for."""
        streams = [
            self._candidates(number, span, rest, newest_first=newest_first, most=most)
            for number in range(len(self._branches))
        ]
        merged = streams[0] if len(streams) == 1 else heapq.merge(*streams, key=_id_of, reverse=newest_first)
        last = None
        for placed in merged:
            if placed.row.id != last:
                last = placed.row.id
                yield placed, placed.decided or self.verify(placed)

    def verify(self, placed: _Placed) -> bool:
        """The matcher's verdict, the record read."""
        return self.matches(self._finder.subject(placed))

    def _candidates(
        self, number: int, span: _Span, rest: _Rest, *, newest_first: bool, most: int
    ) -> Iterator[_Placed]:
        """What may fit a branch, in order."""
        branch = self._branches[number]
        blocks = [(at, block) for at, block in enumerate(self._blocks) if span.meets(block)]
        where = [branch.clause, *span.clauses()]
        ids = set(_within(rest.ids, span))
        if branch.decided:
            if rest.clause is not None or any(branch.ask(block).may for _, block in blocks):
                yield from self.rows(where, newest_first, most, decided=True)
                return
        else:
            for at, block in blocks:
                ids.update(_within(self._answer(number, at, block), span))
            if rest.clause is not None:
                ids.update(self._reading.execute(sa.select(_X.id).where(rest.clause, *where)).scalars())
        if len(ids) > _FEW:
            rows = self.rows(where, newest_first, None, decided=branch.decided)
            yield from (placed for placed in rows if placed.row.id in ids)
            return
        ordered = sorted(ids, reverse=newest_first)
        for at in range(0, len(ordered), _CHUNK):
            among = _X.id.in_(ordered[at : at + _CHUNK])
            yield from self.rows([branch.clause, among], newest_first, None, decided=branch.decided)

    def _answer(self, number: int, at: int, block: Block) -> list[bytes]:
        """The ids that a block names for a branch, in order; asked once in a search."""
        key = (number, at)
        if key not in self._answers:
            may = self._branches[number].ask(block).may
            ids = block.ids() if may else []
            self._answers[key] = sorted(ids[document] for document in _documents(may))
        return self._answers[key]

    def rows(
        self, where: list[Clause], newest_first: bool | None, limit: int | None, *, decided: bool = False
    ) -> Iterator[_Placed]:
        """Rows in the order of their ids, with where their records lie."""
        query = sa.select(*COLUMNS, _X.engine, _X.segment, _X.position, _X.length).where(*where).limit(limit)
        if newest_first is not None:
            query = query.order_by(_X.id.desc() if newest_first else _X.id.asc())
        with self._reading.execution_options(yield_per=200).execute(query) as found:
            for values in found:
                row = row_of(values[:-3])
                yield _Placed(row, self._engines.get(row.engine, b"").hex(), Piece(*values[-3:]), decided)


def _id_of(placed: _Placed) -> bytes:
    return placed.row.id


def _within(ids: list[bytes], span: _Span) -> list[bytes]:
    """The part of sorted ids that lies in a span."""
    begin = bisect_right(ids, span.after) if span.after is not None else 0
    end = bisect_right(ids, span.until) if span.until is not None else len(ids)
    return ids[begin:end]


def _gaps(spans: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """What lies between spans of whole numbers from 1 on, as ends that are not in it; the last has no end."""
    at = 0
    for first, last in sorted(spans):
        if first > at + 1:
            yield at, first
        at = max(at, last)
    yield at, 2**62


def _documents(bits: int) -> Iterator[int]:
    """The numbers of the bits that are set."""
    while bits:
        low = bits & -bits
        yield low.bit_length() - 1
        bits ^= low


def _next(id: bytes | None, step: int) -> bytes | None:
    """The id just after another, or just before it."""
    if id is None:
        return None
    return min(max(int.from_bytes(id, "big") + step, 0), 2**128 - 1).to_bytes(16, "big")
