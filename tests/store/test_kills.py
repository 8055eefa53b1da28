"""kill -9 in the middle of load: real processes, a real disk."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from store_samples import take_in, wait_for

from inspector.store.captures import Captures
from inspector.store.database import index_path
from inspector.store.recorder import Recorder

LOAD = Path(__file__).with_name("store_load.py")
Start = Callable[[str], "Started"]


class Started:
    """A process of store_load, and what it says."""

    def __init__(self, role: str, home: Path, said: Path) -> None:
        self._said = said
        with said.open("wb") as out:
            self._process = subprocess.Popen([sys.executable, str(LOAD), role, str(home)], stdout=out)

    def kill(self) -> list[tuple[bytes, float]]:
        """Kill -9. What it had flushed, and when; the last line may be cut."""
        self._process.kill()
        self._process.wait()
        lines = [line.split() for line in self._said.read_text().split("\n")[:-1]]
        return [(bytes.fromhex(id), float(when)) for id, when in lines]


@pytest.fixture
def start(home: Path, tmp_path: Path) -> Iterator[Start]:
    running: list[Started] = []

    def begin(role: str) -> Started:
        running.append(Started(role, home, tmp_path / f"said-{len(running)}"))
        return running[-1]

    yield begin
    for each in running:
        each.kill()


def all_ids(home: Path) -> list[bytes]:
    database = sqlite3.connect(index_path(home))
    assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    found = [id for (id,) in database.execute("SELECT id FROM exchange WHERE state = 'done'")]
    database.close()
    return found


def test_an_engine_killed_under_load_loses_nothing_older_than_100_ms(
    start: Start, recorder: Recorder, captures: Captures, home: Path
) -> None:
    chance, old = random.Random(4), []
    for _ in range(4):
        engine = start("engine")
        wait_for(lambda: any(home.glob("captures/*/*.seg")))
        time.sleep(chance.uniform(0.2, 0.6))  # under load
        killed = time.monotonic()
        old += [id for id, when in engine.kill() if when < killed - 0.1]
        take_in(recorder)
    assert len(old) > 100
    assert set(old) <= set(all_ids(home))
    for id in chance.sample(old, 50):
        found = captures.exchange(id)
        assert found is not None
        assert found.id == id


@pytest.mark.slow
def test_a_recorder_killed_again_and_again_shows_everything_once_and_for_ever(
    start: Start, captures: Captures, home: Path
) -> None:
    chance, shown = random.Random(5), set()
    engine = start("engine")
    cursor = captures.changes("").cursor
    for _ in range(6):
        recorder = start("recorder")
        before = len(shown)
        end = time.monotonic() + chance.uniform(0.2, 0.8)
        while time.monotonic() < end or len(shown) == before:
            changes = captures.changes(cursor, limit=5000)
            cursor = changes.cursor
            shown |= {row.id for row in changes.rows}
        recorder.kill()
        assert {id for id in shown if captures.row(id) is None} == set()
    killed = time.monotonic()
    put = {id for id, when in engine.kill() if when < killed - 0.1}
    last = Recorder(home)
    take_in(last)
    listed = all_ids(home)
    assert shown <= {row.id for row in captures.page(limit=10**6).rows}
    assert len(listed) == len(set(listed))
    assert put <= set(listed)
    finished = captures.totals().exchanges
    assert finished == len(listed), "each was counted exactly once"
    last.close()
