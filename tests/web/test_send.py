"""Repeat, what if, and the composer: what leaves for the engine, to the byte, and what the pages say of it."""

from __future__ import annotations

import re

import pytest
from sending import HOST, app, engine, page
from web_fakes import made, message, number

from inspector.exchange.model import Body, Leg

__all__ = ["app", "engine", "page"]  # fixtures


def posted(body=b"a=1", **changes):
    sent = message(
        "POST /order?x=%7e HTTP/1.1", "Host: shop.inspector.test", "X-Two: 1", "Cookie: session=verysecretvalue1", "x-two: 2",
        "Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}", "Connection: keep-alive", body=body,
    )  # fmt: skip
    answer = message("HTTP/1.1 200 OK", 'ETag: "v1"', "Content-Length: 2", body=b"ok")
    usual = {"method": "POST", "path": "/order?x=%7e", "client_leg": Leg(number(901), sent, answer)}
    return made(1, **usual | changes)


ID = number(1).hex()
REPEATED = (
    b"POST https://shop.inspector.test/order?x=%7e HTTP/1.1\r\nHost: shop.inspector.test\r\nX-Two: 1\r\n"
    b"Cookie: session=verysecretvalue1\r\nx-two: 2\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    b"Content-Length: 3\r\nInspector-Sent: tok composer " + ID.encode() + b"\r\n\r\na=1"
)


# -- repeat


def test_repeating_sends_the_captured_bytes_and_nothing_else(page, engine):
    page.captures.add(posted())
    answer = page.post(f"/exchange/{ID}/repeat")
    assert answer.status_code == 303
    assert answer.location == f"/exchange/{number(500).hex()}"
    assert engine.seen == [REPEATED]


def test_the_api_repeats_too_and_says_what_came_of_it(page, engine):
    page.captures.add(posted())
    told = page.post(f"/api/v1/exchanges/{ID}/repeat", json={}).json
    assert told["exchange"] == number(500).hex()
    assert (told["status"], told["size"], told["why"]) == (200, 2, "")
    assert told["gaps"] == ["Not sent again, since they belong to one connection: Connection."]


def test_a_presenter_sends_the_real_secret_and_is_shown_a_mark(page, engine):
    page.captures.add(posted())
    page.post("/preferences", json={"presenter": "on"})
    page.post(f"/exchange/{ID}/repeat")
    assert engine.seen == [REPEATED]
    draft = page.post(f"/exchange/{ID}/edit-and-send").location
    shown = page.get(draft).text
    assert "verysecretvalue1" not in shown
    mark = re.search(r'value="session=(\*+[0-9a-f]{4})"', shown)[1]
    page.post(draft, data=form(url="https://shop.inspector.test/", field_name=["Cookie"], field_value=[f"session={mark}"], field_on=["1"]))  # fmt: skip
    assert b"Cookie: session=verysecretvalue1\r\n" in engine.seen[-1]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"kind": "websocket"}, "WebSocket"),
        ({"kind": "tunnel"}, "tunnel"),
        ({"method": ""}, "malformed"),
    ],
)
def test_what_cannot_be_repeated_says_why(page, engine, changes, sentence):
    page.captures.add(posted(**changes))
    answer = page.post(f"/exchange/{ID}/repeat")
    assert answer.status_code == 422
    assert sentence in answer.text
    assert not engine.seen


def test_a_body_that_was_not_kept_whole_is_refused_and_sent_on_request(page, engine):
    whole = posted()
    request = message("POST / HTTP/1.1", "Host: shop.inspector.test", "Content-Length: 9", body=Body(9, 9, b"abc", note="capped"))  # fmt: skip
    page.captures.add(posted(client_leg=Leg(number(901), request, whole.client_leg.response)))
    refused = page.post(f"/exchange/{ID}/repeat")
    assert refused.status_code == 422
    assert "only its first 3 of 9 bytes were kept" in refused.text
    page.post(f"/exchange/{ID}/repeat", data={"partly": "1"})
    assert engine.seen[0].endswith(b"\r\n\r\nabc")


CHANGES = {
    "/exchange/<id>/repeat", "/exchange/<id>/what-if", "/exchange/<id>/edit-and-send", "/send/draft", "/send/draft/<id>", "/send/import",
    "/send/raw", "/send/open-here", "/send/open-here/close", "/api/v1/send", "/api/v1/send/raw", "/api/v1/exchanges/<id>/repeat", "/api/v1/exchanges/<id>/what-if",
}  # fmt: skip


def test_every_route_that_sends_is_held_to_the_same(app):
    rules = {rule.rule for rule in app.url_map.iter_rules() if "POST" in rule.methods}
    ours = ("/send", "/api/v1/send", "/exchange/<id>/", "/api/v1/exchanges/<id>/")
    assert {rule for rule in rules if rule.startswith(ours)} == CHANGES


