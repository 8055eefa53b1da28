"""What the databases hold, as SQLAlchemy Core tables. This is the one module that knows rows.

There are two, because they live differently:

* the **index** (HOME/captures/index.db) says what is in the archive: one narrow row an exchange, everything
  that the list shows, and where the whole record lies. It is derived: lost or damaged, it is made again
  from the archive's segment files.
* the **control** database (HOME/control.db) holds what people set. It is not derived from anything, it is
  written seldom, and engines watch it, so it stays apart from the recorder's thousands of writes a second.

On PostgreSQL both are tables of one database, with a version table each. Nothing here needs more than what
both systems have; the only difference in shape is the 16-byte id: BLOB there, UUID here. Stores that many
machines share will need the records themselves in the database too: that becomes a table of its own,
`record` (engine, segment, position → bytes), read in place of a segment file; no table here changes.

There are few indexes, because each costs the recorder at every exchange (the feed's: 0.8 of 6 microseconds).
Ids begin with the time, so a segment's rows lie close together: `segment` keeps the first and the last
id, and retention finds its rows by that range. The indexes over unfinished exchanges and over failed handshakes hold only those.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

INDEX_VERSION = "index_4"
CONTROL_VERSION = "control_4"


class Id(sa.types.TypeDecorator[bytes]):
    """Sixteen bytes: a BLOB in SQLite, a UUID in PostgreSQL; both sort as the bytes do."""

    impl = sa.LargeBinary
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        """The type that this database has."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.UUID(as_uuid=True))
        return dialect.type_descriptor(sa.LargeBinary(16))

    def process_bind_param(self, value: bytes | None, dialect: sa.Dialect) -> Any:
        """From Python to the database."""
        return UUID(bytes=value) if value is not None and dialect.name == "postgresql" else value

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> bytes | None:
        """From the database to Python."""
        return value.bytes if isinstance(value, UUID) else value


index = sa.MetaData()
control = sa.MetaData()


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _integer(name: str, *, default: str | None = None) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=False, server_default=default)


exchange = sa.Table(
    "exchange",
    index,
    # the fields of model.Summary, in its order
    sa.Column("id", Id, primary_key=True),
    _integer("change"),
    _text("state"),
    _text("kind"),
    _text("origin"),
    sa.Column("started", sa.Double, nullable=False),
    sa.Column("duration", sa.Double),
    _text("method"),
    _text("scheme"),
    _text("host"),
    _integer("port"),
    _text("path"),
    _text("version"),
    _integer("status"),
    _text("reason"),
    _text("media"),
    _text("resource"),
    _integer("request_size"),
    _integer("response_size"),
    _text("client"),
    _text("agent"),
    _text("protection"),
    _text("tls"),
    _text("remote"),
    sa.Column("changed", sa.Boolean, nullable=False),
    _text("fault"),
    _integer("findings"),
    # which engine, and where the record lies in its archive; length 0: it could not be kept
    _integer("engine"),
    _integer("segment"),
    _integer("position"),
    _integer("length"),
    sqlite_with_rowid=False,
)
sa.Index("exchange_feed", exchange.c.engine, exchange.c.change)
_OPEN = sa.text("state = 'open'")
sa.Index("exchange_open", exchange.c.engine, sqlite_where=_OPEN, postgresql_where=_OPEN)
_TLS = sa.text(
    "kind = 'tls'"
)  # a handshake with a client that failed: few, and looked for by client and host
sa.Index("exchange_tls", exchange.c.host, sqlite_where=_TLS, postgresql_where=_TLS)

connection = sa.Table(
    "connection",
    index,
    sa.Column("id", Id, primary_key=True),
    _text("side"),
    sa.Column("opened", sa.Double, nullable=False),
    _text("host"),
    _integer("engine"),
    _integer("segment"),
    _integer("position"),
    _integer("length"),
    sqlite_with_rowid=False,
)

ciphertext = sa.Table(
    "ciphertext",
    index,
    sa.Column("id", Id, primary_key=True),  # the connection's
    _integer("engine"),
    _integer("segment"),
    _integer("position"),
    _integer("length"),
    sqlite_with_rowid=False,
)

