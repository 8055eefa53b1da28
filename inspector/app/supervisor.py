"""The supervisor: it starts engine, recorder and web, then the lab, brings back what dies, and ends them in order.

It owns the listening sockets, does no work of its own, and imports none of the floors below: it must be small,
quick to start, and have no reason to die. If it is killed all the same, its children see their stdin end and stop.
"""

from __future__ import annotations

import math
import os
import queue
import signal
import socket
import threading
import time
from collections.abc import Callable
from typing import NamedTuple, Protocol

from inspector.app.backoff import BackOff
from inspector.app.errors import CannotStart
from inspector.app.logfile import LogFile
from inspector.app.platform import Platform
from inspector.app.processes import Asked, Ended, Event, Events, Process, Role, Told, Wrote
from inspector.app.protocol import AGAIN, CANNOT, Report
from inspector.app.settings import RunSettings

STOP_WITHIN = 5.0
LATE_AFTER = 10.0
LOOK_EVERY = 0.25
KILLED = -9
ENGINE, RECORDER, WEB, LAB, HOOKS = "engine", "recorder", "web", "lab", "hooks"
WORDS = {ENGINE: "engine", RECORDER: "recorder", WEB: "dashboard", LAB: "lab", HOOKS: "hooks' process"}
CONSEQUENCES = {
    ENGINE: "Requests on their way at that moment failed.",
    RECORDER: "Nothing is lost: it goes on where it was.",
    WEB: "Reload the page if it does not come back by itself.",
    LAB: "It plays the practice sites. If you had one of them open, reload it.",
    HOOKS: "What your hooks kept in their variables is gone. If one had held Python itself, its line stands in run/inspector.log.",
}


class Due(NamedTuple):
    """A child that is to be started again: when, and what to say then."""

    at: float
    sentence: str = ""
    consequence: str = ""


class Screen(Protocol):
    """Where the supervisor says what a person should know."""

    def started(self, facts: dict[str, str]) -> None:
        """All processes do their work, and said this of themselves."""

    def say(self, sentence: str, cure: str = "") -> None:
        """Something happened that matters."""

    def printed(self, line: str) -> None:
        """A user's own code (hooks, mounted apps) printed this."""


