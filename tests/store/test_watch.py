from __future__ import annotations

import sqlite3
import time
from collections.abc import Mapping
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from inspector.store.settings import Settings
from inspector.store.watch import DEFAULTS, Watcher


def test_the_first_look_tells_even_without_a_file(home: Path) -> None:
    watcher = Watcher(home)
    assert watcher.look() == DEFAULTS
    assert watcher.look() is None
    assert not home.exists()


def test_a_change_is_noticed_and_nothing_else(home: Path) -> None:
    watcher, settings = Watcher(home), None
    watcher.look()
    settings = Settings(home)
    assert watcher.look() is None, "the defaults are no change"
    settings.set("capturing", False)
    found = watcher.look()
    assert found is not None
    assert found["capturing"] is False
    assert watcher.look() is None
    watcher.stop()
    settings.close()


def test_a_locked_or_broken_file_leaves_what_was_known(home: Path) -> None:
    settings = Settings(home)
    settings.set("capturing", False)
    watcher = Watcher(home)
    assert watcher.look()
    settings.close()
    blocker = sqlite3.connect(home / "control.db", isolation_level=None)
    blocker.execute("BEGIN EXCLUSIVE")
    assert watcher.look() is None
    blocker.execute("ROLLBACK")
    blocker.close()
    (home / "control.db").write_bytes(b"no database at all" * 100)
    assert watcher.look() is None
    watcher.stop()


def test_a_file_that_replaced_the_old_one_is_read(home: Path) -> None:
    settings = Settings(home)
    settings.set("capturing", False)
    watcher = Watcher(home)
    watcher.look()
    settings.close()
    (home / "control.db").unlink()
    settings = Settings(home)
    settings.set("keep_count", 5)
    found = watcher.look()
    assert found is not None
    assert (found["capturing"], found["keep_count"]) == (True, 5)
    watcher.stop()
    settings.close()


def test_a_watching_thread_notices_within_100_ms(home: Path) -> None:
    seen: SimpleQueue[tuple[float, Mapping[str, Any]]] = SimpleQueue()
    watcher = Watcher(home, lambda found: seen.put((time.perf_counter(), found)))
    watcher.start()
    assert seen.get(timeout=5)[1] == DEFAULTS
    settings = Settings(home)
    delays = []
    for number in range(6):
        settings.set("keep_count", number)
        committed = time.perf_counter()
        at, found = seen.get(timeout=5)
        assert found["keep_count"] == number
        delays.append(at - committed)
    assert sorted(delays)[len(delays) // 2] < 0.1
    watcher.stop()
    settings.close()
