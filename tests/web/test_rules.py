"""The pages and the API of rules."""

from __future__ import annotations

import io
import re

import pytest

BLOCK = {"name": "No trackers", "when": "host:metrics.test", "do": "block", "instead_of": ""}


@pytest.fixture
def send(desk):
    """A signed-in browser that posts forms."""
    client = desk.signed_in()
    token = desk.token(client)

    def sending(address, **form):
        return client.post(address, data={"csrf_token": token} | form, content_type="multipart/form-data")

    sending.client, sending.token = client, token
    return sending


def page(answer):
    return re.sub(r"\s+", " ", answer.get_data(as_text=True))


def kept(desk):
    return desk.settings.read().get("rules", [])


def test_without_rules_the_page_says_what_they_are_and_offers_some(send):
    shown = page(send.client.get("/rules"))
    assert "No rule yet: everything passes as it is." in shown
    assert 'href="/rules/new?do=delay&amp;when=host:shop.inspector.test+path:/api/"' in shown


def test_a_rule_is_made_in_a_form_and_says_itself(desk, send):
    answer = send("/rules/save", **BLOCK, **{"p-how": "answer", "p-status": "451"})
    assert (answer.status_code, answer.location) == (303, "/rules?kept=No+trackers")
    assert kept(desk) == [{"name": "No trackers", "when": "host:metrics.test", "do": "block", "status": 451}]
    shown = page(send.client.get("/rules"))
    assert (
        "Exchanges whose host is metrics.test or below it: Inspector does not ask the site, and answers 451"
        in shown
    )


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"when": "hst:x"}, "There is no field “hst”."),
        ({"when": "status:404"}, "Block acts when the request&#39;s head has arrived"),
        ({"p-status": "99"}, "A status is a number from 200 to 599, not 99."),
        ({"name": " "}, "Each rule has a name"),
    ],
)
def test_a_mistake_is_shown_at_its_place_and_nothing_typed_is_lost(desk, send, form, sentence):
    answer = send("/rules/save", **{**BLOCK, "p-status": "403", **form})
    shown = page(answer)
    assert answer.status_code == 422
    assert sentence in shown.replace("block acts", "Block acts")
    assert f'value="{form.get("when", "host:metrics.test")}"' in shown
    assert 'aria-invalid="true"' in shown
    assert kept(desk) == []


@pytest.mark.parametrize(
    "do", ["response-fields", "answer", "throttle", "folder", "replace", "no-cache", "break-off"]
)
def test_each_form_shows_what_was_kept_and_keeps_what_it_shows(desk, send, do):
    typed = {
        "response-fields": {"p-set": "A: 1\r\nB: 2\r\nB: 3", "p-remove": "C\r\nD"},
        "answer": {"p-status": "200", "p-text": "one\r\ntwo", "p-fields": "X-A: b"},
        "throttle": {"p-profile": "3g", "p-down": "10kb/s"},
        "folder": {"p-folder": "/srv/a b", "p-under": "/", "p-missing": "site"},
        "replace": {"p-find": "<a>", "p-by": '"b"'},
        "no-cache": {},
        "break-off": {"p-after": "10kb", "p-how": "close"},
    }[do]
    send("/rules/save", name="One & only", do=do, when="", instead_of="", **typed)
    before = kept(desk)
    assert len(before) == 1
    form = send.client.get("/rules/edit", query_string={"name": "One & only"}).get_data(as_text=True)
    again = dict(re.findall(r'<input[^>]* name="([^"]+)"[^>]* value="([^"]*)"', form))
    again |= {
        name: value.replace("&lt;", "<").replace("&gt;", ">").replace("&#34;", '"')
        for name, value in re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>\n([^<]*)</textarea>', form)
    }
    again |= dict(
        re.findall(r'<select[^>]* name="([^"]+)".*?<option value="([^"]*)" selected', form, re.DOTALL)
    )
    again = {name: value for name, value in again.items() if name.startswith("p-")}
    send("/rules/save", name="One & only", do=do, when="", instead_of="One & only", **again)
    assert kept(desk) == before


