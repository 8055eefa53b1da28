"""One Inspector that has captured everything hostile, shared by the tests here."""

from __future__ import annotations

import importlib.util
import json
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

_SPEC = importlib.util.spec_from_file_location(
    "hostile_captures", Path(__file__).with_name("hostile_captures.py")
)
assert _SPEC is not None
assert _SPEC.loader is not None
hostile_captures = importlib.util.module_from_spec(_SPEC)
sys.modules["hostile_captures"] = hostile_captures
_SPEC.loader.exec_module(hostile_captures)


class Captured:
    """A running Inspector, a signed-in session with its dashboard, and the ids of what it captured, by name."""

    def __init__(self, inspector: Any, names: list[str], statuses: list[int]) -> None:
        self.inspector = inspector
        self.statuses = dict(zip(names, statuses, strict=True))
        self.session = requests.Session()
        self.session.trust_env = False
        self.get(inspector.ticket)
        self.ids = dict(zip(names, self._listed(len(names)), strict=True))

    @property
    def base(self) -> str:
        return str(self.inspector.dashboard)

    def get(self, path: str) -> requests.Response:
        return self.session.get(self.base + path, timeout=100)

    def _listed(self, number: int) -> list[str]:
        wait = threading.Event()
        while True:
            rows = self.session.get(self.base + "/api/v1/exchanges?limit=500", timeout=60).json()["rows"]
            if len(rows) >= number and all(row["state"] != "open" for row in rows):
                return [row["id"] for row in rows]
            wait.wait(0.05)


@pytest.fixture(scope="session")
def strings(npm_packages: Path) -> list[str]:
    """The naughty strings."""
    path = npm_packages / "node_modules" / "big-list-of-naughty-strings" / "blns.json"
    return list(json.loads(path.read_text(encoding="utf-8")))


@pytest.fixture(scope="session")
def captured(
    strings: list[str], inspector_class: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Captured]:
    """Everything hostile, sent through a real proxy by a real client to a real site."""
    running = inspector_class(tmp_path_factory.mktemp("hostile") / "home")
    site = hostile_captures.Site()
    thread = threading.Thread(target=site.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        running.wait_until_ready()
        made = [*hostile_captures.naughty(strings, site.base), *hostile_captures.hostile(site.base)]
        statuses = hostile_captures.send(running.proxy, site, made)
        yield Captured(running, [each.name for each in made], statuses)
    finally:
        running.clean_up()
        site.shutdown()
        thread.join()
        site.server_close()
