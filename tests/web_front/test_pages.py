"""Every page in both levels, both themes, wide and narrow: nothing sticks out, axe and the content policy find nothing."""

from __future__ import annotations

import re
from typing import Any

import pytest
from page_faults import faults
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

SIZES = {"wide": (1280, 800), "narrow": (400, 800)}
# each size, theme and level with each other, but not all three: a theme changes colours, a size and a level the layout
LOOKS = [
    ("wide", "light", "new"),
    ("wide", "dark", "details"),
    ("narrow", "dark", "new"),
    ("narrow", "light", "details"),
]
PAGES = {
    "first": "/start",
    "traffic": "/traffic",
    "selected": f"/traffic?selected={7:032x}",
    "exchange": f"/exchange/{7:032x}",
    "connection": f"/exchange/{1:032x}?tab=connection",
    "chains": f"/exchange/{1:032x}/chains",
    "refused": f"/exchange/{6:032x}/chains",
    "sealed": f"/exchange/{9:032x}?tab=connection",
    "certificates": "/certificates",
    "make": "/certificates/make",
    "read": "/certificates/read",
    "bad-tls": "/certificates/bad-tls",
    "practice": "/learn/practice",
    "rules": "/rules",
    "rule": "/rules/new?do=response-fields&when=host:shop.test",
    "set-up": "/set-up",
    "styleguide": "/styleguide",
}


def settled(page: Page) -> None:
    page.wait_for_function("() => document.fonts.status === 'loaded'")
    page.wait_for_function("() => !document.querySelector('[aria-busy=true], [hx-trigger=load]')")


@pytest.mark.parametrize(("size", "theme", "level"), LOOKS)
def test_nothing_sticks_out_and_axe_finds_nothing(
    signed_in: Any, complaints: list[str], size: str, theme: str, level: str
) -> None:
    width, height = SIZES[size]
    page = signed_in(width=width, height=height, level=level, theme=theme).new_page()
    for name, address in PAGES.items():
        page.goto(address)
        settled(page)
        too_wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert too_wide <= 0, f"{name} sticks out by {too_wide} px"
        assert faults(page) == [], name
    assert complaints == []


@pytest.mark.parametrize("dashboard", [0], indirect=True)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_empty_list_is_in_order_too(signed_in: Any, complaints: list[str], theme: str) -> None:
    page = signed_in(width=400, theme=theme).new_page()
    page.goto("/traffic")
    settled(page)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert faults(page) == []
    assert complaints == []


def test_the_open_lamp_is_in_order(traffic: Page) -> None:
    traffic.click(".lamp")
    expect(traffic.locator("#lamp-says")).to_be_visible()
    assert faults(traffic) == []


def test_the_narrow_navigation_stands_at_the_bottom(signed_in: Any) -> None:
    page = signed_in(width=400).new_page()
    page.goto("/traffic")
    box = page.locator(".entries").bounding_box()
    assert box is not None
    assert (box["x"], box["width"]) == (0, 400)
    assert box["y"] + box["height"] == 800
    expect(page.locator(".entries a[aria-current]")).to_have_text("Traffic")


def test_the_first_tab_stop_skips_to_the_content(traffic: Page) -> None:
    traffic.keyboard.press("Tab")
    skip = traffic.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_visible()
    traffic.keyboard.press("Enter")
    expect(traffic.locator("main")).to_be_focused()


@pytest.mark.parametrize(("level", "height"), [("new", 44), ("details", 26)])
def test_a_level_sets_the_height_of_a_line(signed_in: Any, level: str, height: int) -> None:
    page = signed_in(level=level).new_page()
    page.goto("/traffic")
    settled(page)
    row = page.locator(".list-windowed .row").first.bounding_box()
    assert row is not None
    assert row["height"] == pytest.approx(height, abs=0.1)


def test_the_page_of_the_sign_in_goes_on_by_itself(browser: Any, dashboard: Any, complaints: Any) -> None:
    context = browser.new_context()
    context.on("page", complaints.listen)
    page = context.new_page()
    page.goto(dashboard.sign_in())
    page.wait_for_url(re.compile(r"/(traffic)?$"))
    assert complaints == []
    context.close()


def test_without_script_a_level_is_chosen_too(signed_in: Any) -> None:
    page = signed_in(script=False).new_page()
    page.goto("/start")
    page.click(".topbar [value=details]")
    page.wait_for_url("**/start")
    expect(page.locator("html")).to_have_attribute("data-level", "details")


def test_level_and_theme_change_at_once_and_stay(traffic: Page) -> None:
    traffic.click(".topbar [value=details]")
    expect(traffic.locator("html")).to_have_attribute("data-level", "details")
    expect(traffic.locator(".cell-clock").first).to_be_visible()
    with traffic.expect_response("**/preferences"):
        traffic.click(".topbar [value=dark]:visible")
    assert traffic.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 22, 26)"
    traffic.reload()
    expect(traffic.locator("html")).to_have_attribute("data-level", "details")
    expect(traffic.locator("html")).to_have_attribute("data-theme", "dark")


def test_the_system_s_own_theme_is_the_default(browser: Any, dashboard: Any) -> None:
    for scheme, colour in (("light", "rgb(250, 249, 246)"), ("dark", "rgb(20, 22, 26)")):
        context = browser.new_context(color_scheme=scheme)
        page = context.new_page()
        page.goto(dashboard.sign_in())
        page.wait_for_url("**/traffic")
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == colour
        context.close()


def test_no_page_animates_for_who_wants_no_motion(browser: Any, dashboard: Any) -> None:
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    page.goto(dashboard.sign_in())
    page.wait_for_url("**/traffic")
    page.wait_for_selector(".list-windowed .row")
    dashboard.captures.add()
    page.wait_for_selector(".row-new")
    assert page.evaluate("getComputedStyle(document.querySelector('.row-new')).animationName") == "none"
    context.close()
