"""What a page of one site can do to another: forged requests (CSRF) and reading answers (CORS), as a real browser decides."""

from __future__ import annotations

import json

import pytest

API = "http://api.elsewhere.test"
SHOP = "http://shop.inspector.test"
TWIN = "https://insecure.inspector.test"


# --- what the API says -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "origin", "allowed", "cookies"),
    [
        ("/right/days", SHOP, SHOP, None),
        ("/right/days", "https://shop.inspector.test", "https://shop.inspector.test", None),
        ("/right/days", "http://elsewhere.test", None, None),
        ("/right/visits", SHOP, SHOP, "true"),
        ("/wrong/none", SHOP, None, None),
        ("/wrong/star", SHOP, "*", None),
        ("/wrong/other", SHOP, "https://another-shop.example", None),
        ("/wrong/everybody", "http://anybody.example", "http://anybody.example", "true"),
    ],
)
def test_which_origins_may_read(visitor, path, origin, allowed, cookies):
    got = visitor.get(API + path, headers={"Origin": origin})
    assert got.status_code == 200
    assert got.headers.get("Access-Control-Allow-Origin") == allowed
    assert got.headers.get("Access-Control-Allow-Credentials") == cookies
    if path.startswith("/right"):
        assert "Origin" in got.headers["Vary"]


@pytest.mark.parametrize(
    ("path", "origin", "methods"),
    [
        ("/right/days", SHOP, "GET, PUT"),
        ("/right/days", "http://elsewhere.test", None),
        ("/wrong/no-put", SHOP, "GET"),
        ("/wrong/no-field", SHOP, "GET"),
    ],
)
def test_what_a_preflight_allows(visitor, path, origin, methods):
    headers = {"Origin": origin, "Access-Control-Request-Method": "PUT"}
    got = visitor.options(API + path, headers=headers)
    assert got.status_code == 204
    assert got.headers.get("Access-Control-Allow-Methods") == methods


def test_visits_are_counted_by_a_cookie(visitor, scheme):
    api = f"{scheme}://api.elsewhere.test"
    assert [visitor.get(f"{api}/right/visits").json()["visits"] for _ in range(3)] == [1, 2, 3]
    assert visitor.get(f"{api}/right/visits", headers={"Cookie": "visits=x"}).json()["visits"] == 1


# --- what a browser makes of it --------------------------------------------------------------------------

CASES = {
    "right": "days", "preflight-right": '"days":2', "cookies-right": "visits",
    "none": None, "star-with-cookies": None, "other": None, "preflight-method": None, "preflight-field": None,
}  # fmt: skip


@pytest.mark.browser
def test_the_delivery_page_reads_what_it_may(visit, practice, scheme):
    page = visit().page
    page.goto(f"{scheme}://shop.inspector.test/delivery")
    before = len(practice.engine.records.exchanges)
    for case, words in CASES.items():
        page.click(f"[data-case={case}]")
        outcome = page.locator(f"[data-case={case}] + .outcome")
        outcome.and_(page.locator(".yes, .no")).wait_for()
        assert ("yes" in outcome.get_attribute("class")) == (words is not None), case
        assert words is None or words in outcome.inner_text()
    asked = [
        (each.method, each.path)
        for each in practice.engine.records.exchanges[before:]
        if each.host == "api.elsewhere.test"
    ]
    assert ("OPTIONS", "/right/days") in asked
    assert ("PUT", "/right/days") in asked
    assert ("OPTIONS", "/wrong/no-put") in asked
    assert ("PUT", "/wrong/no-put") not in asked
    assert ("GET", "/wrong/no-field") not in asked


@pytest.fixture
def victim(visit):
    """A browser whose owner is logged in at the insecure twin and at the shop."""
    page = visit().page
    page.goto(f"{TWIN}/log-in")
    page.fill("#login", "ada")
    page.fill("#password", "correct horse")
    page.click("button:text-is('Log in')")
    page.wait_for_url("**/account")
    page.goto("https://shop.inspector.test/log-in")
    page.fill("#email", "ada@example.org")
    page.fill("#password", "correct horse")
    page.click("button:text-is('Log in')")
    page.wait_for_url("**/account")
    return page


def coins(page):
    page.goto(f"{TWIN}/account")
    return page.inner_text(".coins strong")


@pytest.mark.browser
def test_forged_requests_work_on_the_insecure_twin_and_fail_at_the_shop(victim):
    for attack, left in (("#form-attack button", "90"), ("#link-attack", "85")):
        victim.goto("https://elsewhere.test/prize")
        victim.click(attack)
        victim.wait_for_url("**/send**")
        assert "Sent:" in victim.inner_text("h1")
        assert coins(victim) == left
    victim.goto("https://elsewhere.test/prize")
    victim.click("#shop-attack button")
    victim.wait_for_url("**/account/address")
    assert "its token is missing or wrong" in victim.inner_text("main")
    victim.goto("https://shop.inspector.test/account")
    assert "Good day, Ada" in victim.inner_text("h1")
    assert victim.input_value("#address") == "12 Mill Lane, Lower Harbour"


@pytest.mark.browser
def test_the_reader_reads_nothing_of_the_shop(victim):
    victim.goto("https://elsewhere.test/reader")
    victim.click("[aria-label='Ask the shop']")
    victim.wait_for_selector(".outcome.no")
    assert "Failed to fetch" in victim.inner_text(".outcome.no")
    victim.click("[aria-label='Ask the insecure twin']")
    victim.wait_for_selector(".outcome.yes")


@pytest.mark.browser
def test_where_third_parties_get_cookies_a_picture_is_enough_and_the_balance_is_read(
    practice, chromium, chromium_path, chromium_arguments, tmp_path
):
    """A profile in which third parties get cookies, as Chrome's do; Debian's Chromium gives them none unless told to."""
    preferences = tmp_path / "Default" / "Preferences"
    preferences.parent.mkdir()
    preferences.write_text(
        json.dumps({"profile": {"cookie_controls_mode": 0, "block_third_party_cookies": False}})
    )
    context = chromium.launch_persistent_context(
        tmp_path, executable_path=chromium_path, args=chromium_arguments, proxy={"server": practice.proxy}, ignore_https_errors=True
    )  # fmt: skip
    page = context.new_page()
    page.goto(f"{TWIN}/log-in")
    page.fill("#login", "ada")
    page.fill("#password", "correct horse")
    page.click("button:text-is('Log in')")
    page.wait_for_url("**/account")
    page.goto("https://elsewhere.test/prize")
    page.click("#picture-attack")
    page.wait_for_selector("text=Asked.")
    assert coins(page) == "99"
    page.goto("https://elsewhere.test/reader")
    page.click("[aria-label='Ask the insecure twin']")
    page.wait_for_selector(".outcome.yes")
    assert '"coins":99' in page.inner_text(".outcome.yes")
    context.close()
