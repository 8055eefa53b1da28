"""Does this browser go through Inspector, and does it believe it? Asked of a real Chromium and a real Firefox: without trust, with it, told to accept, with half a
proxy and with none; on Inspector's own page and on the dashboard."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from e2e_authority import SiteAuthority
from e2e_running import Dashboard, Running, until
from playwright.sync_api import BrowserContext, Page, Playwright, expect

sys.path.insert(0, str(Path(__file__).parents[1] / "lab"))  # the Firefox of the lab's tests

import firefox as lab_firefox

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

OWN = "http://inspector.test/"
SAYS = {
    "trusted": "Yes. This browser believes",
    "untrusted": "No. This browser does not believe",
    "told": "It accepts the stand-in, but trusts no authority.",
    "around": "No. This browser does not go through Inspector.",
    "secureAround": "Its HTTPS does not go through Inspector.",
}


@pytest.fixture
def chromium(
    playwright: Playwright,
    chromium_path: str,
    chromium_arguments: list[str],
    running: Running,
    tmp_path: Path,
) -> Iterator[Callable[..., BrowserContext]]:
    """Starts a Chromium: chromium(trusting=…, told=…, proxy=…, script=…)."""
    opened: list[BrowserContext] = []

    def start(
        *, trusting: bool = False, told: bool = False, proxy: str = "", script: bool = True
    ) -> BrowserContext:
        home = tmp_path / f"home-{len(opened)}"
        (home / ".pki" / "nssdb").mkdir(parents=True)
        if trusting:
            database = f"sql:{home}/.pki/nssdb"
            for words in (["-N", "--empty-password"], ["-A", "-n", "ca", "-t", "C,,", "-i", str(running.ca)]):
                subprocess.run([certutil(), "-d", database, *words], check=True, capture_output=True)
        arguments = [*chromium_arguments]
        if proxy != "none":
            arguments.append(f"--proxy-server={proxy or running.proxy}")
        if told:
            arguments.append(f"--ignore-certificate-errors-spki-list={running.spki}")
        plain = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
        opened.append(
            playwright.chromium.launch_persistent_context(
                home / "profile", executable_path=chromium_path, args=arguments, env={**plain, "HOME": str(home)}, java_script_enabled=script
            )
        )  # fmt: skip
        opened[-1].set_default_timeout(20_000)
        return opened[-1]

    yield start
    for each in opened:
        each.close()


def certutil() -> str:
    program = shutil.which("certutil")
    if program is None:
        pytest.skip("there is no certutil (Debian: apt install libnss3-tools)")
    return program


def state(page: Page) -> str:
    """What the page has come to, once it has."""
    page.wait_for_selector("[data-probe][data-state]:not([data-state=asking])")
    found = page.get_attribute("[data-probe]", "data-state")
    assert found
    expect(page.locator("[data-probe-says]")).to_contain_text(SAYS[found])
    return found


def sign_in(page: Page, running: Running) -> None:
    page.goto(running.fresh_link())
    page.wait_for_url(re.compile(r"/(traffic|start)?$"))


# --- Inspector's own page --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ways", "found"), [({}, "untrusted"), ({"trusting": True}, "trusted"), ({"told": True}, "told")]
)
def test_chromium_on_inspectors_own_page(
    chromium: Callable[..., BrowserContext], ways: dict[str, bool], found: str
) -> None:
    page = chromium(**ways).pages[0]
    page.goto(OWN)
    assert state(page) == found
    assert (
        page.get_attribute("[data-probe]", "data-mark")
        == {"trusted": "good", "untrusted": "bad", "told": "open"}[found]
    )


def test_it_is_asked_again_on_a_click_and_not_remembered(chromium: Callable[..., BrowserContext]) -> None:
    context = chromium(trusting=True)
    page = context.pages[0]
    page.goto(OWN)
    assert state(page) == "trusted"
    context.set_offline(True)
    page.click("[data-probe-again]")
    page.wait_for_selector("[data-state=untrusted]")
    context.set_offline(False)
    page.click("[data-probe-again]")
    page.wait_for_selector("[data-state=trusted]")


def test_each_try_has_names_of_its_own(chromium: Callable[..., BrowserContext], dashboard: Dashboard) -> None:
    page = chromium(trusting=True).pages[0]
    page.goto(OWN)
    assert state(page) == "trusted"
    page.click("[data-probe-again]")
    page.wait_for_selector("[data-state=asking], [data-state=trusted]")
    assert state(page) == "trusted"

    def asked() -> list[str]:
        rows = dashboard.json("/api/v1/exchanges?limit=50")["rows"]
        return [row["host"] for row in rows if row["path"] == "/probe" and row["scheme"] == "https"]

    hosts = until(lambda: asked() if len(asked()) >= 4 else None, "both tries on record")
    assert len(set(hosts)) == len(hosts)
    assert {host.partition(".")[2] for host in hosts} == {"probe.inspector.test", "alone.inspector.test"}


@pytest.mark.parametrize(("trusting", "shown"), [(True, True), (False, False)])
def test_without_script_an_image_says_it(
    chromium: Callable[..., BrowserContext], trusting: bool, shown: bool
) -> None:
    page = chromium(trusting=trusting, script=False).pages[0]
    page.goto(OWN)
    image = page.locator("noscript img, .answer img").first
    assert "does not believe" in (image.get_attribute("alt") or "")
    # no script runs in the page, so its picture is looked at: it has a size of its own only if it came
    with (
        page.expect_response(lambda answer: answer.url.endswith("/probe.svg"))
        if shown
        else page.expect_event("requestfailed")
    ):
        page.reload()


def test_a_foreign_page_learns_nothing(chromium: Callable[..., BrowserContext]) -> None:
    page = chromium(told=True).pages[0]
    page.route(
        "http://foreign.example/",
        lambda route: route.fulfill(body="<!doctype html><title>Foreign</title>", content_type="text/html"),
    )
    page.goto("http://foreign.example/")
    fetching = """async ([url, mode]) => { try { await fetch(url, {mode}); return "came" } catch { return "nothing" } }"""
    loading = """([url, element]) => new Promise((done) => { const made = document.createElement(element);
      made.onload = () => done("came"); made.onerror = () => done("nothing"); made.src = url; document.head.append(made) })"""
    for scheme in ("http", "https"):
        for path in ("/", "/probe", "/probe.svg", "/probe.js", "/ca.pem", "/nothing"):
            url = f"{scheme}://x.probe.inspector.test{path}"
            for mode in ("cors", "no-cors"):
                assert page.evaluate(fetching, [url, mode]) == "nothing", (url, mode)
            for element in ("img", "script"):
                assert page.evaluate(loading, [url, element]) == "nothing", (url, element)
    page.goto(OWN)
    assert page.evaluate(fetching, ["https://x.probe.inspector.test/probe", "cors"]) == "came"


# --- the dashboard ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/set-up/check", "/set-up/browsers"])
def test_the_dashboard_in_a_browser_that_goes_past_the_proxy(
    chromium: Callable[..., BrowserContext], running: Running, path: str
) -> None:
    page = chromium(proxy="none").pages[0]
    sign_in(page, running)
    page.goto(f"http://inspector.localhost:{running.web.rpartition(':')[2]}{path}")
    assert state(page) == "around"


@pytest.mark.parametrize(
    ("ways", "found"), [({}, "untrusted"), ({"trusting": True}, "trusted"), ({"told": True}, "told")]
)
def test_chromium_on_the_dashboard(
    chromium: Callable[..., BrowserContext], running: Running, ways: dict[str, bool], found: str
) -> None:
    page = chromium(**ways).pages[0]
    sign_in(page, running)
    page.goto(f"http://inspector.localhost:{running.web.rpartition(':')[2]}/set-up/check")
    assert state(page) == found
    if found == "untrusted":
        expect(page.locator("[data-probe-more]")).to_contain_text("certificate_unknown (46)")


def test_a_browser_whose_https_goes_past_the_proxy(
    chromium: Callable[..., BrowserContext], running: Running
) -> None:
    page = chromium(proxy=f"http={running.proxy}").pages[0]
    sign_in(page, running)
    page.goto(f"http://inspector.localhost:{running.web.rpartition(':')[2]}/set-up/check")
    assert state(page) == "secureAround"


def test_the_checks_come_after_the_page(chromium: Callable[..., BrowserContext], running: Running) -> None:
    page = chromium(proxy="none").pages[0]
    sign_in(page, running)
    page.goto(f"http://inspector.localhost:{running.web.rpartition(':')[2]}/set-up/check")
    expect(page.locator(".check-group").first).to_be_visible(timeout=60_000)
    expect(page.locator("body")).to_contain_text("The proxy answers")


# --- Firefox ---------------------------------------------------------------------------------------------


class Firefox(lab_firefox.Firefox):
    def evaluate(self, script: str) -> Any:
        error, answer = self._ask("WebDriver:ExecuteScript", script=script, args=[])
        assert error is None, error
        return answer["value"]

    def state(self) -> str:
        script = "return document.querySelector('[data-probe]')?.dataset.state ?? ''"

        def settled() -> str:
            found = self.evaluate(script)
            return found if found not in ("", "asking") else ""

        found = until(settled, "an answer on the page", within=40)
        assert self.evaluate("return document.querySelector('[data-probe-says]').textContent").startswith(
            SAYS[found]
        )
        return found


@pytest.fixture
def fox(running: Running, authority: SiteAuthority, tmp_path: Path) -> Iterator[Callable[[bool], Firefox]]:
    """Starts a Firefox that uses the proxy and knows its authority, or doesn't."""
    if not lab_firefox.find_firefox():
        pytest.skip("there is no Firefox (Debian: apt install firefox-esr)")
    certutil()
    opened: list[Firefox] = []

    def start(trusting: bool) -> Firefox:
        opened.append(Firefox(tmp_path, running.ca if trusting else authority.ca, running.door[1]))
        opened[-1].open()
        return opened[-1]

    yield start
    for each in opened:
        each.close()


@pytest.mark.parametrize(("trusting", "found"), [(True, "trusted"), (False, "untrusted")])
def test_firefox_on_inspectors_own_page_and_on_the_dashboard(
    fox: Callable[[bool], Firefox], running: Running, trusting: bool, found: str
) -> None:
    firefox = fox(trusting)
    assert firefox.visit(OWN) == ""
    assert firefox.state() == found
    assert firefox.visit(running.fresh_link()) == ""
    until(lambda: "/sign-in" not in (firefox.evaluate("return location.pathname") or "/sign-in"), "signed in")
    assert firefox.visit(f"http://inspector.localhost:{running.web.rpartition(':')[2]}/set-up/check") == ""
    assert firefox.state() == found
    if not trusting:
        more = firefox.evaluate("return document.querySelector('[data-probe-more]').textContent")
        assert "unknown_ca (48)" in more
