"""What was captured, as the pages ask for it: lists by key, the feed of changes, one exchange whole.

Every query has a name here, and each is its own short transaction, so that the recorder's log can be written
back. Lists page by id (which begins with the time), never by offset. The feed follows each engine's own
change numbers; see `feed`.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import msgspec
import sqlalchemy as sa

from inspector.exchange.model import (
    Body,
    Ciphertext,
    Connection,
    Exchange,
    Fault,
    Piece,
    Summary,
    decode_ciphertext,
    decode_connection,
    decode_exchange,
)
from inspector.exchange.report import Report
from inspector.exchange.spans import trace_of
from inspector.explain.openings import Heads
from inspector.explain.refusals import History
from inspector.filter.subject import Subject
from inspector.filter.tree import EVERYTHING, Node, is_everything
from inspector.store.access import Access
from inspector.store.database import StoreProblem, captures_folder, index_path
from inspector.store.earlier import earlier_like
from inspector.store.feed import Feed
from inspector.store.finding import Finder, Found, asks_for_marks
from inspector.store.marks import Marks
from inspector.store.reader import ArchiveGone, ArchiveReader
from inspector.store.records import Records
from inspector.store.refused import failure_for, history_of, newest_failures
from inspector.store.removal import Removal, Removals
from inspector.store.reports import Reports
from inspector.store.rows import COLUMNS, Row, row_of
from inspector.store.schema import ciphertext, connection, engine, exchange, segment
from inspector.store.settings import Settings
from inspector.store.sites import SiteRow, hosts_in, places_of
from inspector.store.statistics import PATIENCE, Counting, Statistics
from inspector.store.talk import Side, Talk, talk_of
from inspector.store.timed import Timed, timed
from inspector.store.tree import Branches, Level, Tree
from inspector.store.where import NOTHING_MARKED, clause_for, exact, pushed
from inspector.store.wordbooks import Wordbooks

__all__ = ["ArchiveGone", "Captures", "Changes", "Found", "Page", "Row", "StoreProblem", "Totals"]

log = logging.getLogger(__name__)

T = TypeVar("T")
_NOT_KEPT = "The details could not be kept: the disk was full, or too slow, when this happened."
_UNREADABLE = "The details cannot be read: they were written by another version of Inspector."
_X = exchange.c
_MOST_AT_ONCE = 2_000


class Page(NamedTuple):
    """A part of the list, oldest first."""

    rows: tuple[Row, ...]
    has_older: bool
    has_newer: bool


class Changes(NamedTuple):
    """What changed since a cursor, each exchange once, the latest change last.

    `skipped` changes are not among the rows, because there were too many. `forgotten` says that everything
    was forgotten or made anew since: the list is to be loaded again.
    """

    rows: tuple[Row, ...]
    cursor: str
    skipped: int = 0
    forgotten: bool = False


class Totals(NamedTuple):
    """How much there is. `exchanges` counts the finished ones; `oldest` and `newest` are seconds since the epoch."""

    exchanges: int
    open: int
    bytes_on_disk: int
    oldest: float | None
    newest: float | None


class Captures:
    """The captures of one home. Safe to use from many threads. Methods raise StoreProblem while the index is out of reach."""

    def __init__(self, home: Path, *, network: bool = False) -> None:
        self._home = home
        self._settings = Settings(home)
        self._access = Access(home, network=network, damaged=self._report_damage)
        self._archive = ArchiveReader(captures_folder(home))
        self._feed = Feed(self._access)
        self._reports = Reports(home)
        records = Records(self._archive, self.connection)
        self._marks = Marks(home)
        self._removals = Removals(self._access)
        self._finder = Finder(self._access, records, Wordbooks(captures_folder(home)), self._marks.all)
        self._counting = Counting(self._access, self._finder, self._marks.all)

    def close(self) -> None:
        """Give everything back."""
        self._feed.close()
        self._access.close()
        self._settings.close()
        self._reports.close()
        self._marks.close()

    def warm(self) -> None:
        """Make the first search as quick as the others: read what is known of the words, and have the system fetch the index."""
        self._finder.warm()
        if hasattr(os, "posix_fadvise"):
            with suppress(OSError), index_path(self._home).open("rb") as file:
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_WILLNEED)

    # -- lists

    def page(self, *, before: bytes | None = None, after: bytes | None = None, limit: int = 200) -> Page:
        """Up to `limit` exchanges next to an id, or the newest."""
        if after is not None:
            found = self._rows(_X.id > after, _X.id.asc(), limit + 1)
            rows = tuple(found[:limit])
            return Page(rows, self._exists(_X.id <= after), len(found) > limit)
        older_than = sa.true() if before is None else _X.id < before
        found = self._rows(older_than, _X.id.desc(), limit + 1)
        rows = tuple(reversed(found[:limit]))
        return Page(rows, len(found) > limit, before is not None and self._exists(_X.id >= before))

    def find(
        self,
        wanted: Node,
        *,
        before: bytes | None = None,
        after: bytes | None = None,
        limit: int = 200,
        patience: float = 1.0,
    ) -> Found:
        """Up to `limit` exchanges that fit a filter, next to an id, or the newest; looks for `patience` seconds at most."""
        return self._finder.find(wanted, before=before, after=after, limit=limit, patience=patience)

    def changes(self, cursor: str, limit: int = 200, wanted: Node = EVERYTHING) -> Changes:
        """What changed since `cursor`, which is a former answer's; '' begins now. Costs next to nothing if nothing did.

        With a filter, what fits it now; `skipped` then are changes that were not looked at, since there were too many.
        """
        if is_everything(wanted):
            return Changes(*self._feed.since(cursor, limit))
        now, node = time.time(), pushed(wanted)
        marks = self._marks.all() if asks_for_marks(node) else NOTHING_MARKED
        rows, then, skipped, forgotten = self._feed.since(cursor, limit, clause_for(node, now, marks))
        if not exact(node):
            verdicts = self._finder.verdicts(rows, wanted, now)
            rows = tuple(row for row, fits in zip(rows, verdicts, strict=True) if fits)
        return Changes(rows, then, skipped, forgotten)

    def heads(self, ids: Collection[bytes]) -> dict[bytes, Heads]:
        """What was said in some exchanges: a record is read for each. Those whose record is gone are left out."""
        found: dict[bytes, Heads] = {}
        for row, name, piece in self._placed(ids):
            try:
                said = _decode(decode_exchange, self._archive.record(name, piece))
            except ArchiveGone:
                continue
            subject = Subject(row, said)
            request, response = subject.request, subject.response
            found[row.id] = Heads(
                request.head if request else b"",
                response.head if response else b"",
                tuple(dict.fromkeys(each.rule for each in said.decisions if each.rule)),
            )
        return found

    def _placed(self, ids: Collection[bytes]) -> Iterator[tuple[Row, str, Piece]]:
        own = _X
        query = (
            sa.select(*COLUMNS, engine.c.id, own.segment, own.position, own.length)
            .select_from(exchange.join(engine, engine.c.number == own.engine))
            .where(own.id.in_(list(ids)[:_MOST_AT_ONCE]), own.length > 0)
        )
        with self._access.reading() as reading:
            rows = reading.execute(query).all()
        for each in rows:
            yield row_of((*each[:-4], 0)), *_place_of(each[-4:])

    def neighbours(self, id: bytes) -> tuple[bytes | None, bytes | None]:
        """The ids before and after one in the list."""
        older = sa.select(_X.id).where(_X.id < id).order_by(_X.id.desc()).limit(1)
        newer = sa.select(_X.id).where(_X.id > id).order_by(_X.id.asc()).limit(1)
        with self._access.reading() as reading:
            return reading.execute(older).scalar(), reading.execute(newer).scalar()

    def earlier_like(self, id: bytes) -> bytes | None:
        """The id of the newest exchange before one that asked for the same address in the same way."""
        with self._access.reading() as reading:
            return earlier_like(reading, id)

    def timed(self, ids: Collection[bytes]) -> dict[bytes, Timed]:
        """When the parts of some exchanges happened; those whose record is gone are left out."""
        with self._access.reading() as reading:
            return timed(reading, self._archive, ids)

    def statistics(self, wanted: Node, name: str, patience: float = PATIENCE) -> Statistics:
        """What fits a filter, counted for so many seconds; `name` is the filter's text, by which counting goes on where it ended."""
        return self._counting.count(wanted, name, patience)

    def totals(self) -> Totals:
        """How much there is; counted per segment, so a million exchanges cost no more than ten."""
        with self._access.reading() as reading:
            count, size = reading.execute(
                sa.select(sa.func.sum(segment.c.exchanges), sa.func.sum(segment.c.bytes))
            ).one()
            unfinished = sa.select(sa.func.count()).where(_X.state == sa.literal_column("'open'"))
            still_open = reading.execute(unfinished).scalar() or 0
            ends = [
                reading.execute(sa.select(_X.started).order_by(order).limit(1)).scalar()
                for order in (_X.id.asc(), _X.id.desc())
            ]
        return Totals(int(count or 0), still_open, int(size or 0) + self._index_bytes(), *ends)

    # -- sites

    def sites(self, limit: int = 500) -> tuple[SiteRow, ...]:
        """The hosts among the newest exchanges (`sites.LOOKED_AT` of them), the one that was spoken to last first."""
        with self._access.reading() as reading:
            return tuple(hosts_in(reading, limit))

    def of_host(
        self,
        host: str,
        *,
        below: bool = False,
        before: bytes | None = None,
        after: bytes | None = None,
        limit: int = 100,
    ) -> tuple[Exchange, ...]:
        """Exchanges of a host (with `below`, of all names under it too) whole, oldest first: the newest, or those next to an id.

        Those whose record is gone are left out.
        """
        with self._access.reading() as reading:
            found = places_of(reading, host, below=below, before=before, after=after, limit=limit)
        whole = []
        for each in found:
            row, (name, piece) = row_of((*each[:-4], 0)), _place_of(each[-4:])
            try:
                if piece.length:
                    record = self._archive.record(name, piece)
                    whole.append(_as_listed(_decode(decode_exchange, record), row))
            except ArchiveGone:
                continue
        return tuple(sorted(whole, key=lambda exchange: exchange.id))

    # -- failed handshakes

    def refused(self, limit: int = 500) -> tuple[Row, ...]:
        """Handshakes with clients that failed, the newest first."""
        with self._access.reading() as reading:
            return tuple(newest_failures(reading, limit))

    def failure_for(self, host: str) -> Row | None:
        """The newest handshake with a client that failed for this host."""
        with self._access.reading() as reading:
            return failure_for(reading, host)

    def history(self, failed: Summary) -> History:
        """What the client of a failed handshake did before it."""
        with self._access.reading() as reading:
            return history_of(reading, failed)

    # -- one exchange

    def row(self, id: bytes) -> Row | None:
        """One exchange as the list shows it."""
        found = self._rows(_X.id == id, None, 1)
        return found[0] if found else None

    def exchange(self, id: bytes) -> Exchange | None:
        """One exchange, whole. Raises ArchiveGone if only its row is left."""
        found = self._place(exchange, id, *COLUMNS)
        if found is None:
            return None
        row, (name, piece) = row_of((*found[:-4], 0)), _place_of(found[-4:])
        if not piece.length:
            raise ArchiveGone(_NOT_KEPT)
        return _as_listed(_decode(decode_exchange, self._archive.record(name, piece)), row)

    def report(self, exchange: Exchange) -> Report | None:
        """What the app that answered told of an exchange; None if it told nothing."""
        try:
            return self._reports.of(exchange.id, trace_of(exchange))
        except sa.exc.SQLAlchemyError as error:
            log.warning("the reports cannot be read: %s", error)
            return None

    def connection(self, id: bytes) -> Connection | None:
        """One connection. Raises ArchiveGone if its record was removed."""
        found = self._place(connection, id)
        if found is None:
            return None
        return _decode(decode_connection, self._archive.record(*_place_of(found)))

    def ciphertext(self, id: bytes) -> Ciphertext | None:
        """The first ciphertext of a connection; None if none was kept, or not all of it can be read any more."""
        found = self._place(ciphertext, id)
        if found is None:
            return None
        name, piece = _place_of(found)
        try:
            kept = _decode(decode_ciphertext, self._archive.record(name, piece))
            return kept.of(b"".join(self._archive.body(name, each) for each in kept.pieces))
        except ArchiveGone:
            return None

    def body(self, id: bytes, body: Body) -> Iterator[bytes]:
        """The captured bytes of a body of exchange `id`, piece by piece. Raises ArchiveGone, perhaps half way."""
        if body.inline:
            yield body.inline
        if body.pieces:
            found = self._place(exchange, id)
            if found is None:
                raise ArchiveGone("The exchange is no longer kept.")
            for piece in body.pieces:
                yield self._archive.body(found[0].hex(), piece)

    def talk(self, exchange: Exchange, side: Side) -> Talk:
        """What was said over a captured WebSocket. Raises ArchiveGone if it was removed."""
        return talk_of(exchange, side, self.body)

    # -- forgetting

    def forget_everything(self) -> int:
        """Wish that all that was captured until now be forgotten; engines go on. See `forget` for what it does.

        The recorder carries it out; give the number to `forgotten` to learn whether it has.
        """
        return self._settings.wish_to_forget()

    def forgotten(self, generation: int) -> bool:
        """Whether that wish has been carried out."""
        with self._access.reading() as reading:
            return int(self._access.fact(reading, "forgotten") or 0) >= generation

    # -- as a tree

    def branches(self, wanted: Node, level: Level, under: str = "/", patience: float = 0.4) -> Branches:
        """How many exchanges that fit there are of each host or program, or in each folder of a path; see `tree`."""
        return Tree(self._access, self._finder, self._marks.all).level(wanted, level, under, patience)

    # -- deleting, so that it can be undone (see `removal`)

    def removals(self) -> list[Removal]:
        """What was deleted and can be brought back, in that order."""
        return self._removals.all()

    def remove(self, ids: Collection[bytes]) -> int:
        """Delete some exchanges; how many went. Those still on their way stay."""
        return self._removals.take(self._removals.begin(), ids)

    def remove_fitting(self, wanted: Node, patience: float = 20.0) -> tuple[int, bool]:
        """Delete what fits a filter as of now, for so long; how many went, and whether that was all."""
        deadline = time.monotonic() + patience
        newest = self._rows(sa.true(), _X.id.desc(), 1)
        number, gone = self._removals.begin(), 0
        if not newest or is_everything(wanted):
            return self._removals.take_all(number, newest[0].id, deadline) if newest else (0, True)
        before = None
        while time.monotonic() < deadline:
            page = self.find(wanted, before=before, limit=_MOST_AT_ONCE)
            gone += self._removals.take(number, [row.id for row in page.rows])
            before = page.reached or (page.rows[0].id if page.rows else None)
            if not page.has_older or before is None:
                return gone, True
        return gone, False

    def undo_removal(self, number: int) -> int:
        """Bring back what was deleted; how many exchanges are there again."""
        return self._removals.undo(number)

    def finish_removal(self, number: int) -> None:
        """It shall not be brought back: the recorder overwrites it now."""
        self._removals.finish(number)

    # -- below

    def _rows(self, where: Any, order: Any, limit: int) -> list[Row]:
        query = sa.select(*COLUMNS, _X.engine).where(where).order_by(order).limit(limit)
        with self._access.reading() as reading:
            return [row_of(found) for found in reading.execute(query)]

    def _exists(self, where: Any) -> bool:
        with self._access.reading() as reading:
            return reading.execute(sa.select(_X.id).where(where).limit(1)).first() is not None

    def _place(self, table: sa.Table, id: bytes, *columns: Any) -> Sequence[Any] | None:
        own = table.c
        query = (
            sa.select(*columns, engine.c.id, own.segment, own.position, own.length)
            .select_from(table.join(engine, engine.c.number == own.engine))
            .where(own.id == id)
        )
        with self._access.reading() as reading:
            return reading.execute(query).first()

    def _index_bytes(self) -> int:
        path = index_path(self._home)
        files = (path, path.with_name(path.name + "-wal"))
        return sum(file.stat().st_size for file in files if file.exists())

    def _report_damage(self, birth: str) -> None:
        """Tell the recorder, which alone may set the index aside."""
        self._settings.set("rebuild", birth)


def _place_of(found: Sequence[Any]) -> tuple[str, Piece]:
    name, number, position, length = found
    return name.hex(), Piece(number, position, length)


def _decode(decoder: Callable[[bytes], T], record: bytes) -> T:
    try:
        return decoder(record)
    except msgspec.MsgspecError as error:
        raise ArchiveGone(_UNREADABLE) from error


def _as_listed(found: Exchange, row: Summary) -> Exchange:
    """The record, with what was found out after it was written: that its engine stopped before its end."""
    if found.change >= row.change:
        return found
    error = found.error or Fault(row.fault, "us", "response-head" if found.server_leg else "request-head")
    return msgspec.structs.replace(found, state=row.state, fault=row.fault, change=row.change, error=error)
