"""The pages of sites in a real browser: counted as their lines come into view, nothing wrong with them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from page_faults import faults
from playwright.sync_api import expect

from inspector.web import sites

pytestmark = pytest.mark.browser


def test_a_site_is_checked_as_its_line_comes_into_view(
    signed_in: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, complaints: list[str]
) -> None:
    monkeypatch.setattr(sites, "PATIENCE", 0.0)
    page = signed_in().new_page()
    page.goto("/traffic/sites")
    expect(page.locator("tbody tr")).not_to_have_count(0)
    expect(page.get_by_text("not checked yet")).to_have_count(0)
    assert page.url.endswith("/traffic/sites")
    assert complaints == []


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 400)])
def test_nothing_is_found_wrong_with_them(signed_in: Callable[..., Any], theme: str, width: int) -> None:
    page = signed_in(theme=theme, width=width).new_page()
    for address in ("/traffic/sites", "/traffic/sites/shop.inspector.test", "/traffic/sites/nobody.test"):
        page.goto(address)
        page.evaluate("document.querySelectorAll('main details').forEach(each => each.open = true)")
        assert faults(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
