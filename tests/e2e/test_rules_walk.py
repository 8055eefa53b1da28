"""Rules made by hand: in the dashboard's forms, with the preview of what they would have matched, and what a real browser gets then from a real site."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from e2e_running import Running, until
from e2e_site import Site
from page_faults import faults
from playwright.sync_api import Browser, Page, expect

from inspector.rules.reading import read_toml

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

FETCH = """async (path) => {
  try {
    const answer = await fetch(path, {cache: 'no-store'});
    return `${answer.status} ${answer.headers.get('x-rule') || ''} ${await answer.text()}`;
  } catch (error) { return 'failed'; }
}"""
# An action, the controls of its form by their labels, and what the browser gets of /new while it holds.
MADE = {
    "replace": ({"find": "Arrived", "by": "Rewritten <b>"}, "200  .*Rewritten <b>"),
    "status": ({"status": "418"}, "418  .*Arrived"),
    "response-fields": ({"set": "X-Rule: made by hand"}, "200 made by hand .*Arrived"),
    "answer": ({"status": "202", "text": "in its place"}, "202  in its place"),
    "block": ({}, "403 "),
}


@pytest.fixture(scope="module")
def running(start_running: Any) -> Running:
    return start_running("--no-lab").wait_until_ready()


@pytest.fixture(scope="module")
def surfing(page_browser: Browser, running: Running, site: Site) -> Iterator[Page]:
    """A browser that uses the proxy, on a page of the site."""
    context = page_browser.new_context(proxy={"server": running.proxy_url, "bypass": "<-loopback>"})
    page = context.new_page()
    page.goto(f"{site.http}/new")
    yield page
    context.close()


@pytest.fixture(scope="module")
def desk(page_browser: Browser, running: Running, surfing: Page) -> Iterator[Page]:
    """A browser at the dashboard."""
    context = page_browser.new_context(
        base_url=f"http://{running.web}", viewport={"width": 1280, "height": 900}
    )
    context.set_default_timeout(30_000)
    link = running.fresh_link()
    page = context.new_page()
    page.goto(link[link.index("/sign-in") :])
    page.wait_for_url(re.compile(r"/(traffic|start)?$"))
    yield page
    context.close()


def gets(surfing: Page, wanted: str) -> None:
    """Until the browser gets that of /new: a rule is in force within a moment, not at once."""
    until(lambda: re.match(wanted, surfing.evaluate(FETCH, "/new"), re.DOTALL), f"the browser gets {wanted}")


@pytest.mark.parametrize("action", MADE)
def test_a_rule_is_made_in_its_form_and_holds_for_a_real_site_until_it_is_removed(
    desk: Page, surfing: Page, action: str
) -> None:
    controls, wanted = MADE[action]
    desk.goto(f"/rules/new?do={action}")
    trial = desk.locator("#trial")
    desk.get_by_label("Its name").fill(f"By hand: {action}")
    for name, value in controls.items():
        desk.locator(f"#p-{name}").fill(value)
    desk.get_by_label("For which exchanges").fill("path:=/nowhere")
    expect(trial).to_contain_text("It would have matched 0 of the last")
    desk.get_by_label("For which exchanges").fill("path:=/new")
    expect(trial).to_contain_text(re.compile(r"It would have matched [1-9]\d* of the last [1-9]"))
    expect(trial.get_by_role("link", name="/new").first).to_be_visible()
    said = trial.locator("b").first.inner_text()
    desk.get_by_role("button", name="Keep it").click()
    line = desk.locator(".rule", has_text=f"By hand: {action}")
    expect(line).to_contain_text(said)
    gets(surfing, wanted)
    line.get_by_role("button", name="Turn off").click()
    gets(surfing, "200  .*Arrived")
    desk.locator(".rule").get_by_role("button", name="Turn on").click()
    gets(surfing, wanted)
    desk.goto(f'/traffic?q=rule:"By hand: {action}"')
    desk.locator(".row").first.wait_for()
    desk.goto("/rules")
    desk.locator(".rule").get_by_role("button", name="Remove").click()
    gets(surfing, "200  .*Arrived")


def test_a_mistake_is_told_while_it_is_typed_and_the_pages_have_no_faults(desk: Page) -> None:
    desk.goto("/rules/new?do=block")
    desk.get_by_label("Its name").fill("Too late")
    desk.get_by_label("For which exchanges").fill("status:404")
    expect(desk.locator("#trial")).to_contain_text("acts when the request's head has arrived")
    assert faults(desk) == []
    desk.get_by_role("button", name="Keep it").click()
    expect(desk.get_by_role("alert")).to_contain_text("acts when the request's head has arrived")
    assert faults(desk) == []


def test_every_example_of_the_docs_can_be_taken_in_as_a_file(
    desk: Page, checkout: Path, tmp_path: Path
) -> None:
    docs = (checkout / "docs" / "rules.md").read_text(encoding="utf-8")
    found = re.findall(r"(?:^    .*\n)+", docs[docs.index("## What a rule can do") :], re.MULTILINE)
    text = "\n".join(textwrap.dedent(each) for each in found if "[[rule]]" in each)
    (tmp_path / "rules.toml").write_text(text, encoding="utf-8")
    rules = read_toml(text)
    desk.goto("/rules")
    desk.get_by_label("Take in a file").set_input_files(tmp_path / "rules.toml")
    desk.get_by_role("button", name="Take in", exact=True).click()
    expect(desk.locator(".rule")).to_have_count(len(rules))
    for line, rule in zip(desk.locator(".rule").all_inner_texts(), rules, strict=True):
        assert rule.name in line
        assert rule.say() in line
