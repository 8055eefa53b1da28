"""The story and the glossary in a real browser: walked by arrow keys, opened to fields and bytes, nothing wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from page_faults import faults
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
STORY = f"/exchange/{1:032x}?tab=story"
FAILED = f"/exchange/{6:032x}?tab=story"


@pytest.fixture
def page(signed_in: Callable[..., Any]) -> Page:
    return signed_in().new_page()


def test_it_is_walked_by_the_arrow_keys(page: Page, complaints: list[str]) -> None:
    page.goto(STORY)
    steps = page.locator("[data-step]")
    page.keyboard.press("ArrowRight")
    expect(steps.first).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(steps.nth(1)).to_have_attribute("data-now", "")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("[data-now]")).to_have_count(1)
    assert complaints == []


def test_a_step_opens_to_its_fields_and_its_bytes(page: Page) -> None:
    page.goto(STORY)
    request = page.locator("#step-request")
    request.locator("summary").click()
    expect(request.locator(".field-note").first).to_contain_text("Host:")
    expect(request.locator("pre.hex").first).to_contain_text("GET ")


def test_a_term_leads_to_the_glossary_and_is_marked_there(page: Page) -> None:
    page.goto(STORY)
    term = page.locator("a.term:visible").first
    id = term.get_attribute("href").partition("#")[2]  # type: ignore[union-attr]
    term.click()
    page.wait_for_url(f"**/learn/glossary#{id}")
    expect(page.locator(f"#{id}")).to_be_in_viewport()


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 400)])
def test_nothing_is_found_wrong_with_it(signed_in: Callable[..., Any], theme: str, width: int) -> None:
    page = signed_in(theme=theme, width=width).new_page()
    for address in (STORY, FAILED, "/learn/glossary"):
        page.goto(address)
        page.evaluate("document.querySelectorAll('main details').forEach(each => each.open = true)")
        assert faults(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
