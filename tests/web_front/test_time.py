"""Waterfall, statistics and comparison in a real browser: by keys and mouse, live, and with nothing wrong."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from page_faults import faults
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

A, B = (n.to_bytes(16, "big").hex() for n in (23, 33))


@pytest.mark.parametrize("dashboard", [2_000], indirect=True)
def test_the_waterfall_is_gone_through_zoomed_and_grows(
    signed_in: Callable[..., Any], dashboard: Any, complaints: list[str]
) -> None:
    page = signed_in(level="details").new_page()
    page.goto("/traffic/waterfall?q=kind:page")
    page.wait_for_selector("[data-waterfall][data-ready]")
    lines, says = page.locator(".waterfall-line"), page.locator("[data-waterfall-says]")
    focused = page.locator(".waterfall-label:focus")
    expect(page.locator(".waterfall-plain")).to_have_count(0)
    assert lines.count() < 60  # of hundreds that are there
    page.locator('.waterfall-label[tabindex="0"]').focus()
    page.keyboard.press("End")
    last = focused.get_attribute("href")
    expect(says).to_contain_text("Waiting for the first byte")
    page.keyboard.press("ArrowUp")
    expect(focused).not_to_have_attribute("href", last or "")
    page.keyboard.press("+")
    page.wait_for_url("**range=**")
    page.keyboard.press("0")
    expect(page).not_to_have_url(re.compile("range="))
    clock = page.locator(".waterfall-axis").bounding_box()
    page.mouse.move(clock["x"] + 50, clock["y"] + 8)
    page.mouse.down()
    page.mouse.move(clock["x"] + 200, clock["y"] + 8, steps=3)
    page.mouse.up()
    page.wait_for_url("**range=**")
    page.get_by_role("button", name="What is in sight").click()
    lines.nth(8).locator("svg").hover()
    expect(says).to_contain_text("in all")
    page.get_by_role("link", name="Statistics").click()
    page.wait_for_url("**/traffic/statistics?q=kind**")
    page.goto("/traffic/waterfall")
    page.wait_for_selector("[data-waterfall][data-ready]")
    expect(page.locator(f'a[href*="{(2_000).to_bytes(16, "big").hex()}"]')).to_be_visible()
    dashboard.captures.add(1)
    expect(page.locator(f'a[href*="{(2_001).to_bytes(16, "big").hex()}"]')).to_be_visible()
    body, box = page.locator(".waterfall-body"), page.locator(".waterfall-box")
    height = body.get_attribute("style") or ""
    box.evaluate("box => { box.scrollTop = 0 }")
    expect(body).not_to_have_attribute("style", height)  # older ones came
    page.get_by_role("button", name="By connection").click()
    page.wait_for_url("**by=connection**")
    expect(page.get_by_role("button", name="By connection")).to_have_attribute("aria-pressed", "true")
    assert complaints == []


def test_a_plot_is_read_by_keys_and_narrows_the_filter(
    signed_in: Callable[..., Any], complaints: list[str]
) -> None:
    page = signed_in().new_page()
    page.goto("/traffic/statistics")
    plot = page.locator('[aria-labelledby="plot-exchanges"]')
    columns = plot.locator(".plot-wide [data-plot-column]")
    expect(columns.first).to_have_attribute("tabindex", "0")
    assert page.locator('.plot-wide [data-plot-column][tabindex="0"]').count() == 3
    columns.first.focus()
    page.keyboard.press("ArrowRight")
    expect(plot.locator("[data-plot-says]")).to_contain_text("exchanges")
    expect(plot.locator("[data-plot-says]")).to_contain_text("p90")
    page.keyboard.press("Enter")
    page.wait_for_url("**since**before**")
    expect(page.locator("[data-filter-says]")).to_contain_text("began")
    page.keyboard.press("/")
    expect(page.locator("#filter")).to_be_focused()
    page.fill("#filter", "status:404")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/traffic/statistics\?q=status(:|%3A)404$"))
    page.get_by_role("link", name="List", exact=True).click()
    page.wait_for_url(re.compile(r"/traffic\?q=status(:|%3A)404$"))
    with page.expect_download() as saved:
        page.goto("/traffic/statistics")
        plot.get_by_role("button", name="PNG").click()
    assert saved.value.suggested_filename == "exchanges-over-time.png"
    assert complaints == []


def test_two_are_compared_from_an_exchange_side_by_side_or_stacked(
    signed_in: Callable[..., Any], complaints: list[str]
) -> None:
    page = signed_in().new_page()
    page.goto(f"/exchange/{A}")
    page.locator(".exchange-actions summary", has_text="Compare").click()
    page.get_by_text("With the one before, same address").click()
    page.wait_for_url("**/compare?**")
    expect(page.locator("#compare-sentence")).to_contain_text("The requests are the same.")
    page.goto(f"/compare?a={(14).to_bytes(16, 'big').hex()}&b={B}")
    rows = page.locator(".compared tbody tr:visible")
    first, second = (rows.first.locator("td").nth(n).bounding_box() for n in (0, 1))
    assert first["y"] == second["y"]
    page.set_viewport_size({"width": 400, "height": 800})
    first, second = (rows.first.locator("td").nth(n).bounding_box() for n in (0, 1))
    assert first["y"] < second["y"]
    page.locator("#exact").click()
    page.wait_for_url("**exact=1**")
    assert complaints == []


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 400)])
def test_nothing_is_found_wrong_with_the_pages(
    signed_in: Callable[..., Any], theme: str, width: int, complaints: list[str]
) -> None:
    page = signed_in(theme=theme, width=width).new_page()
    ids = ",".join(n.to_bytes(16, "big").hex() for n in (21, 22, 23))
    pages = ("/traffic/waterfall?by=connection", "/traffic/statistics", f"/compare?a={A}&b={B}&exact=1", f"/compare?ids={ids}")  # fmt: skip
    for address in pages:
        page.goto(address)
        if "waterfall" in address:
            page.wait_for_selector("[data-waterfall][data-ready]")
        page.evaluate("document.querySelectorAll('main details').forEach(each => each.open = true)")
        assert faults(page) == []
        assert page.evaluate("document.querySelector('main').scrollWidth <= innerWidth")
    assert complaints == []


def test_without_script_all_of_it_can_be_read(signed_in: Callable[..., Any]) -> None:
    page = signed_in(script=False).new_page()
    page.goto("/traffic/waterfall")
    assert page.locator(".waterfall-table tbody tr").count() == 100
    expect(page.get_by_role("button", name="Closer")).to_be_hidden()
    page.goto("/traffic/statistics?q=status:404")
    page.get_by_text("All numbers over time, as a table").click()
    expect(page.get_by_role("table", name="Over time")).to_be_visible()
    page.goto(f"/compare?a={A}&legs=1")
    expect(page.get_by_text("The request was passed on unchanged.")).to_be_visible()
