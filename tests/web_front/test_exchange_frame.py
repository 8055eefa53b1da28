"""What is always there of an exchange, in a real browser: its tabs by number, its row of actions, and the picture of one click."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from page_faults import faults
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
ID = f"{1:032x}"
PICTURE = f"/pictures/click?exchange={ID}"
TABS = {"1": "Story", "2": "Messages", "3": "Who sees what", "4": "Connection", "5": "Timing"}


@pytest.fixture
def page(signed_in: Callable[..., Any]) -> Page:
    return signed_in().new_page()


def test_each_tab_has_its_number_on_the_page_and_beside_the_list(
    page: Page, go: Callable[..., Page], complaints: list[str]
) -> None:
    beside = go(f"/traffic?selected={ID}")
    beside.wait_for_selector(".pane .tabs")
    page.goto(f"/exchange/{ID}?tab=connection")
    for each in (page, beside):
        current = each.locator(".tabs [aria-current=page]")
        for key, words in TABS.items():
            each.keyboard.press(key)
            expect(current).to_have_text(re.compile(words))
        each.keyboard.press("9")
        expect(current).to_have_text(re.compile("Timing"))
    assert page.url.endswith("tab=timing")
    assert complaints == []


def test_a_number_in_the_filter_is_a_digit(go: Callable[..., Page]) -> None:
    page = go(f"/traffic?selected={ID}")
    current = page.locator(".pane .tabs [aria-current=page]")
    expect(current).to_have_text(re.compile("Story"))
    page.keyboard.press("/")
    page.keyboard.type("status:200")
    expect(current).to_have_text(re.compile("Story"))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_picture_is_saved_in_the_theme_that_is_shown(
    signed_in: Callable[..., Any], theme: str, complaints: list[str]
) -> None:
    page = signed_in(theme=theme).new_page()
    page.goto(PICTURE)
    with page.expect_download() as saved:
        page.click("#save-svg")
    text = Path(saved.value.path()).read_text("utf-8")
    assert ("#faf9f6" in text, "#14161a" in text) == (theme == "light", theme == "dark")
    with page.expect_download() as saved:
        page.click("#save-png")
    content = Path(saved.value.path()).read_bytes()
    assert (int.from_bytes(content[16:20], "big"), int.from_bytes(content[20:24], "big")) == (1200, 630)
    assert complaints == []


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (400, "dark")])
def test_the_picture_can_be_read_and_walked(signed_in: Callable[..., Any], width: int, theme: str) -> None:
    page = signed_in(width=width, theme=theme).new_page()
    page.goto(PICTURE)
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    expect(page.locator(".picture-svg:visible")).to_have_count(1)
    page.keyboard.press("ArrowRight")
    expect(page.locator("[data-picture-says]")).to_contain_text("GET /static/site.css")
    page.keyboard.press("Escape")
    expect(page.locator("[data-picture-says]")).to_be_empty()
