"""The list as a tool, in a real browser: marks, deleting, choosing many, the split, columns, groups, the palette, and an address that says it all."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from page_faults import faults
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

BANNER = "[data-removals]"
MARKS = ".row-marks"
SAYS = "[data-says]"
CHOSEN = ".row-chosen"


def row(page: Page, number: int) -> Any:
    return page.locator(f".row[data-id='{number:032x}']")


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_marks_by_keys_stand_on_the_row_in_every_tab_and_on_the_page(
    traffic: Page, complaints: list[str]
) -> None:
    other = traffic.context.new_page()
    other.goto("/traffic")
    row(traffic, 300).locator(".cell-method").click()
    press(traffic, "s")
    expect(row(traffic, 300).locator(".mark-pin")).to_be_visible()
    press(traffic, "n")
    dialog = traffic.locator("[data-mark-dialog]")
    dialog.get_by_label("Tags").fill("todo Log-In")
    dialog.get_by_label("Comment").fill("<b>ask</b> Ada")
    dialog.locator("[value=red]").check()
    dialog.get_by_role("button", name="Save").click()
    for page in (traffic, other):
        expect(row(page, 300).locator(MARKS)).to_contain_text(
            re.compile("pinned.*todo.*log-in.*<b>ask</b> Ada")
        )
        assert row(page, 300).get_attribute("data-colour") == "red"
    expect(traffic.locator("[data-pane] .exchange-comment")).to_have_text("<b>ask</b> Ada")
    traffic.locator("[data-pane]").get_by_role("button", name="Pinned").click()
    expect(row(other, 300).locator(".mark-pin")).to_have_count(0)
    assert complaints == []


def test_what_was_deleted_comes_back_after_a_reload(traffic: Page) -> None:
    row(traffic, 298).locator(".cell-method").click()
    press(traffic, "x", "Shift+ArrowDown", "Shift+ArrowDown")
    expect(traffic.locator(CHOSEN)).to_have_count(3)
    press(traffic, "Delete")
    expect(traffic.locator(BANNER)).to_contain_text("3 exchanges deleted. It can be undone until")
    expect(row(traffic, 299)).to_have_count(0)
    expect(traffic.locator("[data-pane]")).to_be_hidden()
    traffic.reload()
    traffic.get_by_role("button", name="Undo").click()
    expect(row(traffic, 299)).to_be_visible()
    expect(traffic.locator(BANNER)).to_be_hidden()


def test_clear_deletes_what_the_filter_shows_and_u_undoes_it(go: Callable[..., Page]) -> None:
    page = go("/traffic?q=status:404")
    page.get_by_role("button", name="Clear", exact=True).click()
    expect(page.locator(BANNER)).to_contain_text("30 exchanges deleted")
    expect(page.locator("[data-filter-empty]")).to_be_visible()
    page.locator("h1").click()
    press(page, "u")
    expect(row(page, 296)).to_be_visible()


def test_many_are_chosen_with_ctrl_and_shift_and_let_go_by_escape(traffic: Page) -> None:
    row(traffic, 296).locator(".cell-method").click(modifiers=["Control"])
    row(traffic, 299).locator(".cell-method").click(modifiers=["Shift"])
    expect(traffic.locator(CHOSEN)).to_have_count(4)
    row(traffic, 297).locator(".cell-method").click(modifiers=["Control"])
    expect(traffic.locator("[data-chosen]")).to_contain_text("3 chosen")
    traffic.focus("[data-list-view]")
    press(traffic, "Escape")
    expect(traffic.locator(CHOSEN)).to_have_count(0)
    expect(traffic.locator("[data-chosen]")).to_be_hidden()


def test_the_border_moves_by_keys_and_stays_where_it_was_put(traffic: Page) -> None:
    row(traffic, 300).locator(".cell-method").click()
    border = traffic.get_by_role("separator")
    border.focus()
    before = traffic.locator("[data-pane]").bounding_box()
    press(traffic, "ArrowRight", "ArrowRight", "ArrowRight")
    expect(border).to_have_attribute("aria-valuenow", "56")
    after = traffic.locator("[data-pane]").bounding_box()
    assert before and after and after["x"] > before["x"] + 50  # noqa: PT018 - for the types
    traffic.reload()
    expect(border).to_have_attribute("aria-valuenow", "56")
    press(traffic, "Tab")
    border.dblclick()
    expect(border).to_have_attribute("aria-valuenow", "50")


def test_the_address_holds_filter_exchange_and_tab_and_back_goes_back(go: Callable[..., Page]) -> None:
    page = go("/traffic?q=status:404")
    row(page, 296).locator(".cell-method").click()
    page.locator("[data-pane] #tab-timing").click()
    expect(page.locator("[data-pane] #tab-timing")).to_have_attribute("aria-current", "page")
    page.wait_for_url(re.compile(rf"q=status%3A404&selected={296:032x}&tab=timing"))
    address = page.url
    page.go_back()
    page.wait_for_url(lambda url: "tab=" not in url)
    page.go_back()
    expect(page.locator("[data-pane]")).to_be_hidden()
    page.go_forward()
    expect(page.locator("[data-pane] article")).to_be_visible()
    other = page.context.new_page()
    other.goto(address)
    expect(other.locator("[data-pane] #tab-timing")).to_have_attribute("aria-current", "page")
    expect(other.locator("#filter")).to_have_value("status:404")
    press(other, "Enter")
    other.wait_for_url(re.compile(rf"/exchange/{296:032x}\?tab=timing"))
    press(other, "Escape")
    other.wait_for_url(re.compile(rf"q=status%3A404&selected={296:032x}"))


def test_columns_are_chosen_put_in_order_by_keys_and_remembered(go: Callable[..., Page]) -> None:
    page = go(level="details")
    page.get_by_role("button", name="Columns of the list").click()
    page.get_by_label("TLS version", exact=True).check()
    page.get_by_label("Cookies", exact=True).check()
    page.get_by_label("Time", exact=True).focus()
    for _ in range(6):
        press(page, "Alt+ArrowUp")
    page.get_by_role("button", name="Done").click()
    page.reload()
    head = page.locator(".list-head > .cell:visible")
    expect(head.nth(0)).to_have_text("Time")
    expect(head.nth(1)).to_have_text("Clock")
    expect(row(page, 300).locator(".cell-tls")).to_have_text("1.3")
    page.get_by_role("button", name="Columns of the list").click()
    page.get_by_role("button", name="As at first").click()
    expect(row(page, 300).locator(".cell-tls")).to_be_hidden()


def test_the_menu_of_a_row_copies(traffic: Page) -> None:
    traffic.context.grant_permissions(["clipboard-read", "clipboard-write"])
    row(traffic, 293).locator(".cell-method").click(button="right")
    expect(traffic.get_by_role("menu")).to_be_visible()
    press(traffic, "End", "ArrowDown")
    expect(traffic.get_by_role("menuitem", name="Pin")).to_be_focused()
    assert faults(traffic) == []
    traffic.get_by_role("menuitem", name="Copy the address").click()
    expect(traffic.locator(SAYS)).to_have_text("Copied the address.")
    copied = traffic.evaluate("navigator.clipboard.readText()")
    assert copied == "https://shop.inspector.test/api/cart?item=17&count=2"


def test_the_palette_finds_pages_actions_and_exchanges(traffic: Page) -> None:
    press(traffic, "Control+k")
    traffic.keyboard.type("request")
    options = traffic.locator("[data-palette] [role=option]")
    expect(options.filter(has_text="GET shop.inspector.test/").first).to_be_visible()
    assert faults(traffic) == []
    traffic.get_by_role("combobox", name="Find").fill("dark theme")
    expect(options.first).to_have_text("Dark theme")
    press(traffic, "Enter")
    traffic.wait_for_selector("html[data-theme=dark]")
    press(traffic, "Control+k")
    traffic.keyboard.type(f"{7:032x}")
    expect(options.first).to_contain_text("localhost/report")
    press(traffic, "Enter")
    traffic.wait_for_url(re.compile(f"selected={7:032x}"))


def test_the_keys_are_said_over_the_page(traffic: Page) -> None:
    press(traffic, "?")
    expect(traffic.get_by_role("dialog", name="Keys")).to_be_visible()
    assert faults(traffic) == []
    press(traffic, "Escape")
    expect(traffic.get_by_role("dialog", name="Keys")).to_be_hidden()


def test_hosts_and_folders_narrow_the_list(go: Callable[..., Page]) -> None:
    page = go("/traffic?group=host")
    tree = page.locator("[data-tree]")
    tree.get_by_role("link", name=re.compile("shop.inspector.test")).click()
    tree.get_by_role("link", name="/static/").click()
    expect(row(page, 297)).to_have_count(0)
    expect(row(page, 292)).to_be_visible()
    assert faults(page) == []
    page.reload()
    expect(tree.get_by_role("link", name="/static/")).to_have_attribute("aria-current", "true")
    expect(row(page, 297)).to_have_count(0)
    page.go_back()
    expect(row(page, 295)).to_be_visible()


@pytest.fixture
def browsing(dashboard: Any) -> Any:
    """Captures in which a page is opened with each tenth exchange, and fetches the next five."""
    captures = dashboard.captures
    plain = captures.exchange

    def exchange(id: bytes) -> Any:
        found, n = plain(id), int.from_bytes(id, "big") % 10
        if found is None:
            return None
        said = b"Sec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n" if n == 0 else b""
        said = said or (b"Referer: https://shop.inspector.test/\r\n" if n < 6 else b"")
        request = msgspec.structs.replace(
            found.client_leg.request, head=found.client_leg.request.head[:-2] + said + b"\r\n"
        )
        return msgspec.structs.replace(found, client_leg=msgspec.structs.replace(found.client_leg, request=request))  # fmt: skip

    captures.exchange = exchange
    return captures


def test_new_to_this_rows_stand_by_the_page_that_was_opened(
    browsing: Any, traffic: Page, complaints: list[str]
) -> None:
    head = traffic.locator(f"[data-id='group-{290:032x}']")
    expect(head).to_contain_text("You opened shop.inspector.test 6 exchanges, 74 ms")
    assert faults(traffic) == []
    head.click()
    expect(head).to_have_attribute("aria-expanded", "false")
    expect(row(traffic, 291)).to_have_count(0)
    browsing.add(5)
    expect(traffic.locator(f"[data-id='group-{300:032x}']")).to_contain_text("6 exchanges")
    traffic.focus("[data-list-view]")
    press(traffic, "ArrowRight")
    expect(row(traffic, 291)).to_be_visible()
    traffic.get_by_label("Group").select_option("time")
    expect(head).to_have_count(0)
    assert traffic.url.endswith("group=time")
    assert complaints == []
