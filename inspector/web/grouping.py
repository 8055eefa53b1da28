"""Rows by the page that they belong to: what the list needs to say “You opened shop.inspector.test: 6 exchanges, 0.24 s”.

The rows of the list don't know it: it stands in the heads. So it is told for the rows of one answer at a time, from their records and those
of the pages that were opened shortly before; a million exchanges cost what two hundred do.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from inspector.explain.openings import Heads, openings
from inspector.filter.parsing import parse
from inspector.store.captures import Captures, Row
from inspector.wire.fields import parse_fields

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


def more_of(captures: Captures, rows: Sequence[Row]) -> list[dict[str, Any]]:
    """What the rows alone don't know: how many cookies were sent and how many set, and the names of rules."""
    heads = captures.heads([row.id for row in rows]) if rows else {}
    return [_more(heads.get(row.id, _NOTHING)) for row in rows]


def _more(heads: Heads) -> dict[str, Any]:
    sent = sum(
        sum(1 for pair in field.value.split(b";") if pair.strip())
        for field in parse_fields(heads.request)
        if field.name.lower() == b"cookie"
    )
    given = sum(1 for field in parse_fields(heads.response) if field.name.lower() == b"set-cookie")
    return {"cookies": [sent, given], "rules": ", ".join(heads.rules)}
