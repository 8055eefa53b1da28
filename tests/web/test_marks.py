"""Marks, deletions and the palette, as pages and programs use them."""

from __future__ import annotations

import pytest
from web_fakes import made, number

ID, OTHER = number(1).hex(), number(2).hex()
MARK = {"pinned": True, "colour": "red", "comment": "ask <b>Ada</b>", "tags": ["todo"]}


@pytest.fixture
def post(desk, browser):
    token = desk.token(browser)
    return lambda path, body: browser.post(path, json=body, headers={"X-CSRF-Token": token})


@pytest.fixture(autouse=True)
def unmarked(desk, post):
    post("/api/v1/marks", {"ids": [ID, OTHER], "pinned": False, "colour": "", "comment": "", "tags": []})


def test_what_is_added_stands_in_lists_and_on_the_page_as_text(browser, post):
    assert post("/api/v1/marks", {"ids": [ID], **MARK}).get_json() == {"marks": {ID: MARK}}
    rows = browser.get("/api/v1/exchanges").get_json()["rows"]
    assert [row["mark"] for row in rows] == [MARK, None]
    for page in ("/traffic", f"/exchange/{ID}"):
        text = browser.get(page).get_data(as_text=True)
        assert "ask &lt;b&gt;Ada&lt;/b&gt;" in text
        assert "todo" in text
    assert browser.get("/api/v1/marks").get_json() == {"marks": {ID: MARK}, "tags": ["todo"]}


def test_parts_that_are_not_named_stay(post):
    post("/api/v1/marks", {"ids": [ID], **MARK})
    found = post("/api/v1/marks", {"ids": [ID, OTHER], "pinned": False, "add_tags": ["new"]}).get_json()[
        "marks"
    ]
    assert found[ID] == MARK | {"pinned": False, "tags": ["todo", "new"]}
    assert found[OTHER]["tags"] == ["new"]
    assert post("/api/v1/marks", {"ids": [ID], "remove_tags": ["todo"]}).get_json()["marks"][ID]["tags"] == [
        "new"
    ]


def test_a_form_does_the_same(desk, browser):
    form = {"csrf_token": desk.token(browser), "id": ID, "next": f"/exchange/{ID}", "colour": "blue", "tags": "a, #b", "comment": "x\r\ny"}  # fmt: skip
    answer = browser.post("/traffic/marks", data=form)
    assert answer.status_code == 303
    assert answer.location.endswith(f"/exchange/{ID}")
    browser.post("/traffic/marks", data={"csrf_token": form["csrf_token"], "id": ID, "pinned": "yes"})
    mark = browser.get("/api/v1/marks").get_json()["marks"][ID]
    assert mark == {"pinned": True, "colour": "blue", "comment": "x\ny", "tags": ["a", "b"]}


@pytest.mark.parametrize(
    "body",
    [[], {}, {"ids": []}, {"ids": "x"}, {"ids": ["zz"]}, {"ids": [ID], "pinned": "yes"}, {"ids": [ID], "tags": [1]}, {"ids": [7]}],
)  # fmt: skip
def test_what_is_no_mark_is_refused_with_what_would_be_one(post, body):
    answer = post("/api/v1/marks", body)
    assert answer.status_code == 400
    assert answer.get_json()["detail"]


def test_before_an_audience_a_comment_keeps_its_secrets(desk, browser, post):
    post("/api/v1/marks", {"ids": [ID], "comment": "see https://ada:lovelace99@shop.test/?token=tok-123456"})
    browser.post("/preferences", data={"csrf_token": desk.token(browser), "presenter": "on"})
    for page in ("/traffic", f"/exchange/{ID}", "/api/v1/exchanges", "/api/v1/marks"):
        text = browser.get(page).get_data(as_text=True)
        assert "lovelace99" not in text
        assert "tok-123456" not in text
    assert 'name="comment"' not in browser.get(f"/exchange/{ID}").get_data(as_text=True)


