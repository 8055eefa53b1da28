"""`inspector browse` with a real Chromium and a real Firefox: what a page asks for is listed and nothing else, https and localhost
open without a warning, the dashboard is gone round, and afterwards nothing is left.

The browsers are not driven: nothing is attached to them that could change their ways. The pages tell the site what they saw.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import select
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from e2e_contents import picture
from e2e_routes import ROUTES
from e2e_running import COMMAND, Dashboard, Running, until, wait_gone
from e2e_site import Handler, Site
from playwright.sync_api import Playwright

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

FIREFOX = ("firefox", "firefox-esr")
BROWSERS = ("chromium", "firefox")
STORES = (".pki", ".local/share/pki", ".mozilla", ".config", ".cache", ".local", "snap", ".var")
LONGEST = 60.0
QUIET = 12.0  # both browsers have done most of what they do by themselves by then; see docs/browse.md for longer looks

SIX = b"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Six</title><link rel="icon" href="/six.ico">
<link rel="stylesheet" href="/six.css"><script src="/six.js" defer></script></head>
<body><h1>Six</h1><img src="/six.png" alt="stripes"></body></html>"""
SCRIPT = b"""addEventListener("load", async () => {
  const facts = {address: location.href, secure: isSecureContext, colour: getComputedStyle(document.body).color};
  await fetch("/six.json?" + new URLSearchParams(facts));
});"""
EXPECTED = {"/six", "/six.ico", "/six.css", "/six.js", "/six.png", "/six.json"}


def _six(handler: Handler, path: str) -> None:
    handler.reply(200, SIX, "text/html; charset=utf-8")


@pytest.fixture(scope="module", autouse=True)
def _pages(request: pytest.FixtureRequest) -> Iterator[None]:
    """A page with five parts, six exchanges in all."""
    pages = {
        "/six": _six,
        "/six.ico": lambda handler, _: handler.reply(200, picture(), "image/png"),
        "/six.png": lambda handler, _: handler.reply(200, picture(), "image/png"),
        "/six.css": lambda handler, _: handler.reply(200, b"body { color: rgb(4, 5, 6) }", "text/css"),
        "/six.js": lambda handler, _: handler.reply(200, SCRIPT, "text/javascript"),
        "/six.json": lambda handler, _: handler.reply_json({}),
        "/to-dashboard": _to_dashboard,
        "/kept": lambda handler, _: handler.reply(
            200, SIX, "text/html; charset=utf-8", Set_Cookie="kept=yes; Max-Age=3600"
        ),
    }
    before = dict(ROUTES)
    ROUTES.update(pages)
    yield
    ROUTES.clear()
    ROUTES.update(before)


def _to_dashboard(handler: Handler, path: str) -> None:
    """A page that asks for the dashboard's icon by two of its names, and tells whether it came."""
    port = parse_qs(urlsplit(handler.path).query)["port"][0]
    script = f"""<script>
      const icon = (host) => new Promise((done) => {{
        const image = new Image(); image.onload = () => done("came"); image.onerror = () => done("failed");
        image.src = `http://${{host}}:{port}/static/favicon.svg?from-the-window`;
      }});
      Promise.all(["127.0.0.1", "inspector.localhost"].map(icon)).then((seen) => fetch("/six.json?" + new URLSearchParams({{seen}})));
    </script>"""
    body = f"<!doctype html><html><head><meta charset=utf-8><link rel=icon href='data:,'></head><body>{script}</body></html>"
    handler.reply(200, body.encode(), "text/html; charset=utf-8")


