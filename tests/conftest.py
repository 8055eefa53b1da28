"""What all tests share: which programs are there, and the rule that CI skips nothing for want of one.

A test marked `browser` or `clients` is skipped where its programs are missing. With INSPECTOR_REQUIRE_ALL (set by
`scripts/test --require-all`) such a skip is a failure.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Generator
from pathlib import Path

import pytest

REQUIRE_ALL = "INSPECTOR_REQUIRE_ALL"
NEEDS_PROGRAMS = ("browser", "clients")
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CLIENTS = ("curl", "wget", "git", "node")
ARGUMENTS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
)  # fmt: skip


def find_chromium() -> str | None:
    """The system's Chromium or Chrome."""
    return next((path for name in CHROMIUM if (path := shutil.which(name))), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    without_browser = find_chromium() is None
    for item in items:
        if without_browser and item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.skip(reason="there is no Chromium (Debian: apt install chromium)"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    marked = any(item.get_closest_marker(name) for name in NEEDS_PROGRAMS)
    if report.skipped and marked and os.environ.get(REQUIRE_ALL) and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} must run here ({REQUIRE_ALL} is set), but: {report.longrepr}"
    return report


@pytest.fixture(autouse=True)
def _without_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test depends on the proxy or the home that this computer is set to."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.delenv("INSPECTOR_HOME", raising=False)
    monkeypatch.delenv("INSPECTOR_PROXY_AUTH", raising=False)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The browser for tests marked `browser`."""
    path = find_chromium()
    if path is None:
        pytest.skip("there is no Chromium")
    return path


@pytest.fixture(scope="session")
def chromium_arguments() -> list[str]:
    """How Chromium is started in tests: without a screen, and speaking to nobody by itself."""
    return list(ARGUMENTS)


@pytest.fixture(scope="session")
def client_path() -> dict[str, str]:
    """The real clients by name, for tests marked `clients`; one that is missing skips the test that asks for it."""
    return _Clients((name, path) for name in CLIENTS if (path := shutil.which(name)))


class _Clients(dict[str, str]):
    def __missing__(self, name: str) -> str:
        pytest.skip(f"{name} is not installed")


@pytest.fixture(scope="session")
def checkout() -> Path:
    """The top folder of this checkout."""
    return Path(__file__).resolve().parent.parent
