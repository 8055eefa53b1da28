"""static.inspector.test: a static site. Its pages are files in a folder, and whoever asks for one gets it as it lies there.

Nothing is worked out for a visitor: no database, no session, no template. So all that a server can do for speed it can do here: say how
long a file may be kept, whether it has changed since, and send only the part that is asked for.
"""

from __future__ import annotations

from pathlib import Path

from flask import Flask, Response, send_from_directory

from ..basics.headers import safe_headers
from ..basics.icon import use_icon
from .tides import tide_table

PAGES = Path(__file__).parent / "pages"

# How long a browser may use its copy without asking, in seconds. A page is asked about each time (and mostly answered with 304).
KEEP = {".html": 0, ".css": 3600, ".svg": 3600, ".png": 86_400, ".webm": 86_400}


def create_app(folder: Path | str) -> Flask:
    """The site; `folder` is where it keeps the one file that it makes itself."""
    app = Flask(__name__, static_folder=None)
    folder = Path(folder).absolute()
    folder.mkdir(parents=True, exist_ok=True)
    safe_headers(app)
    use_icon(app, "/images/mark.svg")

    @app.get("/")
    def home() -> Response:
        return page("index.html")

    @app.get("/downloads/tides.csv")
    def tides() -> Response:
        return send_from_directory(folder, tide_table(folder).name, mimetype="text/csv", as_attachment=True)

    @app.get("/<path:name>")
    def file(name: str) -> Response:
        return page(name)

    @app.errorhandler(404)
    def missing(error: Exception) -> tuple[Response, int]:
        return page("404.html"), 404

    return app


def page(name: str) -> Response:
    """A file of the site, or 404. `send_from_directory` never leaves the folder, however many `..` a path has, and it
    answers If-None-Match, If-Modified-Since and Range by itself."""
    response = send_from_directory(PAGES, name, max_age=KEEP.get(Path(name).suffix, 0))
    response.cache_control.public = True
    return response
