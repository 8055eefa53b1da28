from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from inspector.store.settings import Settings
from inspector.store.watch import DEFAULTS


@pytest.fixture
def settings(home: Path) -> Iterator[Settings]:
    made = Settings(home)
    yield made
    made.close()


def test_defaults_hold_until_something_is_set(settings: Settings) -> None:
    assert settings.read() == DEFAULTS
    assert settings.revision == 0


def test_every_change_has_a_revision(settings: Settings, home: Path) -> None:
    assert settings.set("capturing", False) == 1
    assert settings.set("keep_days", 2.5) == 2
    assert settings.set("capturing", True) == 3
    assert settings.revision == 3
    assert settings.read()["keep_days"] == 2.5
    assert settings.read()["capturing"] is True
    again = Settings(home)
    assert again.read() == settings.read()
    again.close()


def test_changes_from_many_threads_are_all_counted(settings: Settings) -> None:
    threads = [threading.Thread(target=settings.set, args=(f"name{n}", n)) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert settings.revision == 16
    assert all(settings.read()[f"name{n}"] == n for n in range(16))


def test_a_wish_to_forget_is_newer_than_the_one_before(settings: Settings) -> None:
    before = int(time.time() * 1000)
    first, second = settings.wish_to_forget(), settings.wish_to_forget()
    assert before <= first < second
    assert settings.read()["forget"] == second


def test_the_file_is_its_owners_alone(settings: Settings, home: Path) -> None:
    assert (home / "control.db").stat().st_mode & 0o077 == 0
