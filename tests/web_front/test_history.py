"""The pages of histories in a real browser: nothing wrong with them, in both themes, wide and narrow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from page_faults import faults

pytestmark = pytest.mark.browser
ID = f"{1:032x}"


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 400)])
def test_nothing_is_found_wrong_with_them(
    signed_in: Callable[..., Any], complaints: list[str], theme: str, width: int
) -> None:
    page = signed_in(theme=theme, width=width).new_page()
    for path in (
        f"cookie?name=seen&exchange={ID}",
        f"address?exchange={ID}",
        f"log-in/{ID}",
        f"preflight/{ID}",
    ):
        page.goto(f"/history/{path}")
        assert faults(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert complaints == []
