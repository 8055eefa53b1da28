"""Breakpoints by hand: a real browser waits at one, a person decides in another, and a real site is asked, or isn't."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
import requests
from click.testing import CliRunner
from e2e_running import Dashboard, Running, until
from e2e_site import Site
from page_faults import faults
from playwright.sync_api import Browser, BrowserContext, Page, expect

from inspector.cli.main import main

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

ASK = """([path, name]) => {
  const how = name ? {method: 'POST', body: new URLSearchParams({name})} : {};
  window.got = fetch(path, how).then(async (answer) => `${answer.status} ${await answer.text()}`, () => 'failed');
}"""
_NUMBERS = itertools.count()


@pytest.fixture(scope="module")
def running(start_running: Any) -> Running:
    return start_running("--no-lab").wait_until_ready()


@pytest.fixture(scope="module")
def chromium(page_browser: Browser) -> Browser:
    return page_browser


@pytest.fixture(scope="module")
def surfing(chromium: Browser, running: Running, site: Site) -> Iterator[Page]:
    """A browser that uses the proxy, on a page of the site."""
    context = chromium.new_context(proxy={"server": running.proxy_url, "bypass": "<-loopback>"})
    page = context.new_page()
    page.goto(f"{site.http}/new")
    yield page
    context.close()


@pytest.fixture(scope="module")
def deciding(chromium: Browser, running: Running) -> Iterator[BrowserContext]:
    """A browser at the dashboard."""
    context = chromium.new_context(base_url=f"http://{running.web}", viewport={"width": 1280, "height": 900})
    context.set_default_timeout(30_000)
    link = running.fresh_link()
    page = context.new_page()
    page.goto(link[link.index("/sign-in") :])
    page.wait_for_url(re.compile(r"/(traffic|start)?$"))
    page.close()
    yield context
    context.close()


@pytest.fixture
def desk(deciding: BrowserContext) -> Iterator[Page]:
    page = deciding.new_page()
    page.complaints = []  # type: ignore[attr-defined]  # for the test's end
    page.on("pageerror", lambda error: page.complaints.append(str(error)))  # type: ignore[attr-defined]
    yield page
    page.close()


@pytest.fixture
def hold(dashboard: Dashboard, running: Running, site: Site) -> Callable[..., None]:
    """Hold what this filter fits, and nothing else; in force when it returns."""

    def holding(when: str, side: str = "request", **more: str) -> None:
        ready = f"/load/ready-{next(_NUMBERS)}"
        dashboard.post("/api/v1/rules", {"rules": [
            {"name": "Mine", "when": when, "do": "hold", "side": side, **more}, {"name": "Ready", "when": f"path:={ready}", "do": "block"},
        ]})  # fmt: skip

        def in_force() -> bool:
            answer = requests.get(site.http + ready, proxies={"http": running.proxy_url}, timeout=20)
            return answer.status_code == 403

        until(in_force, "the rules are in force")

    return holding


@pytest.fixture
def plain(running: Running, site: Site) -> Iterator[Callable[[str], Future[str]]]:
    """A program that asks once. (A browser whose connection breaks asks again by itself.)"""

    def ask(path: str) -> str:
        try:
            return requests.get(site.http + path, proxies={"http": running.proxy_url}, timeout=60).text
        except requests.ConnectionError:
            return "failed"

    with ThreadPoolExecutor() as pool:
        yield lambda path: pool.submit(ask, path)


def got(surfing: Page) -> str:
    return str(surfing.evaluate("() => window.got"))


def waits(desk: Page) -> None:
    """Until the open queue shows a message, without being loaded again."""
    expect(desk.locator(".held-line")).to_have_count(1)
    expect(desk).to_have_title("(1) Breakpoints · Inspector")
    expect(desk.locator(".entries [data-held-number]")).to_have_text("1")


def test_a_request_is_changed_before_the_site_gets_it(
    desk: Page, surfing: Page, site: Site, hold: Any
) -> None:
    hold("path:=/form")
    desk.goto("/rules/breakpoints")
    surfing.evaluate(ASK, ["/form", "Ada"])
    waits(desk)
    assert faults(desk) == []
    desk.goto("/traffic")
    expect(desk.locator("[data-held-banner]")).to_contain_text("One message waits for you at a breakpoint")
    expect(desk.locator(".row", has_text="/form").get_by_text("waiting for you")).to_be_visible()
    desk.get_by_role("link", name="Decide").click()
    desk.locator(".held-link").click()
    assert faults(desk) == []
    assert [seen.path for seen in site.seen].count("/form") == 0
    expect(desk.get_by_label("Method")).to_have_value("POST")
    desk.get_by_label("Text of the body").fill("name=Grace <b>")
    desk.get_by_label("Name of field 1", exact=True).press("End")
    empty = desk.locator("[data-composer-rows=field] tr").last
    empty.locator("input").nth(1).fill("X-By-Hand")
    empty.locator("input").nth(2).fill("yes")
    desk.get_by_role("button", name="Go on as edited").click()
    expect(desk.get_by_role("status").filter(has_text="it went on as it was changed here")).to_be_visible()
    assert got(surfing) == "200 <!doctype html><title>Thanks</title><h1>Thanks, Grace <b></h1>"
    assert ("X-By-Hand", "yes") in next(seen.fields for seen in site.seen if seen.path == "/form")
    desk.get_by_role("link", name="See the exchange").click()
    expect(desk.locator(".chips")).to_contain_text("changed by you")
    address = desk.url.split("?")[0]
    desk.goto(f"{address}?tab=messages&side=changes")
    expect(desk.locator(".decisions")).to_contain_text("You changed it before it went on.")
    expect(desk.locator(".line-new", has_text="X-By-Hand: yes")).to_be_visible()
    desk.goto(f"{address}?tab=timing")
    expect(desk.get_by_role("row", name="Waiting for you, the request")).to_be_visible()
    assert faults(desk) == []
    assert desk.complaints == []  # type: ignore[attr-defined]


def test_a_response_is_changed_before_the_browser_gets_it(desk: Page, surfing: Page, hold: Any) -> None:
    hold("path:=/new", "response")
    desk.goto("/rules/breakpoints")
    surfing.evaluate(ASK, ["/new", ""])
    waits(desk)
    desk.locator(".held-link").click()
    expect(desk.get_by_role("heading", name="A response, waiting for you")).to_be_visible()
    desk.get_by_label("Status").fill("404")
    desk.get_by_label("Reason").fill("Not Any More")
    desk.get_by_label("Text of the body").fill("gone")
    desk.get_by_role("button", name="Go on as edited").click()
    assert got(surfing) == "404 gone"


def test_a_message_is_dropped_from_the_queue(
    desk: Page, site: Site, hold: Any, plain: Any, dashboard: Dashboard
) -> None:
    hold("path:=/load/dropped")
    desk.goto("/rules/breakpoints")
    asking = plain("/load/dropped")
    waits(desk)
    desk.locator(".held-line").get_by_role("button", name=re.compile("^Drop")).click()
    assert asking.result(30) == "failed"
    expect(desk.locator(".held-line")).to_have_count(0)
    expect(desk).to_have_title("Breakpoints · Inspector")
    assert "/load/dropped" not in [seen.path for seen in site.seen]
    assert dashboard.row("/load/dropped", state="failed")["brief"] == "dropped by you"


def test_somebody_answers_and_the_site_is_not_asked(desk: Page, surfing: Page, site: Site, hold: Any) -> None:
    hold("path:=/load/never")
    desk.goto("/rules/breakpoints")
    surfing.evaluate(ASK, ["/load/never", ""])
    waits(desk)
    desk.locator(".held-link").click()
    desk.get_by_text("Answer it yourself").click()
    form = desk.locator(".held-answer")
    form.get_by_label("Status").fill("503")
    form.get_by_label("Body").fill("Later.")
    form.get_by_role("button", name="Answer with this").click()
    assert got(surfing) == "503 Later."
    assert "/load/never" not in [seen.path for seen in site.seen]


def test_a_message_outlives_reload_closed_tab_and_the_dashboards_process(
    desk: Page, deciding: BrowserContext, surfing: Page, running: Running, hold: Any
) -> None:
    hold("path:=/load/patient")
    desk.goto("/rules/breakpoints")
    surfing.evaluate(ASK, ["/load/patient", ""])
    waits(desk)
    desk.reload()
    waits(desk)
    desk.close()
    restarts = running.notice["restarts"]["web"]
    running.kill("web")
    running.wait_until_back("web", restarts + 1)
    other, second = deciding.new_page(), deciding.new_page()
    for page in (other, second):
        page.goto("/rules/breakpoints")
        page.locator(".held-link").click()
    other.get_by_role("button", name="Go on unchanged").click()
    assert got(surfing) == "200 This is /load/patient.\n"
    expect(second.get_by_text("This waits no longer.")).to_be_visible()
    second.get_by_role("button", name="Drop", exact=True).click()
    expect(second.get_by_role("alert")).to_contain_text("You were too late")
    for page in (other, second):
        page.close()


def test_without_a_word_it_goes_on_when_its_time_is_up(
    desk: Page, surfing: Page, dashboard: Dashboard, hold: Any
) -> None:
    hold("path:=/load/alone", timeout="1s")
    surfing.evaluate(ASK, ["/load/alone", ""])
    assert got(surfing) == "200 This is /load/alone.\n"
    desk.goto(f"/exchange/{dashboard.row('/load/alone')['id']}?tab=messages&side=changes")
    expect(desk.locator(".decisions")).to_contain_text("Nobody decided in time, so it went on as it was.")


def test_a_browser_that_leaves_takes_its_message_out_of_the_queue(
    desk: Page, surfing: Page, site: Site, hold: Any
) -> None:
    hold("path:=/load/left")
    desk.goto("/rules/breakpoints")
    surfing.evaluate(ASK, ["/load/left", ""])
    waits(desk)
    surfing.goto(f"{site.http}/load/elsewhere")
    expect(desk.locator(".held-line")).to_have_count(0)
    assert "/load/left" not in [seen.path for seen in site.seen]
    surfing.goto(f"{site.http}/load/here")


def test_a_terminal_lists_what_waits_and_lets_it_go_on(running: Running, hold: Any, plain: Any) -> None:
    def said(*words: str) -> str:
        done = CliRunner().invoke(main, ["held", *words, "--home", str(running.home)])
        return f"{done.exit_code} {done.output}"

    assert said("list") == "0 Nothing waits at a breakpoint.\n"
    hold("path:=/load/typed")
    asking = plain("/load/typed")
    listed = until(
        lambda: re.search(r"(\S+-request)  GET http://localhost:\d+/load/typed", said("list")), "it waits"
    )
    assert '"moment": "request"' in said("list", "--json")
    assert said("drop", "nothing").startswith("1 ")
    assert said("drop").startswith("1 ")
    assert said("go-on", listed[1]) == "0 It went on as it was.\n"
    assert asking.result(30) == "This is /load/typed.\n"
    assert said("go-on", "--all") == "0 Nothing waits at a breakpoint.\n"


def test_an_engine_that_ends_loses_what_waited_and_says_so(
    desk: Page, running: Running, dashboard: Dashboard, hold: Any, plain: Any
) -> None:
    hold("path:=/load/lost")
    desk.goto("/rules/breakpoints")
    asking = plain("/load/lost")
    waits(desk)
    desk.locator(".held-link").click()
    address = desk.url
    row = dashboard.row("/load/lost", state="open")
    restarts = running.notice["restarts"]["engine"]
    running.kill("engine")
    assert asking.result(30) == "failed"
    running.wait_until_back("engine", restarts + 1)
    expect(desk.get_by_text("This waits no longer.")).to_be_visible()
    for page in (address, f"/exchange/{row['id']}"):
        desk.goto(page)
        expect(desk.get_by_text("engine was started again while this waited")).to_be_visible()
    hold("path:=/load/last")
    asking = plain("/load/last")
    desk.goto("/rules/breakpoints")
    waits(desk)
    assert running.stop() == 0  # while something waits
    assert asking.result(30) == "failed"
