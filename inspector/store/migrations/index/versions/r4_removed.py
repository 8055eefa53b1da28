"""What was deleted and can still be brought back."""

import sqlalchemy as sa
from alembic import op

from inspector.store.schema import Id

revision = "index_4"
down_revision = "index_3"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "removed",
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
        *(_number(name) for name in ("findings", "engine", "segment", "position", "length", "removal")),
        sqlite_with_rowid=False,
    )
    op.create_index("removed_by", "removed", ["removal", "engine", "segment"])
    op.create_table(
        "removal",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("made", sa.Double, nullable=False),
        _number("exchanges"),
        sa.Column("final", sa.Boolean, nullable=False),
    )


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=False)


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]
