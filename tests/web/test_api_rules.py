"""Rules by program: one by one, in order, tried, as a file; and by whoever may change them without seeing their secrets."""

from __future__ import annotations

import pytest

from inspector.store.tokens import Tokens

DELAY = {"when": "host:x.test", "do": "delay", "time": "1s"}
SECRET = {"when": "", "do": "request-fields", "set": {"Authorization": "Bearer verysecretvalue"}}


class Program:
    """Calls with a token."""

    def __init__(self, desk, *scopes):
        self.tokens = Tokens(desk.run)
        self._headers = {"Authorization": f"Bearer {self.tokens.make('program', scopes)[1]}"}
        self._client = desk.visitor()

    def __call__(self, method, path="", **more):
        headers = self._headers | more.pop("headers", {})
        return self._client.open(f"/api/v1/rules{path}", method=method, headers=headers, **more)


@pytest.fixture
def programs(desk):
    made = []

    def make(*scopes):
        made.append(Program(desk, *scopes))
        return made[-1]

    yield make
    for each in made:
        for token in each.tokens.all():
            each.tokens.revoke(token.id)
        each.tokens.close()


@pytest.fixture
def call(programs):
    return programs("read", "rules")


def names(answer):
    return [rule["name"] for rule in answer.get_json()["rules"]]


def test_a_rule_is_made_changed_renamed_and_removed(desk, call):
    made = call("PUT", "/Slow%20one", json=DELAY).get_json()
    assert made["says"].endswith("lets the request wait for 1 s.")
    assert call("GET", "/Slow%20one").get_json() == made
    assert call("PUT", "/Slow%20one", json=DELAY | {"time": "2s"}).get_json()["time"] == "2s"
    assert call("PUT", "/Slow%20one", json=DELAY | {"name": "a/b"}).get_json()["name"] == "a/b"
    assert call("GET", "/a/b").status_code == 200
    assert call("PATCH", "/a/b", json={"on": False}).get_json()["on"] is False
    assert desk.settings.values["rules"][0]["on"] is False
    assert names(call("DELETE", "/a/b")) == []
    assert call("DELETE", "/a/b").status_code == 404
    assert call("PATCH", "/a/b", json={"on": True}).status_code == 404


def test_their_order_is_changed_as_a_whole_or_not_at_all(call):
    for name in ("a", "b", "c"):
        call("PUT", f"/{name}", json=DELAY)
    assert names(call("POST", "/order", json={"names": ["c", "a", "b"]})) == ["c", "a", "b"]
    for wrong in (["a", "b"], ["a", "b", "c", "c"], ["a", "b", "d"], []):
        assert call("POST", "/order", json={"names": wrong}).status_code == 409
    assert names(call("GET")) == ["c", "a", "b"]


def test_a_rule_is_tried_and_not_kept(desk, call):
    told = call(
        "POST", "/preview", json={"name": "t", "when": "host:shop.inspector.test", "do": "block"}
    ).get_json()
    assert (told["matched"], told["looked"], told["whole"]) == (2, 2, True)
    assert "rules" not in desk.settings.values


def test_they_go_out_and_in_as_a_file(call):
    call("PUT", "/a", json=DELAY)
    file = call("GET", "/file")
    assert file.mimetype == "application/toml"
    call("DELETE", "/a")
    taken = call("POST", "/file", data=file.data, headers={"Content-Type": "application/toml"})
    assert names(taken) == ["a"]


@pytest.mark.parametrize(
    ("method", "path", "more", "says"),
    [
        ("PUT", "/a", {"json": {"do": "delay"}}, "time"), ("PUT", "/a", {"json": {"do": "nothing"}}, "no action"), ("PUT", "/" + "x" * 200, {"json": DELAY}, "name"),
        ("PUT", "/a", {"json": []}, "object"), ("POST", "/file", {"data": b"\xff"}, "UTF-8"), ("POST", "/file", {"data": b"[["}, "TOML"),
        ("POST", "/preview", {"json": DELAY | {"name": "t", "when": "hots:x"}}, "hots"),
    ],
    ids=["a line missing", "no such action", "a long name", "a list", "not text", "not TOML", "a mistyped filter"],
)  # fmt: skip
def test_what_is_no_rule_is_told_and_changes_nothing(call, method, path, more, says):
    answer = call(method, path, **more)
    assert answer.status_code == 400
    assert says in answer.get_json()["detail"]
    assert names(call("GET")) == []


def test_who_sees_marks_may_send_them_back_and_learns_nothing(desk, programs):
    blind, seeing = programs("read", "rules"), programs("read", "rules", "secrets")
    seeing("PUT", "/key", json=SECRET)
    shown = blind("GET").get_json()
    assert "verysecretvalue" not in str(shown)
    again = blind("POST", json=shown)
    assert "verysecretvalue" not in again.get_data(as_text=True)
    rule = blind("GET", "/key").get_json()
    changed = blind("PUT", "/key", json=rule | {"when": "host:a.test"})
    assert "verysecretvalue" not in changed.get_data(as_text=True)
    assert "verysecretvalue" not in blind("POST", "/preview", json=rule).get_data(as_text=True)
    kept = seeing("GET", "/key").get_json()
    assert (kept["when"], kept["set"]) == ("host:a.test", SECRET["set"])
