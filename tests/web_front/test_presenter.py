"""The presenter's view and the tour in a real browser: keys, the click that shows a secret, and that it fits a projector."""

from __future__ import annotations

import re

import pytest
from page_faults import faults
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

# What is smaller than 18 px, and what has less contrast than 7:1 with the ground it stands on; of SVG the size as it is drawn, since its colours are the tokens
# that test_css.py looks at. What no one reads (`aria-hidden`) is left out.
FAULTS = """() => {
  const canvas = document.createElement("canvas"); canvas.width = canvas.height = 1; const pen = canvas.getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => { pen.clearRect(0, 0, 1, 1); pen.fillStyle = colour; pen.fillRect(0, 0, 1, 1); const d = pen.getImageData(0, 0, 1, 1).data; return [d[0], d[1], d[2], d[3] / 255]; };
  const over = (top, under) => top.slice(0, 3).map((c, n) => c * top[3] + under[n] * (1 - top[3]));
  const light = (c) => { const l = c.map((v) => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }); return 0.2126 * l[0] + 0.7152 * l[1] + 0.0722 * l[2]; };
  const ground = (each) => { const stack = []; for (let at = each; at; at = at.parentElement) { const c = rgba(getComputedStyle(at).backgroundColor); if (c[3]) { stack.push(c); if (c[3] === 1) break; } } let under = rgba(getComputedStyle(document.documentElement).backgroundColor).slice(0, 3); for (const c of stack.reverse()) under = over(c, under); return under; };
  const small = [], weak = [];
  for (const each of document.querySelectorAll("body *")) {
    if (!each.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    const own = [...each.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    const box = each.getBoundingClientRect();
    if (!own || box.width <= 3 || box.height <= 3 || each.closest("title, [aria-hidden=true]")) continue;
    const style = getComputedStyle(each);
    const svg = each.ownerSVGElement;
    const scale = svg ? svg.getBoundingClientRect().width / svg.viewBox.baseVal.width : 1;
    const name = `${each.tagName.toLowerCase()}.${each.getAttribute("class") ?? ""}: ${each.textContent.trim().slice(0, 30)}`;
    const size = parseFloat(style.fontSize) * scale;
    if (size < 17.9) small.push(`${size.toFixed(1)} ${name}`);
    if (svg) continue;
    let shade = 1; for (let at = each; at; at = at.parentElement) shade *= parseFloat(getComputedStyle(at).opacity);
    const under = ground(each); const ink = rgba(style.color); const seen = over([...ink.slice(0, 3), ink[3] * shade], under);
    const [a, b] = [light(seen), light(under)].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 6.95) weak.push(`${ratio.toFixed(2)} ${name}`);
  }
  return { small: [...new Set(small)], weak: [...new Set(weak)] };
}"""
WIDER = "() => document.documentElement.scrollWidth > innerWidth"
ID = f"{1:032x}"
FAILED = f"{6:032x}"
TABS = ("story", "messages", "sees", "connection", "timing", "server")
PAGES = (
    "/start", "/traffic", "/traffic/sites", "/traffic/sites/shop.inspector.test", "/set-up", "/certificates", "/learn/glossary",
    "/pictures/log-in", f"/pictures/click?exchange={ID}", f"/exchange/{ID}/chains", f"/history/address?exchange={ID}",
    f"/history/log-in/{ID}", f"/exchange/{FAILED}?tab=checks", *(f"/exchange/{ID}?tab={tab}" for tab in TABS), f"/exchange/{FAILED}?tab=story",
)  # fmt: skip


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


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_fits_a_projector_and_all_of_it_can_be_read_from_the_last_row(go, theme):
    page = go(width=1024, height=768, theme=theme)
    present(page)
    for address in PAGES:
        page.goto(address)
        page.evaluate(
            "document.querySelectorAll('main details:not(.menu)').forEach(each => each.open = true)"
        )
        assert not page.evaluate(WIDER), address
        assert page.evaluate(FAULTS) == {"small": [], "weak": []}, address


def test_axe_finds_nothing_in_it(go):
    page = go(width=1024, height=768)
    present(page)
    for address in PAGES[:7]:
        page.goto(address)
        assert faults(page) == [], address


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
