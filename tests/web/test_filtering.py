"""The filter on the list as the server has it: without script, by the API, and what is saved."""

from __future__ import annotations

import re
from html import unescape

import pytest
from web_fakes import made, number

from inspector.web.filtering import MOST_SAVED, asked_for

HOSTILE = '"><script>alert(1)</script>'


@pytest.fixture
def shop(desk):
    """Four exchanges: a page, an image, an error, and one of another host."""
    for n, changes in enumerate(
        ({}, {"resource": "image", "media": "image/png"}, {"status": 500}, {"host": "other.test"}), 1
    ):
        desk.captures.add(made(n, **changes))
    return desk


def text_of(answer) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True))))


def listed(answer) -> list[str]:
    return re.findall(r'class="row" role="row" data-id="([0-9a-f]{32})"', answer.get_data(as_text=True))


@pytest.mark.parametrize(
    ("filter", "numbers"),
    [("status:500", [3]), ("host:other.test", [4]), ("kind:image OR status:500", [2, 3]), ("Your cart", [1, 2, 3, 4]), ("", [1, 2, 3, 4]), ("-cart", [])],
)  # fmt: skip
def test_the_list_obeys_the_filter_in_the_address(shop, browser, filter, numbers):
    page = browser.get("/traffic", query_string={"q": filter})
    assert listed(page) == [number(n).hex() for n in numbers]
    rows = browser.get("/api/v1/exchanges", query_string={"q": filter}).get_json()["rows"]
    assert [row["id"] for row in rows] == [number(n).hex() for n in numbers]


def test_what_it_means_stands_below_the_box(shop, browser):
    page = browser.get("/traffic?q=status:>=400")
    assert "Exchanges whose status is 400 or more." in text_of(page)
    assert 'value="status:&gt;=400"' in page.get_data(as_text=True)


def test_a_mistake_is_marked_and_everything_is_shown(shop, browser):
    page = browser.get("/traffic?q=status:4o4 kind:page")
    assert "status:<mark>4o4</mark> kind:page" in page.get_data(as_text=True)
    assert 'href="/traffic?q=status:404+kind:page"' in page.get_data(as_text=True)
    assert "Until then, everything is shown" in text_of(page)
    assert len(listed(page)) == 4
    answer = browser.get("/api/v1/exchanges?q=status:4o4")
    assert answer.status_code == 400
    error = answer.get_json()
    assert (error["code"], error["start"], error["end"], error["suggestions"]) == ("filter", 7, 10, ["404"])
    assert browser.get("/api/v1/changes?q=status:4o4").status_code == 400


@pytest.mark.parametrize(
    "filter", [HOSTILE, f'"{HOSTILE}"', "x" * 3000, "\x00", "%", "q=1&q=2", "((((", "\N{SNOWMAN}"]
)
def test_whatever_is_asked_is_text(shop, browser, filter):
    page = browser.get("/traffic", query_string={"q": filter})
    assert page.status_code == 200
    assert b"<script>alert" not in page.data
    assert browser.get("/api/v1/filter", query_string={"q": filter}).status_code == 200
    assert (
        browser.get("/api/v1/filter/completions", query_string={"q": filter, "caret": 99}).status_code == 200
    )


def test_chips_are_this_filter_with_another_kind(shop, browser):
    page = browser.get("/traffic?q=host:other.test kind:page").get_data(as_text=True)
    chips = dict(re.findall(r'<a class="chip" href="([^"]+)"( aria-current="page")?>', page))
    assert chips["/traffic?q=host:other.test+kind:page"]
    assert "/traffic?q=host:other.test" in chips
    assert "/traffic?q=host:other.test+is:failed" in chips
    assert sum(map(bool, chips.values())) == 1


def test_an_empty_page_says_what_to_do(shop, browser):
    text = browser.get("/traffic?q=host:other status:200").get_data(as_text=True)
    assert "Nothing that is kept fits this filter" in text
    assert 'href="/traffic?q=status:200">without host:other</a>' in text
    assert 'href="/traffic?q=host:*other*+status:200">host:*other*</a>' in text.replace("%2A", "*")
    assert "Nothing captured yet" in text  # for when the filter goes; hidden


def test_pages_keep_the_filter(shop, browser):
    page = browser.get("/traffic?q=host:shop.inspector.test&limit=1").get_data(as_text=True)
    older = re.search(r'href="([^"]+)" rel="prev"', page)
    assert older
    again = browser.get(unescape(older[1]) + "&limit=1")
    assert listed(again) == [number(2).hex()]
    newer = re.search(r'href="([^"]+)" rel="next"', again.get_data(as_text=True))
    assert newer
    assert "q=host:shop.inspector.test" in newer[1]


