"""Set-up, API tokens: made, shown once, revoked; and the page that describes the API."""

from __future__ import annotations

import re

import pytest

from inspector.store.tokens import Tokens
from inspector.web import tickets
from inspector.web.api.document import calls
from inspector.web.api.scopes import SCOPES

TEXT = re.compile(r"insp_[\w-]{43}")


@pytest.fixture(autouse=True)
def tokens(desk):
    opened = Tokens(desk.run)
    for each in opened.all():
        opened.revoke(each.id)
    yield opened
    opened.close()


def make(desk, browser, **form):
    return browser.post("/set-up/tokens", data={"csrf_token": desk.token(browser), **form})


def bearer(text):
    return {"Authorization": f"Bearer {text}"}


def test_a_token_is_shown_once_and_counts(desk, browser):
    answer = make(desk, browser, name="nightly <b>", scope=["read", "send"], days="7")
    assert answer.status_code == 303
    page = browser.get(answer.location).get_data(as_text=True)
    text = TEXT.findall(page)[0]
    assert "nightly &lt;b&gt;" in page
    assert desk.visitor().get("/api/v1/token", headers=bearer(text)).get_json() == {
        "name": "nightly <b>", "scopes": ["read", "send"]
    }  # fmt: skip
    again = browser.get(answer.location).get_data(as_text=True)
    assert not TEXT.findall(again)
    assert "was shown already" in again
    assert "read, send" in again


def test_a_revoked_one_is_gone_and_counts_no_more(desk, browser, tokens):
    token, text = tokens.make("nightly", ["read"])
    assert browser.post("/set-up/tokens", data={"csrf_token": desk.token(browser), "revoke": token.id}).status_code == 303  # fmt: skip
    assert "None so far" in browser.get("/set-up/tokens").get_data(as_text=True)
    answer = desk.visitor().get("/api/v1/status", headers=bearer(text))
    assert answer.status_code == 401
    assert "revoked" in answer.get_json()["detail"]


@pytest.mark.parametrize("form", [{"name": "x"}, {"name": " ", "scope": "read"}, {"name": "x" * 81, "scope": "read"}, {"name": "x", "scope": "everything"}])  # fmt: skip
def test_what_makes_no_token_is_said_over_the_form(desk, browser, tokens, form):
    answer = make(desk, browser, **form)
    assert answer.status_code == 400
    assert 'role="alert"' in answer.get_data(as_text=True)
    assert tokens.all() == ()


def test_before_an_audience_none_is_made_and_none_is_shown(desk, browser, tokens):
    answer = make(desk, browser, name="nightly", scope="read")
    browser.post("/preferences", data={"csrf_token": desk.token(browser), "presenter": "on"})
    assert not TEXT.findall(browser.get(answer.location).get_data(as_text=True))
    assert make(desk, browser, name="other", scope="read").status_code == 409
    assert [each.name for each in tokens.all()] == ["nightly"]


def test_a_token_of_all_makes_lists_and_revokes_others(desk, tokens):
    _, text = tokens.make("admin", ["admin"])
    client = desk.visitor()
    new = client.post(
        "/api/v1/tokens", json={"name": "n", "scopes": ["read"], "days": 0}, headers=bearer(text)
    )
    assert new.status_code == 201
    told = new.get_json()
    assert told["expires"] is None
    assert client.get("/api/v1/status", headers=bearer(told["token"])).status_code == 200
    listed = client.get("/api/v1/tokens", headers=bearer(text)).get_data(as_text=True)
    assert told["id"] in listed
    assert told["token"] not in listed
    assert client.delete(f"/api/v1/tokens/{told['id']}", headers=bearer(text)).status_code == 200
    assert client.delete(f"/api/v1/tokens/{told['id']}", headers=bearer(text)).status_code == 404


def test_a_pass_of_a_command_counts_for_its_time_and_home(desk, tmp_path, monkeypatch):
    client = desk.visitor()
    text = desk.keys.mint_pass()
    assert client.get("/api/v1/token", headers=bearer(text)).get_json()["scopes"] == sorted(SCOPES)
    other = tickets.Keys.load_or_create(tmp_path).mint_pass()
    for wrong in (other, text[:-1], text.removeprefix("insp-pass."), f"insp-pass.{desk.keys.mint()}"):
        assert client.get("/api/v1/token", headers=bearer(wrong)).status_code == 401
    monkeypatch.setattr(tickets, "PASS_LIFETIME", -1)
    assert client.get("/api/v1/token", headers=bearer(text)).status_code == 401


def test_the_page_of_the_api_tells_every_call(desk, browser):
    page = browser.get("/api").get_data(as_text=True)
    for call in calls(desk.app):
        assert f'<code class="api-path">{call.path}</code>' in page
    for scope in SCOPES:
        assert f"<code>{scope}</code>" in page
    assert page.count("curl -H") >= len(tuple(calls(desk.app)))
    assert len(set(re.findall(r' id="([^"]+)"', page))) == len(re.findall(r' id="([^"]+)"', page))
