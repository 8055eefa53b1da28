"""The tab of the checks: there when something was found, worst first, with evidence, cure and code; hostile values are text."""

from __future__ import annotations

import re

import pytest
from test_exchange_page import HOSTILE, Page, text_of
from web_fakes import EPOCH, made, message, number, with_response

ID = number(1).hex()
LOGIN = (
    b"<!doctype html><form method=post action=/in><input name=user><input type=password name=secret></form>"
)


def tab(browser, query="?tab=checks"):
    answer = browser.get(f"/exchange/{ID}{query}")
    assert answer.status_code == 200
    html = answer.get_data(as_text=True)
    Page(html).check_harmless()
    return html


def headings(html):
    return [text_of(each).strip() for each in re.findall(r"<h[23][ >].*?</h[23]>", html)]


@pytest.fixture
def log_in_over_http(desk):
    page = message("HTTP/1.1 200 OK", "Content-Type: text/html", "Set-Cookie: session=1", body=LOGIN)
    desk.captures.add(with_response(page, scheme="http", port=80, protection="none", tls=""))


def test_the_worst_comes_first_with_its_evidence_its_cure_and_the_code(browser, log_in_over_http):
    html = tab(browser)
    found = headings(html)
    assert found[0].startswith("Security")
    assert "Serious" in found[1]
    assert "A password over plain http" in found[1]
    assert "Cure" in html
    assert 'class="c-nd">@app' in html
    assert re.search(r'aria-current="page" aria-keyshortcuts="6">.*Checks \(\d+\)</a>', html)


def test_the_count_is_that_of_the_findings(browser, log_in_over_http):
    html = tab(browser)
    assert int(re.search(r"Checks \((\d+)\)", html)[1]) == html.count('<li class="issue ')


def test_evidence_in_other_exchanges_leads_there(desk, browser):
    for n in range(3, 12):
        desk.captures.add(
            made(n, path=f"/api/items/{n}", resource="data", media="application/json", started=EPOCH + n / 10)
        )
    desk.captures.add(made(1, path="/api/items/1", resource="data", media="application/json", started=EPOCH))
    html = tab(browser)
    assert "One call for each thing" in html
    assert f'href="/exchange/{number(4).hex()}"' in html


def test_the_tab_is_left_out_where_nothing_was_found(desk, browser):
    desk.captures.exchanges.clear()
    tunnel = made(
        1, kind="tunnel", method="CONNECT", protection="sealed", client_leg=None, server_leg=None, path=""
    )
    desk.captures.add(tunnel)
    html = tab(browser)
    assert "tab-checks" not in html
    assert 'id="tab-story"' in html


def test_the_tab_is_left_out_where_the_record_is_gone(desk, browser):
    desk.captures.gone.add(number(1))
    assert "tab-checks" not in tab(browser)


def test_what_is_captured_stays_text(desk, browser):
    response = message(
        "HTTP/1.1 200 OK", "Content-Type: text/html", f"Set-Cookie: <b>session{HOSTILE}=1", f"Server: Flask/1.0 {HOSTILE}",
        "Access-Control-Allow-Origin: *", body=LOGIN,
    )  # fmt: skip
    desk.captures.add(with_response(response, scheme="http", path=f"/{HOSTILE}", protection="none"))
    html = tab(browser)
    assert "&lt;script&gt;alert(1)" in html


def test_the_same_page_again_is_not_checked_again(desk, browser, log_in_over_http, monkeypatch):
    first = tab(browser)
    monkeypatch.setattr("inspector.web.checker.check", lambda _: pytest.fail("checked again"))
    assert headings(tab(browser)) == headings(first)
    assert "Checks (" in tab(browser, "?tab=timing")
