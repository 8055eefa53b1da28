"""A SQLite file behind a small site: one connection for each request, made when it is first asked for."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from flask import Flask, current_app, g


def use_sqlite(app: Flask, path: Path, schema: Path, seed: Callable[[sqlite3.Connection], None]) -> None:
    """Keep the site's data at `path`. It is made by the statements of `schema` and filled by `seed` when it is not there, and by `reset`."""

    def reset() -> None:
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.executescript(schema.read_text(encoding="utf-8"))
            seed(connection)

    if not path.exists():
        reset()
    app.config["DATABASE"] = path
    app.extensions["reset"] = reset

    @app.teardown_appcontext
    def close(error: BaseException | None) -> None:
        connection = g.pop("database", None)
        if connection is not None:
            connection.close()


def database() -> sqlite3.Connection:
    """This request's connection. Rows can be asked by name; `with database() as connection:` commits what is done in it."""
    if "database" not in g:
        g.database = sqlite3.connect(current_app.config["DATABASE"], timeout=5)
        g.database.row_factory = sqlite3.Row
        g.database.execute("PRAGMA foreign_keys = ON")
    connection: sqlite3.Connection = g.database
    return connection