@pytest.mark.parametrize("rule", sorted(CHANGES))
def test_nothing_is_sent_for_anybody_but_the_dashboards_own_page(page, engine, rule):
    page.captures.add(posted())
    path = rule.replace("<id>", ID)
    bare = page._client.application.test_client()
    assert bare.post(path, base_url=HOST, headers={"X-CSRF-Token": page.token}).status_code == 401
    assert page.post(path, token=False).status_code == 403
    assert page.post(path, headers={"X-CSRF-Token": "x" * 32}).status_code == 403
    assert page.post(path, headers={"Host": "rebound.example:8081"}).status_code == 421
    for origin in (
        "https://evil.test",
        "null",
        "http://localhost:5000",
        "http://shop-test-1234.localhost:8081",
    ):
        assert page.post(path, headers={"Origin": origin}).status_code == 403
    for site in ("cross-site", "same-site"):
        assert (
            page.post(path, headers={"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "navigate"}).status_code == 403
        )
    assert not engine.seen


def test_where_the_proxy_is_not_running_that_is_said(page, app, engine, monkeypatch):
    from inspector.web.send import door

    monkeypatch.setattr(door._Pool, "_make_request", _refused)
    page.captures.add(posted())
    answer = page.post(f"/exchange/{ID}/repeat")
    assert answer.status_code == 503
    assert "not running" in answer.text


def _refused(*_, **__):
    raise ConnectionRefusedError


def test_an_exchange_says_what_it_was_made_from_and_how_often_it_was_repeated(page):
    page.captures.add(posted())
    for _ in range(2):
        child = page.post(f"/exchange/{ID}/repeat").location
    assert "Sent again 2 times" in page.get(f"/exchange/{ID}").text
    page.captures.add(made(501, origin="composer", parent=number(1), method="POST", path="/order?x=%7e"))
    assert "Repeated from" in page.get(child).text


# -- what if


def test_what_ifs_are_sent_each_on_its_own_and_compared(page, engine):
    page.captures.add(posted())
    engine.answer = lambda request: (
        b"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n"
        if b"Cookie" not in request
        else b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
    )
    answer = page.post(
        f"/exchange/{ID}/what-if", data={"change": ["no-cookies", "http-1.0", "no-authorization"]}
    )
    assert answer.status_code == 303
    assert len(engine.seen) == 2  # there was no Authorization to leave out
    shown = page.get(answer.location).text
    assert "no cookies" in shown
    assert "403" in shown
    assert f"/compare?ids={ID}," in shown
    lines = sorted(request.split(b"\r\n")[0][-8:] for request in engine.seen)
    assert lines == [b"HTTP/1.0", b"HTTP/1.1"]


def test_what_ifs_together_are_one_request(page, engine):
    page.captures.add(posted())
    page.post(f"/exchange/{ID}/what-if", data={"change": ["no-cookies", "other-scheme"], "together": "1"})
    (request,) = engine.seen
    assert request.startswith(b"POST http://shop.inspector.test/order")
    assert b"Cookie" not in request


def test_without_a_change_nothing_is_sent(page, engine):
    page.captures.add(posted())
    assert page.post(f"/exchange/{ID}/what-if").status_code == 422
    assert page.post(f"/exchange/{ID}/what-if", data={"change": "nonsense"}).status_code == 422
    assert not engine.seen


# -- composing


def form(**changes):
    usual = {"do": "send", "method": "GET", "url": "http://a.test/", "url_was": "http://a.test/", "verify": "on", "timeout": "30", "version": "1.1", "body": "none"}  # fmt: skip
    made_up = usual | changes
    made_up.setdefault("url_was", made_up["url"])
    if "url_was" not in changes:
        made_up["url_was"] = made_up["url"]
    return made_up


def test_a_request_written_from_nothing_is_sent_as_it_stands(page, engine):
    answer = page.post(
        "/send/draft",
        data=form(
            method="PUT", url="http://a.test/x", field_name=["X-A", "Off", "X-A"], field_value=["1", "2", "é"], field_on=["1", "3"],
            body="json", text='{"a":1}',
        ),
    )  # fmt: skip
    assert answer.status_code == 303
    assert engine.seen[0] == (
        b"PUT http://a.test/x HTTP/1.1\r\nHost: a.test\r\nX-A: 1\r\nX-A: \xc3\xa9\r\nContent-Type: application/json\r\n"
        b'Content-Length: 7\r\nInspector-Sent: tok composer -\r\n\r\n{"a":1}'
    )
    shown = page.get(answer.location).text
    assert "The whole exchange" in shown
    assert 'value="Off"' in shown


def test_query_rows_count_when_the_address_was_not_touched(page, engine):
    page.post("/send/draft", data=form(url="http://a.test/?a=1", query_name=["a", "b"], query_value=["1", "x y"], query_on=["1", "2"]))  # fmt: skip
    assert engine.seen[-1].startswith(b"GET http://a.test/?a=1&b=x+y HTTP/1.1\r\n")
    page.post("/send/draft", data=form(url="http://a.test/?c=3", url_was="http://a.test/?a=1", query_name=["a"], query_value=["1"], query_on=["1"]))  # fmt: skip
    assert engine.seen[-1].startswith(b"GET http://a.test/?c=3 HTTP/1.1\r\n")


def test_an_older_version_and_an_unverified_certificate_are_asked_of_the_engine(page, engine):
    data = form(version="1.0", url="https://a.test/")
    del data["verify"]
    page.post("/send/draft", data=data)
    assert engine.seen[-1] == b"GET https://a.test/ HTTP/1.0\r\nHost: a.test\r\nInspector-Sent: tok composer - unverified\r\n\r\n"  # fmt: skip


def test_redirects_are_followed_as_a_browser_does_and_leave_secrets_behind(page, engine):
    hops = iter([b"HTTP/1.1 302 F\r\nLocation: http://b.test/next\r\nContent-Length: 0\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"])  # fmt: skip
    engine.answer = lambda _: next(hops)
    page.post(
        "/send/draft",
        data=form(method="POST", body="text", text="x", follow="on", field_name=["Cookie", "X-Stays"], field_value=["s=1", "1"], field_on=["1", "2"]),
    )  # fmt: skip
    assert engine.seen[1] == (
        b"GET http://b.test/next HTTP/1.1\r\nHost: b.test\r\nX-Stays: 1\r\nInspector-Sent: tok composer "
        + number(500).hex().encode()
        + b"\r\n\r\n"
    )


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"url": ""}, "There is no address"),
        ({"url": "ftp://a.test"}, "not http or https"),
        ({"method": "", "other_method": "G ET"}, "is not a method"),
        ({"field_name": ["a b"], "field_value": ["1"], "field_on": ["1"]}, "no valid name"),
    ],
)
def test_what_cannot_be_sent_is_kept_and_says_why(page, engine, changes, sentence):
    answer = page.post("/send/draft", data=form(**changes))
    assert answer.status_code == 422
    assert sentence in answer.text
    assert not engine.seen


