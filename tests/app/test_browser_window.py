"""The life of a window, with a program that plays the browser."""

from __future__ import annotations

import os
import sys
import tempfile
import textwrap
import time
from pathlib import Path

import pytest

from inspector.app.browsers import window
from inspector.app.browsers.kinds import KINDS, Browser, Wish
from inspector.app.errors import InspectorError
from inspector.app.home import Home

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the program that plays the browser is a script")
WISH = Wish("http://site.test/", ("127.0.0.1", 8080), (), b"", "hash", headless=True)


def wait_gone(pid, within=10.0):
    until = time.monotonic() + within
    while (
        Path(f"/proc/{pid}").exists()
        and "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2][:3]
    ):
        assert time.monotonic() < until, f"process {pid} still runs"
        time.sleep(0.02)


class System:
    def installed(self):
        return ()

    def uses(self, folder):
        return False


@pytest.fixture
def plays(tmp_path, monkeypatch):
    """A browser that does this; it knows its profile as `profile`."""
    place = tmp_path / "tmp"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))

    def make(play):
        script = tmp_path / "browser"
        head = "import os, pathlib, signal, subprocess, sys, time\nprofile = pathlib.Path(next(a for a in sys.argv if a.startswith('--user-data-dir=')).partition('=')[2])\n"
        script.write_text(f"#!{sys.executable}\n{head}{textwrap.dedent(play)}")
        script.chmod(0o755)
        return Browser(KINDS["chromium"], (str(script),))

    return make


@pytest.fixture
def open_one(tmp_path):
    return lambda browser, **how: window.opened(browser, WISH, Home(tmp_path, tmp_path), System(), **how)


def test_it_is_open_when_the_profile_is_in_use_and_gone_when_the_browser_has_ended(plays, open_one):
    browser = plays("(profile / 'SingletonLock').touch(); (profile / 'Cookies').touch()")
    with open_one(browser) as opened:
        opened.wait()
        assert (opened.folder / "profile" / "Cookies").exists()
    assert not opened.folder.exists()


def test_its_environment_keeps_temporary_files_in_its_folder(plays, open_one):
    if not sys.platform.startswith("linux"):
        pytest.skip("on Linux only")
    browser = plays(
        "(profile / 'told').write_text(os.environ.get('TMPDIR', '')); (profile / 'SingletonLock').touch()"
    )
    with open_one(browser) as opened:
        opened.wait()
        told = (opened.folder / "profile" / "told").read_text()
        assert told in (
            str(opened.folder / "tmp"),
            "/tmp",
        )  # the latter where a socket's path would become too long


def test_closing_ends_it_with_all_its_processes(plays, open_one):
    browser = plays("""
        helper = subprocess.Popen([sys.executable, '-c', 'import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); signal.pause()'])
        (profile / 'helper').write_text(str(helper.pid))
        (profile / 'SingletonLock').touch()
        signal.pause()
    """)
    with open_one(browser) as opened:
        helper = int((opened.folder / "profile" / "helper").read_text())
    assert opened.process.returncode is not None
    assert not opened.folder.exists()
    wait_gone(helper)


def test_one_that_does_not_listen_is_killed(plays, open_one, monkeypatch):
    monkeypatch.setattr(window, "CLOSED_WITHIN", 0.3)
    browser = plays("""
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        (profile / 'SingletonLock').touch()
        while True: signal.pause()
    """)
    with open_one(browser) as opened:
        pass
    assert opened.process.returncode == -9


@pytest.mark.parametrize(
    "case",
    [
        ("FATAL: No usable sandbox! Update your kernel", "found no sandbox that it may use", "user namespaces"),
        ("(chrome:1): Gtk-WARNING **: cannot open display: :9", "cannot reach the screen", "desktop"),
        ("Running Firefox as root in a regular user's session is not supported.", "does not run as root", "as the user"),
        ("something new", "ended at once (exit status 3): something new", "--browser"),
    ],
)  # fmt: skip
def test_one_that_ends_at_once_is_told_with_its_last_words_and_leaves_nothing(
    plays, open_one, tmp_path, case
):
    said, sentence, cure = case
    browser = plays(f"print({said!r}, file=sys.stderr); sys.exit(3)")
    with pytest.raises(InspectorError) as failed, open_one(browser):
        pass
    assert sentence in failed.value.sentence
    assert cure in failed.value.cure
    assert os.listdir(tmp_path / "tmp") == []


def test_one_that_fails_soon_after_it_seemed_open_is_told_as_well(plays, open_one):
    browser = plays(
        "(profile / 'SingletonLock').touch(); print('Missing X server', file=sys.stderr); sys.exit(1)"
    )
    with open_one(browser) as opened, pytest.raises(InspectorError, match="cannot reach the screen"):
        opened.wait()


def test_a_program_that_cannot_be_started_is_said(open_one, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with (
        pytest.raises(InspectorError, match="could not be started"),
        open_one(Browser(KINDS["chromium"], ("/nothing/here",))),
    ):
        pass


def test_without_a_screen_nothing_is_started(tmp_path, monkeypatch):
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    seen = Wish("http://site.test/", ("127.0.0.1", 8080), (), b"", "hash")
    monkeypatch.setattr(window.platform, "here", type("Blind", (), {"has_screen": lambda _: False}))
    with (
        pytest.raises(InspectorError, match="no screen"),
        window.opened(Browser(KINDS["chromium"], ("x",)), seen, Home(tmp_path, tmp_path), System()),
    ):
        pass


def test_a_kept_profile_is_there_the_next_time_and_an_old_lock_in_it_means_nothing(plays, open_one):
    browser = plays("(profile / 'times').open('a').write('x'); (profile / 'SingletonLock').touch()")
    for times in ("x", "xx"):
        with open_one(browser, keep=True) as opened:
            opened.wait()
        assert (opened.folder / "profile" / "times").read_text() == times
