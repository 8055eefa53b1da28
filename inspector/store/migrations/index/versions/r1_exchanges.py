"""The beginning: exchanges, connections, engines, segments, facts."""

import sqlalchemy as sa
from alembic import op

from inspector.store.schema import Id

revision = "index_1"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    _exchange()
    _connection()
    _engine()
    _segment()
    op.create_table(
        "fact",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )


def _number(name: str, default: str | None = None) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=False, server_default=default)


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _pointer() -> list[sa.Column[int]]:
    return [_number(name) for name in ("engine", "segment", "position", "length")]


def _exchange() -> None:
    op.create_table(
        "exchange",
        sa.Column("id", Id, primary_key=True),
        _number("change"),
        *_texts("state", "kind", "origin"),
        sa.Column("started", sa.Double, nullable=False),
        sa.Column("duration", sa.Double),
        *_texts("method", "scheme", "host"),
        _number("port"),
        *_texts("path", "version"),
        _number("status"),
        *_texts("reason", "media", "resource"),
        _number("request_size"),
        _number("response_size"),
        *_texts("client", "agent", "protection", "tls", "remote"),
        sa.Column("changed", sa.Boolean, nullable=False),
        *_texts("fault"),
        _number("findings"),
        *_pointer(),
        sqlite_with_rowid=False,
    )
    unfinished = sa.text("state = 'open'")
    op.create_index("exchange_feed", "exchange", ["engine", "change"])
    op.create_index(
        "exchange_open", "exchange", ["engine"], sqlite_where=unfinished, postgresql_where=unfinished
    )


def _connection() -> None:
    op.create_table(
        "connection",
        sa.Column("id", Id, primary_key=True),
        *_texts("side"),
        sa.Column("opened", sa.Double, nullable=False),
        *_texts("host"),
        *_pointer(),
        sqlite_with_rowid=False,
    )


def _engine() -> None:
    op.create_table(
        "engine",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("id", Id, nullable=False, unique=True),
        _number("worker", "-1"),
        sa.Column("run", sa.Text, nullable=False, server_default=""),
        _number("pid", "0"),
        sa.Column("version", sa.Text, nullable=False, server_default=""),
        sa.Column("started", sa.Double, nullable=False, server_default="0"),
        sa.Column("ended", sa.Text, nullable=False, server_default=""),
        _number("lost", "0"),
        _number("lost_bytes", "0"),
        _number("generation", "0"),
        _number("fresh", "0"),
        _number("segment", "0"),
        _number("position", "0"),
    )


def _segment() -> None:
    op.create_table(
        "segment",
        sa.Column("engine", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        _number("bytes"),
        _number("exchanges"),
        *(sa.Column(name, Id) for name in ("first", "last", "first_connection", "last_connection")),
        sqlite_with_rowid=False,
    )
