"""The dashboard's button, from the page to a real browser: it opens, it outlives the dashboard's process, and it ends by itself."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from e2e_running import Running, until, wait_gone
from e2e_site import Site

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


@pytest.fixture
def temporary(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """What the product takes for /tmp; short, see test_browse.py."""
    folder = Path(tempfile.mkdtemp(prefix="button-", dir="/tmp"))
    monkeypatch.setenv("TMPDIR", str(folder))
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    yield folder
    shutil.rmtree(folder)


def browsers_in(folder: Path) -> list[int]:
    """The processes that have their profile below `folder`, the commands and the browsers' own."""
    told = subprocess.run(
        ["ps", "-ww", "-eo", "pid=,args="], capture_output=True, text=True, check=True
    ).stdout
    lines = (line.split(None, 1) for line in told.splitlines())
    return [
        int(pid) for pid, words in lines if f"--user-data-dir={folder}" in words and "--type=" not in words
    ]


def test_the_button_opens_a_window_that_outlives_the_dashboards_process(
    start_running: Any, site: Site, temporary: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not shutil.which("chromium"):
        pytest.skip("there is no program called chromium")
    monkeypatch.setenv("INSPECTOR_BROWSE_HEADLESS", "1")
    running: Running = start_running(home=tmp_path / "home").wait_until_ready()
    dashboard = running.dashboard()
    told = dashboard.post("/browse", {"url": f"localhost:{site.http_port}/new", "place": "0,0,800,600"})
    assert told["opened"] is True
    assert told["sentence"].endswith(" is open.")
    assert dashboard.row("/new")["host"] == "localhost"
    [browser] = browsers_in(temporary)
    running.kill("web")
    running.wait_until_back("web", 1)
    assert browsers_in(temporary) == [browser]
    os.kill(browser, signal.SIGTERM)
    wait_gone(browser)
    until(lambda: not list(temporary.glob("inspector-window-*")), "its folder is gone")


def test_without_a_screen_the_page_says_so(start_running: Any, temporary: Path, tmp_path: Path) -> None:
    running: Running = start_running(home=tmp_path / "home").wait_until_ready()
    told = running.dashboard().post("/browse", {"url": "example.com"})
    assert told["opened"] is False
    assert told["sentence"] == "There is no screen here that a window could open on."
    assert "inspector" in told["cure"]


def test_in_front_of_one_site_no_window_is_offered(start_running: Any, site: Site, tmp_path: Path) -> None:
    running: Running = start_running("--reverse", site.http, home=tmp_path / "home").wait_until_ready()
    assert "/browse" not in running.dashboard().get("/start").text
