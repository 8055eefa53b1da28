"""A dashboard over fake captures, and browsers that have signed in to it."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

sys.path.insert(0, str(Path(__file__).parent))  # the fakes are a module of their own

from web_fakes import FakeCaptures, FakeSettings, board, made
from web_running import Running, run_server

from inspector.pki.authority import Authority
from inspector.web import app as web_app
from inspector.web.browse import Outcome
from inspector.web.settings import WebSettings
from inspector.web.tickets import Keys

HOST = "inspector.localhost:8081"


class Visitor(FlaskClient):
    """A browser at the dashboard's own address."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        return super().open(*args, **{"base_url": f"http://{HOST}"} | kwargs)


@dataclass
class Desk:
    """A dashboard with everything it was made from."""

    app: Flask
    captures: FakeCaptures
    settings: FakeSettings
    boards: list[Any]
    windows: list[Any]
    keys: Keys
    run: Path
    static: Path

    def visitor(self) -> FlaskClient:
        return self.app.test_client()

    def signed_in(self) -> FlaskClient:
        client = self.visitor()
        answer = client.get("/sign-in", query_string={"ticket": self.keys.mint()})
        assert answer.status_code == 200
        return client

    def token(self, client: FlaskClient) -> str:
        page = client.get("/set-up").get_data(as_text=True)
        return re.findall(r'name="csrf_token" value="([^"]+)"', page)[-1]


NAMES = (
    "app.css",
    "app.js",
    "traffic.js",
    "feed-worker.js",
    "statistics.js",
    "waterfall.js",
    "icons.svg",
    "styleguide.js",
)


@pytest.fixture(scope="session")
def _desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Made once: compiling its templates takes longer than a test."""
    folder = tmp_path_factory.mktemp("web")
    static, run = folder / "static", folder / "run"
    (static / "dist").mkdir(parents=True)
    run.mkdir()
    (static / "dist" / "manifest.json").write_text(json.dumps({name: f"{name}-1234" for name in NAMES}))
    (static / "dist" / "app.css-1234").write_text("")
    (static / "plain.css").write_text("")
    (static / "favicon.svg").write_text("")
    captures, settings, boards, windows = FakeCaptures(), FakeSettings(), [], []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(web_app, "static_folder", lambda: static)
        given: Any = (captures, settings, lambda: boards, lambda *_: Outcome(True, "It is open."))
        Authority.load_or_create(folder / "certs")
        told = WebSettings(run=str(run), ca_path="/home/learner/ca.pem", certs=str(folder / "certs"))
        app = web_app.create_app(told, *given, windows=lambda: windows)
    app.test_client_class = Visitor
    return Desk(app, captures, settings, boards, windows, Keys.load_or_create(run), run, static)


@pytest.fixture
def desk(_desk: Desk) -> Desk:
    """A dashboard with two exchanges, nobody signed in, everything well."""
    _desk.captures.__init__(made(1), made(2))  # type: ignore[misc]
    _desk.settings.__init__()  # type: ignore[misc]
    _desk.windows.clear()
    _desk.boards[:] = [board(), board("recorder")]
    return _desk


@pytest.fixture
def browser(desk: Desk) -> FlaskClient:
    """Somebody who has signed in."""
    return desk.signed_in()


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    """The dashboard on a real socket."""
    with run_server(tmp_path) as server:
        yield server


@pytest.fixture(scope="session")
def chromium(page_browser: Any) -> Any:
    """A real browser."""
    return page_browser
