"""kill -9 of every process, 20 times, in the middle of traffic: nothing that was answered is lost, and all come back."""

from __future__ import annotations

import http.client
import itertools
import os
import random
import signal
import sqlite3
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

import pytest

from inspector.store.captures import Captures

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.skipif(os.name != "posix", reason="kill -9"),
]

ROUNDS = 20
ROLES = ("engine", "recorder", "web")
AT_RISK = 0.1  # what ended within this time before an engine was killed may be lost
UNPUNCTUAL = (
    0.2  # on a busy machine, the client learns of an answer this much earlier or later than the engine
)


class Echo(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, *_: object) -> None:
        pass


class Site(ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """An engine that is killed resets its connections."""


class Traffic:
    """A client that asks for /0, /1, /2 … and notes when each was answered."""

    def __init__(self, proxy: str, site: str) -> None:
        self.answered: dict[str, float] = {}
        self._proxy, self._site = proxy, site
        self._over = threading.Event()
        self._numbers = itertools.count()
        self._threads = [threading.Thread(target=self._ask) for _ in range(2)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _ask(self) -> None:
        connection = http.client.HTTPConnection(self._proxy, timeout=20)
        while not self._over.wait(0.003):
            path = f"/{next(self._numbers)}"
            try:
                connection.request("GET", f"http://{self._site}{path}")
                if connection.getresponse().read() == b"hello":
                    self.answered[path] = time.monotonic()
            except (OSError, http.client.HTTPException):
                connection.close()
        connection.close()


@pytest.fixture
def site():
    server = Site(("127.0.0.1", 0), Echo)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def kill(inspector, role: str, times: int) -> float:
    """Kill it and wait until another is there; when it was killed."""
    os.kill(inspector.notice["children"][role], signal.SIGKILL)
    killed = time.monotonic()
    while inspector.notice["restarts"][role] < times:
        assert time.monotonic() - killed < 60, f"the {role} did not come back"
        time.sleep(0.01)
    return killed


def all_paths(home) -> dict[str, str]:
    """The state of every exchange that is in the store, by path."""
    captures, found, before = Captures(home), {}, None
    while True:
        page = captures.page(before=before, limit=500)
        found.update({row.path: row.state for row in page.rows})
        if not page.has_older:
            return found
        before = page.rows[0].id


def test_nothing_is_lost_and_all_come_back(inspector, site):
    chance = random.Random(2)
    engine_killed = []
    with Traffic(inspector.proxy, site) as traffic:
        for times in range(1, ROUNDS + 1):
            for role in ROLES:
                time.sleep(chance.uniform(0.0, 0.4))
                killed = kill(inspector, role, times)
                if role == "engine":
                    engine_killed.append(killed)
        enough = len(traffic.answered) + 20
        while len(traffic.answered) < enough:
            time.sleep(0.01)
    assert inspector.stop() == 0

    with sqlite3.connect(inspector.home / "captures" / "index.db") as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    database.close()
    kept = all_paths(inspector.home)
    lost = {path: when for path, when in traffic.answered.items() if kept.get(path) != "done"}
    unexplained = [
        path
        for path, when in lost.items()
        if not any(-UNPUNCTUAL < killed - when < AT_RISK + UNPUNCTUAL for killed in engine_killed)
    ]
    assert not unexplained, f"{len(lost)} of {len(traffic.answered)} lost"
    assert "open" not in kept.values()
