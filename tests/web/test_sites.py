"""Sites: every host with what was found on it, and one site's findings, each once, with the exchanges that show it."""

from __future__ import annotations

import re

import pytest
from test_exchange_page import HOSTILE, Page, text_of
from web_fakes import EPOCH, made, message, number, with_response

from inspector.web import sites

LOGIN = (
    b"<!doctype html><form method=post action=/in><input name=user><input type=password name=secret></form>"
)


def page(browser, path="", status=200):
    answer = browser.get(f"/traffic/sites{path}")
    assert answer.status_code == status
    html = answer.get_data(as_text=True)
    Page(html).check_harmless()
    return html


@pytest.fixture
def plain(desk):
    """Three log-in pages over http at a second host."""
    answer = message("HTTP/1.1 200 OK", "Content-Type: text/html", body=LOGIN)
    for n in (5, 6, 7):
        desk.captures.add(
            with_response(answer, n, host="plain.test", scheme="http", port=80, path="/in", protection="none")
        )


def test_every_host_is_there_the_last_one_first(browser, plain):
    html = page(browser)
    assert html.index("plain.test") < html.index("shop.inspector.test")
    assert re.search(r"plain\.test.*?\b3\b.*?1 serious", text_of(html))
    assert 'aria-current="page">Sites' in html


def test_without_captures_it_says_what_would_be_there(desk, browser):
    desk.captures.exchanges.clear()
    html = page(browser)
    assert "No sites yet" in html
    assert 'href="/start"' in html


def test_a_finding_of_many_exchanges_stands_there_once_with_all_of_them(browser, plain):
    html = page(browser, "/plain.test")
    assert html.count("A password over plain http") == 1
    for n in (5, 6, 7):
        assert f'href="/exchange/{number(n).hex()}"' in html
    assert "All 3 exchanges with this site were looked at" in html


def test_a_site_leads_to_its_cookies_and_its_lines_in_the_list(browser):
    html = page(browser, "/shop.inspector.test")
    assert "/history/cookie?name=seen" in html
    assert 'href="/traffic?q=host:shop.inspector.test"' in html


def test_of_a_large_site_the_newest_are_looked_at_and_it_is_said(desk, browser):
    for n in range(10, 10 + 160):
        desk.captures.add(made(n, host="large.test", started=EPOCH + n))
    assert "Only the newest 150 exchanges" in page(browser, "/large.test")


def test_a_host_that_nobody_spoke_to_is_an_empty_page(browser):
    assert "Nothing of this site is captured" in page(browser, "/nobody.test")


def test_what_there_is_no_time_for_is_checked_later(desk, browser, monkeypatch):
    monkeypatch.setattr(sites, "PATIENCE", 0.0)
    answer = message("HTTP/1.1 200 OK", "Content-Type: text/html", body=LOGIN)
    desk.captures.add(with_response(answer, 8, host="later.test", scheme="http", protection="none"))
    later = re.search(r'hx-get="(/traffic/site-count\?host=later\.test)"', page(browser))
    assert later
    counted = browser.get(later[1])
    assert "1 serious" in text_of(counted.get_data(as_text=True))
    assert "1 serious" in text_of(page(browser))
    assert browser.get("/traffic/site-count?host=nobody.test").status_code == 404


def test_a_large_site_is_not_waited_for(desk, browser):
    for n in range(10, 10 + 60):
        desk.captures.add(made(n, host="many.test", started=EPOCH + n))
    assert "site-count?host=many.test" in page(browser)


@pytest.mark.parametrize("host", [HOSTILE, "<b>x</b>.test", "[::1]", "x" * 3_000])
def test_a_strange_name_is_text(desk, browser, host):
    desk.captures.add(made(9, host=host))
    page(browser)
    if "/" not in host:
        page(browser, f"/{host.replace('?', '')}")


def test_the_filter_of_the_other_views_leaves_sites_out(browser, desk):
    desk.captures.add(made(3, host="other.test", status=404))
    page = browser.get("/traffic/sites?q=status:404").get_data(as_text=True)
    assert "other.test" in page
    assert "/traffic/sites/shop.inspector.test" not in page
    page = browser.get("/traffic/sites?q=status:418").get_data(as_text=True)
    assert "Nothing that is kept fits this filter" in page
