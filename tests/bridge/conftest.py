"""A dashboard that takes what apps post, an app with the one line in it, and who visits it."""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from bridge_standin import Standin, Visit

FLASKR = Path(__file__).parents[2] / ".venv" / "tools" / "flaskr"


@pytest.fixture
def dashboard(tmp_path: Path) -> Iterator[Standin]:
    standin = Standin(tmp_path / "home")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            with standin.came:
                standin.posted.append((self.path, dict(self.headers), json.loads(body)))
                standin.came.notify_all()
            self.send_response(standin.status)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    standin.write(server.server_port)
    yield standin
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def visiting(dashboard: Standin) -> Any:
    """Puts the one line into an app, and visits it."""
    from inspector import Inspector

    def visit(app: Any, **more: Any) -> Visit:
        Inspector(app, home=dashboard.home, **{"enabled": True} | more)
        return Visit(app, dashboard)

    return visit


@pytest.fixture
def flaskr(tmp_path: Path) -> Iterator[Any]:
    """The app of Flask's tutorial, as its own tests make it, with an empty database."""
    if not (FLASKR / "__init__.py").is_file():
        reason = "Flaskr is not there: scripts/test fetches it from Flask's sdist"
        if os.environ.get("INSPECTOR_REQUIRE_ALL"):
            pytest.fail(reason)
        pytest.skip(reason)
    with _on_path(FLASKR.parent):
        from flaskr import create_app
        from flaskr.db import init_db

        app = create_app({"SECRET_KEY": "dev", "DATABASE": str(tmp_path / "flaskr.sqlite")})
        with app.app_context():
            init_db()
        yield app


@contextmanager
def _on_path(folder: Path) -> Iterator[None]:
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))
