"""The exchange before another with the same address, for comparing the two; among so many of the newest before it."""

from __future__ import annotations

import sqlalchemy as sa

from inspector.store.schema import exchange

LOOKED_AT = 50_000
_X = exchange.c


def earlier_like(reading: sa.Connection, id: bytes, looked_at: int = LOOKED_AT) -> bytes | None:
    """The id of the newest exchange before `id` with its method, scheme, host, port and path."""
    own = reading.execute(
        sa.select(_X.method, _X.scheme, _X.host, _X.port, _X.path).where(_X.id == id)
    ).first()
    if own is None:
        return None
    lately = (
        sa.select(_X.id, _X.method, _X.scheme, _X.host, _X.port, _X.path)
        .where(_X.id < id)
        .order_by(_X.id.desc())
        .limit(looked_at)
        .subquery()
    )
    alike = [lately.c[name] == value for name, value in own._mapping.items()]
    query = sa.select(lately.c.id).where(*alike).order_by(lately.c.id.desc()).limit(1)
    return reading.execute(query).scalar()
