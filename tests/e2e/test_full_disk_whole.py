"""Captures on a disk that is really full: the traffic goes on, the dashboard says what is being lost, and it all mends itself."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from e2e_contents import LARGEST, pattern
from e2e_running import Dashboard, Running, Start, until
from e2e_site import Site

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

SMALL, LARGE = "8m", "256m"
INLINE = 60_000  # a body that stands in its record


class Disk:
    """A small file system in memory, mounted at `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ballast = folder / "ballast"
        self._mount("-t", "tmpfs", "-o", f"size={SMALL}", "tmpfs")

    def _mount(self, *arguments: str) -> None:
        subprocess.run(["mount", *arguments, str(self.folder)], check=True, capture_output=True)

    def fill(self) -> None:
        """Take all the room there is."""
        with self.ballast.open("ab", buffering=0) as file, contextlib.suppress(OSError):
            while True:
                file.write(bytes(4096))

    def make_room(self) -> None:
        self.ballast.unlink()

    def grow(self) -> None:
        """Give it much more room than it had."""
        self._mount("-o", f"remount,size={LARGE}")

    def unmount(self) -> None:
        subprocess.run(["umount", "--lazy", str(self.folder)], check=True)


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Disk]:
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        pytest.skip("only root on Linux may mount a small disk")
    try:
        disk = Disk(tmp_path_factory.mktemp("small"))
    except subprocess.CalledProcessError as error:
        pytest.skip(f"no small disk can be mounted here: {error.stderr.decode().strip()}")
    yield disk
    disk.unmount()


@pytest.fixture(scope="module")
def running(disk: Disk, start_running: Start) -> Iterator[Running]:
    """The product with its home on that disk."""
    running = start_running(home=disk.folder / "home").wait_until_ready()
    yield running
    running.close()  # before the disk goes


@pytest.fixture
def browser(running: Running) -> Iterator[requests.Session]:
    """A client that uses the proxy."""
    with requests.Session() as session:
        session.trust_env = False
        session.proxies = {"http": running.proxy_url, "https": running.proxy_url}
        session.verify = str(running.ca)
        yield session


def lamp_on_page(dashboard: Dashboard) -> str:
    """What the lamp in the top bar says, as words."""
    page = dashboard.get("/set-up").text
    return page.partition("data-lamp-words>")[2].partition("<")[0]


def is_gone(dashboard: Dashboard, id: str) -> bool:
    """Whether only the row is left of an exchange."""
    return dashboard.get(f"/api/v1/exchanges/{id}").status_code == 410


def test_what_happens_on_a_full_disk_waits_for_room(
    disk: Disk, running: Running, dashboard: Dashboard, browser: requests.Session, site: Site
) -> None:
    assert browser.get(f"{site.https}/load/before").status_code == 200
    dashboard.row("/load/before")
    disk.fill()
    paths = [f"/load/full-{number}" for number in range(30)]
    for path in paths:
        assert browser.get(site.https + path).text == f"This is {path}.\n"
    lamp = until(
        lambda: (now := dashboard.lamp)["state"] == "losing" and now, "the lamp tells of the full disk"
    )
    assert (lamp["lost"], lamp["words"]) == (0, "Losing captures: 0")
    assert "the disk is full" in lamp["why"]
    assert "Nothing was lost so far." in lamp["why"]
    assert dashboard.row("/load/before")  # what was captured can still be read
    disk.make_room()
    for path in paths:
        assert (
            dashboard.body(dashboard.row(path)["id"], "browser", "response") == f"This is {path}.\n".encode()
        )
    until(lambda: dashboard.lamp["state"] == "capturing", "the lamp says that it captures again")


def test_what_cannot_be_kept_is_counted_and_later_goes_on_by_itself(
    disk: Disk, running: Running, dashboard: Dashboard, browser: requests.Session, site: Site
) -> None:
    disk.fill()
    processes = running.notice["children"]
    for number in range(4):  # four times 16 MiB are captured, or would be
        assert browser.get(f"{site.https}/bytes/{LARGEST}?{number}").content == pattern(LARGEST)
    asked = 0
    while not dashboard.lamp["lost"]:
        assert asked < 2000, "nothing is lost, however much comes"
        for _ in range(50):
            assert browser.get(f"{site.https}/bytes/{INLINE}?{asked}").content == pattern(INLINE)
            asked += 1
    until(
        lambda: lamp_on_page(dashboard) == f"Losing captures: {dashboard.lamp['lost']:,}",
        "the page counts them",
    )
    assert browser.get(f"{site.http}/load/still").status_code == 200
    disk.grow()
    until(lambda: "the disk is full" not in dashboard.lamp["why"], "the disk takes captures again")
    assert browser.get(f"{site.https}/load/after").text == "This is /load/after.\n"
    assert (
        dashboard.body(dashboard.row("/load/after")["id"], "browser", "response") == b"This is /load/after.\n"
    )
    rows = dashboard.json("/api/v1/exchanges?limit=1000")["rows"]
    gone = [row for row in rows if is_gone(dashboard, row["id"])]
    assert len(gone) == dashboard.lamp["lost"]  # of what was lost the rows are there, and as many as was said
    assert "could not be kept" in dashboard.get(f"/exchange/{gone[0]['id']}").text
    assert running.notice["children"] == processes  # nobody had to be started again
    until(lambda: dashboard.lamp["state"] == "capturing", "the lamp says that it captures again", within=60)
    assert dashboard.lamp["why"] == f"{len(gone):,} exchanges could not be kept earlier."
