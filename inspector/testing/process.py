"""A proxy for tests, started and stopped: one for all tests of a pytest process."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from inspector.app import notice
from inspector.app.errors import CannotStart, InspectorError
from inspector.app.home import Home, locate
from inspector.app.platform import here
from inspector.store.captures import Captures
from inspector.store.settings import Settings

START_WITHIN = 60.0
STOP_WITHIN = 20.0
_LAB_WITHIN = 30.0
_LOOK_EVERY = 0.02
_LAB_READY = " lab        ready\n"


class Process:
    """A running proxy: `address` as `127.0.0.1:port`, `home` with its authority and captures, `link` signs in to its dashboard if it has one."""

    def __init__(self, options: Sequence[str], *, lab: bool = False, dashboard: bool = False) -> None:
        self._said = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")  # noqa: SIM115 (read when it fails)
        words = [*options, *([] if lab else ["--no-lab"]), *(["--dashboard"] if dashboard else [])]
        self._popen = subprocess.Popen(  # noqa: S603 (our own program)
            [sys.executable, "-P", "-m", "inspector.testing.program", *words],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._said, text=True, **here().spawn_options([]),
        )  # fmt: skip
        try:
            told = self._first_line()
            self.home: Home = locate(Path(told["home"]), fresh=True)
            self.address: str = told["proxy"]
            self.link: str = told["link"]
            if lab:
                self._wait_for_lab()
            self.captures = Captures(self.home.data)
            self.settings = Settings(self.home.data)
        except BaseException:
            self._end()
            raise

    @property
    def running(self) -> notice.Running:
        """What it says of itself in its home. CannotStart if it ended."""
        found = notice.last_word(self.home.run)
        if found is None:
            raise CannotStart("The proxy for the tests has ended.", self._last_words())
        return found

    @property
    def ended(self) -> str:
        """What it said last, if it ended by itself; '' as long as it runs."""
        return (
            "" if self._popen.poll() is None else f"The proxy for the tests has ended. {self._last_words()}"
        )

    def stop(self) -> None:
        """End it; its home is deleted."""
        self.captures.close()
        self.settings.close()
        self._end()

    def _first_line(self) -> dict[str, Any]:
        """What it says when it works. It has a minute: a machine may be busy, but it must not hang for ever."""
        assert self._popen.stdout is not None
        late = threading.Timer(START_WITHIN, self._popen.kill)
        late.start()
        try:
            line = self._popen.stdout.readline()
        finally:
            late.cancel()
        told = json.loads(line) if line.startswith("{") else {}
        if "home" in told:
            return dict(told)
        raise CannotStart(
            told.get("problem", "The proxy for the tests did not start."),
            told.get("cure", "") or self._last_words(),
        )

    def _wait_for_lab(self) -> None:
        log, until = self.home.run / "inspector.log", time.monotonic() + _LAB_WITHIN
        while _LAB_READY not in log.read_text(encoding="utf-8", errors="replace"):
            if time.monotonic() > until:
                raise InspectorError("The practice sites do not start.", self._last_words())
            time.sleep(_LOOK_EVERY)

    def _last_words(self) -> str:
        with contextlib.suppress(OSError, ValueError):
            self._said.seek(0)
            return self._said.read()[-2000:].strip()
        return ""

    def _end(self) -> None:
        assert self._popen.stdin is not None
        assert self._popen.stdout is not None
        with contextlib.suppress(OSError):
            self._popen.stdin.close()
        try:
            self._popen.wait(STOP_WITHIN)
        except subprocess.TimeoutExpired:
            self._popen.kill()
            self._popen.wait()
        self._popen.stdout.close()
        self._said.close()
