"""What people keep to send again: drafts, what came of what, sites opened here."""

import sqlalchemy as sa
from alembic import op

from inspector.store.schema import Id

revision = "control_3"
down_revision = "control_2"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "draft",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("changed", sa.Double, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("exchange", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "sent",
        sa.Column("exchange", Id, primary_key=True),
        sa.Column("parent", sa.LargeBinary, nullable=False, index=True),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "opened_site",
        sa.Column("label", sa.Text, primary_key=True),
        sa.Column("scheme", sa.Text, nullable=False),
        sa.Column("host", sa.Text, nullable=False),
        sa.Column("port", sa.BigInteger, nullable=False),
        sa.Column("secret", sa.Text, nullable=False),
        sa.Column("used", sa.Double, nullable=False),
        sqlite_with_rowid=False,
    )
