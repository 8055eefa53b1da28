"""How the databases came to their shape, step by step: `index` and `control`, each with a line of its own.

Alembic is loaded only when a database is new or old; one that is up to date opens without it.
"""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config


def config(line: str, connection: sa.Connection | None = None) -> Config:
    """Alembic's configuration for one of the two lines."""
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent / line).replace("%", "%%"))
    made.set_main_option("path_separator", "os")
    made.attributes["connection"] = connection
    made.attributes["version_table"] = f"{line}_version"
    return made


def upgrade(line: str, connection: sa.Connection) -> None:
    """Bring the database to the newest shape. The caller holds the transaction."""
    command.upgrade(config(line, connection), "head")
