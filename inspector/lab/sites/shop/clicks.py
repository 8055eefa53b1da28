"""What each visitor's last requests came to in the databases, so that the page Databases can show it. In memory only."""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict, deque

from flask import Flask, Response, current_app, g, request, session

from .stores.together import DEFAULT, Click, Together

_MOST_VISITORS = 200
_MOST_CLICKS = 8
_NO_CLICKS = {"static", "pages.picture"}  # fetched by the browser by itself, for a page


class Clicks:
    """The last few of each visitor; of the visitors, those who came last."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._of: OrderedDict[str, deque[Click]] = OrderedDict()

    def add(self, visitor: str, click: Click) -> None:
        with self._lock:
            self._of.setdefault(visitor, deque(maxlen=_MOST_CLICKS)).appendleft(click)
            self._of.move_to_end(visitor)
            while len(self._of) > _MOST_VISITORS:
                self._of.popitem(last=False)

    def of(self, visitor: str) -> list[Click]:
        """The newest first."""
        with self._lock:
            return list(self._of.get(visitor, ()))

    def clear(self) -> None:
        with self._lock:
            self._of.clear()


def visitor() -> str:
    """This visitor's name in our books: a random one, kept in the session."""
    if "visitor" not in session:
        session["visitor"] = secrets.token_urlsafe(12)
    return str(session["visitor"])


def follow_clicks(app: Flask) -> None:
    """Give each request `g.shop`, which asks the stores, and put on the books what they were asked."""

    @app.before_request
    def begin() -> None:
        stores: Together = current_app.extensions["stores"]
        g.click = Click(request.method, request.full_path.rstrip("?"), answered_by=DEFAULT)
        chosen = str(session.get("store", DEFAULT)) if request.endpoint != "static" else DEFAULT
        g.shop = stores.using(chosen, g.click)
        g.click.answered_by = g.shop.name

    @app.after_request
    def end(response: Response) -> Response:
        followed = request.endpoint not in _NO_CLICKS and request.blueprint != "databases"
        if g.click.asked and followed and (response.mimetype == "text/html" or "visitor" in session):
            current_app.extensions["clicks"].add(visitor(), g.click)
        return response
