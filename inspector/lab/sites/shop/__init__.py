"""shop.inspector.test: a dynamic site. Its pages are made when they are asked for, from templates and from what a database says.

model.py     what the shop is about         stores/      the same shop in tables, in documents, under keys
views/       one file for each part         templates/   what pages look like        static/   style, scripts
"""

from __future__ import annotations

import os
from pathlib import Path

import requests
from flask import Flask

from ..basics import csrf
from ..basics.cookies import use_sessions
from ..basics.headers import safe_headers
from ..basics.icon import use_icon
from ..basics.keys import secret_key
from ..basics.neighbours import HOSTS, know_neighbours
from .accounts import Accounts
from .chat import Room
from .clicks import Clicks, follow_clicks
from .events import Hub
from .model import KINDS, money
from .signing_in import Identity
from .stores.opening import open_relational, open_stores
from .views import (
    accounts,
    api,
    basket,
    databases,
    delivery,
    errors,
    live,
    pages,
    sign_in_elsewhere,
    tries,
    wishes,
)

# What other origins a page of this shop speaks with: the service that counts the days of a delivery. See views/delivery.py.
_API = os.environ.get("API_URL") or f"http://{HOSTS['api']} https://{HOSTS['api']}"


def create_app(folder: Path | str, outside: requests.Session | None = None) -> Flask:
    """The shop. It keeps its data in `folder`, and speaks with the site that others sign in with by `outside`."""
    folder = Path(folder).absolute()
    folder.mkdir(parents=True, exist_ok=True)
    app = Flask(__name__)
    app.secret_key = secret_key(folder)
    app.config.update(
        MAX_CONTENT_LENGTH=1 << 20, SOCK_SERVER_OPTIONS={"ping_interval": 20, "max_message_size": 2000}
    )
    app.extensions["stores"] = open_stores(folder)
    app.extensions["accounts"] = Accounts(app.extensions["stores"].stores["tables"].engine)
    app.extensions["identity"] = Identity(outside or requests.Session())
    app.extensions["hub"], app.extensions["room"], app.extensions["clicks"] = Hub(), Room(), Clicks()
    app.extensions["reset"] = lambda: reset(app)

    use_sessions(app, "shop")
    follow_clicks(app)
    csrf.protect(app, except_below=("/api/", "/try/echo"))
    safe_headers(app, connect_src=f"'self' {_API}")
    know_neighbours(app)
    use_icon(app, "/static/leaf.svg")
    app.jinja_env.filters["money"] = money
    app.jinja_env.globals["KINDS"] = KINDS
    errors.register(app)
    for part in (pages, basket, accounts, sign_in_elsewhere, wishes, api, delivery, live, tries, databases):
        app.register_blueprint(part.blueprint)
    live.sock.init_app(app)
    return app


def reset(app: Flask) -> None:
    """Everything as it was at the beginning, in every store."""
    app.extensions["stores"].reset()
    app.extensions["room"].clear()
    app.extensions["clicks"].clear()


__all__ = ["create_app", "open_relational", "reset"]
