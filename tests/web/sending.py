"""A signed-in visitor of a dashboard whose own requests go to a stand-in for the engine."""

from __future__ import annotations

import json
import re

import pytest
from engine_fake import FakeEngine
from web_fakes import FakeCaptures, FakeSettings

from inspector.web import app as web_app
from inspector.web.settings import WebSettings
from inspector.web.tickets import Keys

HOST = "http://inspector.localhost:8081"


@pytest.fixture(scope="module")
def engine():
    engine = FakeEngine()
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def app(engine, tmp_path_factory):
    folder = tmp_path_factory.mktemp("send")
    run, static = folder / "run", folder / "static"
    run.mkdir()
    (static / "dist").mkdir(parents=True)
    names = ("app.css", "app.js", "traffic.js", "feed-worker.js", "icons.svg", "styleguide.js")
    (static / "dist" / "manifest.json").write_text(json.dumps({name: name for name in names}))
    captures = FakeCaptures()
    told = WebSettings(run=str(run), proxies=(engine.address,), sender_token="tok")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(web_app, "static_folder", lambda: static)
        app = web_app.create_app(told, captures, FakeSettings(), list)
    app.captures, app.keys = captures, Keys.load_or_create(run)
    return app


@pytest.fixture
def page(app, engine):
    """A signed-in visitor; `page.captures` are what it sees."""
    app.captures.__init__()
    engine.begin()
    engine.captures = app.captures
    client = app.test_client()
    client.get("/sign-in", base_url=HOST, query_string={"ticket": app.keys.mint()})
    return Visitor(client, app.captures)


class Visitor:
    def __init__(self, client, captures):
        self._client = client
        self.captures = captures
        self.token = re.search(r'csrf-token" content="([^"]+)"', self.get("/set-up").text)[1]

    def get(self, path, **more):
        return self._client.get(path, base_url=HOST, **more)

    def post(self, path, token=True, **more):
        headers = {"X-CSRF-Token": self.token} if token else {}
        return self._client.post(path, base_url=HOST, headers=headers | more.pop("headers", {}), **more)
