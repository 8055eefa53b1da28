"""Every route that changes something, tried by everybody who must not; and the headers of every answer."""

from __future__ import annotations

import datetime as dt

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from inspector.pki.certificates import new_key, root
from inspector.web.guard import Hosts


def some_certificate():
    now = dt.datetime.now(dt.UTC)
    made = root(new_key(), host="desk", made=now, starts=now, ends=now + dt.timedelta(days=1))
    return made.public_bytes(Encoding.PEM).decode()


CHANGES = (
    ("/capturing", {"on": "0"}, None),
    ("/forget", {}, None),
    ("/preferences", {"theme": "dark"}, None),
    ("/browse", {"url": ""}, None),
    ("/tour", {"to": "1"}, None),
    ("/traffic/filters", {"name": "mine", "q": "bread"}, None),
    ("/traffic/filters/remove", {"name": "mine"}, None),
    ("/traffic/marks", {"id": "0" * 31 + "1", "pinned": "yes"}, None),
    ("/traffic/removals", {"what": "undo", "removal": "1"}, None),
    ("/api/v1/marks", None, {"ids": ["0" * 31 + "1"], "pinned": True}),
    ("/api/v1/removals", None, {"ids": ["0" * 31 + "1"]}),
    ("/api/v1/removals/undo", None, {"removal": 1}),
    ("/api/v1/removals/finish", None, {"removal": 1}),
    ("/export/secrets", {"keep": "no"}, None),
    ("/traffic/export/file", {"format": "har", "id": "0" * 32}, None),
    ("/traffic/import", {}, None),
    ("/api/v1/imports", None, {"name": "empty.har", "size": 0}),
    ("/rules", {"name": "none"}, None),
    ("/rules/save", {"name": "no", "do": "block"}, None),
    ("/rules/trial", {"do": "block"}, None),
    ("/rules/breakpoints/new", {"when": "host:a.example"}, None),
    ("/rules/breakpoints/all", {"do": "go-on"}, None),
    ("/rules/breakpoints/everything", {"on": "0"}, None),
    ("/rules/breakpoints/rule", {"name": "none"}, None),
    ("/rules/file", {"text": "[[rule]]\nname = 'no'\ndo = 'block'"}, None),
    ("/api/v1/rules", None, {"rules": []}),
    ("/compare/mark", {"id": "0" * 31 + "1"}, None),
    ("/learn/leave", {}, None),
    ("/learn/restart", {}, None),
    ("/learn/way", {"way": "here"}, None),
    ("/learn/lesson/a-page-is-a-request/answer", {"answer": "x"}, None),
    ("/learn/lesson/a-page-is-a-request/hint", {}, None),
    ("/learn/lesson/a-page-is-a-request/restart", {}, None),
    ("/set-up/decrypted", {"host": "a.example", "left": "1"}, None),
    ("/set-up/tokens", {"name": "nightly", "scope": "read"}, None),
    ("/sign-out", {}, None),
    ("/certificates/read/given", {"text": some_certificate()}, None),
    ("/certificates/look", {"server": "127.0.0.1:9"}, None),
    ("/certificates/make/files", {"names": "myapp.test"}, None),
    ("/api/v1/capturing", None, {"on": False}),
    ("/api/v1/forget", None, {}),
    ("/api/v1/left-encrypted", None, {"host": "a.example", "left": True}),
)
ALSO_READ = (
    "/set-up/decrypted",
    "/set-up/tokens",
    "/api/v1/left-encrypted",
    "/api/v1/marks",
    "/api/v1/removals",
    "/traffic/export/file",
    "/traffic/import",
    "/api/v1/imports",
    "/rules",
    "/api/v1/rules",
)  # a GET of them shows what there is
SENDING = (
    "/send",
    "/api/v1/send",
    "/exchange/<id>/",
    "/api/v1/exchanges/<id>/",
)  # held to the same in test_send.py
HELD = ("/rules/breakpoints/<id>",)  # held to the same in test_held.py
PRACTICE = (
    "/learn/practice/",
    "/api/v1/practice/",
    "/learn/certificate",
)  # with the lab: test_practice.py
WAYS = {"/learn/open-here"}  # leads on to /send/open-here with the form as it is (307): test_ways.py
API = "/api/v1/"  # every call of it, by everybody: test_scopes.py
MACHINES = {
    "/api/v1/reports",
    "/api/v1/apps",
    "/v1/traces",
    "/otlp/<token>/v1/traces",
}  # for no browser: test_receiving.py
READS = ("/", "/start", "/traffic", "/certificates", "/set-up", "/feed", "/api/v1/exchanges", "/api/v1/changes", "/api/v1/status",
         "/exchange/" + "0" * 31 + "1", "/api/v1/exchanges/" + "0" * 31 + "1", "/nothing", "/api/v1/nothing")  # fmt: skip


def ask(client, path, form, body, headers):
    return client.post(path, data=form, json=body, headers=headers)


def test_every_changing_route_is_in_the_table(desk):
    changing = {rule.rule for rule in desk.app.url_map.iter_rules() if "POST" in rule.methods}
    elsewhere = {rule for rule in changing if rule.startswith((*SENDING, *HELD, *PRACTICE, API))}
    adapter = desk.app.url_map.bind("inspector.localhost")
    here = {adapter.match(path, method="POST", return_rule=True)[0].rule for path, _, _ in CHANGES}
    assert changing - elsewhere - WAYS - MACHINES == {rule for rule in here if not rule.startswith(API)}


