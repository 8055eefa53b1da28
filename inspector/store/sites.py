"""What was captured of a site: which hosts there are, and the newest exchanges of one.

The index over exchanges has no order by host, since that would cost the recorder at each. So these look through so many of the newest
exchanges and no further: a look costs the same however much is kept, and pages say how far it went.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from inspector.store.rows import COLUMNS
from inspector.store.schema import engine, exchange

LOOKED_AT = 50_000  # exchanges: 20 ms
_X = exchange.c


class SiteRow(NamedTuple):
    """One host: how many of its exchanges there are among those looked at, how many of them failed, and the newest of them."""

    host: str
    exchanges: int
    failed: int
    newest: bytes
    seen: float


def hosts_in(reading: sa.Connection, limit: int, looked_at: int = LOOKED_AT) -> list[SiteRow]:
    """The hosts among the newest exchanges, the one that was spoken to last first."""
    lately = (
        sa.select(_X.id, _X.host, _X.started, _X.state)
        .where(_X.host != "", _X.kind != "page")
        .order_by(_X.id.desc())
        .limit(looked_at)
        .subquery()
    )
    failed = sa.func.sum(sa.case((lately.c.state == "failed", 1), else_=0))
    last = sa.func.max(lately.c.id)
    query = (
        sa.select(lately.c.host, sa.func.count(), failed, last, sa.func.max(lately.c.started))
        .group_by(lately.c.host)
        .order_by(last.desc())
        .limit(limit)
    )
    return [
        SiteRow(host, int(count), int(broken or 0), newest, float(seen))
        for host, count, broken, newest, seen in reading.execute(query)
    ]


def places_of(
    reading: sa.Connection,
    host: str,
    *,
    below: bool = False,
    before: bytes | None = None,
    after: bytes | None = None,
    limit: int = 100,
    looked_at: int = LOOKED_AT,
) -> Sequence[Sequence[Any]]:
    """Rows of the newest exchanges of a host (or of all names below it too), next to an id; each with its engine and where its record lies."""
    newest_first = after is None
    order = _X.id.desc() if newest_first else _X.id.asc()
    span = (
        sa.true()
        if before is None and after is None
        else _X.id > after
        if after is not None
        else _X.id < before
    )
    lately = sa.select(_X.id, _X.host, _X.kind).where(span).order_by(order).limit(looked_at).subquery()
    named = lately.c.host == host
    if below:
        named = sa.or_(named, lately.c.host.endswith(f".{host}", autoescape=True))
    newest = lately.c.id.desc() if newest_first else lately.c.id.asc()
    ids = sa.select(lately.c.id).where(named, lately.c.kind != "page").order_by(newest).limit(limit)
    found = reading.execute(ids).scalars().all()
    query = (
        sa.select(*COLUMNS, engine.c.id, _X.segment, _X.position, _X.length)
        .select_from(exchange.join(engine, engine.c.number == _X.engine))
        .where(_X.id.in_(found))
        .order_by(order)
    )
    return reading.execute(query).all()
