"""Every page of every practice site in a real Chromium, through the proxy, over http and https: no complaint on its console, nothing
sticks out at 400 pixels, axe finds nothing, and nothing is fetched from anywhere else."""

from __future__ import annotations

import pytest
from page_faults import faults

pytestmark = pytest.mark.browser

PAGES = {
    "static.inspector.test": ["/", "/history.html", "/film.html", "/downloads.html", "/about.html", "/images/chart.svg"],
    "shop.inspector.test": [
        "/", "/?kind=tea&sort=price", "/?q=nothing+like+it", "/products/old-hand", "/basket", "/log-in", "/register", "/wishes", "/delivery",
        "/live", "/try", "/try/cached", "/try/packed", "/try/upload", "/try/cookie", "/try/stream?lines=1", "/api", "/api/products",
        "/databases", "/databases/tables", "/databases/documents", "/databases/keys",
    ],
    "login.identity.test": ["/", "/log-in", "/.well-known/openid-configuration"],
    "insecure.inspector.test": ["/", "/log-in", "/members"],
    "elsewhere.test": ["/", "/prize", "/reader"],
    "api.elsewhere.test": ["/", "/right/days"],
    "ca.inspector.test": ["/", "/directory"],
}  # fmt: skip
NOT_HTML = (
    "/images/chart.svg",
    "/try/stream?lines=1",
    "/api/products",
    "/.well-known/openid-configuration",
    "/right/days",
    "/directory",
)

LOOKS = [(1280, "light"), (400, "dark")]


def good(visit, address, axe=True):
    """Look at the page that is open."""
    page = visit.page
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, address
    if axe:
        assert faults(page) == [], address
    assert visit.complaints == [], address


@pytest.mark.parametrize(("scheme", "width", "theme"), [("http", *LOOKS[0]), ("https", *LOOKS[1])])
@pytest.mark.parametrize("host", PAGES)
def test_every_page_is_as_it_should_be(visit, scheme, host, width, theme):
    visited = visit(width=width, theme=theme)
    asked = []
    visited.page.on("request", lambda request: asked.append(request.url))
    for path in PAGES[host]:
        address = f"{scheme}://{host}{path}"
        answer = visited.page.goto(address)
        assert answer.status == 200, address
        good(visited, address, axe=path not in NOT_HTML)
    assert {url.split("/")[2] for url in asked if not url.startswith("data:")} == {host}


@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_the_pages_that_come_after_a_click(visit, width, theme):
    visited = visit(width=width, theme=theme)
    page = visited.page
    shop = "https://shop.inspector.test"
    page.goto(f"{shop}/products/tide")
    page.click("text=Put into the basket")
    page.wait_for_url("**/basket")
    good(visited, "the basket")
    page.click("text=To the checkout")
    page.wait_for_url("**/checkout")
    good(visited, "the checkout")
    page.fill("#email", "eve@example.org")
    page.fill("#address", "5 Far Street")
    page.click("text=Buy for")
    page.wait_for_url("**/orders/*")
    good(visited, "the order")
    page.goto(f"{shop}/log-in")
    page.fill("#email", "grace@example.org")
    page.fill("#password", "battery staple")
    page.click("button:text-is('Log in')")
    page.wait_for_url("**/account")
    good(visited, "the account")
    page.goto(f"{shop}/staff")
    good(visited, "the staff room")
    page.goto(f"{shop}/databases")
    page.goto(f"{shop}/databases?click=1")
    page.locator(".questions summary").first.click()
    good(visited, "the databases")
    page.click("text=Run it")
    page.wait_for_url("**/databases/run")
    good(visited, "a statement")


WRONG = (
    "https://shop.inspector.test/nowhere", "https://shop.inspector.test/try/fail", "https://shop.inspector.test/staff",
    "https://static.inspector.test/ghost-ship.html", "https://login.identity.test/nowhere", "https://login.identity.test/oauth/authorize",
)  # fmt: skip


@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_pages_that_say_what_went_wrong(visit, width, theme):
    visited = visit(width=width, theme=theme)
    for address in WRONG:
        assert visited.page.goto(address).status >= 400
        # Chromium itself complains on the console of a page whose status is an error.
        visited.complaints = [each for each in visited.complaints if "Failed to load resource" not in each]
        good(visited, address)


def test_the_film_plays_and_can_be_wound(visit):
    page = visit().page
    page.goto("https://static.inspector.test/film.html")
    video = page.locator("video")
    loaded = "video => video.readyState || new Promise(done => (video.onloadedmetadata = done))"
    video.evaluate(loaded)
    assert video.evaluate("video => video.duration") == pytest.approx(10, abs=0.2)
    video.evaluate("video => new Promise(done => { video.onseeked = done; video.currentTime = 8 })")
    assert video.evaluate("video => video.currentTime") == pytest.approx(8, abs=0.2)


def test_without_script_the_shop_can_be_read_and_used(browser, practice):
    context = browser.new_context(java_script_enabled=False, ignore_https_errors=True)
    page = context.new_page()
    page.goto("https://shop.inspector.test/products/tide")
    page.click("text=Put into the basket")
    page.wait_for_url("**/basket")
    assert "Tide" in page.inner_text("main")
    context.close()
