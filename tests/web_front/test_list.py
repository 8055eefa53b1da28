"""The Traffic list in a real browser: live, still when it should be, small however much there is, and by keyboard."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

PILL = "[data-list-pill]"
SELECTED = ".row[aria-selected=true]"
WINDOW = "document.querySelectorAll('.row').length"
TOP = "document.querySelector('[data-list-view]').scrollTop"
MILLION = 1_000_000
# Scrolls by so many lines, a frame and a little more apart, until the first or the last line is this one: the lines that stood in the page each time.
WALK = """async ([lines, end]) => {
    const view = document.querySelector('[data-list-view]'), walked = [];
    for (let step = 0; step < 220; step++) {
        const rows = [...document.querySelectorAll('.list-lines > .row')].map((row) => parseInt(row.dataset.id, 16));
        walked.push(rows);
        if (rows.at(lines < 0 ? 0 : -1) === end) break;
        view.scrollTop += lines * 44;
        await new Promise((painted) => setTimeout(() => requestAnimationFrame(() => setTimeout(painted)), 17));
    }
    return walked;
}"""


def shown(page: Page) -> list[int]:
    """The numbers of the exchanges in the DOM, from top to bottom, at one moment."""
    ids = page.evaluate("[...document.querySelectorAll('.list-lines > .row')].map((row) => row.dataset.id)")
    return [int(id, 16) for id in ids]


def in_sight(page: Page) -> list[int]:
    """Those that can be seen whole."""
    ids = page.evaluate("""() => {
        const box = document.querySelector('[data-list-view]').getBoundingClientRect();
        const head = document.querySelector('.list-columns').getBoundingClientRect().height;
        return [...document.querySelectorAll('.list-lines > .row')].filter((row) => {
            const { top, bottom } = row.getBoundingClientRect();
            return top >= box.top + head - 1 && bottom <= box.bottom + 1;
        }).map((row) => row.dataset.id);
    }""")
    return [int(id, 16) for id in ids]


def until(page: Page, condition: str, argument: Any = None) -> None:
    page.wait_for_function(condition, arg=argument)


def until_last(page: Page, number: int) -> None:
    """Until the last line is this exchange's, in sight."""
    until(
        page,
        "id => document.querySelector('.list-lines > .row:last-child')?.dataset.id === id",
        f"{number:032x}",
    )


def scroll(page: Page, lines: int) -> None:
    page.evaluate("lines => { document.querySelector('[data-list-view]').scrollTop += lines * 44 }", lines)


def selected(page: Page) -> int:
    return int(page.get_attribute(SELECTED, "data-id") or "0", 16)


# --- live ----------------------------------------------------------------------------------------------


def test_new_exchanges_join_the_end_without_a_reload(
    traffic: Page, dashboard: Any, complaints: list[str]
) -> None:
    until_last(traffic, 300)
    dashboard.captures.add(3)
    until_last(traffic, 303)
    assert in_sight(traffic)[-1] == 303
    assert traffic.locator(PILL).is_hidden()
    assert complaints == []


@pytest.mark.parametrize("dashboard", [0], indirect=True)
def test_the_empty_list_says_what_to_type_and_fills_itself(traffic: Page, dashboard: Any) -> None:
    expect(traffic.locator("[data-list-empty]")).to_contain_text("curl --proxy http://127.0.0.1:8080")
    dashboard.captures.add()
    until_last(traffic, 1)
    expect(traffic.locator("[data-list-empty]")).to_be_hidden()


def test_an_exchange_that_ends_is_changed_where_it_stands(traffic: Page, dashboard: Any) -> None:
    dashboard.captures.add(open=True)
    last = traffic.locator(f".row[data-id='{301:032x}']")
    expect(last).to_contain_text("waiting…")
    dashboard.captures.finish(301)
    expect(last).to_contain_text("200 OK")
    assert shown(traffic).count(301) == 1


def test_away_from_the_end_nothing_moves_and_a_pill_counts(traffic: Page, dashboard: Any) -> None:
    scroll(traffic, -100)
    until(traffic, "() => document.querySelector('.row')")
    traffic.wait_for_timeout(100)  # the scroll event and its frame
    before = in_sight(traffic)
    dashboard.captures.add(12)
    expect(traffic.locator(PILL)).to_have_text("12 new")
    assert in_sight(traffic) == before
    traffic.click(PILL)
    until_last(traffic, 312)
    assert traffic.locator(PILL).is_hidden()
    dashboard.captures.add()
    until_last(traffic, 313)


