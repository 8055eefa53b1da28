"""insecure.inspector.test: DO NOT COPY THIS. A log-in with the classic mistakes in it, on purpose, each marked with "WRONG" and what is right.

It is the twin of the shop's log-in, which does the same things well: compare the two.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from flask import Flask, Response

from ..basics.icon import use_icon
from ..basics.neighbours import know_neighbours
from ..basics.sqlite import use_sqlite
from . import views

HERE = Path(__file__).parent


def create_app(folder: Path | str) -> Flask:
    """The site, with its data in `folder`."""
    folder = Path(folder).absolute()
    folder.mkdir(parents=True, exist_ok=True)
    app = Flask(__name__)
    app.config.update(MAX_CONTENT_LENGTH=65_536)
    use_sqlite(app, folder / "insecure.sqlite", HERE / "schema.sql", seed)
    know_neighbours(app)
    use_icon(app, "/static/crack.svg")
    app.register_blueprint(views.blueprint)

    # WRONG: no Content-Security-Policy, no frame-ancestors, no CSRF token anywhere. RIGHT: basics/headers.py and basics/csrf.py.
    @app.after_request
    def not_kept(response: Response) -> Response:
        response.headers["Cache-Control"] = "no-store"
        return response

    return app


def seed(connection: sqlite3.Connection) -> None:
    # WRONG: passwords as they were typed. RIGHT: a slow hash with a salt, as in the shop's accounts.py.
    people = [("ada", "correct horse", 100), ("grace", "battery staple", 250), ("mallory", "hunter2", 0)]
    connection.executemany("INSERT INTO people (login, password, coins) VALUES (?, ?, ?)", people)