class Supervisor:
    """Runs the processes of one home until it is asked to stop."""

    def __init__(
        self, roles: list[Role], settings: RunSettings, *, platform: Platform, screen: Screen,
        changed: Callable[[Supervisor], None] = lambda _: None,
    ) -> None:  # fmt: skip
        self.restarts = {role.name: 0 for role in roles}
        self._roles = {role.name: role for role in roles}
        self._settings = settings
        self._platform = platform
        self._screen = screen
        self._changed = changed
        self._events: Events = queue.SimpleQueue()
        self._log = LogFile(settings.run)
        self._processes: dict[str, Process] = {}
        self._back_offs = {role.name: BackOff() for role in roles}
        self._due: dict[str, Due] = {}
        self._facts: dict[str, str] = {}
        self._started = False
        self._late_at = math.inf
        self._stopping = False

    @property
    def children(self) -> dict[str, int]:
        """The process ids by role."""
        return {name: process.pid for name, process in self._processes.items() if process.running}

    def run(self) -> None:
        """Start everything and return when it has ended as asked; CannotStart if it never came to work."""
        self._listen_to_signals()
        try:
            self._log.write("inspector", f"starting, process {os.getpid()}")
            for name, role in self._roles.items():
                if not role.late:
                    self._start(name)
            self._late_at = time.monotonic() + LATE_AFTER
            while not self._stopping:
                self._take(self._next_event())
                self._start_what_is_due()
                self._tell_if_late()
        finally:
            self._stop_all()
            self._log.write("inspector", "stopped")
            self._log.close()

    def _listen_to_signals(self) -> None:
        """A thread passes them on. The main one runs Python's handlers between two steps of a program, so a signal that arrives just before it
        waits for the queue would lie there until something else happens."""
        told, tell = socket.socketpair()
        tell.setblocking(False)
        signal.set_wakeup_fd(tell.detach())
        for number in self._platform.stop_signals:
            if number == getattr(signal, "SIGHUP", None) and signal.getsignal(number) == signal.SIG_IGN:
                continue  # started by nohup: it is to outlive its terminal
            signal.signal(number, lambda *_: None)
        threading.Thread(target=_pass_on, args=(told, self._events), name="signals", daemon=True).start()

    def _start(self, name: str) -> None:
        self._due.pop(name, None)
        restarts = self.restarts[name]
        process = Process(
            self._roles[name], self._settings, restarts, platform=self._platform, events=self._events
        )
        self._processes[name] = process
        self._log.write("inspector", f"{name} is process {process.pid}")
        if self._started:
            self._changed(self)

    def _next_event(self) -> Event | None:
        wake = min((due.at for due in self._due.values()), default=math.inf)
        timeout = max(0.0, min(wake, self._late_at) - time.monotonic())
        if not self._platform.wakes_on_signals:
            timeout = min(LOOK_EVERY, timeout)
        try:
            return self._events.get(timeout=timeout if timeout < math.inf else None)
        except queue.Empty:
            return None

    def _start_what_is_due(self) -> None:
        now = time.monotonic()
        for name, due in list(self._due.items()):
            if due.at <= now and not self._stopping:
                self._start(name)
                if due.sentence and self._started:
                    self._screen.say(due.sentence, due.consequence)

    def _tell_if_late(self) -> None:
        if time.monotonic() < self._late_at:
            return
        waiting = " and ".join(WORDS[name] for name, process in self._processes.items() if not process.ready)
        self._screen.say(
            f"Still waiting for the {waiting}, {LATE_AFTER:g} s after the start.",
            f"What they say is in {self._log.path}.",
        )
        self._late_at = math.inf

    def _take(self, event: Event | None) -> None:
        match event:
            case Asked():
                self._stopping = True
            case Wrote(process, line):
                self._log.write(process.role.name, line)
                process.last_words = line or process.last_words
            case Told(process, report):
                self._hear(process, report)
            case Ended(process, status):
                self._bring_back(process, status)

    def _hear(self, process: Process, report: Report) -> None:
        if report.kind != "ready":
            self._log.write(process.role.name, report.sentence)
            if report.kind == "cannot" and not self._started:
                raise CannotStart(report.sentence, report.cure)
            process.gave_up = report.kind == "cannot"
            if report.kind == "printed":
                self._screen.printed(report.sentence)
            else:
                self._screen.say(report.sentence, report.cure)
            return
        process.is_ready()
        self._facts |= report.facts
        self._log.write(process.role.name, "ready")
        if not self._started and all(one.ready for one in self._processes.values()):
            self._started, self._late_at = True, math.inf
            self._changed(self)
            self._screen.started(self._facts)
            for name, role in self._roles.items():
                if role.late:
                    self._start(name)

    def _bring_back(self, process: Process, status: int) -> None:
        name, how = process.role.name, _how(status)
        self._log.write("inspector", f"{name} ended: {how}")
        if self._stopping:
            return
        if process.gave_up and process.role.late:
            self._changed(self)  # all else works without it, and it has said why it doesn't
            return
        if status == AGAIN and process.ready:
            self.restarts[name] += 1
            self._due[name] = Due(time.monotonic())
            return
        back_off = self._back_offs[name]
        wait = back_off.crashed(process.served, from_outside=status == KILLED)
        if back_off.looping and not self._started:
            raise CannotStart(
                f"The {WORDS[name]} stops as soon as it is started ({how}): {process.last_words or 'it said nothing'}",
                f"All that it said is in {self._log.path}. Please report it if that does not help you.",
            )
        self.restarts[name] += 1
        sentence = f"The {WORDS[name]} stopped ({how}) and was started again."
        if back_off.looping:
            self._tell_loop(process, how, back_off.crashes, wait)
            sentence = ""
        self._due[name] = Due(time.monotonic() + wait, sentence, CONSEQUENCES[name])

    def _tell_loop(self, process: Process, how: str, times: int, wait: float) -> None:
        last = f": {process.last_words}" if process.last_words else "."
        self._screen.say(
            f"The {WORDS[process.role.name]} stopped {times} times, each time soon after its start ({how}){last}",
            f"It is tried again in {wait:g} s; what it said is in {self._log.path}.",
        )

    def _stop_all(self) -> None:
        """Engine and web at once, the recorder when the engine has written its last; what is slow is killed."""
        self._stopping = True
        until = time.monotonic() + STOP_WITHIN
        engine, recorder = self._processes.get(ENGINE), self._processes.get(RECORDER)
        for process in self._processes.values():
            if process is not recorder or engine is None or not engine.running:
                process.ask_to_stop()
        while any(process.running for process in self._processes.values()):
            self._wait_a_little(until)
            if recorder is not None and (engine is None or not engine.running):
                recorder.ask_to_stop()
            if time.monotonic() >= until:
                self._kill_the_slow()
                until = time.monotonic() + STOP_WITHIN

    def _wait_a_little(self, until: float) -> None:
        try:
            event = self._events.get(timeout=min(LOOK_EVERY, max(0.0, until - time.monotonic())))
        except queue.Empty:
            return
        if isinstance(event, Asked):
            self._kill_the_slow()  # asked twice: it is meant
        elif not isinstance(event, Told):
            self._take(event)

    def _kill_the_slow(self) -> None:
        for name, process in self._processes.items():
            if process.running:
                self._log.write("inspector", f"{name} did not stop in time and is killed")
                process.kill()


def _pass_on(signals: socket.socket, events: Events) -> None:
    with signals:
        while numbers := signals.recv(64):
            for number in numbers:
                events.put(Asked(number))


def _how(status: int) -> str:
    if status < 0:
        try:
            return f"killed by {signal.Signals(-status).name}"
        except ValueError:
            return f"killed by signal {-status}"
    return "it could not start" if status == CANNOT else f"exit status {status}"