def test_the_pill_goes_when_the_end_is_scrolled_to(traffic: Page, dashboard: Any) -> None:
    until_last(traffic, 300)
    scroll(traffic, -10)
    traffic.wait_for_timeout(100)
    dashboard.captures.add(3)
    expect(traffic.locator(PILL)).to_have_text("3 new")
    until(
        traffic,
        "() => { document.querySelector('[data-list-view]').scrollTop += 88; return document.querySelector('[data-list-pill]').hidden }",
    )
    assert in_sight(traffic)[-1] == 303


def test_an_exchange_counts_once_in_the_pill(traffic: Page, dashboard: Any) -> None:
    scroll(traffic, -100)
    dashboard.captures.add(open=True)
    expect(traffic.locator(PILL)).to_have_text("1 new")
    dashboard.captures.finish(301)
    dashboard.captures.add()
    expect(traffic.locator(PILL)).to_have_text("2 new")


def test_the_paused_list_stands_still_till_it_may_go_on(traffic: Page, dashboard: Any) -> None:
    traffic.click("[data-list-hold]")
    before = shown(traffic)
    dashboard.captures.add(5)
    expect(traffic.locator(PILL)).to_have_text("5 new")
    assert shown(traffic) == before
    traffic.get_by_role("button", name="Go on", exact=True).click()
    until_last(traffic, 305)


def test_newest_first_puts_new_ones_on_top_and_is_remembered(traffic: Page, dashboard: Any) -> None:
    traffic.click("[data-list-order]")
    until(traffic, "() => document.querySelector('.list-lines > .row').dataset.id.endsWith('12c')")
    dashboard.captures.add()
    until(traffic, "() => document.querySelector('.list-lines > .row').dataset.id.endsWith('12d')")
    assert in_sight(traffic)[:2] == [301, 300]
    traffic.reload()
    until(traffic, "() => document.querySelector('.list-windowed .row')?.dataset.id.endsWith('12d')")


def test_newest_first_stands_still_too(traffic: Page, dashboard: Any) -> None:
    traffic.click("[data-list-order]")
    until(traffic, "() => document.querySelector('.list-lines > .row').dataset.id.endsWith('12c')")
    scroll(traffic, 50)
    traffic.wait_for_timeout(100)
    before = in_sight(traffic)
    dashboard.captures.add(7)
    expect(traffic.locator(PILL)).to_have_text("7 new")
    assert in_sight(traffic) == before


def test_forgetting_everything_empties_the_list(traffic: Page, dashboard: Any) -> None:
    until_last(traffic, 300)
    dashboard.captures.forget_everything()
    expect(traffic.locator("[data-list-empty]")).to_be_visible()
    assert shown(traffic) == []


# --- a million -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("dashboard", [MILLION], indirect=True)
def test_of_a_million_only_what_is_seen_is_in_the_page(traffic: Page) -> None:
    until_last(traffic, MILLION)
    assert traffic.evaluate(WINDOW) < 60
    seen = set()
    for _ in range(30):
        scroll(traffic, -150)
        traffic.wait_for_timeout(60)
        seen.update(shown(traffic))
        assert traffic.evaluate(WINDOW) < 60
    assert min(seen) < MILLION - 1_500
    height = traffic.evaluate("document.querySelector('[data-list-body]').offsetHeight")
    assert height <= 1000 * 44, "the window holds at most a thousand rows"


@pytest.mark.parametrize("dashboard", [MILLION], indirect=True)
def test_home_and_end_reach_the_first_and_the_last_of_a_million(traffic: Page) -> None:
    until_last(traffic, MILLION)
    traffic.focus("[data-list-view]")
    traffic.keyboard.press("Home")
    until(traffic, "() => document.querySelector('.row').dataset.id.endsWith('01')")
    assert in_sight(traffic)[:3] == [1, 2, 3]
    traffic.keyboard.press("End")
    until_last(traffic, MILLION)


@pytest.mark.parametrize("dashboard", [1_300], indirect=True)
def test_scrolling_back_and_forth_shows_every_row_once_and_in_order(traffic: Page) -> None:
    until_last(traffic, 1_300)
    seen: set[int] = set()
    for direction, end in ((-1, 1), (1, 1_300)):
        for rows in traffic.evaluate(WALK, [direction * 14, end]):
            assert rows == list(range(rows[0], rows[-1] + 1))
            seen.update(rows)
    assert seen == set(range(1, 1_301))


def test_a_storm_keeps_the_end_in_sight_and_the_window_small(traffic: Page, dashboard: Any) -> None:
    until_last(traffic, 300)
    for _ in range(20):
        dashboard.captures.add(500)
        traffic.wait_for_timeout(50)
        assert traffic.evaluate(WINDOW) < 60
    until_last(traffic, 10_300)
    dashboard.captures.add()  # calm again: what the feed left out is read anew
    until_last(traffic, 10_301)
    until(traffic, "() => document.querySelector('[data-list-body]').offsetHeight <= 44000")
    scroll(traffic, -60)
    traffic.wait_for_timeout(200)
    rows = shown(traffic)
    assert rows == list(range(rows[0], rows[-1] + 1))


