"""Asking Inspector for the field: a thread tells it at which ports of this computer the app listens, as soon as both are there, and again when Inspector was restarted.

Inspector then adds the field to what it sends to `127.0.0.1`, `[::1]`, `localhost` and names below that, at these ports, and to the hosts that the app names itself.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import socket
import stat
import sys
import threading
from collections.abc import Iterable
from pathlib import Path

from inspector.bridge.recording import log
from inspector.bridge.sending import post_json
from inspector.bridge.whereabouts import Finder, Whereabouts

LOCAL = ("127.0.0.1", "localhost", "[::1]")
_SOON = (0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 0.7, 1.0)
_EVERY = 2.0
_MOST_DESCRIPTORS = 4096


class Asker:
    """Asks for one app. `hosts` are those that it goes by besides this computer's own names: `shop.test:8000`."""

    def __init__(self, finder: Finder, app: str, hosts: Iterable[str] = ()) -> None:
        self._finder = finder
        self._app = app
        self._hosts = tuple(hosts)
        self._ports: set[int] = set()
        self._lock = threading.Lock()
        self._pid = 0
        self._nudged = threading.Event()
        self._told: tuple[Whereabouts, tuple[str, ...]] | None = None

    def start(self) -> None:
        """Begin, in a thread of its own that ends with the process. Does nothing the second time."""
        with self._lock:
            if self._pid == os.getpid():
                return
            self._pid = os.getpid()
        threading.Thread(target=self._work, name="inspector-asking", daemon=True).start()

    def learn(self, port: str | int) -> None:
        """A request came in at this port."""
        with contextlib.suppress(ValueError):
            number = int(port)
            if number not in self._ports and 0 < number < 65536:
                self._ports.add(number)
                self._nudged.set()
        self.start()

    def _work(self) -> None:
        for wait in itertools.chain(_SOON, itertools.repeat(_EVERY)):
            self._nudged.wait(wait)
            self._nudged.clear()
            self._ask()

    def _ask(self) -> None:
        found = self._finder.find()
        if found is None:
            return
        places = self._places()
        if not places or self._told == (found, places):
            return
        try:
            answered = post_json(found, "/api/v1/apps", {"app": self._app, "places": places})
        except OSError as error:
            log.debug("Inspector cannot be reached: %s", error)
            return
        if answered < 300:
            self._told = (found, places)

    def _places(self) -> tuple[str, ...]:
        ports = sorted(self._ports | listening() | _announced())[:20]
        return (*(f"{host}:{port}" for port in ports for host in LOCAL), *self._hosts)


def listening() -> set[int]:
    """The TCP ports at which this process listens, as its open descriptors tell. Where a system doesn't list these (Windows): none."""
    folder = Path("/proc/self/fd") if sys.platform.startswith("linux") else Path("/dev/fd")
    if os.name != "posix" or not folder.is_dir():
        return set()
    ports = set()
    for name in os.listdir(folder)[:_MOST_DESCRIPTORS]:  # noqa: PTH208 - names are all that is wanted
        port = _port_of(int(name)) if name.isdigit() else 0
        if port:
            ports.add(port)
    return ports


def _port_of(descriptor: int) -> int:
    """The port at which a descriptor listens; 0 if it does nothing of the kind."""
    try:
        if not stat.S_ISSOCK(os.fstat(descriptor).st_mode):
            return 0
        with socket.socket(fileno=os.dup(descriptor)) as double:
            if double.family not in (socket.AF_INET, socket.AF_INET6) or double.type != socket.SOCK_STREAM:
                return 0
            if not double.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                return 0
            return int(double.getsockname()[1])
    except OSError:
        return 0


def _announced() -> set[int]:
    """The port that `flask run` was told, where the process itself cannot be looked at."""
    if os.name == "posix":
        return set()
    words = sys.argv
    said = [os.environ.get("FLASK_RUN_PORT", "")]
    for place, word in enumerate(words):
        if word in ("-p", "--port") and place + 1 < len(words):
            said.append(words[place + 1])
        elif word.startswith("--port="):
            said.append(word.partition("=")[2])
    if "run" in words and "flask" in Path(words[0]).name and not any(said):
        said.append("5000")
    return {int(port) for port in said if port.isdigit()}