def test_drafts_are_kept_copied_and_thrown_away(page, engine):
    first = page.post("/send/draft", data=form(do="keep", url="http://one.test/")).location
    second = page.post(first, data=form(do="copy", url="http://two.test/")).location
    assert first != second
    assert "http://one.test/" in page.get(first).text
    assert page.get("/send").location == second
    page.post(second, data=form(do="remove"))
    assert page.get(second).status_code == 404
    assert not engine.seen


def test_a_file_is_sent_as_it_is(page, engine):
    content = bytes(range(256)) * 4096  # 1 MiB: more than other forms of the dashboard take
    parts = [
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in form(method="POST").items()
    ]
    file = (
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="all.bin"\r\n\r\n'
        + content
        + b"\r\n--x--\r\n"
    )
    page.post(
        "/send/draft", data="".join(parts).encode() + file, content_type="multipart/form-data; boundary=x"
    )
    assert engine.seen[0].partition(b"\r\n\r\n")[2] == content


def test_a_curl_command_becomes_a_draft_and_a_mistake_is_marked(page):
    imported = page.post("/send/import", data={"command": "curl -X PATCH https://a.test/x -d a=1"})
    assert imported.status_code == 201
    assert 'value="https://a.test/x"' in imported.text
    wrong = page.post("/send/import", data={"command": "curl 'https://a.test"})
    assert wrong.status_code == 422
    assert "<mark>&#39;</mark>" in wrong.text


def test_the_api_sends_what_is_no_text(page, engine):
    page.post(
        "/api/v1/send", json={"url": "http://a.test/", "method": "PUT", "base64": "AP8=", "wait": False}
    )
    assert engine.seen[0].endswith(b"\r\n\r\n\x00\xff")


def test_the_api_sends_and_refuses_in_words(page, engine):
    told = page.post("/api/v1/send", json={"url": "http://a.test/", "method": "POST", "fields": [["X", "1"]], "body": "hi"}).json  # fmt: skip
    assert told["status"] == 200
    assert engine.seen[0].endswith(b"\r\n\r\nhi")
    for wrong in (
        {},
        {"url": 1},
        {"url": "http://a.test", "nonsense": 1},
        [],
        {"url": "http://a.test", "parent": "zz"},
    ):
        answer = page.post("/api/v1/send", json=wrong)
        assert answer.status_code in (400, 422), wrong
        assert answer.json["detail"]


def test_an_answer_without_an_end_is_cut_off_in_time(page, engine):
    engine.answer = lambda _: b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nok"
    shown = page.post("/send/draft", data=form(), headers={"HX-Request": "true"}).text
    assert "cut off before its end" in shown


def test_hostile_answers_and_drafts_are_shown_as_text(page, engine):
    evil = '"><script>alert(1)</script>'
    shown = page.post("/send/draft", data=form(do="keep", url=evil, field_name=[evil], field_value=[evil], field_on=["1"], body="text", text="</textarea>" + evil), headers={"HX-Request": "true"}).text  # fmt: skip
    assert "<script>" not in shown
    assert "</textarea><script" not in shown


def test_forgetting_everything_takes_the_drafts_too(page):
    draft = page.post("/send/draft", data=form(do="keep", url="http://one.test/")).location
    assert page.post("/api/v1/forget", json={}).status_code == 200
    assert page.get(draft).status_code == 404
