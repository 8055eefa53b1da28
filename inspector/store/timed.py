"""When the parts of exchanges happened, for many at once: of each record only the timeline and the connection are decoded."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import msgspec
import sqlalchemy as sa

from inspector.exchange.model import Decision, Piece, Summary, Timeline
from inspector.store.reader import ArchiveGone, ArchiveReader
from inspector.store.schema import engine, exchange

MOST = 1_000
_X = exchange.c


class _Leg(msgspec.Struct, frozen=True, array_like=True):
    """A model.Leg, its messages not looked into."""

    connection: bytes
    request: msgspec.Raw
    response: msgspec.Raw
    interim: msgspec.Raw
    attempts: msgspec.Raw
    turn: int = 1


class _Record(Summary, frozen=True, array_like=True):
    """A model.Exchange, as far as it is about time."""

    client_leg: msgspec.Raw
    server_leg: _Leg | None = None
    timeline: Timeline = Timeline()
    decisions: tuple[Decision, ...] = ()


class Timed(NamedTuple):
    """An exchange's timeline, and the connection to its site: which, and the how manieth exchange on it (0: there was none). `decisions`
    tell how long it was held."""

    timeline: Timeline
    connection: bytes
    turn: int
    decisions: tuple[Decision, ...] = ()


_decode = msgspec.msgpack.Decoder(_Record).decode


def timed(reading: sa.Connection, archive: ArchiveReader, ids: Collection[bytes]) -> dict[bytes, Timed]:
    """What is known of these exchanges; those whose record is gone are left out."""
    query = (
        sa.select(_X.id, engine.c.id, _X.segment, _X.position, _X.length)
        .select_from(exchange.join(engine, engine.c.number == _X.engine))
        .where(_X.id.in_(list(ids)[:MOST]), _X.length > 0)
    )
    found = {}
    for id, name, *place in reading.execute(query):
        try:
            record = _decode(archive.record(name.hex(), Piece(*place)))
        except (ArchiveGone, msgspec.MsgspecError):
            continue
        leg = record.server_leg
        turn = (leg.connection, leg.turn) if leg else (b"", 0)
        found[id] = Timed(record.timeline, *turn, record.decisions)
    return found
