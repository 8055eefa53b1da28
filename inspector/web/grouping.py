"""Rows by the page that they belong to: what the list needs to say “You opened shop.inspector.test: 6 exchanges, 0.24 s”.

The rows of the list don't know it: it stands in the heads. So it is told for the rows of one answer at a time, from their records and those
of the pages that were opened shortly before; a million exchanges cost what two hundred do.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from inspector.explain.openings import OWN, Heads, openings
from inspector.filter.parsing import parse
from inspector.store.captures import Captures, Row

LOOKED_BACK = 100  # pages before the rows
_PATIENCE = 0.2  # seconds
_PAGES = parse("kind:page")
_NOTHING = Heads()


def pages_of(captures: Captures, rows: Sequence[Row]) -> tuple[dict[bytes, str], dict[str, Any]]:
    """The page of each of some rows (its id in digits, `own`, or ''), and what is to be said of those pages."""
    if not rows:
        return {}, {}
    ids = {row.id for row in rows}
    before = captures.find(_PAGES, before=max(ids), limit=LOOKED_BACK, patience=_PATIENCE).rows
    known = {row.id: row for row in (*before, *rows)}
    ordered = [known[id] for id in sorted(known)]
    heads = captures.heads([row.id for row in ordered])
    told = {each.id: each.page for each in openings((row, heads.get(row.id, _NOTHING)) for row in ordered)}
    pages = {id: _digits(told[id]) for id in ids}
    opened = {page for id, page in told.items() if id in ids and isinstance(page, bytes)}
    return pages, {page.hex(): _said(known[page]) for page in opened if page in known}


def _digits(page: bytes | str) -> str:
    return page.hex() if isinstance(page, bytes) else page


def _said(row: Row) -> dict[str, Any]:
    return {
        "scheme": row.scheme,
        "host": row.host,
        "port": row.port,
        "path": row.path,
        "agent": row.agent,
        "started": row.started,
    }


__all__ = ["OWN", "pages_of"]
