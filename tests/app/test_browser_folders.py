"""The folder of a captured window: private, gone afterwards, and left-over ones of killed commands gone at the next start."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time

import pytest

from inspector.app import platform
from inspector.app.browsers import folders
from inspector.app.browsers.kinds import KINDS, Browser
from inspector.app.errors import InspectorError
from inspector.app.lock import LOCK, Lock


class System:
    """A computer with these browsers, on which programs use these folders."""

    def __init__(self, *browsers, used=()):
        self.browsers, self.used = browsers, used

    def installed(self):
        return self.browsers

    def uses(self, folder):
        return folder in self.used


@pytest.fixture(autouse=True)
def temporary(tmp_path, monkeypatch):
    place = tmp_path / "tmp"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    return place


BROWSER = Browser(KINDS["chromium"], ("chromium",))


@pytest.mark.skipif(os.name != "posix", reason="modes")
def test_only_its_owner_can_open_it_even_under_a_loose_umask():
    before = os.umask(0)
    try:
        with folders.throw_away(BROWSER, System()) as folder:
            assert folder.stat().st_mode & 0o777 == 0o700
            assert (folder / folders.PROFILE).stat().st_mode & 0o777 == 0o700
    finally:
        os.umask(before)


def test_it_is_gone_afterwards_also_when_something_went_wrong():
    window = folders.throw_away(BROWSER, System())
    folder = window.__enter__()
    (folder / folders.PROFILE / "Cookies").write_text("a=b")
    window.__exit__(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert not folder.exists()


def test_a_snaps_folder_lies_where_the_snap_can_see_it(tmp_path):
    room = tmp_path / "snap" / "chromium" / "common"
    snap = Browser(KINDS["chromium"], ("chromium",), "snap", room=room)
    with folders.throw_away(snap, System()) as folder:
        assert folder.parent == room


def make(name, *, old=False, locked=True):
    folder = folders.Path(tempfile.gettempdir()) / f"{folders.PREFIX}{name}"
    folder.mkdir()
    if locked:
        (folder / LOCK).touch()
    if old:
        before = time.time() - 2 * folders.YOUNG
        os.utime(folder, (before, before))
    return folder


def test_folders_that_nobody_holds_are_removed_at_the_next_start(tmp_path):
    room = tmp_path / "room"
    room.mkdir()
    in_room = room / f"{folders.PREFIX}x"
    in_room.mkdir()
    (in_room / LOCK).touch()
    left, unfinished = make("left"), make("unfinished", old=True, locked=False)
    other = Browser(KINDS["firefox"], ("firefox",), "snap", room=room)
    assert folders.remove_leftovers(System(other)) == 3
    assert not any(each.exists() for each in (left, unfinished, in_room))


def test_folders_that_are_held_used_or_just_being_made_stay(tmp_path):
    held, used, young = make("held"), make("used"), make("young", locked=False)
    lock = Lock(held / LOCK, platform.here())
    assert lock.take()
    assert folders.remove_leftovers(System(used=(used,))) == 0
    lock.release()
    assert young.exists()


@pytest.mark.skipif(os.name != "posix", reason="links")
def test_a_link_that_somebody_laid_is_not_followed(tmp_path):
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / LOCK).touch()
    (folders.Path(tempfile.gettempdir()) / f"{folders.PREFIX}link").symlink_to(precious)
    assert folders.remove_leftovers(System()) == 0
    assert precious.is_dir()


def test_the_folder_of_a_killed_command_is_left_over_for_the_next_start():
    script = (
        "import sys; from inspector.app.browsers import folders, kinds\n"
        "browser = kinds.Browser(kinds.KINDS['chromium'], ('chromium',))\n"
        "with folders.throw_away(browser, None) as folder:\n"
        "    print(folder, flush=True); sys.stdin.read()\n"
    )
    environment = {**os.environ, "TMPDIR": tempfile.gettempdir()}
    command = subprocess.Popen(
        [sys.executable, "-c", script],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )
    folder = folders.Path(command.stdout.readline().strip())
    assert folders.remove_leftovers(System()) == 0
    command.kill()
    command.communicate()
    assert folders.remove_leftovers(System()) == 1
    assert not folder.exists()


def test_a_kept_folder_stays_and_holds_one_window_at_a_time(tmp_path):
    with folders.kept(tmp_path, BROWSER) as folder:
        assert folder == tmp_path / "windows" / "chromium"
        with pytest.raises(InspectorError, match="is open already"), folders.kept(tmp_path, BROWSER):
            pass
    with folders.kept(tmp_path, BROWSER) as again:
        assert again == folder


@pytest.mark.skipif(sys.platform != "linux", reason="XDG folders")
def test_settings_of_other_programs_are_linked_to_and_those_of_browsers_are_not(tmp_path, monkeypatch):
    config = tmp_path / "config"
    for name in ("gtk-3.0", "chromium", "mozilla", "google-chrome"):
        (config / name).mkdir(parents=True)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(config))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "none"))
    folder = tmp_path / "w"
    folder.mkdir()
    told = folders.surroundings(folder, BROWSER)
    assert os.listdir(told["XDG_CONFIG_HOME"]) == ["gtk-3.0"]
    assert os.listdir(told["XDG_CACHE_HOME"]) == []
    assert folders.surroundings(folder, Browser(KINDS["firefox"], ("f",), "snap")) == {}
