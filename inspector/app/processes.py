"""The supervisor's side of the protocol in `protocol`: one process with its pipes, and the threads that read them.

Everything that happens to a process arrives as an event in one queue, so the supervisor has a single thread
that decides. Ending a process is closing its stdin, which works on every system.
"""

from __future__ import annotations

import contextlib
import math
import os
import queue
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from typing import IO, NamedTuple

import msgspec

from inspector.app.platform import Platform
from inspector.app.protocol import Order, Report
from inspector.app.settings import RunSettings


@dataclass(frozen=True, slots=True)
class Role:
    """A kind of child: its name in the log, the module that is its program, the sockets it is given, what its
    environment has besides ours. A `late` one is started when the others do their work, which goes on without it if it cannot start."""

    name: str
    module: str
    sockets: dict[str, list[socket.socket]]
    environment: dict[str, str] = field(default_factory=dict)
    late: bool = False


class Told(NamedTuple):
    """A child reported something."""

    process: Process
    report: Report


class Wrote(NamedTuple):
    """A child wrote a line to stderr."""

    process: Process
    line: str


class Ended(NamedTuple):
    """A process ended: its exit status, negative for the signal that killed it."""

    process: Process
    status: int


class Asked(NamedTuple):
    """A signal asked the supervisor to stop."""

    signal: int


Event = Told | Wrote | Ended | Asked
Events = queue.SimpleQueue[Event]  # its `put` may be called from a signal handler


class Process:
    """One started child."""

    def __init__(
        self, role: Role, settings: RunSettings, restarts: int, *, platform: Platform, events: Events
    ) -> None:
        self.role = role
        self._ready_at = math.inf
        self.last_words = ""
        self.gave_up = False
        self._events = events
        inherited = [sock for many in role.sockets.values() for sock in many]
        self._popen = subprocess.Popen(
            [sys.executable, "-P", "-m", role.module],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env=os.environ | role.environment, **platform.spawn_options(inherited),
        )  # fmt: skip
        self.pid = self._popen.pid
        tickets = {
            use: [platform.hand_over(sock, self.pid) for sock in many] for use, many in role.sockets.items()
        }
        self._send(Order(settings=settings, sockets=tickets, restarts=restarts))
        log = threading.Thread(target=self._read_log, args=(self._popen.stderr,), daemon=True)
        log.start()
        threading.Thread(target=self._read_reports, args=(self._popen.stdout, log), daemon=True).start()

    @property
    def running(self) -> bool:
        return self._popen.returncode is None

    @property
    def ready(self) -> bool:
        return self._ready_at < math.inf

    def is_ready(self) -> None:
        """It said so."""
        self._ready_at = time.monotonic()

    @property
    def served(self) -> float:
        """For how many seconds it has done its work."""
        return max(0.0, time.monotonic() - self._ready_at)

    def ask_to_stop(self) -> None:
        """Close its stdin, which means "stop" on every system."""
        stdin = self._popen.stdin
        if stdin is not None and not stdin.closed:
            with contextlib.suppress(OSError):
                stdin.close()

    def kill(self) -> None:
        self._popen.kill()

    def _send(self, order: Order) -> None:
        assert self._popen.stdin is not None
        with contextlib.suppress(OSError):  # it died at once: its end is on the way as an event
            self._popen.stdin.write(msgspec.json.encode(order) + b"\n")
            self._popen.stdin.flush()

    def _read_reports(self, pipe: IO[bytes], log: threading.Thread) -> None:
        for line in pipe:
            try:
                self._events.put(Told(self, msgspec.json.decode(line, type=Report)))
            except msgspec.MsgspecError:
                self._events.put(Wrote(self, line.decode("utf-8", "replace").rstrip()))
        status = self._popen.wait()
        log.join(1.0)
        self._events.put(Ended(self, status))

    def _read_log(self, pipe: IO[bytes]) -> None:
        for line in pipe:
            self._events.put(Wrote(self, line.decode("utf-8", "replace").rstrip()))
