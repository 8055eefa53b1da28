"""The diary of captured windows: when they were open, and nothing of what was done in them."""

from __future__ import annotations

import json
import stat
import sys

import pytest

from inspector.app.browsers import diary
from inspector.app.browsers.kinds import KINDS, Browser
from inspector.explain.acceptance import CapturedWindow

CHROMIUM = Browser(KINDS["chromium"], ("/usr/bin/chromium",))
FIREFOX = Browser(KINDS["firefox"], ("/usr/bin/firefox",), "snap")


def clock(at=110.0):
    return lambda: at


def there(pid):
    return pid > 0


def gone(pid):
    return pid < 0


def test_a_window_is_noted_from_opening_to_closing(tmp_path):
    with diary.noted(tmp_path, CHROMIUM, 17, 100.0, clock=clock()):
        assert diary.read(tmp_path, runs=lambda pid: pid == 17) == (
            CapturedWindow("chromium", "Chromium", 100.0),
        )
    with diary.noted(tmp_path, FIREFOX, 18, 120.0, clock=clock(130.0)):
        pass
    assert diary.read(tmp_path, runs=gone) == (
        CapturedWindow("firefox", "Firefox (snap)", 120.0, 130.0),
        CapturedWindow("chromium", "Chromium", 100.0, 110.0),
    )


def test_a_window_that_was_killed_counts_while_it_runs_and_then_no_more(tmp_path):
    window = diary.noted(tmp_path, CHROMIUM, 17, 100.0)
    window.__enter__()
    assert len(diary.read(tmp_path, runs=there)) == 1
    assert diary.read(tmp_path, runs=gone) == ()


@pytest.mark.skipif(sys.platform == "win32", reason="asks nobody there")
def test_a_process_that_is_none_does_not_run(tmp_path):
    window = diary.noted(tmp_path, CHROMIUM, 2**22 + 5, 100.0)
    window.__enter__()
    assert diary.read(tmp_path) == ()


def test_it_is_ours_alone_and_does_not_grow_for_ever(tmp_path):
    for n in range(diary.MOST):
        with diary.noted(tmp_path, CHROMIUM, n, n * 100.0):
            pass
    path = tmp_path / diary.FILE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert len(path.read_text().splitlines()) <= diary.MOST + 1
    assert diary.read(tmp_path)[0].opened == (diary.MOST - 1) * 100.0


@pytest.mark.parametrize("text", ["", "{", "[]\n1\nnull", '{"pid": "x"}', '{"pid": 1, "opened": "x", "family": "chromium"}', '{"pid": 1, "opened": 1.0, "family": "lynx"}', "\xff\x00"])  # fmt: skip
def test_what_is_no_diary_has_no_windows(tmp_path, text):
    (tmp_path / diary.FILE).parent.mkdir()
    (tmp_path / diary.FILE).write_text(text, encoding="latin-1")
    assert diary.read(tmp_path, runs=there) == ()


def test_a_folder_that_is_gone_keeps_no_window_shut(tmp_path):
    with diary.noted(tmp_path / "gone", CHROMIUM, 17, 1.0):
        pass
    assert diary.read(tmp_path / "gone") == ()


def test_it_says_nothing_but_when_and_which(tmp_path):
    with diary.noted(tmp_path, CHROMIUM, 17, 1.0):
        pass
    keys = set().union(*(json.loads(line) for line in (tmp_path / diary.FILE).read_text().splitlines()))
    assert keys == {"opened", "closed", "family", "name", "pid"}
