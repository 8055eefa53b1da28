"""What people add to exchanges: pins, colours, comments, tags."""

import sqlalchemy as sa
from alembic import op

from inspector.store.schema import Id

revision = "control_2"
down_revision = "control_1"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "mark",
        sa.Column("id", Id, primary_key=True),
        sa.Column("pinned", sa.Boolean, nullable=False),
        sa.Column("colour", sa.Text, nullable=False),
        sa.Column("comment", sa.Text, nullable=False),
        sa.Column("tags", sa.Text, nullable=False),
        sa.Column("revision", sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )
