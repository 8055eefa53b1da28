"""The pages of lessons in a real browser: nothing wrong with them at any width and in any theme, stepped by keys, ticked while one looks."""

from __future__ import annotations

from typing import Any

import pytest
from page_faults import faults
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
PAGES = ("/learn", "/learn/lesson/methods-statuses-fields", "/learn/show/https", "/learn/certificate")


@pytest.fixture
def asked(pupil: Any) -> Any:
    """A pupil before the first question of a lesson, which ticked while they looked at it."""
    pupil.board.goto("/learn/lesson/methods-statuses-fields")
    again = pupil.board.get_by_role("button", name="Begin this lesson anew")
    if again.count():
        again.click()
    pupil.window.goto("http://shop.inspector.test/")
    expect(pupil.board.get_by_text("It came.")).to_be_visible(timeout=15_000)
    return pupil


def test_nothing_is_found_wrong_with_them(asked: Any) -> None:
    board = asked.board
    complaints: list[str] = []
    board.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    try:
        for theme, width in (("light", 1280), ("dark", 400)):
            board.emulate_media(color_scheme=theme)
            board.set_viewport_size({"width": width, "height": 800})
            for address in PAGES:
                board.goto(address)
                assert faults(board) == [], address
                assert board.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
    finally:
        board.emulate_media(color_scheme=None)
        board.set_viewport_size({"width": 640, "height": 800})
    assert complaints == []


def test_a_wrong_answer_is_explained_where_one_is_and_by_keys(asked: Any) -> None:
    board = asked.board
    board.locator("[name=answer][value=PUT]").focus()
    board.keyboard.press("Enter")
    expect(board.locator(".lesson-why")).to_contain_text("It was not PUT.")
    board.locator("[name=answer][value=GET]").focus()
    board.keyboard.press("Enter")
    expect(board.locator("[data-lesson-place]")).to_contain_text("Step 2 of 4")


def test_slides_are_stepped_by_keys_and_stay_where_they_are(pupil: Any) -> None:
    board = pupil.board
    board.goto("/learn/show/https")
    shown = board.locator("[data-slide]:visible")
    expect(shown).to_have_count(1)
    board.keyboard.press("ArrowRight")
    expect(shown).to_contain_text("Log in over http")
    board.keyboard.press("PageDown")
    expect(shown).to_contain_text("Look over your own shoulder")
    board.keyboard.press("ArrowLeft")
    board.keyboard.press("n")
    board.reload()
    expect(shown).to_contain_text("Log in over http")
    board.keyboard.press("r")
    expect(shown.get_by_role("heading", level=1)).to_have_text("The same log-in, twice")


def test_a_slide_gets_its_answer_when_it_was_really_done(pupil: Any) -> None:
    board = pupil.board
    board.goto("/learn/show/methods-statuses-fields")
    with board.expect_navigation():
        board.keyboard.press("r")
    board.keyboard.press("ArrowRight")
    shown = board.locator("[data-slide]:visible")
    expect(shown).to_contain_text("Visit a shop")
    expect(shown).not_to_contain_text("The first word of your request")
    pupil.window.goto("http://shop.inspector.test/")
    expect(shown).to_contain_text("The first word of your request", timeout=15_000)
