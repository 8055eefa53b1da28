"""A supervisor with fake children, in a process of its own, as an object to hold."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from inspector.app import notice

LONG = 20.0


class Driven:
    """A running `fakes.drive`. What it says comes as dictionaries from `next`."""

    def __init__(self, home: Path, parts: dict[str, str], options: tuple[str, ...]) -> None:
        self.home = home
        here = str(Path(__file__).parent)
        environment = {
            **os.environ,
            "PYTHONPATH": here,
            **{f"FAKE_{role.upper()}": part for role, part in parts.items()},
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "fakes.drive", str(home), *options],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment,
        )  # fmt: skip

    def next(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            assert self.process.stderr is not None
            raise AssertionError(f"it ended with {self.process.wait()}: {self.process.stderr.read()}")
        return json.loads(line)

    def started(self) -> dict[str, Any]:
        """Wait for its first screen."""
        told = self.next()
        while "started" not in told:
            told = self.next()
        return told

    @property
    def children(self) -> dict[str, int]:
        running = notice.last_word(self.home / "run")
        assert running is not None
        return running.children

    @property
    def log(self) -> str:
        return (self.home / "run" / "inspector.log").read_text()

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(LONG)

    def clean_up(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(LONG)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        for pipe in (self.process.stdout, self.process.stderr):
            assert pipe is not None
            pipe.close()


@pytest.fixture
def drive(tmp_path: Path) -> Iterator[Callable[..., Driven]]:
    """Start a supervisor: `drive(engine="crash")`. All are stopped in the end."""
    started: list[Driven] = []

    def start(*options: str, home: Path | None = None, **parts: str) -> Driven:
        started.append(Driven(home or tmp_path / "home", parts, options))
        return started[-1]

    yield start
    for driven in started:
        driven.clean_up()