def test_rules_are_switched_moved_edited_and_removed(desk, send):
    for name in ("a", "b", "c"):
        send("/rules/save", name=name, do="block", when="", instead_of="")
    send("/rules", name="c", move="earlier")
    send("/rules", name="a", switch="off")
    assert [(each["name"], each.get("on", True)) for each in kept(desk)] == [
        ("a", False),
        ("c", True),
        ("b", True),
    ]
    send("/rules/save", name="z", do="block", when="", instead_of="a")
    assert [(each["name"], each.get("on", True)) for each in kept(desk)] == [
        ("z", False),
        ("c", True),
        ("b", True),
    ]
    assert "another rule has the same name" in page(
        send("/rules/save", name="b", do="block", when="", instead_of="c")
    ).replace("Another", "another")
    send("/rules", name="z", remove="1")
    send("/rules", name="gone", move="later")
    assert [each["name"] for each in kept(desk)] == ["c", "b"]
    assert send.client.get("/rules/edit?name=z").status_code == 404


def test_the_form_says_meanwhile_what_it_would_have_matched(desk, send):
    shown = page(send("/rules/trial", **{**BLOCK, "name": "", "when": ""}))
    assert "All exchanges: Inspector does not ask the site" in shown
    assert "It would have matched" in shown or "Nothing is captured yet" in shown
    assert "Not complete yet (when): There is no field “hst”." in page(
        send("/rules/trial", **{**BLOCK, "when": "hst:x"})
    )


def test_rules_go_into_a_file_and_come_out_of_one(desk, send):
    send("/rules/save", name="é", do="answer", when="", instead_of="", **{"p-text": "a\r\nb"})
    answer = send.client.get("/rules.toml")
    assert answer.mimetype == "application/toml"
    before = kept(desk)
    send("/rules", name="é", remove="1")
    assert kept(desk) == []
    assert send("/rules/file", file=(io.BytesIO(answer.data), "rules.toml")).status_code == 303
    assert kept(desk) == before


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"\xff", "The file is not UTF-8 text."),
        (b"x", "This is not TOML"),
        (b'[[rule]]\nname="a"\ndo="b"', "Rule “a”, do: there is no action"),
        (b" " * 300_000, "more than 256 KB"),
    ],
)
def test_a_file_that_cannot_be_read_changes_nothing_and_says_why(desk, send, data, sentence):
    answer = send("/rules/file", file=(io.BytesIO(data), "rules.toml"))
    assert answer.status_code == 400
    assert sentence in page(answer).replace("The file has more", "the file has more")
    assert kept(desk) == []


def test_the_api_gives_and_takes_all_rules(desk, send):
    rules = [{"name": "a", "when": "host:x.test", "do": "delay", "time": "1s"}]
    answer = send.client.post("/api/v1/rules", json={"rules": rules}, headers={"X-CSRF-Token": send.token})
    assert (
        answer.json["rules"][0]["says"]
        == "Exchanges whose host is x.test or below it: Inspector lets the request wait for 1 s."
    )
    again = send.client.post(
        "/api/v1/rules", json=send.client.get("/api/v1/rules").json, headers={"X-CSRF-Token": send.token}
    )
    assert again.json == answer.json
    assert (
        kept(desk) == [{"name": "a", "when": "host:x.test", "do": "delay", "time": "1s"}]
        or kept(desk)[0]["on"]
    )
    for wrong in ({}, {"rules": [3]}, {"rules": [{"name": "a", "do": "delay"}]}):
        answer = send.client.post("/api/v1/rules", json=wrong, headers={"X-CSRF-Token": send.token})
        assert answer.status_code == 400


def test_nothing_is_changed_without_the_token_of_the_page(desk, send):
    for address in ("/rules", "/rules/save", "/rules/trial", "/rules/file", "/api/v1/rules"):
        assert send.client.post(address, data={"name": "x"}).status_code in (400, 403)


def test_the_presenters_view_shows_no_secret_of_a_rule(desk, send):
    send(
        "/rules/save",
        name="Log in",
        do="request-fields",
        when="",
        instead_of="",
        **{"p-set": "Authorization: Bearer geheimnis-123456\r\nX-A: open"},
    )
    send("/preferences", presenter="on", next="/rules")
    try:
        for address in ("/rules", "/rules.toml", "/api/v1/rules"):
            shown = send.client.get(address).get_data(as_text=True)
            assert "geheimnis" not in shown
            assert "open" in shown
        answer = send.client.get("/rules/edit", query_string={"name": "Log in"})
        assert answer.status_code == 409
        assert "geheimnis" not in answer.get_data(as_text=True)
    finally:
        send("/preferences", presenter="off", next="/rules")
    assert "geheimnis" in send.client.get("/rules").get_data(as_text=True)
