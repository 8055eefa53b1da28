"""The one live connection of a browser: shared by its tabs, restored after a break, and honest about its state."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

pytestmark = pytest.mark.browser

WITHOUT_WORKER = "delete window.SharedWorker"
WITHOUT_LOCKS = "delete window.SharedWorker; Object.defineProperty(navigator, 'locks', { value: undefined })"
LAST = ".list-lines > .row:last-child"


def open_tabs(context: BrowserContext, count: int) -> list[Page]:
    tabs = [context.new_page() for _ in range(count)]
    for tab in tabs:
        tab.goto("/traffic")
        tab.wait_for_selector("[data-list]:not([aria-busy]) .list-windowed")
    return tabs


def sees(tab: Page, number: int) -> None:
    tab.bring_to_front()
    expect(tab.locator(LAST)).to_have_attribute("data-id", f"{number:032x}")


@pytest.mark.parametrize(
    ("script", "streams"),
    [("", 1), (WITHOUT_WORKER, 1), (WITHOUT_LOCKS, 3)],
    ids=["worker", "leader", "each"],
)
def test_tabs_share_a_stream_where_the_browser_can(
    signed_in: Any, dashboard: Any, script: str, streams: int
) -> None:
    context = signed_in()
    if script:
        context.add_init_script(script)
    tabs = open_tabs(context, 3)
    dashboard.captures.add()
    for tab in tabs:
        sees(tab, 301)
    assert dashboard.streams == streams


def test_when_the_leading_tab_closes_another_takes_over(signed_in: Any, dashboard: Any) -> None:
    context = signed_in()
    context.add_init_script(WITHOUT_WORKER)
    first, second = open_tabs(context, 2)
    dashboard.captures.add()
    sees(second, 301)
    first.close()
    dashboard.captures.add()
    sees(second, 302)


def test_a_tab_in_the_background_catches_up_when_it_is_looked_at(signed_in: Any, dashboard: Any) -> None:
    context = signed_in()
    (tab,) = open_tabs(context, 1)
    tab.evaluate("""() => {
        Object.defineProperty(document, 'hidden', { value: true, configurable: true });
        document.dispatchEvent(new Event('visibilitychange'));
    }""")
    dashboard.captures.add(40)
    tab.evaluate("""() => {
        Object.defineProperty(document, 'hidden', { value: false, configurable: true });
        document.dispatchEvent(new Event('visibilitychange'));
    }""")
    sees(tab, 340)


def test_without_a_stream_to_spare_the_list_asks_again_and_again(signed_in: Any, dashboard: Any) -> None:
    context = signed_in()
    context.add_init_script(WITHOUT_LOCKS)
    context.route("**/feed?*", lambda route: route.fulfill(status=503))
    (tab,) = open_tabs(context, 1)
    dashboard.captures.add()
    sees(tab, 301)
    dashboard.captures.add()
    sees(tab, 302)


def test_a_break_is_said_and_ends_by_itself(signed_in: Any, dashboard: Any) -> None:
    context = signed_in()
    context.add_init_script(WITHOUT_LOCKS)
    (tab,) = open_tabs(context, 1)
    dashboard.captures.add()
    sees(tab, 301)
    context.route("**/api/v1/changes?*", lambda route: route.abort())
    context.route("**/feed?*", lambda route: route.abort())
    dashboard.dashboard.close()  # ends the open streams, as a stopping server does
    expect(tab.locator("[data-notices]")).to_contain_text("Inspector does not answer")
    expect(tab.locator(".lamp")).to_have_text("Reconnecting…")
    dashboard.captures.add()
    context.unroute("**/api/v1/changes?*")
    sees(tab, 302)
    expect(tab.locator("[data-notices]")).to_be_empty()


def test_who_is_signed_out_is_told_how_to_come_back(signed_in: Any, dashboard: Any) -> None:
    context = signed_in()
    context.add_init_script(WITHOUT_LOCKS)
    (tab,) = open_tabs(context, 1)
    context.clear_cookies()
    context.route("**/feed?*", lambda route: route.fulfill(status=401))
    dashboard.dashboard.close()
    expect(tab.locator("[data-notices]")).to_contain_text("inspector open")
    expect(tab.locator(".lamp")).to_have_text("Signed out")


def test_the_lamp_pauses_capturing_and_goes_on(signed_in: Any, dashboard: Any) -> None:
    (tab,) = open_tabs(signed_in(), 1)
    expect(tab.locator(".lamp")).to_have_text("Capturing")
    tab.click(".lamp")
    tab.get_by_role("button", name="Pause capturing").click()
    expect(tab.locator(".lamp")).to_have_text("Paused")
    expect(tab.locator("[data-notices]")).to_contain_text("Traffic passes, but nothing is captured.")
    tab.get_by_role("button", name="Go on capturing").click()
    expect(tab.locator(".lamp")).to_have_text("Capturing")
    expect(tab.locator("[data-notices]")).to_be_empty()


def test_lost_captures_are_said(signed_in: Any, dashboard: Any) -> None:
    (tab,) = open_tabs(signed_in(), 1)
    expect(tab.locator(".lamp")).to_have_text("Capturing")
    dashboard.board.failing = "the disk is full"
    dashboard.board.lost = 12
    expect(tab.locator(".lamp")).to_have_text("Losing captures: 12")
    expect(tab.locator("[data-notices]")).to_contain_text("the disk is full")