class Browse:
    """`inspector browse`, running. `home` plays the person's home folder, `temporary` /tmp."""

    def __init__(self, running: Running, folder: Path, *words: str) -> None:
        self.home, self.temporary = folder / "home", folder / "tmp"
        for place in (self.home, self.home / "Downloads", self.temporary):
            place.mkdir(parents=True, exist_ok=True)
        environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("XDG_", "DISPLAY", "WAYLAND"))
        }
        environment |= {"HOME": str(self.home), "TMPDIR": str(self.temporary)}
        self.process = subprocess.Popen(
            [*COMMAND, "browse", "--headless", "--json", "--home", str(running.home), *words],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment,
        )  # fmt: skip

    def told(self) -> dict[str, Any]:
        """What it says of the window."""
        assert self.process.stdout is not None
        assert select.select([self.process.stdout], [], [], LONGEST)[0], "it said nothing"
        line = self.process.stdout.readline()
        assert line, self.process.communicate()[1]
        return json.loads(line)

    @property
    def windows(self) -> list[Path]:
        return list(self.temporary.glob("inspector-window-*"))

    def close(self, number: int = signal.SIGINT) -> int:
        self.process.send_signal(number)
        return self.process.wait(30)

    def clean_up(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.process.communicate()


@pytest.fixture(params=BROWSERS)
def browser(request: pytest.FixtureRequest) -> str:
    """The name of a browser that is installed here."""
    if request.param == "firefox" and not any(map(shutil.which, FIREFOX)):
        pytest.skip("there is no Firefox (Debian: apt install firefox-esr)")
    if request.param == "chromium" and not shutil.which("chromium"):
        pytest.skip("there is no program called chromium")
    return request.param


@pytest.fixture
def person() -> Iterator[Path]:
    """A folder with a short path: a browser puts a socket below it, whose path may have 107 bytes."""
    folder = Path(tempfile.mkdtemp(prefix="person-", dir="/tmp"))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def browse(running: Running, person: Path) -> Iterator[Any]:
    started: list[Browse] = []

    def start(*words: str) -> Browse:
        started.append(Browse(running, person, *words))
        return started[-1]

    yield start
    for each in started:
        each.clean_up()


def arrived(site: Site, path: str, since: int) -> dict[str, str]:
    """What the page told the site, by the query of its last request."""

    def look() -> dict[str, str] | None:
        found = [seen for seen in site.seen[since:] if urlsplit(seen.path).path == path]
        return (
            {name: values[-1] for name, values in parse_qs(urlsplit(found[-1].path).query).items()}
            if found
            else None
        )

    return until(look, f"{path} at the site", LONGEST)


def listed(dashboard: Dashboard, since: set[str]) -> list[str]:
    """What the list has beyond `since`: host and path of each exchange, open ones too."""
    rows = dashboard.json("/api/v1/exchanges?limit=200")["rows"]
    return sorted(f"{row['host']}{row['path'].partition('?')[0]}" for row in rows if row["id"] not in since)


def ids(dashboard: Dashboard) -> set[str]:
    return {row["id"] for row in dashboard.json("/api/v1/exchanges?limit=200")["rows"]}


def listing(folder: Path, *parts: str) -> list[str]:
    """Every file and folder under these parts of a folder."""
    return sorted(
        f"{path.relative_to(folder)} {path.stat().st_size if path.is_file() else ''}"
        for part in parts
        if (folder / part).exists()
        for path in (folder / part).rglob("*")
    )


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_page_with_six_resources_lists_exactly_six(
    browse: Any, browser: str, scheme: str, site: Site, dashboard: Dashboard
) -> None:
    before, since = ids(dashboard), len(site.seen)
    base = getattr(site, scheme)
    window = browse("--browser", browser, f"{base}/six")
    assert window.told()["open"] is True
    facts = arrived(site, "/six.json", since)
    assert facts == {"address": f"{base}/six", "secure": "true", "colour": "rgb(4, 5, 6)"}
    wanted = sorted(f"localhost{path}" for path in EXPECTED)
    until(lambda: len(listed(dashboard, before)) >= len(wanted), "all rows")
    quiet_until = time.monotonic() + QUIET
    while time.monotonic() < quiet_until:
        assert listed(dashboard, before) == wanted
        time.sleep(0.5)
    assert window.close() == 0
    assert listed(dashboard, before) == wanted


def test_http_stays_http(browser: str, site: Site, start_running: Any, person: Path, tmp_path: Path) -> None:
    """The site answers for any host here, as the upstream proxy: for a name that isn't this computer's, browsers like to try https."""
    running = start_running("--upstream-proxy", site.http, home=tmp_path / "home").wait_until_ready()
    since = len(site.seen)
    window = Browse(running, person, "--browser", browser, "http://shop.example/six")
    try:
        assert window.told()["open"] is True
        facts = arrived(site, "/six.json", since)
        assert (facts["address"], facts["secure"]) == ("http://shop.example/six", "false")
        rows = running.dashboard().json("/api/v1/exchanges?limit=200")["rows"]
        assert {(row["scheme"], row["host"]) for row in rows} == {("http", "shop.example")}
    finally:
        window.clean_up()


def test_the_dashboard_is_reached_and_not_captured(
    browse: Any, browser: str, site: Site, dashboard: Dashboard, running: Running
) -> None:
    before, since = ids(dashboard), len(site.seen)
    port = running.web.rpartition(":")[2]
    window = browse("--browser", browser, f"{site.http}/to-dashboard?port={port}")
    assert window.told()["open"] is True
    # the dashboard's Cross-Origin-Resource-Policy keeps the picture from other pages: it failed, but not at the proxy
    assert arrived(site, "/six.json", since)["seen"] == "failed,failed"
    rows = until(
        lambda: found if len(found := listed(dashboard, before)) >= 2 else None, "the page and its fetch"
    )
    assert rows == ["localhost/six.json", "localhost/to-dashboard"]
    window.close()


def test_without_an_address_it_opens_the_start_page(browse: Any, browser: str, dashboard: Dashboard) -> None:
    before = ids(dashboard)
    window = browse("--browser", browser)
    assert window.told()["open"] is True
    until(lambda: listed(dashboard, before) == ["inspector.test/start"], "its row", LONGEST)
    page = dashboard.body(dashboard.row("/start")["id"], "browser", "response").decode()
    assert "What you do in this window shows up on the dashboard. Other windows don\u2019t." in page
    window.close()


def test_closing_it_leaves_nothing_behind(browse: Any, browser: str, site: Site) -> None:
    since = len(site.seen)
    window = browse("--browser", browser, f"{site.https}/six")
    told = window.told()
    arrived(site, "/six.json", since)
    assert [str(each) for each in window.windows] == [told["folder"]]
    assert window.windows[0].stat().st_mode & 0o777 == 0o700
    os.kill(
        told["pid"], signal.SIGTERM
    )  # as if its person closed it: the browser ends, the command is not told
    assert window.process.wait(30) == 0
    assert listing(window.temporary, ".") == []
    assert listing(window.home, *STORES) == []
    assert os.listdir(window.home) == ["Downloads"]


def test_no_trust_store_is_changed(browse: Any, browser: str, site: Site, person: Path) -> None:
    certutil = shutil.which("certutil")
    if certutil is None:
        pytest.skip("certutil is not installed (Debian: apt install libnss3-tools)")
    home = person / "home"
    stores = [home / ".pki/nssdb", home / ".mozilla/firefox/own.default"]
    for store in stores:
        store.mkdir(parents=True)
        subprocess.run([certutil, "-N", "-d", f"sql:{store}", "--empty-password"], check=True, timeout=30)
    system = Path("/etc/ssl/certs")

    def trusted() -> list[Any]:
        lists = [
            subprocess.run(
                [certutil, "-L", "-d", f"sql:{store}"], capture_output=True, check=True, timeout=30
            ).stdout
            for store in stores
        ]
        files = [(store / name).read_bytes() for store in stores for name in ("cert9.db", "key4.db")]
        return [lists, files, sorted(os.listdir(system)) if system.is_dir() else []]

    before, since = trusted(), len(site.seen)
    window = browse("--browser", browser, f"{site.https}/six")
    assert window.told()["open"] is True
    arrived(site, "/six.json", since)
    window.close()
    assert trusted() == before


def test_a_window_whose_command_was_killed_is_cleared_away_at_the_next_start(
    browse: Any, browser: str, site: Site, person: Path
) -> None:
    since = len(site.seen)
    killed = browse("--browser", browser, f"{site.http}/six")
    told = killed.told()
    arrived(site, "/six.json", since)
    killed.process.kill()
    killed.process.wait()
    since = len(site.seen)
    beside = browse("--browser", browser, f"{site.http}/six")
    beside.told()
    assert Path(told["folder"]).is_dir(), "its browser still runs"
    arrived(site, "/six.json", since)
    beside.close()
    os.killpg(told["pid"], signal.SIGKILL)
    wait_gone(told["pid"])
    since = len(site.seen)
    after = browse("--browser", browser, f"{site.http}/six")
    told = after.told()
    assert [str(each) for each in after.windows] == [told["folder"]]
    arrived(site, "/six.json", since)
    after.close()
    assert after.windows == []


def test_a_kept_window_remembers_and_says_where(
    browse: Any, browser: str, site: Site, running: Running, playwright: Playwright
) -> None:
    cookies = []
    for _ in range(2):
        since = len(site.seen)
        window = browse("--browser", browser, "--keep", "--debugging-port", "0", f"{site.https}/kept")
        told = window.told()
        assert told["folder"] == str(running.home / "windows" / browser)
        arrived(site, "/six.json", since)
        page = next(seen for seen in site.seen[since:] if seen.path == "/kept")
        cookies.append(dict(page.fields).get("Cookie", ""))
        if browser == "firefox":  # a signal doesn't wait for what it is about to write
            until(functools.partial(holds_cookie, Path(told["folder"])), "the cookie in the profile", LONGEST)
        quit_browser(playwright, told, browser)
        assert window.process.wait(30) == 0
    assert cookies == ["", "kept=yes"]
    assert (running.home / "windows").stat().st_mode & 0o777 == 0o700


def holds_cookie(folder: Path) -> bool:
    """Whether a Firefox profile has the site's cookie on disk. Read from a copy: Firefox keeps the file for itself."""
    with tempfile.TemporaryDirectory() as copy:
        for file in folder.rglob("cookies.sqlite*"):
            with contextlib.suppress(OSError):  # the journal comes and goes
                shutil.copy(file, copy)
        database = Path(copy, "cookies.sqlite")
        if not database.exists():
            return False
        with contextlib.closing(sqlite3.connect(database)) as opened, contextlib.suppress(sqlite3.Error):
            return bool(opened.execute("SELECT 1 FROM moz_cookies WHERE name = 'kept'").fetchone())
    return False


def quit_browser(playwright: Playwright, told: dict[str, Any], browser: str) -> None:
    """As its person does it. To a Chromium without a screen a signal is not the same: it writes no cookies then."""
    if browser == "firefox":
        os.kill(told["pid"], signal.SIGTERM)
        return
    port = Path(told["folder"], "profile", "DevToolsActivePort").read_text().split()[0]
    attached = playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{port}")
    attached.new_browser_cdp_session().send("Browser.close")


def test_nothing_runs_is_said_with_the_cure(tmp_path: Path) -> None:
    done = subprocess.run(
        [*COMMAND, "browse", "--home", str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
    )
    assert done.returncode == 1
    assert "does not run" in done.stderr
    assert "run --home" in done.stderr


def test_without_a_screen_it_is_said_with_the_cure(running: Running, tmp_path: Path) -> None:
    environment = {
        name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")
    }
    done = subprocess.run(
        [*COMMAND, "browse", "--json", "--home", str(running.home)],
        capture_output=True, text=True, env=environment, timeout=LONGEST, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    told = json.loads(done.stdout)
    assert (told["open"], told["sentence"]) == (False, "There is no screen here that a window could open on.")
