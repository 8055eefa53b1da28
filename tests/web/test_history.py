"""Histories opened from a value: a cookie, an address in the cache, a log-in, a preflight; and the links that lead to them."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import msgspec
import pytest
from test_exchange_page import HOSTILE, Page, text_of
from web_fakes import made, message, number

FORM = (
    b"<!doctype html><form method=post action=/in><input name=user><input type=password name=password></form>"
)


def exchange(n, request, response, **changes):
    plain = made(n, **changes)
    legs = {
        side: msgspec.structs.replace(getattr(plain, side), request=request, response=response)
        for side in ("client_leg", "server_leg")
    }
    return msgspec.structs.replace(plain, response_size=response.body.size, **legs)


def asked(start, *fields, body=b""):
    return message(f"{start} HTTP/1.1", "Host: shop.inspector.test", *fields, body=body)


@pytest.fixture
def shop(desk):
    """A log-in with its cookie, a style sheet asked for again, and a script of elsewhere that is refused."""
    posted = "Content-Type: application/x-www-form-urlencoded"
    desk.captures.exchanges.clear()
    for each in (
        exchange(1, asked("GET /in"), message("HTTP/1.1 200 OK", "Content-Type: text/html", body=FORM), path="/in"),
        exchange(
            2,
            asked("POST /in", posted, "Content-Length: 22", body=b"user=ada&password=secr"),
            message("HTTP/1.1 302 Found", "Location: /account", "Set-Cookie: session=abc; Secure; HttpOnly; SameSite=Lax"),
            path="/in", method="POST", status=302,
        ),
        exchange(3, asked("GET /account", "Cookie: session=abc"), message("HTTP/1.1 200 OK", "Content-Type: text/html", body=b"Hi"), path="/account"),
        exchange(4, asked("GET /a.css"), message("HTTP/1.1 200 OK", "Cache-Control: max-age=60", 'ETag: "1"', body=b"a {}" * 50), path="/a.css"),
        exchange(5, asked("GET /a.css", 'If-None-Match: "1"'), message("HTTP/1.1 304 Not Modified", 'ETag: "1"'), path="/a.css", status=304),
        exchange(
            6,
            asked("OPTIONS /api", "Origin: https://other.test", "Access-Control-Request-Method: PUT"),
            message("HTTP/1.1 204 No Content", "Access-Control-Allow-Origin: https://other.test"),
            path="/api", method="OPTIONS", status=204,
        ),
    ):  # fmt: skip
        desk.captures.add(each)


def page(browser, path, status=200):
    answer = browser.get(f"/history{path}")
    assert answer.status_code == status
    html = answer.get_data(as_text=True)
    Page(html).check_harmless()
    return html


def test_a_cookie_is_followed_from_its_setting_to_its_sending(browser, shop):
    told = text_of(page(browser, f"/cookie?name=session&exchange={number(3).hex()}"))
    assert "History of the cookie session" in told
    assert re.search(r"Set the exchange.*Sent this exchange", told)
    assert "Told from 6 exchanges with inspector.test" in told


def test_an_address_is_followed_through_the_cache_and_drawn(browser, shop):
    html = page(browser, f"/address?exchange={number(4).hex()}")
    assert "Still good" in html
    assert 'class="strip-fresh"' in html
    assert "200 B needed not come again" in text_of(html)


def test_a_log_in_is_a_sequence_between_two_lanes(browser, shop):
    html = page(browser, f"/log-in/{number(2).hex()}")
    assert html.count("arrow-forth") >= 2
    assert html.count("arrow-back") >= 2
    assert "the log-in worked" in html


def test_an_exchange_beside_a_log_in_says_that_it_is_no_part_of_it(browser, shop):
    assert "is no part of a log-in" in page(browser, f"/log-in/{number(5).hex()}")


def test_a_preflight_is_judged_and_the_missing_field_named(browser, shop):
    told = text_of(page(browser, f"/preflight/{number(6).hex()}"))
    assert "What is missing Access-Control-Allow-Methods: PUT" in told
    assert "got an error" in told


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/cookie?name=none&exchange={}", "No cookie of this name"),
        ("/cookie?exchange={}", "No cookie of this name"),
        ("/address?exchange={}", "Nobody asked"),
        ("/preflight/{}", "request to another origin, as far as it shows"),
    ],
)
def test_where_there_is_nothing_to_tell_it_says_so(browser, shop, path, words):
    assert words in page(browser, path.format(number(6 if "address" in path else 2).hex()))


@pytest.mark.parametrize(
    "path", ["/cookie?name=x", "/address?exchange=no", "/log-in/0", f"/preflight/{number(99).hex()}"]
)
def test_what_is_not_there_is_not_found(browser, path):
    page(browser, path, status=404)


def test_fields_and_findings_lead_there(desk, browser, shop):
    def links(n, tab):
        html = browser.get(f"/exchange/{number(n).hex()}?tab={tab}").get_data(as_text=True)
        return re.findall(r'href="(/history/[^"?]*)', html)

    assert "/history/cookie" in links(2, "messages")
    assert "/history/cookie" in links(3, "messages")
    assert "/history/address" in links(4, "messages")
    assert f"/history/preflight/{number(6).hex()}" in links(6, "messages")
    desk.captures.add(made(9))
    assert "/history/cookie" in links(9, "checks")


def test_what_is_captured_stays_text(desk, browser):
    hostile = asked(
        f"GET /{HOSTILE}", f"Cookie: {HOSTILE}=1; <b>x=2", f"Origin: {HOSTILE}", f"Authorization: Bearer {HOSTILE}",
        "Access-Control-Request-Method: <b>",
    )  # fmt: skip
    answer = message(
        "HTTP/1.1 200 OK", f"Set-Cookie: <b>x={HOSTILE}; Path={HOSTILE}", f"ETag: {HOSTILE}", body=FORM
    )
    desk.captures.add(exchange(1, hostile, answer, path=f"/{HOSTILE}", agent=HOSTILE, method="OPTIONS"))
    id = number(1).hex()
    for path in ("/address?exchange=" + id, f"/log-in/{id}", f"/preflight/{id}"):
        page(browser, path)
    for name in (HOSTILE, "<b>x", "\0\r\n", "\N{GRINNING FACE}"):
        page(browser, "/cookie?" + urlencode({"name": name, "exchange": id}))


def test_a_presenter_shows_no_secrets(desk, browser, shop):
    """Also not what was found, and is remembered, before somebody presented."""
    id = number(2).hex()
    pages = [
        f"/history/cookie?name=session&exchange={id}", f"/history/log-in/{id}", f"/exchange/{id}?tab=checks",
        f"/exchange/{id}?tab=messages", "/traffic/sites/shop.inspector.test", f"/exchange/{number(8).hex()}?tab=checks",
    ]  # fmt: skip
    secret = "/reset?token=sesame-open-sesame"
    desk.captures.add(
        exchange(
            8,
            asked(f"GET {secret}"),
            message("HTTP/1.1 200 OK", "Set-Cookie: session=hush-hush-hush"),
            path=secret,
        )
    )
    told = "".join(browser.get(address).get_data(as_text=True) for address in pages)
    assert "sesame-open-sesame" in told
    assert "hush-hush-hush" in told
    browser.post("/preferences", data={"csrf_token": desk.token(browser), "presenter": "on", "next": "/"})
    for address in pages:
        shown = browser.get(address).get_data(as_text=True)
        assert "sesame-open-sesame" not in shown, address
        assert "hush-hush-hush" not in shown, address
