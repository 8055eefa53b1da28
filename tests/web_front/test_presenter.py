"""The presenter's view and the tour in a real browser: keys, the click that shows a secret, and that it fits a projector."""

from __future__ import annotations

import re

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

SMALL = """() => [...document.querySelectorAll("body *")].filter((each) => {
  const own = [...each.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
  const box = each.getBoundingClientRect();
  return own && box.width > 3 && box.height > 3 && parseFloat(getComputedStyle(each).fontSize) < 17.99;
}).map((each) => each.className || each.tagName)"""
WIDER = "() => document.documentElement.scrollWidth > innerWidth"
PAGES = ("/start", "/traffic", "/set-up", "/certificates", "/learn/glossary", "/pictures/log-in")


def present(page):
    page.keyboard.press("p")
    page.wait_for_selector("html[data-presenter]")


def test_p_switches_it_on_and_off(go):
    page = go()
    present(page)
    page.keyboard.press("p")
    expect(page.locator("html")).not_to_have_attribute("data-presenter", "")


def test_p_in_a_field_is_a_letter(go):
    page = go()
    page.goto("/start")
    page.fill("#watch-url", "")
    page.locator("#watch-url").press("p")
    expect(page.locator("#watch-url")).to_have_value("p")
    expect(page.locator("html")).not_to_have_attribute("data-presenter", "")


def test_it_fits_a_projector_and_nothing_is_small(go):
    page = go(width=1024, height=768)
    present(page)
    for address in PAGES:
        page.goto(address)
        assert not page.evaluate(WIDER), address
        assert page.evaluate(SMALL) == [], address
        assert Axe().run(page).response["violations"] == [], address


def test_it_is_light_unless_dark_was_chosen(go):
    page = go()
    page.emulate_media(color_scheme="dark")
    present(page)
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light"


def test_the_tour_by_keyboard(go):
    page = go()
    page.goto("/start")
    page.get_by_role("button", name="Take the tour").press("Enter")
    for number in range(1, 5):
        expect(page.locator(".tour")).to_contain_text(f"The tour, {number} of 5")
        page.locator(".tour").get_by_role("button", name="Next").press("Enter")
    expect(page.locator(".tour")).to_contain_text("The tour, 5 of 5")
    assert re.search(r"/exchange/\w+\?tab=sees", page.url)
    page.locator(".tour").get_by_role("button", name="Done").press("Enter")
    page.wait_for_url("**/traffic")
    expect(page.locator(".tour")).to_have_count(0)


def test_a_click_shows_a_secret_and_a_second_hides_it(go, dashboard):
    """The page's own words are made up here, since the stand-in's exchanges have no secrets."""
    page = go()
    present(page)
    page.goto(page.locator(".row a.address").last.get_attribute("href") + "?tab=messages")
    page.route("**/secrets/*", lambda route: route.fulfill(json={"value": "lovelace", "seconds": 10}))
    page.evaluate("""() => {
      const line = document.createElement("p");
      line.textContent = "password=****3f9a; theme=dark";
      document.querySelector(".exchange").append(line);
    }""")
    secret = page.locator(".secret")
    expect(secret).to_have_text("****3f9a")
    secret.click()
    expect(secret).to_have_text("lovelace")
    secret.press("Enter")
    expect(secret).to_have_text("****3f9a")