# --- choosing one --------------------------------------------------------------------------------------


def test_a_click_opens_the_pane_and_the_address_bar_says_so(traffic: Page) -> None:
    traffic.locator(f".row[data-id='{300:032x}'] .cell-method").click()
    expect(traffic.locator("[data-pane] article")).to_be_visible()
    assert traffic.url.endswith(f"/traffic?selected={300:032x}")
    assert selected(traffic) == 300
    traffic.get_by_role("button", name="Close").click()
    expect(traffic.locator("[data-pane]")).to_be_hidden()
    assert traffic.url.endswith("/traffic")


def test_the_address_opens_the_same_exchange_again(go: Any) -> None:
    page = go(f"/traffic?selected={100:032x}")
    expect(page.locator("[data-pane] article")).to_be_visible()
    assert selected(page) == 100
    assert 100 in in_sight(page)


def test_keys_move_open_and_come_back_to_the_same_row(traffic: Page) -> None:
    until_last(traffic, 300)
    traffic.focus("[data-list-view]")
    for key in ("End", "k", "ArrowUp", "ArrowUp", "j"):
        traffic.keyboard.press(key)
        traffic.wait_for_timeout(40)
    here = selected(traffic)
    assert here == 299
    active = traffic.get_attribute("[data-list-view]", "aria-activedescendant")
    assert active == f"row-{here:032x}"
    expect(traffic.locator("[data-pane] article")).to_have_attribute("data-id", f"{here:032x}")
    traffic.keyboard.press("Enter")
    traffic.wait_for_url(re.compile(f"/exchange/{here:032x}"))
    traffic.keyboard.press("Escape")
    traffic.wait_for_url(re.compile(f"selected={here:032x}"))
    until(traffic, "() => document.querySelector('.row[aria-selected=true]')")
    assert selected(traffic) == here
    assert traffic.evaluate("document.activeElement.matches('[data-list-view]')")
    traffic.keyboard.press("Escape")
    expect(traffic.locator("[data-pane]")).to_be_hidden()


def test_a_selected_exchange_is_not_pushed_out_of_sight(traffic: Page, dashboard: Any) -> None:
    until_last(traffic, 300)
    number = in_sight(traffic)[2]
    traffic.locator(f".row[data-id='{number:032x}']").click()
    expect(traffic.locator("[data-pane] article")).to_be_visible()
    dashboard.captures.add(50)
    expect(traffic.locator(PILL)).to_be_visible()
    assert number in in_sight(traffic)


def test_an_open_exchange_in_the_pane_is_told_of_its_end(traffic: Page, dashboard: Any) -> None:
    dashboard.captures.add(open=True)
    traffic.locator(f".row[data-id='{301:032x}']").click()
    expect(traffic.locator("[data-pane] article")).to_be_visible()
    with traffic.expect_response(lambda response: "/exchange/" in response.url):
        dashboard.captures.finish(301)


def test_under_800_px_an_exchange_has_a_page_of_its_own(go: Any) -> None:
    page = go(width=700)
    until_last(page, 300)
    page.locator(f".row[data-id='{300:032x}']").click()
    page.wait_for_url(re.compile(f"/exchange/{300:032x}"))
    page.go_back()
    page.wait_for_selector(SELECTED)
    assert selected(page) == 300


def test_with_ctrl_a_row_opens_in_a_tab_of_its_own(traffic: Page) -> None:
    until_last(traffic, 300)
    with traffic.context.expect_page() as opened:
        traffic.locator(f".row[data-id='{300:032x}'] .address").click(modifiers=["Control"])
    opened.value.wait_for_url(re.compile(f"/exchange/{300:032x}"))


# --- without script ------------------------------------------------------------------------------------


def test_without_script_the_list_is_there_with_links_to_older_and_newer(signed_in: Any) -> None:
    page = signed_in(script=False).new_page()
    page.goto("/traffic")
    first = list(range(201, 301))
    assert shown(page) == first
    page.get_by_role("link", name="Older").click()
    page.wait_for_url(re.compile("before="))
    assert shown(page) == list(range(101, 201))
    page.get_by_role("link", name="Newer").click()
    page.wait_for_url(re.compile("after="))
    assert shown(page) == first
    page.locator(f".row[data-id='{300:032x}'] a").click()
    page.wait_for_url(re.compile("/exchange/"))
