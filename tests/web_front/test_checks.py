"""The checks of an exchange in a real browser: found in its tab, opened to why and the code, nothing wrong with the page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from page_faults import faults
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
CHECKS = f"/exchange/{1:032x}?tab=checks"


@pytest.fixture
def page(signed_in: Callable[..., Any]) -> Page:
    return signed_in().new_page()


def test_a_finding_opens_to_why_it_matters_and_to_the_cure_as_code(page: Page, complaints: list[str]) -> None:
    page.goto(CHECKS)
    expect(page.locator(".tabs [aria-current=page]")).to_contain_text("Checks (")
    more = page.locator(".issue-more:has(pre)").first
    more.locator("summary").click()
    expect(more.locator("pre")).to_be_visible()
    assert complaints == []


def test_without_script_it_is_all_there(signed_in: Callable[..., Any]) -> None:
    page = signed_in(script=False).new_page()
    page.goto(f"/exchange/{1:032x}")
    page.get_by_role("link", name="Checks (").click()
    expect(page.locator(".issue").first).to_be_visible()


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 400)])
def test_nothing_is_found_wrong_with_it(signed_in: Callable[..., Any], theme: str, width: int) -> None:
    page = signed_in(theme=theme, width=width).new_page()
    page.goto(CHECKS)
    page.evaluate("document.querySelectorAll('main details').forEach(each => each.open = true)")
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
