"""The tree beside the list, and rows by page: without script, in JSON, and for whoever asks oddly."""

from __future__ import annotations

import pytest
from web_fakes import made, message, number


@pytest.fixture(autouse=True)
def visits(desk):
    asked = message("GET /app.js HTTP/1.1", "Host: shop.inspector.test", "Referer: https://shop.inspector.test/cart?item=17", "Cookie: a=1; b=2")  # fmt: skip
    plain = made(3)
    leg = type(plain.client_leg)(number(901), asked, plain.client_leg.response)
    desk.captures.add(made(3, path="/static/app.js", client_leg=leg))
    desk.captures.add(made(4, path="/static/img/a.png", agent="curl 8.5", host="other.test"))


def test_a_branch_narrows_the_list_and_opens(browser):
    page = browser.get("/traffic?group=host").get_data(as_text=True)
    assert "All hosts" in page
    assert "other.test" in page
    page = browser.get("/traffic", query_string={"group": "host", "within": "shop.inspector.test\n/static/"}).get_data(as_text=True)  # fmt: skip
    assert f'data-id="{number(3).hex()}"' in page
    assert f'data-id="{number(1).hex()}"' not in page
    assert 'data-narrows="host:=shop.inspector.test path:/static/"' in page


def test_programs_lead_to_their_hosts(browser):
    part = browser.get("/traffic/tree?group=client&within=curl 8.5").get_data(as_text=True)
    assert "Chrome 156" in part
    assert "other.test" in part
    assert "shop.inspector.test" not in part


@pytest.mark.parametrize(
    "query",
    [{"group": "x"}, {"group": "host", "within": '"\n<b>\n\\'}, {"group": "client", "within": "*"}, {"q": "status:>>", "group": "host"}, {"group": "host", "within": "\n" * 50}],
)  # fmt: skip
def test_odd_questions_get_a_tree_all_the_same(browser, query):
    for address in ("/traffic", "/traffic/tree"):
        answer = browser.get(address, query_string=query)
        assert answer.status_code == 200
        assert "<b>" not in answer.get_data(as_text=True).partition("data-tree")[2].partition("</nav>")[0]


def test_rows_tell_their_page_and_their_cookies_where_that_is_asked_for(browser):
    found = browser.get("/api/v1/exchanges?pages=1&more=1").get_json()
    row = next(row for row in found["rows"] if row["id"] == number(3).hex())
    assert row["page"] in found["openings"]
    assert found["openings"][row["page"]]["host"] == "shop.inspector.test"
    assert row["cookies"] == [2, 1]
    assert row["rules"] == ""
    plain = browser.get("/api/v1/exchanges").get_json()
    assert "page" not in plain["rows"][0]
    assert plain["openings"] == {}


def test_details_never_opens_on_the_story(desk, browser):
    browser.get(f"/exchange/{number(1).hex()}?tab=story")
    browser.post("/preferences", data={"csrf_token": desk.token(browser), "level": "details"})
    page = browser.get(f"/exchange/{number(1).hex()}").get_data(as_text=True)
    current = page.partition('aria-current="page">')[0].rpartition('id="')[2]
    assert "tab-messages" in page.partition('class="tabs"')[2].partition('aria-current="page"')[0].rpartition("<a")[2], current  # fmt: skip
