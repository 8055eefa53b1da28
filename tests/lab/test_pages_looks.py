"""The lab's pages in a real Chromium: nothing sticks out, axe and the content policy find nothing, in both themes, wide and narrow."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from lab_running import Lab
from page_faults import faults
from playwright.sync_api import Browser

from inspector.lab.badtls.cases import BY_LABEL, DOMAIN

pytestmark = pytest.mark.browser
PAGES = (
    f"http://{DOMAIN}/",
    f"http://{DOMAIN}/nothing",
    f"http://nobody.{DOMAIN}/",
    f"http://expired.{DOMAIN}/",
    *(BY_LABEL[label].url for label in ("good", "expired", "weak-key", "missing-intermediate")),
)


@pytest.fixture(scope="module")
def chromium(lab: Lab, launch_for_pages: Callable[..., Browser]) -> Iterator[Browser]:
    rules = f"MAP *.{DOMAIN}:80 127.0.0.1:{lab.http}, MAP {DOMAIN}:80 127.0.0.1:{lab.http}, MAP *.{DOMAIN} 127.0.0.1:{lab.https}"
    browser = launch_for_pages(f"--host-resolver-rules={rules}", "--ignore-certificate-errors")
    yield browser
    browser.close()


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 400)])
def test_nothing_sticks_out_and_axe_finds_nothing(chromium: Browser, width: int, theme: str) -> None:
    page = chromium.new_page(viewport={"width": width, "height": 800}, color_scheme=theme)
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if "404" not in said.text else None)
    for address in PAGES:
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, address
        assert faults(page) == [], address
    assert complaints == []
    page.close()
