"""Where the first ciphertext of a connection lies."""

import sqlalchemy as sa
from alembic import op

from inspector.store.schema import Id

revision = "index_3"
down_revision = "index_2"


def upgrade() -> None:
    """One row for each connection whose ciphertext was kept."""
    op.create_table(
        "ciphertext",
        sa.Column("id", Id, primary_key=True),
        *(
            sa.Column(name, sa.BigInteger, nullable=False)
            for name in ("engine", "segment", "position", "length")
        ),
        sqlite_with_rowid=False,
    )
