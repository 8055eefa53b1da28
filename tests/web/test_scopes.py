"""Every call of the API, tried by everybody: a token with its scope, with every other, none, a browser; from elsewhere, under another name, from a page."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest

from inspector.store.tokens import Tokens
from inspector.web.api.describing import Bytes
from inspector.web.api.document import calls
from inspector.web.api.scopes import SCOPES
from inspector.web.errors import PROBLEM

HERE = "http://inspector.localhost:8081"
FILLED = {
    "id": "0" * 31 + "1", "side": "browser", "half": "response", "name": "None of this name", "tool": "curl", "form": "pem",
}  # fmt: skip


@dataclass
class Callers:
    """A dashboard, a token for each scope, one for all but that scope, and all its calls."""

    desk: object
    only: dict[str, str]
    but: dict[str, str]
    all: tuple

    def call(self, call, token="", client=None, **headers):
        path = re.sub(r"{([a-z_]+)}", lambda part: FILLED.get(part[1], "x"), call.path)
        said = {name.replace("_", "-"): value for name, value in headers.items()}
        if token:
            said["Authorization"] = f"Bearer {token}"
        # nothing that could be done: a refusal has to come before anything is looked at
        body = {"data": b"\0"} if isinstance(call.operation.takes, Bytes) else {"json": ["nothing of use"]} if call.operation.takes else {}  # fmt: skip
        answer = (client or self.desk.visitor()).open(path, method=call.method, headers=said, **body)
        answer.close()
        return answer


@pytest.fixture(scope="module")
def made(_desk):
    """A token for each scope, and one for all but that scope."""
    tokens = Tokens(_desk.run)
    for each in tokens.all():
        tokens.revoke(each.id)
    only = {scope: tokens.make(scope, [scope])[1] for scope in SCOPES}
    but = {scope: tokens.make(f"not {scope}", [each for each in SCOPES if each != scope])[1] for scope in SCOPES}  # fmt: skip
    yield only, but
    for each in tokens.all():
        tokens.revoke(each.id)
    tokens.close()


@pytest.fixture
def callers(desk, made):
    return Callers(desk, *made, tuple(calls(desk.app)))


def open_to_tokens(callers):
    return [call for call in callers.all if not call.operation.machines]


def let_in(answer):
    return answer.status_code not in (401, 403, 421)


def refused(answer, status, call):
    said = answer.get_json(silent=True) or {}
    assert answer.status_code == status, (call.method, call.path, answer.status_code, said)
    assert answer.mimetype == PROBLEM, call.path
    assert said["status"] == status
    assert said["detail"]
    assert said["cure"] or status == 403


def test_every_call_is_described(desk):
    here = {rule.endpoint for rule in desk.app.url_map.iter_rules() if rule.rule.startswith("/api/v1/")}
    described = {name for name in here if hasattr(desk.app.view_functions[name], "operation")}
    assert here == described


def test_each_call_wants_its_own_scope_and_no_other(callers):
    for call in open_to_tokens(callers):
        for scope, token in callers.only.items():
            answer = callers.call(call, token)
            if call.operation.scope in (scope, "any"):
                assert let_in(answer), (call.method, call.path, scope, answer.status_code)
            else:
                refused(answer, 403, call)
                assert f'scope="{call.operation.scope}"' in answer.headers["WWW-Authenticate"]
        if call.operation.scope != "any":
            refused(callers.call(call, callers.but[call.operation.scope]), 403, call)


def test_without_a_token_that_counts_there_is_nothing(callers):
    text = callers.only["read"]
    wrong = ("x", text[:-1], text + "x", text.swapcase(), "insp_", "insp-pass.", "ä", "insp-pass.eyJ.x.y")
    for call in open_to_tokens(callers):
        answer = callers.call(call)
        refused(answer, 401, call)
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    for token in wrong:
        refused(callers.call(callers.all[0], token.encode().decode("latin-1")), 401, callers.all[0])


def test_a_signed_in_browser_may_everything_with_its_token_of_the_form(callers):
    client = callers.desk.signed_in()
    csrf = callers.desk.token(client)
    for call in open_to_tokens(callers):
        assert let_in(callers.call(call, client=client, X_CSRF_Token=csrf, Origin=HERE)), call.path
        if call.method != "GET":
            refused(callers.call(call, client=client), 403, call)
            refused(callers.call(call, client=client, X_CSRF_Token="x" * 32), 403, call)
            refused(
                callers.call(call, client=client, X_CSRF_Token=csrf, Origin="http://evil.example"), 403, call
            )


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"}, {"Origin": "null"}, {"Origin": "http://localhost:5000"}, {"Origin": "http://["},
        {"Sec_Fetch_Site": "cross-site"}, {"Sec_Fetch_Site": "same-site"},
        {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "navigate", "Sec_Fetch_Dest": "document"},
    ],
)  # fmt: skip
def test_no_other_sites_page_may_bring_a_token(callers, headers):
    for call in open_to_tokens(callers):
        token = callers.only.get(call.operation.scope, callers.only["read"])
        answer = callers.call(call, token, **headers)
        refused(answer, 403, call)
        assert "Access-Control-Allow-Origin" not in answer.headers


def test_no_other_sites_page_gets_anything_by_the_browsers_cookie(callers):
    client = callers.desk.signed_in()
    csrf = callers.desk.token(client)
    headers = {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "cors", "X_CSRF_Token": csrf}
    for call in open_to_tokens(callers):
        refused(callers.call(call, client=client, **headers), 403, call)


def test_under_another_name_there_is_nothing_for_anybody(callers):
    client = callers.desk.signed_in()
    csrf = callers.desk.token(client)
    for call in callers.all:
        token = callers.only.get(call.operation.scope, callers.only["read"])
        refused(callers.call(call, token, Host="rebound.example:8081"), 421, call)
        answer = callers.call(call, client=client, Host="rebound.example:8081", X_CSRF_Token=csrf)
        refused(answer, 421, call)


def test_a_preflight_is_told_nothing(callers):
    for call in callers.all:
        path = call.path.replace("{id}", FILLED["id"])
        headers = {"Origin": "http://evil.example", "Access-Control-Request-Method": call.method, "Sec-Fetch-Site": "cross-site"}  # fmt: skip
        answer = callers.desk.visitor().open(path, method="OPTIONS", headers=headers)
        assert not [name for name in answer.headers.keys() if name.lower().startswith("access-control")]  # noqa: SIM118


def test_a_token_opens_no_page(callers):
    headers = {"Authorization": f"Bearer {callers.only['admin']}"}
    for page in ("/traffic", "/set-up/tokens", "/api", "/feed", "/rules.toml"):
        assert callers.desk.visitor().get(page, headers=headers).status_code == 401


def test_apps_with_a_token_of_their_own_are_not_let_in_with_these(callers):
    for call in callers.all:
        if call.operation.machines:
            assert callers.call(call, callers.but["read"]).status_code in (401, 403), call.path


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/nothing", 404), ("POST", "/api/v1/nothing", 404), ("DELETE", "/api/v1/status", 405), ("PUT", "/api/v1/exchanges", 405),
        ("GET", "/api/v1/", 404), ("PATCH", "/api/v1/exchanges/00", 405), ("TRACE", "/api/v1/status", 405),
    ],
)  # fmt: skip
def test_what_there_is_not_is_a_problem_too(callers, method, path, status):
    headers = {"Authorization": f"Bearer {callers.only['read']}"}
    answer = callers.desk.visitor().open(path, method=method, headers=headers)
    assert answer.status_code == status
    assert answer.mimetype == PROBLEM
    assert ("Allow" in answer.headers) == (status == 405)


@pytest.mark.parametrize(
    ("body", "media", "status"),
    [
        (b"{", "application/json", 400), (b"", "application/json", 400), (b"\xff\xfe", "application/json", 400), (b"[" * 100_000, "application/json", 400),
        (b'{"on": 1}', "application/json", 400), (b'{"on": NaN}', "application/json", 400), (b'{"on": true}', "text/plain", 415),
        (b"on=true", "application/x-www-form-urlencoded", 415), (b" " * (2 << 20), "application/json", 413),
        (b'{"on": true}', "application/json; charset=utf-8", 200), (b'{"on": true, "more": [1]}', "application/vnd.inspector+json", 200),
    ],
    ids=["cut", "empty", "not UTF-8", "deep", "wrong type", "NaN", "text", "form", "large", "charset", "json kind"],
)  # fmt: skip
def test_a_body_is_read_or_told_what_is_wrong(callers, body, media, status):
    headers = {"Authorization": f"Bearer {callers.only['settings']}", "Content-Type": media}
    answer = callers.desk.visitor().post("/api/v1/capturing", data=body, headers=headers)
    assert answer.status_code == status
    if status != 200:
        assert answer.mimetype == PROBLEM
        assert answer.get_json()["cure"]


def test_secrets_are_for_tokens_that_may_see_them(callers):
    path = "/api/v1/exchanges/" + FILLED["id"]
    plain = callers.desk.visitor().get(path, headers={"Authorization": f"Bearer {callers.but['admin']}"})
    veiled = callers.desk.visitor().get(path, headers={"Authorization": f"Bearer {callers.only['read']}"})
    assert "seen=1" in plain.get_data(as_text=True)
    assert "seen=1" not in veiled.get_data(as_text=True)
    assert "Set-Cookie" in veiled.get_data(as_text=True)
