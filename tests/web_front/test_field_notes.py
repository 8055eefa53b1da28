"""The explained fields of Messages in a real browser: a sentence or a mark by level, opened by mouse and keyboard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from page_faults import faults
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
MESSAGES = f"/exchange/{1:032x}?tab=messages"


def test_at_new_to_this_the_sentence_is_open(signed_in: Callable[..., Any], complaints: list[str]) -> None:
    page = signed_in(level="new").new_page()
    page.goto(MESSAGES)
    expect(page.locator(".field-told").first).to_be_visible()
    assert complaints == []


def test_at_details_it_is_folded_and_the_keyboard_opens_it(signed_in: Callable[..., Any]) -> None:
    page = signed_in(level="details").new_page()
    page.goto(MESSAGES)
    expect(page.locator(".field-told").first).to_be_hidden()
    page.locator(".field-more > summary").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".field-told-folded").first).to_be_visible()


@pytest.mark.parametrize("level", ["new", "details"])
@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 400)])
def test_nothing_is_found_wrong_with_it(
    signed_in: Callable[..., Any], theme: str, width: int, level: str
) -> None:
    page = signed_in(theme=theme, width=width, level=level).new_page()
    page.goto(MESSAGES)
    page.evaluate("document.querySelectorAll('main details').forEach(each => each.open = true)")
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
