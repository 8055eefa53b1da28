"""Rules > Hooks in a real browser: what is saved, called and printed appears without reloading, nothing overflows, and axe finds nothing."""

from __future__ import annotations

import pytest
from hooks_running import CHANGING
from page_faults import faults

pytestmark = pytest.mark.browser
WITHIN = 20_000


@pytest.fixture
def page(page_browser, hooked):
    page = page_browser.new_page(viewport={"width": 400, "height": 800})
    host = hooked.inspector.dashboard.removeprefix("http://")
    cookies = [
        {"name": each.name, "value": each.value, "domain": host.partition(":")[0], "path": "/"}
        for each in hooked.reader.cookies
    ]
    page.context.add_cookies(cookies)
    yield page
    page.close()


def test_the_page_follows_what_hooks_do(page, hooked):
    file = hooked.folder / "changing.py"
    page.goto(f"{hooked.inspector.dashboard}/rules/hooks")
    hooked.get("/fail/raise?walk")
    page.get_by_text("https://shop.test/fail/raise?walk 404").wait_for(timeout=WITHIN)
    file.write_text("def request(requests, one_too_many):\n    ...\n")
    page.get_by_text("def request(request):").wait_for(timeout=WITHIN)
    file.write_text(CHANGING.format("walked") + '    "a line that says what it is for"\n')
    section = page.locator("section", has=page.get_by_role("heading", name="changing.py"))
    section.get_by_text("not loaded").wait_for(state="detached", timeout=WITHIN)
    assert page.evaluate("document.documentElement.scrollWidth") == 400
    assert faults(page) == []
    file.write_text(CHANGING.format(1))