engine = sa.Table(
    "engine",
    index,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("id", Id, nullable=False, unique=True),
    _integer("worker", default="-1"),
    sa.Column("run", sa.Text, nullable=False, server_default=""),
    _integer("pid", default="0"),
    sa.Column("version", sa.Text, nullable=False, server_default=""),
    sa.Column("started", sa.Double, nullable=False, server_default="0"),
    sa.Column("ended", sa.Text, nullable=False, server_default=""),  # '', 'clean', 'lost'
    _integer("lost", default="0"),
    _integer("lost_bytes", default="0"),
    # the newest wish to forget that the engine answered, and with which segment it began anew
    _integer("generation", default="0"),
    _integer("fresh", default="0"),
    # how far the recorder has read: written with the rows, so that each record counts exactly once
    _integer("segment", default="0"),
    _integer("position", default="0"),
)

segment = sa.Table(
    "segment",
    index,
    sa.Column("engine", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    _integer("bytes"),
    _integer("exchanges"),
    sa.Column("first", Id),
    sa.Column("last", Id),
    sa.Column("first_connection", Id),
    sa.Column("last_connection", Id),
    sqlite_with_rowid=False,
)

# what was deleted from the list and can still be brought back (see `removal`): the same rows, apart
removed = sa.Table(
    "removed",
    index,
    *(
        sa.Column(each.name, each.type, primary_key=each.primary_key, nullable=each.nullable)
        for each in exchange.columns
    ),
    _integer("removal"),
    sqlite_with_rowid=False,
)
sa.Index("removed_by", removed.c.removal, removed.c.engine, removed.c.segment)

removal = sa.Table(
    "removal",
    index,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("made", sa.Double, nullable=False),
    _integer("exchanges"),
    sa.Column("final", sa.Boolean, nullable=False),  # it shall not be undone any more
)

fact = sa.Table(
    "fact",
    index,
    sa.Column("name", sa.Text, primary_key=True),  # 'birth', 'forgotten', 'removals'
    _text("value"),
    sqlite_with_rowid=False,
)

setting = sa.Table(
    "setting",
    control,
    sa.Column("name", sa.Text, primary_key=True),
    _text("value"),  # JSON
    _integer("revision"),
    sqlite_with_rowid=False,
)

# what people add to exchanges, by the exchange's id. A mark that was taken off stays as a blank row until it is tidied away, so that
# open pages learn of it by `revision`.
mark = sa.Table(
    "mark",
    control,
    sa.Column("id", Id, primary_key=True),
    sa.Column("pinned", sa.Boolean, nullable=False),
    _text("colour"),
    _text("comment"),
    _text("tags"),  # with a space between two
    _integer("revision"),
    sqlite_with_rowid=False,
)

# what is kept to be sent again (see workbench); an exchange or parent without bytes is none
draft = sa.Table(
    "draft",
    control,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("changed", sa.Double, nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),  # JSON of compose.draft
    sa.Column("exchange", sa.LargeBinary, nullable=False),
)

sent = sa.Table(
    "sent",
    control,
    sa.Column("exchange", Id, primary_key=True),
    sa.Column("parent", sa.LargeBinary, nullable=False, index=True),
    sqlite_with_rowid=False,
)

opened_site = sa.Table(
    "opened_site",
    control,
    sa.Column("label", sa.Text, primary_key=True),
    _text("scheme"),
    _text("host"),
    _integer("port"),
    _text("secret"),
    sa.Column("used", sa.Double, nullable=False),
    sqlite_with_rowid=False,
)

# messages that wait at a breakpoint (see held), and for a while what became of them: then the blobs are empty
held = sa.Table(
    "held",
    control,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("exchange", Id, nullable=False),
    _text("moment"),
    _text("url"),
    _text("method"),
    _text("rule"),
    sa.Column("since", sa.Double, nullable=False),
    sa.Column("until", sa.Double, nullable=False),
    _integer("size"),
    sa.Column("body_here", sa.Boolean, nullable=False),
    _text("state"),  # 'waiting', 'decided', 'gone', 'lost'
    _text("decision"),
    sa.Column("edited", sa.Boolean, nullable=False),
    sa.Column("decided", sa.Double, nullable=False),
    sa.Column("taken", sa.Boolean, nullable=False),  # the engine knows
    sa.Column("engine", Id, nullable=False),
    _integer("worker"),
    sa.Column("request", sa.LargeBinary, nullable=False),
    sa.Column("head", sa.LargeBinary, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("new_head", sa.LargeBinary, nullable=False),
    sa.Column("new_body", sa.LargeBinary, nullable=False),
    sa.Column("new_body_here", sa.Boolean, nullable=False),
)
sa.Index("held_exchange", held.c.exchange)
