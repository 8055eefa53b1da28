"""The child's side of the protocol (see `protocol`): being told, reporting, noticing when to stop.

SIGTERM and SIGINT mean "stop" too. A child holds the lock of its role, so no two recorders ever work on one home.
"""

from __future__ import annotations

import faulthandler
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable

import msgspec

from inspector.app.lock import Lock, role_lock
from inspector.app.platform import here
from inspector.app.protocol import CANNOT, Order, Report

STDIN, STDOUT, STDERR = 0, 1, 2
PATIENCE = 10.0


class Child:
    """This process, as a child of the supervisor. Made once, first thing in `main`."""

    def __init__(self, role: str) -> None:
        faulthandler.enable()
        logging.basicConfig(
            level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s"
        )
        self.role = role
        self._reports = _private_stdout()
        order = msgspec.json.decode(_first_line(), type=Order)
        self.settings = order.settings
        self.restarts = order.restarts
        platform = here()
        self._sockets = {
            use: [platform.take_over(one) for one in many] for use, many in order.sockets.items()
        }
        self._lock = Lock(role_lock(order.settings.run, role), platform)
        if not self._lock.take(wait=PATIENCE):
            raise self.cannot(
                f"Another {role} is still at work on {order.settings.home}.",
                "Wait a moment, then start again.",
            )

    def sockets(self, use: str) -> list[socket.socket]:
        """The listening sockets for `listen` or `web`."""
        return self._sockets.get(use, [])

    def ready(self, **facts: str) -> None:
        """Tell that this process does its work from now on."""
        self._report(Report(kind="ready", facts=facts))

    def say(self, sentence: str, cure: str = "") -> None:
        """Tell the person at the terminal something that matters."""
        self._report(Report(kind="said", sentence=sentence, cure=cure))

    def printed(self, line: str) -> None:
        """Pass on a line that a user's own code printed."""
        self._report(Report(kind="printed", sentence=line))

    def cannot(self, sentence: str, cure: str = "") -> SystemExit:
        """Tell why no restart would help; `raise child.cannot(...)` ends the process."""
        self._report(Report(kind="cannot", sentence=sentence, cure=cure))
        return SystemExit(CANNOT)

    def on_stop(self, stop: Callable[[], object]) -> None:
        """Call `stop` when it is time to end: from a signal handler or from another thread, perhaps more than once."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop())
        threading.Thread(
            target=_wait_for_end_of_stdin, args=(stop,), name="supervisor-watch", daemon=True
        ).start()

    def _report(self, report: Report) -> None:
        try:
            os.write(self._reports, msgspec.json.encode(report) + b"\n")
        except OSError:
            return  # the supervisor is gone, and stdin is about to say so


def _private_stdout() -> int:
    """Keep stdout for reports: what a library prints goes to the log instead."""
    private = os.dup(STDOUT)
    os.dup2(STDERR, STDOUT)
    sys.stdout = sys.stderr
    return private


def _first_line() -> bytes:
    line = b""
    while not line.endswith(b"\n"):
        # os.read, not sys.stdin: a thread that waits in a buffered reader would break the interpreter's end.
        piece = os.read(STDIN, 1 if os.name == "nt" else 65536)
        if not piece:
            raise SystemExit(CANNOT)
        line += piece
    return line


def _wait_for_end_of_stdin(stop: Callable[[], object]) -> None:
    try:
        while os.read(STDIN, 4096):
            pass
    except OSError:
        pass
    stop()
