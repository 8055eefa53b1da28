"""The beginning: settings."""

import sqlalchemy as sa
from alembic import op

revision = "control_1"
down_revision = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "setting",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("revision", sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )
