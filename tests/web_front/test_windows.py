"""The buttons that open a captured window, pressed in a real Chromium."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from inspector.web.browse import Outcome

pytestmark = pytest.mark.browser


def test_the_button_in_the_bar_says_what_came_of_it_and_stays_on_the_page(
    signed_in: Any, dashboard: Any, complaints: Any
) -> None:
    page = signed_in().new_page()
    page.goto("/set-up")
    page.get_by_role("button", name="Open a captured window").click()
    expect(page.locator("[data-window-says]")).to_contain_text(
        "Chromium is open. What you do in it shows up here."
    )
    assert page.url.endswith("/set-up")
    [(url, place)] = dashboard.windows.asked
    left, top, width, height = map(int, place.split(","))
    assert (url, left >= 0, top >= 0) == ("", True, True)
    assert min(width, height) > 100
    assert complaints == []


def test_watch_a_site_opens_it_and_goes_to_where_it_is_watched(signed_in: Any, dashboard: Any) -> None:
    page = signed_in().new_page()
    page.goto("/start")
    page.get_by_label("The address of a site").fill("localhost:5000")
    page.get_by_role("button", name="Watch a site").click()
    page.wait_for_url("**/traffic")
    assert dashboard.windows.asked[0][0] == "localhost:5000"


def test_why_there_is_none_is_said_and_the_address_is_still_there(signed_in: Any, dashboard: Any) -> None:
    dashboard.windows.outcome = Outcome(False, "There is no screen here.", "Type the command on the desktop.")
    page = signed_in().new_page()
    page.goto("/start")
    page.get_by_label("The address of a site").fill("example.com")
    page.keyboard.press("Enter")
    expect(page.locator("[data-window-says]")).to_contain_text(
        "There is no screen here. Type the command on the desktop."
    )
    expect(page.get_by_label("The address of a site")).to_have_value("example.com")
    expect(page.get_by_role("button", name="Watch a site")).to_be_enabled()


def test_without_script_a_page_says_it(signed_in: Any, dashboard: Any) -> None:
    page = signed_in(script=False).new_page()
    page.goto("/start")
    page.get_by_label("The address of a site").fill("example.com")
    page.get_by_role("button", name="Watch a site").click()
    expect(page.locator("h1")).to_have_text("The window is open")
    assert dashboard.windows.asked == [("example.com", "")]
    page.get_by_role("link", name="Go on").click()
    page.wait_for_url("**/traffic")
