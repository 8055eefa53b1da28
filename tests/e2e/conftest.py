"""The whole product, as people use it: its real processes, real clients and browsers, a real site, all on this computer.

Nothing here reaches into the product: it is started by its command, learns nothing but what a user could, and is read through
its dashboard. (test_kills.py also opens the index, to see that it can be opened.)
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

sys.path.insert(0, str(Path(__file__).parent))  # what these tests share are modules of their own

from e2e_authority import SiteAuthority
from e2e_running import Dashboard, Running, Start
from e2e_site import Site


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents and os.name != "posix":
            item.add_marker(pytest.mark.skip(reason="signals, and the programs of a Unix system"))


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> SiteAuthority:
    """The authority behind the site's certificate."""
    return SiteAuthority(tmp_path_factory.mktemp("authority"), "localhost")


@pytest.fixture(scope="module")
def site(authority: SiteAuthority, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site, over http and https."""
    with Site(authority.context, tmp_path_factory.mktemp("site")) as running:
        yield running


@contextlib.contextmanager
def starting(authority: SiteAuthority, folder: Path) -> Iterator[Start]:
    """Starts the product, with the site's authority known to it; what was started is ended in the end."""
    started: list[Running] = []

    def start(*options: str, home: Path | None = None, fresh: bool = False) -> Running:
        log = folder / f"run-{len(started)}.log"
        trusting = ("--upstream-ca", str(authority.ca))
        started.append(Running(home or folder / "home", *trusting, *options, log=log, fresh=fresh))
        return started[-1]

    try:
        yield start
    finally:
        for each in started:
            each.close()


@pytest.fixture(scope="module")
def start_running(authority: SiteAuthority, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    """Starts products that live as long as the file's tests."""
    with starting(authority, tmp_path_factory.mktemp("product")) as start:
        yield start


@pytest.fixture
def start_briefly(authority: SiteAuthority, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    """Starts products for one test."""
    with starting(authority, tmp_path_factory.mktemp("product")) as start:
        yield start


@pytest.fixture(scope="module")
def running(start_running: Start) -> Running:
    """The product, ready, on an empty home; shared by the tests of a file."""
    return start_running().wait_until_ready()


@pytest.fixture(scope="module")
def visitor(running: Running) -> Iterator[requests.Session]:
    """A program that goes through the proxy and trusts its authority."""
    with requests.Session() as session:
        session.trust_env = False
        session.proxies = {"http": running.proxy_url, "https": running.proxy_url}
        session.verify = str(running.ca)
        yield session


@pytest.fixture(scope="module")
def dashboard(running: Running) -> Dashboard:
    """A signed-in reader of its dashboard."""
    return running.dashboard()
