"""The practice sites on their own servers behind a real engine, and visitors that go through it: requests and Chromium."""

from __future__ import annotations

import asyncio
import re
import socket
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import requests

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "engine"))

from forging import forge as forge  # noqa: PLC0414 (for the tests beside this file)
from workshop import LoopThread, Workshop

from inspector.engine.settings import LocalSite, Timeouts
from inspector.lab.badtls.kept import ROOT, load_or_make
from inspector.lab.doors import Choose
from inspector.lab.house import House
from inspector.lab.limits import Limits
from inspector.lab.serving.conversation import Desk, FindApp
from inspector.lab.serving.doors import AppDoors
from inspector.lab.serving.environ import App
from inspector.lab.serving.limits import AppLimits
from inspector.lab.sites.practice import HOSTS, MINE
from inspector.pki.authority import Authority

PATIENCE = 20.0
TEMPLATES = Path(__file__).resolve().parents[3] / "templates" / "lab"


def eventually(question: Callable[[], object]) -> None:
    """Wait until the answer is yes, for what other threads do."""
    ends = time.monotonic() + PATIENCE
    while not question():
        assert time.monotonic() < ends
        threading.Event().wait(0.01)


class Served:
    """Apps on the lab's doors, in a loop of their own: plain at port `http`, TLS at port `https`."""

    def __init__(self, **limits: AppLimits | Limits) -> None:
        self.errors: list[object] = []
        self._sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
        self.http, self.https = (each.getsockname()[1] for each in self._sockets)
        self._limits = limits
        self._loop = asyncio.new_event_loop()
        self._loop.set_exception_handler(lambda _, context: self.errors.append(context))
        self._thread = threading.Thread(target=self._loop.run_forever)

    def open(self, find: FindApp, choose: Choose) -> None:
        self._thread.start()
        self.doors = self.call(self._open(find, choose))

    async def _open(self, find: FindApp, choose: Choose) -> AppDoors:
        doors = AppDoors(Desk(find, **self._limits), choose)
        await doors.open(self._sockets[:1], self._sockets[1:])
        return doors

    def call(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE)

    def close(self) -> None:
        self.call(self.doors.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE)
        self._loop.close()
        assert not self.errors, self.errors


class Practice:
    """All practice sites behind an engine, whose address is `proxy` and whose authority's file is `authority`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.served = Served()
        self._visited: set[str] = set()
        self.mine: App | None = None  # what plays my.inspector.test
        self._thread = LoopThread()
        authority = Authority.load_or_create(folder / "certs")
        self.authority = str(authority.path)
        self._workshop = Workshop(self._thread, authority, folder)
        sites = tuple(
            LocalSite(host, "127.0.0.1", self.served.http, self.served.https) for host in (*HOSTS, MINE)
        )
        kept = load_or_make(folder / "lab", time.time)
        self.engine = self._workshop.start(
            local_sites=sites, lab_ca=str(folder / "lab" / ROOT), timeouts=Timeouts()
        )
        # What must be true of each record, the engine's own tests look at.
        self.engine.records._keep = lambda exchange, *_: self.engine.records.snapshots.append(exchange)  # type: ignore[method-assign]
        self.proxy = f"http://127.0.0.1:{self.engine.port}"
        self.house = House(kept, TEMPLATES, folder / "sites", proxy=self.proxy, authority=self.authority)
        self.apps = self.house.sites
        self.served.open(self._find, self.house.choose)

    def _find(self, host: str) -> App | None:
        if host == MINE:
            return self.mine
        self._visited.add(host)
        return self.house.find(host)

    def close(self) -> None:
        self._workshop.close()
        self._thread.close()
        self.served.close()

    def visitor(self) -> Visitor:
        return Visitor(self.proxy, self.authority)

    def reset(self) -> None:
        """As at the beginning, what somebody has been to since."""
        while self._visited:
            self.apps[self._visited.pop()].reset()


class Visitor(requests.Session):
    """A browser of the simplest kind: cookies, redirects, and the tokens of the forms it has seen."""

    def __init__(self, proxy: str, authority: str) -> None:
        super().__init__()
        self.trust_env = False
        self.proxies = {"http": proxy, "https": proxy}
        self.verify = authority

    def request(self, *args: Any, **more: Any) -> requests.Response:  # type: ignore[override]
        more.setdefault("timeout", PATIENCE)
        return super().request(*args, **more)

    def submit(self, page: str, action: str = "", /, **fields: str) -> requests.Response:
        """Read the page, then send a form of it with its token."""
        origin = "/".join(page.split("/")[:3])
        found = re.search(r'name="token" value="([^"]+)"', self.get(page).text)
        assert found, page
        target = action if "://" in action else origin + action if action else page
        return self.post(target, {"token": found[1], **fields})