def test_a_search_that_is_not_over_says_how_far_it_came(shop, browser):
    shop.captures.told = (number(2), 0.37, 0.5)
    page = browser.get("/traffic?q=status:500")
    assert "Looked through 37 % of what is kept; the words of 50 % are indexed so far. Go on" in text_of(page)
    answer = browser.get("/api/v1/exchanges?q=status:500").get_json()
    assert (answer["reached"], answer["searched"], answer["indexed"]) == (number(2).hex(), 0.37, 0.5)


def test_a_selected_exchange_stands_among_what_fits(shop, browser):
    page = browser.get(f"/traffic?q=host:shop.inspector.test&selected={number(2).hex()}")
    assert listed(page) == [number(n).hex() for n in (1, 2, 3)]


def test_changes_obey_the_filter(shop, browser):
    shop.captures.add(made(5, status=500))
    shop.captures.add(made(6))
    found = browser.get("/api/v1/changes?cursor=4&q=status:500").get_json()
    assert [row["change"] for row in found["rows"]] == [5]
    assert found["cursor"] == "6"


def test_the_api_explains_a_filter(browser):
    found = browser.get("/api/v1/filter?q=host:a.test status:404").get_json()
    assert found["meaning"] == "Exchanges whose host is a.test or below it and whose status is 404."
    assert found["mistake"] is None
    assert [link["filter"] for link in found["without"]] == ["status:404", "host:a.test"]
    assert [chip["words"] for chip in found["chips"] if chip["current"]] == ["All"]
    wrong = browser.get("/api/v1/filter?q=hots:a.test").get_json()["mistake"]
    assert (wrong["before"], wrong["marked"], wrong["mended"][0]) == ("", "hots:a.test", "host:a.test")


def test_hosts_that_were_seen_are_proposed(desk, browser):
    found = browser.get("/api/v1/filter/completions?q=host:sh&caret=7").get_json()
    assert found["offers"][0]["insert"] == "shop.inspector.test"
    assert (found["start"], found["end"]) == (5, 7)
    assert browser.get("/api/v1/filter/completions?q=ho&caret=-5").get_json()["offers"]
    assert browser.get("/api/v1/filter/completions?q=ho&caret=x").status_code == 400


# -- saved ones


def save(desk, client, **form):
    return client.post("/traffic/filters", data={"csrf_token": desk.token(client), **form})


def test_a_filter_is_saved_under_a_name_and_removed(desk, browser):
    answer = save(desk, browser, q="status:500", name="  server   errors ")
    assert answer.headers["Location"] == "/traffic?q=status:500"
    page = browser.get("/traffic").get_data(as_text=True)
    assert "<strong>server errors</strong>" in page
    assert 'href="/traffic?q=status:500"' in page
    save(desk, browser, q="status:5xx", name="server errors")
    assert desk.settings.values["saved_filters"] == [{"name": "server errors", "filter": "status:5xx"}]
    browser.post("/traffic/filters/remove", data={"csrf_token": desk.token(browser), "name": "server errors"})
    assert desk.settings.values["saved_filters"] == []


@pytest.mark.parametrize("filter", ["", "status:4o4"])
def test_what_is_no_filter_is_not_saved(desk, browser, filter):
    save(desk, browser, q=filter, name="x")
    assert desk.settings.values.get("saved_filters", []) == []


def test_names_and_numbers_have_limits(desk, browser):
    for n in range(MOST_SAVED + 5):
        save(desk, browser, q=f"status:{n}", name=f"{n} " + HOSTILE * 9)
    kept = desk.settings.values["saved_filters"]
    assert len(kept) == MOST_SAVED
    assert all(len(each["name"]) <= 60 for each in kept)
    assert b"<script>alert" not in browser.get("/traffic").data


def test_settings_of_another_shape_are_left_alone(desk, browser):
    desk.settings.values["saved_filters"] = {"odd": 1}
    assert browser.get("/traffic").status_code == 200


def test_saving_wants_the_token(desk, browser):
    assert browser.post("/traffic/filters", data={"q": "a", "name": "b"}).status_code == 403
    assert browser.post("/traffic/filters/remove", data={"name": "b"}).status_code == 403


@pytest.mark.parametrize(
    ("text", "links"), [("a", 0), ("a b", 2), ("-a b", 0), ("a -b c", 2), ("(a OR b) c", 0), ("a a", 2)]
)
def test_conditions_that_can_be_left_out(text, links):
    assert len(asked_for(text).without) == links
