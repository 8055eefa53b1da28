"""First page, list and Set-up, as they come from the server: with and without script."""

from __future__ import annotations

import re

import pytest
from web_fakes import made, number

from inspector.exchange.faults import FAULTS
from inspector.web.brief import BRIEF, brief
from inspector.web.navigation import back_to
from inspector.wire.rules import RULES


def keys(page):
    return re.findall(r'data-id="([0-9a-f]{32})"', page)


def post(desk, client, path, **form):
    return client.post(path, data={"csrf_token": desk.token(client), **form})


def test_the_first_page_is_for_who_has_captured_nothing(desk, browser):
    assert browser.get("/").headers["Location"] == "/traffic"
    desk.captures.exchanges.clear()
    assert "See what a browser and a site say" in browser.get("/").get_data(as_text=True)
    assert browser.get("/start").status_code == 200


def test_the_list_pages_by_key_without_script(desk, browser):
    for n in range(3, 11):
        desk.captures.add(made(n))
    first = browser.get("/traffic?limit=4").get_data(as_text=True)
    assert keys(first)[:4] == [number(n).hex() for n in (7, 8, 9, 10)]
    older = re.search(r'href="(/traffic\?before=[0-9a-f]+[^"]*)"', first)[1]
    assert number(6).hex() in keys(browser.get(older.replace("&amp;", "&")).get_data(as_text=True))


def test_the_list_opens_around_the_selected_one(desk, browser):
    for n in range(3, 31):
        desk.captures.add(made(n))
    page = browser.get(f"/traffic?limit=4&selected={number(15).hex()}").get_data(as_text=True)
    assert keys(page)[:5] == [number(n).hex() for n in (13, 14, 15, 16, 17)]


def test_a_selected_one_that_is_gone_shows_the_newest(desk, browser):
    page = browser.get(f"/traffic?selected={number(999).hex()}").get_data(as_text=True)
    assert number(2).hex() in keys(page)


@pytest.mark.parametrize("path", ["/start", "/traffic", "/set-up", "/styleguide"])
def test_nothing_in_a_page_is_inline(browser, path):
    page = browser.get(path).get_data(as_text=True)
    assert not re.search(r"<script(?![^>]*(src=|application/json))", page)
    assert "<style" not in page
    assert not re.search(r'\sstyle="', page)
    assert not re.search(r"\son[a-z]+=", page)


def test_level_and_theme_are_kept(desk, browser):
    assert (
        post(desk, browser, "/preferences", level="details", next="/traffic").headers["Location"]
        == "/traffic"
    )
    post(desk, browser, "/preferences", theme="dark")
    assert 'data-level="details" data-theme="dark"' in browser.get("/traffic").get_data(as_text=True)


def test_what_is_no_level_changes_nothing(desk, browser):
    post(desk, browser, "/preferences", level="expert", theme="pink")
    assert 'data-level="new" data-theme="auto"' in browser.get("/traffic").get_data(as_text=True)


def test_preferences_for_script_answer_in_json(desk, browser):
    headers = {"X-CSRF-Token": desk.token(browser), "Accept": "application/json"}
    answer = browser.post("/preferences", json={"level": "details"}, headers=headers)
    assert answer.get_json() == {"level": "details", "theme": "auto"}


def test_capturing_is_paused_and_begun_again_by_forms(desk, browser):
    assert "Pause capturing" in browser.get("/set-up").get_data(as_text=True)
    assert post(desk, browser, "/capturing", on="0", next="/set-up").headers["Location"] == "/set-up"
    assert desk.settings.values["capturing"] is False
    assert "Capture again" in browser.get("/set-up").get_data(as_text=True)
    post(desk, browser, "/capturing", on="1")
    assert desk.settings.values["capturing"] is True


def test_everything_is_forgotten_by_a_form(desk, browser):
    post(desk, browser, "/forget", next="/traffic")
    assert desk.captures.exchanges == {}


@pytest.mark.parametrize(
    ("asked", "place"),
    [
        ("/traffic?selected=00", "/traffic?selected=00"), (None, "/"), ("", "/"), ("//evil.example", "/"), ("http://evil.example", "/"),
        ("/\\evil.example", "/"), ("/a\r\nSet-Cookie: x", "/"), ("javascript:alert(1)", "/"),
    ],
)  # fmt: skip
def test_forms_go_on_to_our_own_pages_only(asked, place):
    assert back_to(asked) == place


def test_an_unbuilt_bundle_says_how_to_build_it(desk, browser):
    manifest = desk.static / "dist" / "manifest.json"
    kept = manifest.read_text()
    manifest.unlink()
    try:
        answer = browser.get("/traffic")
        assert answer.status_code == 503
        assert "python3 scripts/build_assets.py" in answer.get_data(as_text=True)
    finally:
        manifest.write_text(kept)
    assert browser.get("/traffic").status_code == 200


def test_failures_have_a_few_words_each():
    assert set(BRIEF) <= set(FAULTS)
    for code in [*FAULTS, *RULES, "of-the-future"]:
        assert 0 < len(brief(code)) <= 24
    assert brief("") == ""
