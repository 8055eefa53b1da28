"""The filter in a real browser: typed, said back, proposed, applied without a new page, live, by keyboard, and without script."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from page_faults import faults
from playwright.sync_api import BrowserContext, Page, Route, expect

pytestmark = pytest.mark.browser

BOX = "#filter"
OFFERS = ".offers [role=option]"
ROWS = ".list-lines > .row"
SAYS = "[data-filter-says]"


def numbers(page: Page) -> list[int]:
    """Of the exchanges in the DOM."""
    return [
        int(id, 16)
        for id in page.evaluate(f"[...document.querySelectorAll('{ROWS}')].map((row) => row.dataset.id)")
    ]


def until_all(page: Page, remainder: int) -> None:
    """Until every line is one of those that the stand-in makes every tenth time."""
    page.wait_for_function(
        """(remainder) => {
            const rows = [...document.querySelectorAll('.list-lines > .row')];
            return rows.length && rows.every((row) => Number(BigInt('0x' + row.dataset.id) % 10n) === remainder);
        }""",
        arg=remainder,
    )


def until_lines(page: Page, count: int) -> None:
    """Until the list is so many lines high."""
    page.wait_for_function(
        """(count) => {
            const high = (selector) => document.querySelector(selector)?.getBoundingClientRect().height;
            return Math.round(high('[data-list-body]') / high('.list-lines > .row')) === count;
        }""",
        arg=count,
    )


def address(page: Page) -> str:
    return page.evaluate("decodeURIComponent(location.search.replaceAll('+', ' '))")


def type_filter(page: Page, text: str) -> None:
    page.press("body", "/")
    page.fill(BOX, text)
    page.press(BOX, "Escape")  # the proposals
    page.press(BOX, "Enter")


def test_a_filter_is_typed_said_back_and_applied(traffic: Page, complaints: list[str]) -> None:
    traffic.press("body", "/")
    expect(traffic.locator(BOX)).to_be_focused()
    traffic.keyboard.type("status:500")
    expect(traffic.locator(SAYS)).to_have_text("Enter shows: Exchanges whose status is 500.")
    traffic.keyboard.press("Enter")
    expect(traffic.locator(SAYS)).to_have_text("Exchanges whose status is 500.")
    until_all(traffic, 7)
    assert address(traffic) == "?q=status:500"
    assert traffic.title().startswith("status:500 · Traffic")
    assert complaints == []


def test_back_and_forward_change_the_filter(traffic: Page) -> None:
    type_filter(traffic, "status:500")
    until_all(traffic, 7)
    type_filter(traffic, "status:404")
    until_all(traffic, 6)
    traffic.go_back()
    until_all(traffic, 7)
    expect(traffic.locator(BOX)).to_have_value("status:500")
    traffic.go_back()
    traffic.wait_for_function("() => document.querySelectorAll('.list-lines > .row').length > 20")
    expect(traffic.locator(BOX)).to_have_value("")
    traffic.go_forward()
    until_all(traffic, 7)


def test_a_link_with_a_filter_shows_just_that(go: Callable[..., Page]) -> None:
    page = go("/traffic?q=kind:style")
    until_all(page, 1)
    expect(page.locator(BOX)).to_have_value("kind:style")
    expect(page.locator(".chip[aria-current]")).to_have_text("Style")


def test_new_rows_appear_only_if_they_fit(go: Callable[..., Page], dashboard: Any) -> None:
    page = go("/traffic?q=status:500")
    until_all(page, 7)
    last = max(numbers(page))
    dashboard.captures.add(30)
    page.wait_for_function(
        "(last) => [...document.querySelectorAll('.list-lines > .row')].some((row) => BigInt('0x' + row.dataset.id) > BigInt(last))",
        arg=last,
    )
    until_all(page, 7)
    until_lines(page, 33)
    assert sorted(numbers(page))[-3:] == [307, 317, 327]


def test_a_row_that_comes_to_fit_appears_and_one_that_is_listed_goes_on(
    go: Callable[..., Page], dashboard: Any
) -> None:
    page = go("/traffic?q=is:open")
    expect(page.locator("[data-filter-empty]")).to_be_visible()
    dashboard.captures.add(2, open=True)
    expect(page.locator(ROWS)).to_have_count(2)
    expect(page.locator("[data-filter-empty]")).to_be_hidden()
    dashboard.captures.finish(301)
    expect(page.locator("#row-" + f"{301:032x}" + " .status-number")).to_have_text("200")
    expect(page.locator(ROWS)).to_have_count(2)


def test_a_newer_question_is_not_given_up_with_an_older_one_and_a_choice_outlives_its_answer(
    traffic: Page,
) -> None:
    held: list[Route] = []
    traffic.route(
        "**/api/v1/filter/completions?*", lambda route: route.continue_() if held else held.append(route)
    )
    traffic.press("body", "/")
    with traffic.expect_request("**/completions?*"):
        traffic.keyboard.type("h")
    traffic.keyboard.type("o")
    box = traffic.locator(BOX)
    expect(traffic.locator(OFFERS).first).to_have_text(re.compile("^host:"))
    traffic.keyboard.press("ArrowDown")
    with traffic.expect_response("**/completions?*"):
        traffic.keyboard.type("s")
    expect(box).to_have_attribute("aria-activedescendant", "filter-offer-0")
    traffic.keyboard.press("Enter")
    expect(box).to_have_value("host:")


def test_proposals_are_chosen_by_arrows_and_enter(traffic: Page, complaints: list[str]) -> None:
    traffic.press("body", "/")
    traffic.keyboard.type("ho")
    box = traffic.locator(BOX)
    expect(traffic.locator(OFFERS).first).to_have_text(re.compile("^host:"))
    expect(box).to_have_attribute("aria-expanded", "true")
    traffic.keyboard.press("ArrowDown")
    expect(box).to_have_attribute("aria-activedescendant", "filter-offer-0")
    expect(traffic.locator("#filter-offer-0")).to_have_attribute("aria-selected", "true")
    traffic.keyboard.press("Enter")
    expect(box).to_have_value("host:")
    expect(traffic.locator(OFFERS).filter(has_text="sealed.example")).to_be_visible()
    traffic.keyboard.type("sea")
    expect(traffic.locator(OFFERS)).to_have_count(1)
    traffic.keyboard.press("ArrowUp")
    traffic.keyboard.press("Enter")
    expect(box).to_have_value("host:sealed.example")
    traffic.keyboard.press("Enter")
    until_all(traffic, 9)
    expect(box).to_have_attribute("aria-expanded", "false")
    assert complaints == []


def test_a_proposal_is_taken_by_a_click_in_the_middle_of_a_text(traffic: Page) -> None:
    traffic.fill(BOX, "met host:sealed.example")
    traffic.evaluate("document.querySelector('#filter').setSelectionRange(3, 3)")
    traffic.click(BOX, position={"x": 60, "y": 10})
    traffic.evaluate(
        "document.querySelector('#filter').setSelectionRange(3, 3); document.querySelector('#filter').dispatchEvent(new Event('input'))"
    )
    traffic.locator(OFFERS).filter(has_text="method:").click()
    expect(traffic.locator(BOX)).to_have_value("method: host:sealed.example")
    expect(traffic.locator(BOX)).to_be_focused()
    assert traffic.evaluate("document.querySelector('#filter').selectionStart") == 7


def test_escape_closes_the_proposals_and_then_leads_back_to_the_list(traffic: Page) -> None:
    traffic.press("body", "/")
    traffic.keyboard.type("ho")
    expect(traffic.locator(OFFERS).first).to_be_visible()
    traffic.keyboard.press("Escape")
    expect(traffic.locator(".offers")).to_be_hidden()
    expect(traffic.locator(BOX)).to_be_focused()
    traffic.keyboard.press("Escape")
    expect(traffic.locator("[data-list-view]")).to_be_focused()


def test_a_mistake_is_marked_and_mended_by_a_click(traffic: Page, complaints: list[str]) -> None:
    type_filter(traffic, "status:4o4 kind:page")
    expect(traffic.locator(f"{SAYS} mark")).to_have_text("4o4")
    expect(traffic.locator(BOX)).to_have_attribute("aria-invalid", "true")
    assert len({n % 10 for n in numbers(traffic)}) == 10
    assert address(traffic) == ""
    traffic.click(f"{SAYS} a")
    until_all(traffic, 6)
    expect(traffic.locator(BOX)).not_to_have_attribute("aria-invalid", "true")
    assert address(traffic) == "?q=status:404 kind:page"
    assert complaints == []


def test_chips_change_the_kind_and_keep_the_rest(traffic: Page) -> None:
    type_filter(traffic, "host:shop.inspector.test")
    traffic.click(".chip:text('Image')")
    until_all(traffic, 4)
    assert address(traffic) == "?q=host:shop.inspector.test kind:image"
    expect(traffic.locator(".chip[aria-current]")).to_have_text("Image")
    traffic.click(".chip:text('Failed')")
    until_all(traffic, 6)
    traffic.click(".chip:text('All')")
    expect(traffic.locator(BOX)).to_have_value("host:shop.inspector.test")


def test_nothing_fits_and_what_to_do(traffic: Page) -> None:
    type_filter(traffic, "host:sealed status:200")
    empty = traffic.locator("[data-filter-empty]")
    expect(empty).to_be_visible()
    expect(empty.locator("h2")).to_have_text("Nothing that is kept fits this filter")
    traffic.click("[data-filter-hints] a")
    until_all(traffic, 9)
    expect(empty).to_be_hidden()
    type_filter(traffic, "host:nowhere.example status:500")
    traffic.click("[data-filter-without] a:text('host:nowhere')")
    until_all(traffic, 7)
    type_filter(traffic, "zzz")
    traffic.click("[data-filter-all]")
    traffic.wait_for_function("() => document.querySelectorAll('.list-lines > .row').length > 20")
    assert address(traffic) == ""


def test_clearing_shows_everything_again(traffic: Page) -> None:
    clear = traffic.locator("[data-filter-clear]")
    expect(clear).to_be_hidden()
    type_filter(traffic, "status:500")
    until_all(traffic, 7)
    clear.click()
    expect(traffic.locator(BOX)).to_be_focused()
    expect(traffic.locator(SAYS)).to_be_hidden()
    traffic.wait_for_function("() => document.querySelectorAll('.list-lines > .row').length > 20")


def test_a_filter_is_saved_used_and_removed(traffic: Page, complaints: list[str]) -> None:
    type_filter(traffic, "status:500")
    until_all(traffic, 7)
    traffic.click("[popovertarget=saved-filters]")
    traffic.fill("#filter-name", "server errors")
    traffic.press("#filter-name", "Enter")
    traffic.wait_for_selector("[data-list]:not([aria-busy]) .list-windowed", state="attached")
    assert address(traffic) == "?q=status:500"
    type_filter(traffic, "status:404")
    until_all(traffic, 6)
    traffic.click("[popovertarget=saved-filters]")
    traffic.click("[data-filter-saved] a")
    until_all(traffic, 7)
    expect(traffic.locator("#saved-filters")).to_be_hidden()
    traffic.click("[popovertarget=saved-filters]")
    traffic.click("[data-filter-saved] button")
    traffic.wait_for_selector("[data-list]:not([aria-busy]) .list-windowed", state="attached")
    traffic.click("[popovertarget=saved-filters]")
    expect(traffic.locator("#saved-filters")).to_contain_text("None yet")
    assert complaints == []


def test_a_search_that_takes_long_goes_on_by_itself_and_says_so(
    dashboard: Any, go: Callable[..., Page]
) -> None:
    dashboard.captures.look = 7
    page = go("/traffic?q=kind:style")
    until_lines(page, 30)
    until_all(page, 1)
    expect(page.locator("[data-list-progress]")).to_be_hidden()
    dashboard.captures.look = 250
    type_filter(page, "zzz")
    expect(page.locator("[data-filter-empty]")).to_be_visible()
    expect(page.locator("[data-list-progress]")).to_be_hidden()


def test_selecting_keeps_the_filter_in_the_address(go: Callable[..., Page]) -> None:
    page = go("/traffic?q=status:500")
    until_all(page, 7)
    page.locator(ROWS).last.click()
    page.wait_for_function("() => location.search.includes('selected=')")
    assert "q=status%3A500" in page.url or "q=status:500" in page.url
    page.reload()
    page.wait_for_selector("[data-list]:not([aria-busy]) .list-windowed", state="attached")
    until_all(page, 7)
    expect(page.locator(".row[aria-selected=true]")).to_have_count(1)


@pytest.mark.parametrize("dashboard", [1_000], indirect=True)
def test_scrolling_goes_through_all_that_fits(go: Callable[..., Page]) -> None:
    page = go("/traffic?q=-kind:page", height=500)
    page.focus("[data-list-view]")
    page.keyboard.press("Home")
    page.wait_for_function(
        "() => [...document.querySelectorAll('.list-lines > .row')].some((row) => row.dataset.id.endsWith('01'))"
    )
    assert all(n % 10 in (1, 2, 3, 4, 9) for n in numbers(page))


def test_without_script_the_box_is_a_form(signed_in: Callable[..., BrowserContext]) -> None:
    page = signed_in(script=False).new_page()
    page.goto("/traffic")
    page.fill(BOX, "status:500")
    page.press(BOX, "Enter")
    page.wait_for_url("**/traffic?q=status*")
    expect(page.locator(SAYS)).to_have_text("Exchanges whose status is 500.")
    assert all(n % 10 == 7 for n in numbers(page))
    page.click(".chip:text('Image')")
    expect(page.locator("[data-filter-empty]")).to_be_visible()
    page.goto("/traffic?q=status:5oo")
    expect(page.locator(f"{SAYS} mark")).to_have_text("5oo")


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 400)])
def test_axe_finds_nothing(go: Callable[..., Page], theme: str, width: int) -> None:
    page = go("/traffic?q=status:>=400", theme=theme, width=width)
    page.press("body", "/")
    page.keyboard.press("End")
    page.keyboard.type(" ho")
    expect(page.locator(OFFERS).first).to_be_visible()
    page.keyboard.press("ArrowDown")
    assert faults(page) == []
    type_filter(page, "status:4o4")
    expect(page.locator(f"{SAYS} mark")).to_be_visible()
    assert faults(page) == []
    type_filter(page, "host:sealed kind:font")
    expect(page.locator("[data-filter-empty]")).to_be_visible()
    assert faults(page) == []
    for button in ("saved-filters", "filter-help"):
        page.click(f"[popovertarget={button}]")
        assert faults(page) == []
        page.keyboard.press("Escape")


@pytest.mark.parametrize("width", [1280, 400])
def test_nothing_is_wider_than_the_window(go: Callable[..., Page], width: int) -> None:
    page = go("/traffic?q=host:sealed kind:font", width=width)
    for text in ("x" * 400, "hots:" + "y" * 300, "host:" + "z" * 300 + " status:404"):
        type_filter(page, text)
        expect(page.locator(BOX)).to_have_value(text)
        page.wait_for_function("() => !document.querySelector('[data-filter-says]').hidden")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
