"""Certificates in a real browser: the table that is waited for, what folds, the picture as a file, a certificate made and taken away."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

GOOD = f"/exchange/{1:032x}"
REFUSED = f"/exchange/{6:032x}"


@pytest.fixture
def page(signed_in: Callable[..., Any], complaints: list[str]) -> Page:
    return signed_in().new_page()


def test_who_trusts_it_comes_by_itself_and_can_be_asked_again(page: Page, complaints: list[str]) -> None:
    page.goto("/certificates")
    expect(page.locator("#stores")).to_contain_text("1 of 2 trust stores")
    row = page.locator(".stores-list > li").last
    row.locator("summary").click()
    expect(row.locator(".command")).to_contain_text("inspector ca trust --store chromium")
    with page.expect_response("**/certificates/stores?again=1"):
        page.get_by_role("link", name="Look again").click()
    expect(page.locator("#stores")).to_contain_text("1 of 2 trust stores")
    assert complaints == []


def test_without_script_the_table_is_a_link_away(signed_in: Callable[..., Any]) -> None:
    page = signed_in(script=False).new_page()
    page.goto("/certificates")
    page.click("#stores a")
    expect(page.locator("#stores")).to_contain_text("1 of 2 trust stores")


def test_a_whole_certificate_unfolds_and_its_text_can_be_copied_on_a_tab_that_was_swapped_in(
    page: Page,
) -> None:
    page.goto(f"{GOOD}?tab=messages")
    page.click("#tab-connection")
    first = page.locator(".chain-link").first
    first.locator("summary").click()
    expect(first.locator(".chain-pem code")).to_contain_text("BEGIN CERTIFICATE")
    expect(first.get_by_role("button", name="Copy")).to_be_visible()
    with page.expect_download() as saved:
        first.get_by_role("link", name="Save as a PEM file").click()
    assert Path(saved.value.path()).read_text().startswith("-----BEGIN CERTIFICATE-----")


def test_every_check_is_one_click_away_and_failures_are_none(page: Page) -> None:
    page.goto(f"{REFUSED}?tab=connection")
    failed = page.locator(".finding-bad").first
    expect(failed).to_be_visible()
    expect(failed).to_contain_text("If you only visit it")
    passed = page.locator(".findings-rest .finding-good").first
    expect(passed).to_be_hidden()
    page.locator(".findings-rest summary").first.click()
    expect(passed).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_picture_is_saved_as_svg_in_the_theme_that_is_shown(
    signed_in: Callable[..., Any], theme: str
) -> None:
    page = signed_in(theme=theme).new_page()
    page.goto(f"{GOOD}/chains")
    with page.expect_download() as saved:
        page.click("#save-svg")
    text = Path(saved.value.path()).read_text("utf-8")
    assert ("#faf9f6" in text, "#14161a" in text) == (theme == "light", theme == "dark")


@pytest.mark.parametrize("address", [GOOD, REFUSED])
def test_the_picture_is_saved_as_png_at_the_size_that_pages_share(
    page: Page, complaints: list[str], address: str
) -> None:
    page.goto(f"{address}/chains")
    with page.expect_download() as saved:
        page.click("#save-png")
    assert saved.value.suggested_filename == "why-it-was-believed.png"
    content = Path(saved.value.path()).read_bytes()
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    assert (int.from_bytes(content[16:20], "big"), int.from_bytes(content[20:24], "big")) == (1200, 630)
    assert len(content) > 20_000  # more than an empty sheet
    assert complaints == []


@pytest.mark.parametrize(("width", "shown"), [(1280, "wide"), (400, "narrow")])
def test_the_picture_s_text_can_be_read_at_every_width(
    signed_in: Callable[..., Any], width: int, shown: str
) -> None:
    page = signed_in(width=width).new_page()
    page.goto(f"{GOOD}/chains")
    picture = page.locator(f".picture-{shown}")
    expect(picture).to_be_visible()
    expect(page.locator(".picture-svg:visible")).to_have_count(1)
    scale = picture.evaluate("svg => svg.getBoundingClientRect().width / svg.viewBox.baseVal.width")
    smallest = picture.evaluate(
        "svg => Math.min(...[...svg.querySelectorAll('text')].map(t => parseFloat(getComputedStyle(t).fontSize)))"
    )
    assert scale * smallest >= 11
    for text in picture.locator("text").all():
        box, frame = text.bounding_box(), picture.bounding_box()
        assert box is not None
        assert frame is not None
        assert box["x"] + box["width"] <= frame["x"] + frame["width"], text.text_content()


def test_the_picture_is_told_box_by_box(page: Page) -> None:
    page.goto(f"{GOOD}/chains")
    boxes = page.locator(".picture-wide [data-picture-box]")
    page.get_by_role("button", name="Step through").click()
    expect(boxes.first).to_have_class("picture-current")
    expect(page.locator("[data-picture-says]")).to_contain_text(
        "Stand-in, made by Inspector on this computer: shop.inspector.test"
    )
    page.keyboard.press("ArrowRight")
    expect(boxes.nth(1)).to_have_class("picture-current")
    page.keyboard.press("ArrowLeft")
    expect(boxes.first).to_have_class("picture-current")
    page.keyboard.press("Escape")
    expect(page.locator(".picture-current")).to_have_count(0)
    for _ in range(boxes.count() + 1):
        page.keyboard.press("ArrowRight")
    expect(page.locator(".picture-stepping")).to_have_count(0)


def test_a_certificate_is_made_and_taken_away(page: Page) -> None:
    page.goto("/certificates/make")
    page.fill("#names", "myapp.test localhost")
    with page.expect_download() as saved:
        page.get_by_role("button", name="Make it and download").click()
    assert saved.value.suggested_filename == "myapp.test+1.zip"
    with zipfile.ZipFile(saved.value.path()) as archive:
        assert len(archive.namelist()) == 3


def test_a_certificate_is_read_from_pasted_text(page: Page, complaints: list[str]) -> None:
    page.goto("/certificates")
    with page.expect_download() as saved:
        page.get_by_role("link", name="PEM").click()
    page.goto("/certificates/read")
    page.fill("#text", Path(saved.value.path()).read_text())
    page.get_by_role("button", name="Read it").click()
    expect(page.locator(".chain-link .chain-name")).to_contain_text(re.compile("Inspector CA"))
    expect(page.locator(".tabs [aria-current]").first).to_have_text("Read one")
    assert complaints == []
