"""The real server on a real socket, over fake captures."""

from __future__ import annotations

import http.client
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec
from web_fakes import FakeCaptures, FakeSettings, board, made

from inspector.web.app import create_dashboard
from inspector.web.server import serve
from inspector.web.settings import WebSettings
from inspector.web.tickets import Keys


@dataclass
class Running:
    port: int
    captures: FakeCaptures
    keys: Keys
    stop: threading.Event
    thread: threading.Thread

    @property
    def base(self):
        return f"http://127.0.0.1:{self.port}"

    def link(self, base=None):
        return f"{base or self.base}/sign-in?ticket={self.keys.mint()}"

    def cookie(self):
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)) as line:
            line.request("GET", f"/sign-in?ticket={self.keys.mint()}")
            answer = line.getresponse()
            answer.read()
            return answer.headers["Set-Cookie"].partition(";")[0]

    def knock(self):
        """The status that a further reader gets."""
        line, answer = self.feed()
        with closing(line), closing(answer):
            return answer.status

    def feed(self, cursor=""):
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        line.request("GET", f"/feed?cursor={cursor}", headers={"Cookie": self.cookie()})
        return line, line.getresponse()


@contextmanager
def run_server(run: Path) -> Iterator[Running]:
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen(64)
    port = listening.getsockname()[1]
    captures, stop = FakeCaptures(made(1)), threading.Event()
    settings = WebSettings(
        run=str(run),
        addresses=(f"127.0.0.1:{port}",),
        names=("inspector.localhost",),
        streams=4,
        threads=6,
    )
    boards = [board(), board("recorder")]
    dashboard = create_dashboard(settings, captures, FakeSettings(), lambda: [_now(one) for one in boards])
    thread = threading.Thread(target=serve, args=(dashboard, [listening], settings, stop))
    thread.start()
    yield Running(port, captures, Keys.load_or_create(run), stop, thread)
    stop.set()
    thread.join(20)
    assert not thread.is_alive()
    listening.close()


def _now(one):
    return msgspec.structs.replace(one, heartbeat=time.time())
