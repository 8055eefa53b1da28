"""Exchanges for a file: those of a list of ids, those that fit a filter, or all, oldest first, read one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from inspector.exchange.mark import NO_MARK, Mark
from inspector.exchange.model import Exchange, Summary
from inspector.export.whole import Whole, whole
from inspector.filter.tree import Node, is_everything
from inspector.store.captures import ArchiveGone, Captures
from inspector.store.marks import Marks

_PAGE = 500
_CONNECTIONS = 512  # that are remembered: the next exchanges are most often on the same
_FIRST = bytes(16)


def chosen(
    captures: Captures,
    marks: Marks | None,
    *,
    wanted: Node | None = None,
    ids: Sequence[bytes] | None = None,
    until: bytes | None = None,
) -> Iterator[Whole]:
    """The exchanges with all that belongs to them. `until` is the last id to look at: without it, what begins meanwhile comes, too."""
    source = _Source(captures)
    for page in _by_id(captures, ids) if ids is not None else _pages(captures, wanted, until):
        known = marks.of(row.id for row in page) if marks is not None else {}
        for row in page:
            yield _read(source, row, known.get(row.id, NO_MARK))


def newest(captures: Captures) -> bytes | None:
    """The id of the newest exchange."""
    rows = captures.page(limit=1).rows
    return rows[-1].id if rows else None


def _by_id(captures: Captures, ids: Iterable[bytes]) -> Iterator[list[Summary]]:
    for id in sorted(set(ids)):
        row = captures.row(id)
        if row is not None:
            yield [row]


def _pages(captures: Captures, wanted: Node | None, until: bytes | None) -> Iterator[list[Summary]]:
    after = _FIRST
    while True:
        if wanted is None or is_everything(wanted):
            page = captures.page(after=after, limit=_PAGE)
            rows, more, reached = page.rows, page.has_newer, None
        else:
            found = captures.find(wanted, after=after, limit=_PAGE, patience=2.0)
            rows, more, reached = found.rows, found.has_newer, found.reached
        yield [row for row in rows if until is None or row.id <= until]
        last = max([reached or after, *(row.id for row in rows[-1:])])
        if not more or last == after or (until is not None and last >= until):
            return
        after = last


class _Source:
    """The captures, and the connections that were asked for last."""

    def __init__(self, captures: Captures) -> None:
        self.exchange = captures.exchange
        self.body = captures.body
        self.connection = lru_cache(_CONNECTIONS)(captures.connection)


def _read(source: _Source, row: Summary, mark: Mark) -> Whole:
    """What is left of it, where its record is gone."""
    try:
        exchange = source.exchange(row.id)
    except ArchiveGone as gone:
        return Whole(remains(row), mark=mark, missing=str(gone))
    if exchange is None:
        return Whole(remains(row), mark=mark, missing="The exchange is no longer kept.")
    return whole(source, exchange, (ArchiveGone,), mark)


def remains(row: Summary) -> Exchange:
    """An exchange of which only its row in the list is left."""
    return Exchange(**{name: getattr(row, name) for name in Summary.__struct_fields__})
