"""Failed handshakes with clients, and what such a client did before.

A client is a program's name and a computer's address: ports differ from connection to connection. Handshakes that failed have an index of their own
(there are few of them); what worked is looked for among the newest exchanges only, so a look costs the same however much is kept.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from inspector.exchange.model import Summary
from inspector.exchange.own_names import ALONE, PROBE
from inspector.explain.refusals import History
from inspector.store.rows import COLUMNS, Row, row_of
from inspector.store.schema import exchange

LOOKED_AT = 20_000  # newest exchanges, in which what a client did before is looked for: 35 ms
AN_HOUR = 3600.0
_X = exchange.c
_TLS = _X.kind == sa.literal_column("'tls'")  # written out, so that the index over these rows serves
_NO_PROBE = sa.and_(
    ~_X.host.endswith(f".{PROBE}", autoescape=True), ~_X.host.endswith(f".{ALONE}", autoescape=True)
)
_AT_THE_DOOR = ("not-http", "tls-client-certificate-wanted")


def newest_failures(reading: sa.Connection, limit: int) -> list[Row]:
    """Handshakes that failed, the newest first, but for those by which a browser is asked whom it believes; with TLS at the proxy's own
    door, and requests for client certificates, of late."""
    handshakes = (
        sa.select(*COLUMNS, _X.engine)
        .where(_TLS, _NO_PROBE, _X.fault != "")
        .order_by(_X.id.desc())
        .limit(limit)
    )
    found = [row_of(row) for row in reading.execute(handshakes)]
    oldest = _oldest_looked_at(reading)
    if oldest is not None:
        others = (
            sa.select(*COLUMNS, _X.engine)
            .where(_X.id >= oldest, _X.fault.in_(_AT_THE_DOOR))
            .order_by(_X.id.desc())
            .limit(limit)
        )
        found += [row_of(row) for row in reading.execute(others)]
    return sorted(found, key=lambda row: row.id, reverse=True)[:limit]


def failure_for(reading: sa.Connection, host: str) -> Row | None:
    """The newest failed handshake for a host."""
    return _last(reading, _TLS, _X.host == host)


def history_of(reading: sa.Connection, failed: Summary) -> History:
    """What the client of this failed handshake did before it."""
    address = failed.client.rpartition(":")[0]
    if not address:
        return History()
    same = (_X.client.startswith(f"{address}:", autoescape=True), _X.agent == failed.agent)
    trusted = here = None
    oldest = _oldest_looked_at(reading)
    if failed.agent and oldest is not None:
        worked = (*same, _X.id >= oldest, _X.id < failed.id, _X.protection == "decrypted", _X.kind != "tls")
        trusted = _last(reading, *worked)
        here = _last(reading, *worked, _X.host == failed.host) if trusted is not None else None
    since = (_X.id > here.id,) if here is not None else ()
    refused = sa.select(sa.func.count()).where(
        _TLS, *same, *since, _X.host == failed.host, _X.id <= failed.id, _X.fault != ""
    )
    lately = (_X.started >= failed.started - AN_HOUR, _X.id <= failed.id)
    elsewhere = sa.select(sa.func.count(_X.host.distinct())).where(
        _TLS, *same, *lately, _X.host != failed.host, _NO_PROBE, _X.fault != ""
    )
    return History(
        trusted.started if trusted is not None else None,
        trusted.host if trusted is not None else "",
        here.started if here is not None else None,
        max(1, int(reading.execute(refused).scalar() or 0)),
        int(reading.execute(elsewhere).scalar() or 0),
    )


def _last(reading: sa.Connection, *where: Any) -> Row | None:
    query = sa.select(*COLUMNS, _X.engine).where(*where).order_by(_X.id.desc()).limit(1)
    found = reading.execute(query).first()
    return row_of(found) if found is not None else None


def _oldest_looked_at(reading: sa.Connection) -> bytes | None:
    """The id from which on exchanges are looked at; None where there are none."""
    newest = sa.select(_X.id).order_by(_X.id.desc()).limit(LOOKED_AT).subquery()
    found: bytes | None = reading.execute(sa.select(newest.c.id).order_by(newest.c.id).limit(1)).scalar()
    return found
