"""Who sees what in a real browser: three columns, steps through time, the same thing tied together, ciphertext to unfold."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from page_faults import faults
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
HTTPS = f"/exchange/{1:032x}?tab=sees"
HTTP = f"/exchange/{5:032x}?tab=sees"


@pytest.fixture
def page(signed_in: Callable[..., Any]) -> Page:
    return signed_in().new_page()


def test_over_https_the_network_reads_less_than_the_site(page: Page, complaints: list[str]) -> None:
    page.goto(HTTPS)
    request = page.locator("#moment-request")
    expect(request.locator(".sight-site")).to_contain_text("shop.inspector.test")
    expect(request.locator(".sight-network .glimpse")).to_have_count(0)
    page.goto(HTTP)
    expect(page.locator("#moment-request .sight-network")).to_contain_text("GET /log-in HTTP/1.1")
    assert complaints == []


def test_one_steps_through_time_by_buttons_and_arrows(page: Page) -> None:
    page.goto(HTTP)
    moments = page.locator("[data-moment]")
    count = moments.count()
    page.get_by_role("button", name="Step through time").click()
    expect(moments.first).to_be_visible()
    expect(moments.last).to_be_hidden()
    for _ in range(count):
        page.keyboard.press("ArrowRight")
    expect(moments.last).to_be_visible()
    expect(page.locator("[data-sees-place]")).to_contain_text(f"{count} of {count}")
    page.keyboard.press("ArrowLeft")
    expect(moments.last).to_be_hidden()
    page.get_by_role("button", name="Show all").click()
    expect(moments.last).to_be_visible()


def test_what_is_the_same_in_all_columns_is_tied_by_click_and_by_focus(page: Page) -> None:
    page.goto(HTTP)
    line = page.locator("#moment-request .sight-network .glimpse-name").first
    line.click()
    page.mouse.move(0, 0)
    expect(page.locator("#moment-request [data-tied]")).to_have_count(3)
    expect(line).to_have_attribute("aria-pressed", "true")
    line.click()
    line.blur()
    page.mouse.move(0, 0)
    expect(page.locator("[data-tied]")).to_have_count(0)


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 400)])
def test_nothing_is_found_wrong_with_it(signed_in: Callable[..., Any], theme: str, width: int) -> None:
    page = signed_in(theme=theme, width=width).new_page()
    for address in (HTTPS, HTTP):
        page.goto(address)
        assert faults(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_without_script_all_of_it_can_be_read(signed_in: Callable[..., Any]) -> None:
    page = signed_in(script=False).new_page()
    page.goto(HTTP)
    expect(page.locator("[data-moment]").last).to_be_visible()
    expect(page.get_by_role("button", name="Step through time")).to_be_hidden()
