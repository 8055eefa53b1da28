"""What all tests share: which programs are there, and the rule that CI skips nothing for want of one.

A test marked `browser` or `clients` is skipped where its programs are missing. With INSPECTOR_REQUIRE_ALL (set by
`scripts/test --require-all`) such a skip is a failure.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent / "shared"))

REQUIRE_ALL = "INSPECTOR_REQUIRE_ALL"
NEEDS_PROGRAMS = ("browser", "clients", "servers")
DEAR = (*NEEDS_PROGRAMS, "slow")
DEAR_FOLDERS = ("cli", "e2e")
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HEADLESS = ("chromium-headless-shell", "chrome-headless-shell")
CLIENTS = ("curl", "wget", "git", "node")
ARGUMENTS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
)  # fmt: skip


def find_chromium() -> str | None:
    """The system's Chromium or Chrome."""
    return next((path for name in CHROMIUM if (path := shutil.which(name))), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The dear files first: what is left for the end are files of a second, with which all workers come to it together."""
    dear = {item.path for item in items if any(item.get_closest_marker(name) for name in DEAR)} | {
        item.path for item in items if item.path.parent.name in DEAR_FOLDERS
    }
    items.sort(key=lambda item: item.path not in dear)  # a stable sort: files stay whole
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


@pytest.fixture(scope="session", autouse=True)
def _without_a_proxy() -> Iterator[None]:
    """No test depends on the proxy or the home that this computer is set to."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
            patch.delenv(name, raising=False)
            patch.delenv(name.upper(), raising=False)
        patch.delenv("INSPECTOR_HOME", raising=False)
        patch.delenv("INSPECTOR_PROXY_AUTH", raising=False)
        yield


@pytest.fixture(scope="session")
def playwright() -> Iterator[Any]:
    """What drives real browsers. One for all: in one process there cannot be two at once."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def launch_for_pages(
    playwright: Any, chromium_path: str, chromium_arguments: list[str]
) -> Callable[..., Any]:
    """Starts a Chromium for who only looks at pages: launch_for_pages(*arguments, **options). Who starts it closes it.

    It is the headless shell where there is one: the same engine without the browser around it opens a page for a third of the time.
    """
    path = next((path for name in HEADLESS if (path := shutil.which(name))), chromium_path)

    def start(*arguments: str, **options: Any) -> Any:
        return playwright.chromium.launch(
            executable_path=path, args=[*chromium_arguments, *arguments], **options
        )

    return start


@pytest.fixture(scope="session")
def page_browser(launch_for_pages: Callable[..., Any]) -> Iterator[Any]:
    """A Chromium that all tests of pages share; each makes contexts of its own."""
    browser = launch_for_pages()
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def chromium_believing(
    launch_for_pages: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., Any]:
    """Starts a Chromium that believes a root, in a home of its own: chromium_believing(root, *arguments). Who starts it closes it."""

    def start(root: Path, *arguments: str) -> Any:
        home = tmp_path_factory.mktemp("chromium")
        database = home / ".pki" / "nssdb"
        database.mkdir(parents=True)
        for words in (["-N", "--empty-password"], ["-A", "-n", "root", "-t", "C,,", "-i", str(root)]):
            subprocess.run(["certutil", "-d", f"sql:{database}", *words], check=True, capture_output=True)
        return launch_for_pages(*arguments, env={**os.environ, "HOME": str(home)})

    return start


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


class Inspector:
    """A running `inspector run`: the real command with its real processes, on ports of its own."""

    def __init__(self, home: Path, *options: str, fresh: bool = False) -> None:
        where = ["--fresh"] if fresh else ["--home", str(home)]
        self.home = home
        self.said = ""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "inspector", "run", *where, "--listen", "127.0.0.1:0", "--web", "127.0.0.1:0",
             "--no-browser", "--upstream-proxy", "none", *options],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip

    def wait_for(self, words: str) -> str:
        """What it printed up to the line with these words; fails with all it printed if it ends before."""
        assert self.process.stdout is not None
        while words not in self.said:
            line = self.process.stdout.readline()
            if not line:
                raise AssertionError(f"it ended with {self.process.wait()} after saying:\n{self.said}")
            self.said += line
        return self.said

    def wait_until_ready(self) -> Inspector:
        self.wait_for("Ctrl-C stops it.")
        return self

    def wait_for_lab(self) -> Inspector:
        """Until the lab is at work too, which is started last; it is among the children then."""
        log, until = self.home / "run" / "inspector.log", time.monotonic() + 30
        while " lab        ready\n" not in log.read_text(encoding="utf-8", errors="replace"):
            assert time.monotonic() < until, "the lab is not ready"
            time.sleep(0.02)
        return self

    @property
    def notice(self) -> dict[str, Any]:
        """What HOME/run/inspector.json says: pid, listen, web, dashboard, children."""
        return json.loads((self.home / "run" / "inspector.json").read_bytes())

    @property
    def proxy(self) -> str:
        """Where the proxy listens, as `127.0.0.1:port`."""
        return self.notice["listen"][0]

    @property
    def dashboard(self) -> str:
        """The dashboard by its address, which every program can resolve: `http://127.0.0.1:port`."""
        return f"http://{self.notice['web'][0]}"

    @property
    def ca(self) -> Path:
        return self.home / "certs" / "ca.pem"

    @property
    def ticket(self) -> str:
        """Path and query of the sign-in link that was printed."""
        found = re.search(r"/sign-in\?ticket=\S+", self.said)
        assert found
        return found[0]

    def stop(self, number: int = signal.SIGINT) -> int:
        """Ask it to stop; its exit code."""
        self.process.send_signal(number)
        return self.process.wait(20)

    def clean_up(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()


@pytest.fixture(scope="session")
def inspector_class() -> type[Inspector]:
    """For a run that several tests share: who starts it cleans it up."""
    return Inspector


@pytest.fixture
def start_inspector(tmp_path: Path) -> Iterator[Callable[..., Inspector]]:
    """Start `inspector run` with these options: `start_inspector("--max-body", "1MiB")`. All are stopped in the end."""
    started: list[Inspector] = []

    def start(*options: str, home: Path | None = None, fresh: bool = False) -> Inspector:
        started.append(Inspector(home or tmp_path / "home", *options, fresh=fresh))
        return started[-1]

    yield start
    for one in started:
        one.clean_up()


@pytest.fixture
def inspector(start_inspector: Callable[..., Inspector]) -> Inspector:
    """A running Inspector, ready, on an empty home."""
    return start_inspector().wait_until_ready()


@pytest.fixture(scope="session")
def npm_packages(checkout: Path) -> Path:
    """The folder tests/node with what it takes from npm, fetched once; skips without Node, npm or a network."""
    folder = checkout / "tests" / "node"
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("Node and npm are not installed")
    stamp, lock = folder / "node_modules" / ".installed", folder / "node_modules.lock"
    wanted = hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest()
    until = time.monotonic() + 90
    while not (stamp.is_file() and stamp.read_text() == wanted):
        try:
            os.close(os.open(lock, os.O_CREAT | os.O_EXCL))
        except FileExistsError:  # another worker fetches them
            if time.monotonic() > until:
                lock.unlink(missing_ok=True)
            time.sleep(0.1)
            continue
        with contextlib.ExitStack() as after:
            after.callback(lock.unlink, missing_ok=True)
            done = subprocess.run(
                [npm, "ci", "--loglevel=error"], cwd=folder, capture_output=True, text=True, check=False
            )
            if done.returncode:
                pytest.skip(f"npm could not fetch what tests need: {done.stderr.strip()[:200]}")
            stamp.write_text(wanted)
    return folder
