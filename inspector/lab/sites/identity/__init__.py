"""login.identity.test: 'Quayside ID', a site that tells other sites who somebody is. OAuth 2 and OpenID Connect, on Authlib.

It lies under another registrable domain than the shop, so that to a browser it is another site, as it is in life: neither sees the other's cookies.

    people.py     who has an account        clients.py   which sites may ask about them
    provider.py   the protocol              views.py     pages for people, addresses for programs
"""

from __future__ import annotations

from pathlib import Path

from flask import Flask

from ..basics import csrf
from ..basics.cookies import use_sessions
from ..basics.headers import safe_headers
from ..basics.icon import use_icon
from ..basics.keys import secret_key
from ..basics.neighbours import know_neighbours
from ..basics.sqlite import use_sqlite
from . import people, provider, views

HERE = Path(__file__).parent


def create_app(folder: Path | str) -> Flask:
    """The site, with its data in `folder`."""
    folder = Path(folder).absolute()
    folder.mkdir(parents=True, exist_ok=True)
    app = Flask(__name__)
    app.secret_key = secret_key(folder)
    app.config.update(MAX_CONTENT_LENGTH=65_536)
    use_sessions(app, "quayside")
    use_sqlite(app, folder / "identity.sqlite", HERE / "schema.sql", people.seed)
    csrf.protect(
        app, except_below=("/oauth/token",)
    )  # programs use that one, and bring a password of their own
    safe_headers(app)
    know_neighbours(app)
    use_icon(app, "/static/buoy.svg")
    provider.register(app, folder)
    app.register_blueprint(views.blueprint)
    return app
