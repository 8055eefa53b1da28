from __future__ import annotations

import os

import pytest

from inspector.app import fresh, home
from inspector.app.lock import LOCK, Lock
from inspector.app.platform import here


def a_fresh_home(folder, name):
    place = home.locate(folder / f"{fresh.PREFIX}{name}", fresh=True)
    home.prepare(place)
    return place


def test_a_fresh_home_of_a_run_that_is_over_is_removed(tmp_path):
    over = a_fresh_home(tmp_path, "over")
    (over.run / LOCK).touch()
    assert fresh.remove_leftovers(tmp_path) == 1
    assert not over.root.exists()


def test_one_that_is_in_use_or_just_starting_stays(tmp_path):
    used = a_fresh_home(tmp_path, "used")
    starting = a_fresh_home(tmp_path, "starting")
    lock = Lock(used.run / LOCK, here())
    assert lock.take()
    assert fresh.remove_leftovers(tmp_path) == 0
    assert used.root.exists()
    assert starting.root.exists()
    lock.release()
    assert fresh.remove_leftovers(tmp_path) == 1


@pytest.mark.skipif(os.name != "posix", reason="symbolic links")
def test_a_link_that_somebody_laid_out_is_not_followed(tmp_path):
    precious = home.locate(tmp_path / "precious")
    home.prepare(precious)
    (precious.run / LOCK).touch()
    (tmp_path / f"{fresh.PREFIX}trap").symlink_to(precious.root)
    assert fresh.remove_leftovers(tmp_path) == 0
    assert precious.root.exists()


def test_a_new_one_is_empty_and_private(tmp_path, monkeypatch):
    monkeypatch.setattr(fresh.tempfile, "tempdir", str(tmp_path))
    made = fresh.make()
    assert made.parent == tmp_path.resolve()
    assert list(made.iterdir()) == []
    if os.name == "posix":
        assert made.stat().st_mode & 0o777 == 0o700