def test_forgetting_everything_forgets_what_was_added(browser, post):
    post("/api/v1/marks", {"ids": [ID], **MARK})
    post("/api/v1/forget", {})
    assert browser.get("/api/v1/marks").get_json() == {"marks": {}, "tags": []}


def test_what_was_deleted_comes_back_or_goes_for_good(browser, post):
    found = post("/api/v1/removals", {"ids": [ID]}).get_json()
    assert (found["removed"], found["left"]) == (1, 0)
    (removal,) = found["removals"]
    assert removal["until_words"]
    assert ID not in browser.get("/traffic").get_data(as_text=True)
    assert "1 exchange deleted." in browser.get("/traffic").get_data(as_text=True)
    assert post("/api/v1/removals/undo", {"removal": removal["number"]}).get_json() == {"removals": []}
    assert ID in browser.get("/traffic").get_data(as_text=True)
    (again,) = post("/api/v1/removals", {"q": "method:get"}).get_json()["removals"]
    assert again["exchanges"] == 2
    assert post("/api/v1/removals/finish", {"removal": again["number"]}).get_json() == {"removals": []}
    assert browser.get("/api/v1/exchanges").get_json()["rows"] == []


@pytest.mark.parametrize("body", [[], {}, {"ids": []}, {"ids": ["x"]}, {"q": 7}, {"q": "status:>>"}])
def test_what_cannot_be_understood_deletes_nothing(browser, post, body):
    assert post("/api/v1/removals", body).status_code == 400
    assert len(browser.get("/api/v1/exchanges").get_json()["rows"]) == 2


@pytest.mark.parametrize(("way", "removal"), [("undo", "x"), ("undo", None), ("finish", "1")])
def test_an_odd_decision_is_refused(post, way, removal):
    assert post(f"/api/v1/removals/{way}", {"removal": removal}).status_code == 400


def test_the_banner_works_without_script(desk, browser):
    token = desk.token(browser)
    browser.post("/traffic/removals", data={"csrf_token": token, "what": "remove", "id": ID})
    assert "1 exchange deleted." in browser.get("/traffic").get_data(as_text=True)
    answer = browser.post("/traffic/removals", data={"csrf_token": token, "what": "undo", "removal": "1"})
    assert answer.location.endswith("/traffic")
    assert ID in browser.get("/traffic").get_data(as_text=True)


# --- the palette ---------------------------------------------------------------------------------------


def found(browser, typed):
    return browser.get("/api/v1/palette", query_string={"q": typed}).get_json()["items"]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Glossary"),
        ("certif make", "Certificates: make one"),
        ("doctor", "Set-up check"),
        ("request", "GET shop.inspector.test/cart?item=17"),
        ("cart", "GET shop.inspector.test/cart?item=17"),
        (ID, "GET shop.inspector.test/cart?item=17"),
        (f"http://x/exchange/{ID}?tab=story", "GET shop.inspector.test/cart?item=17"),
        ("hsts", "HSTS"),
    ],
)
def test_it_finds(browser, typed, words):
    assert words in [item["words"] for item in found(browser, typed)]


def test_every_page_of_it_is_there(browser):
    for item in found(browser, ""):
        assert browser.get(item["url"]).status_code in {200, 302, 303}, item


@pytest.mark.parametrize("typed", ["%", '"', "\\", "a" * 5_000, "<script>", "zzz nothing", "OR ("])
def test_odd_things_may_be_typed(browser, typed):
    assert isinstance(found(browser, typed), list)


def test_captured_addresses_in_it_are_veiled(desk, browser):
    desk.captures.add(made(3, path="/x?token=tok-1234567890"))
    browser.post("/preferences", data={"csrf_token": desk.token(browser), "presenter": "on"})
    assert "tok-1234567890" not in browser.get("/api/v1/palette?q=token").get_data(as_text=True)
