"""Messages that wait at a breakpoint."""

import sqlalchemy as sa
from alembic import op

from inspector.store.schema import Id

revision = "control_4"
down_revision = "control_3"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "held",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("exchange", Id, nullable=False),
        sa.Column("moment", sa.Text, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("method", sa.Text, nullable=False),
        sa.Column("rule", sa.Text, nullable=False),
        sa.Column("since", sa.Double, nullable=False),
        sa.Column("until", sa.Double, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("body_here", sa.Boolean, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("decision", sa.Text, nullable=False),
        sa.Column("edited", sa.Boolean, nullable=False),
        sa.Column("decided", sa.Double, nullable=False),
        sa.Column("taken", sa.Boolean, nullable=False),
        sa.Column("engine", Id, nullable=False),
        sa.Column("worker", sa.BigInteger, nullable=False),
        sa.Column("request", sa.LargeBinary, nullable=False),
        sa.Column("head", sa.LargeBinary, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("new_head", sa.LargeBinary, nullable=False),
        sa.Column("new_body", sa.LargeBinary, nullable=False),
        sa.Column("new_body_here", sa.Boolean, nullable=False),
    )
    op.create_index("held_exchange", "held", ["exchange"])