@pytest.mark.parametrize(("path", "form", "body"), CHANGES)
class TestChanges:
    def test_work_with_everything_right(self, desk, path, form, body):
        client = desk.signed_in()
        headers = {
            "X-CSRF-Token": desk.token(client),
            "Origin": "http://inspector.localhost:8081",
            "Sec-Fetch-Site": "same-origin",
        }
        assert ask(client, path, form, body, headers).status_code in (200, 303)

    def test_need_a_cookie(self, desk, path, form, body):
        token = desk.token(desk.signed_in())
        assert ask(desk.visitor(), path, form, body, {"X-CSRF-Token": token}).status_code == 401

    def test_need_our_host(self, desk, path, form, body):
        client = desk.signed_in()
        headers = {"X-CSRF-Token": desk.token(client), "Host": "rebound.example:8081"}
        assert ask(client, path, form, body, headers).status_code == 421

    @pytest.mark.parametrize(
        "origin", ["http://evil.example", "null", "http://localhost:5000", "http://inspector.localhost"]
    )
    def test_need_our_origin(self, desk, path, form, body, origin):
        client = desk.signed_in()
        headers = {"X-CSRF-Token": desk.token(client), "Origin": origin}
        assert ask(client, path, form, body, headers).status_code == 403

    @pytest.mark.parametrize("site", ["cross-site", "same-site"])
    def test_are_not_for_other_sites_pages(self, desk, path, form, body, site):
        client = desk.signed_in()
        headers = {"X-CSRF-Token": desk.token(client), "Sec-Fetch-Site": site, "Sec-Fetch-Mode": "navigate"}
        assert ask(client, path, form, body, headers).status_code == 403

    @pytest.mark.parametrize("token", [None, "", "x" * 32, "ä"])
    def test_need_the_token(self, desk, path, form, body, token):
        client = desk.signed_in()
        desk.token(client)
        given = None if form is None else form | ({"csrf_token": token} if token is not None else {})
        headers = {"X-CSRF-Token": token} if token and token.isascii() else {}
        assert ask(client, path, given, body, headers).status_code == 403
        assert desk.settings.values == {"capturing": True}
        assert desk.captures.exchanges

    def test_are_not_done_by_get(self, desk, path, form, body):
        answer = desk.signed_in().get(path)
        assert answer.status_code in (404, 405) or path in ALSO_READ
        assert desk.settings.values == {"capturing": True}
        assert desk.captures.exchanges


@pytest.mark.parametrize("path", READS)
class TestReads:
    def test_need_a_cookie(self, desk, path):
        answer = desk.visitor().get(path)
        assert answer.status_code == 401
        assert "inspector open" in answer.get_data(as_text=True)

    def test_need_our_host(self, desk, path):
        assert desk.signed_in().get(path, headers={"Host": "rebound.example:8081"}).status_code == 421

    @pytest.mark.parametrize("mode", ["no-cors", "cors", "websocket"])
    def test_are_not_for_other_sites_pages(self, desk, path, mode):
        answer = desk.signed_in().get(path, headers={"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": mode})
        assert answer.status_code == 403

    def test_do_not_frame(self, desk, path):
        headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}
        assert desk.signed_in().get(path, headers=headers).status_code == 403

    def test_answer_with_every_header(self, desk, path):
        for client in (desk.visitor(), desk.signed_in()):
            answer = client.get(path)
            policy = answer.headers["Content-Security-Policy"]
            assert "script-src 'self';" in policy
            assert "unsafe" not in policy
            assert "frame-ancestors 'none'" in policy
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Referrer-Policy"] == "same-origin"
            assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
            assert answer.headers["Cache-Control"] == "no-store"
            answer.close()


def test_a_link_from_elsewhere_may_lead_here(browser):
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert browser.get("/traffic", headers=headers).status_code == 200


def test_static_files_need_no_sign_in_but_our_host(desk):
    with desk.visitor().get("/static/plain.css") as answer:
        assert answer.status_code == 200
    assert desk.visitor().get("/static/plain.css", headers={"Host": "rebound.example"}).status_code == 421


def test_built_files_are_kept_by_the_browser(desk):
    with desk.visitor().get("/static/dist/app.css-1234") as answer:
        assert "immutable" in answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("host", "ours"),
    [
        ("inspector.localhost:8081", True), ("127.0.0.1:8081", True), ("localhost:8081", True), ("[::1]:8081", True),
        ("LOCALHOST:8081", True), ("desk.example:9000", True), ("lab.example:8081", True),
        ("localhost", False), ("localhost:8082", False), ("evil.example:8081", False), ("", False),
        ("127.0.0.1.evil.example:8081", False), ("192.0.2.1:8081", False), ("localhost:8081.evil.example", False),
        ("desk.example:8081", False),
    ],
)  # fmt: skip
def test_hosts_are_an_allow_list(host, ours):
    hosts = Hosts(["127.0.0.1:8081"], ["inspector.localhost", "desk.example:9000", "lab.example"])
    assert (host in hosts) == ours


def test_a_dashboard_for_all_addresses_answers_to_any_address_but_no_name():
    hosts = Hosts(["0.0.0.0:8081"], [])
    assert "192.0.2.1:8081" in hosts
    assert "[2001:db8::1]:8081" in hosts
    assert "evil.example:8081" not in hosts


def test_a_link_from_elsewhere_comes_again_to_bring_its_cookie(desk):
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    answer = desk.visitor().get("/exchange/00?tab=timing&side=site", headers=headers)
    assert 'content="0; url=/exchange/00?tab=timing&amp;side=site"' in answer.get_data(as_text=True)
    again = {**headers, "Sec-Fetch-Site": "same-origin"}
    assert desk.visitor().get("/exchange/00", headers=again).status_code == 401
