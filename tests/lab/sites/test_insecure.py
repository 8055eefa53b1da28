"""The insecure twin has each mistake that it says it has, and its insecurity stays at home."""

from __future__ import annotations

import re
import time

import pytest

SITE = "http://insecure.inspector.test"


def log_in(visitor, login="ada", password="correct horse", site=SITE):
    return visitor.post(f"{site}/log-in", {"login": login, "password": password})


def coins(visitor, site=SITE):
    return int(re.search(r"<strong>(\d+)</strong> coins", visitor.get(f"{site}/account").text)[1])


def test_each_page_says_that_it_is_insecure_on_purpose(visitor, scheme):
    for path in ("/", "/log-in", "/members", "/send"):
        assert "Insecure on purpose" in visitor.get(f"{scheme}://insecure.inspector.test{path}").text


def test_passwords_are_kept_as_they_were_typed(visitor):
    visitor.post(f"{SITE}/register", {"login": "eve", "password": "s3cret"})
    assert "<mark>s3cret</mark>" in visitor.get(f"{SITE}/members").text


def test_the_session_can_be_fixed_by_an_attacker(visitor, practice):
    visitor.get(f"{SITE}/log-in?sid=known-to-mallory")
    log_in(visitor)
    with practice.visitor() as mallory:
        assert "100" in mallory.get(f"{SITE}/account?sid=known-to-mallory").text


def test_without_such_a_link_others_are_not_logged_in(visitor, practice):
    log_in(visitor)
    with practice.visitor() as other:
        assert other.get(f"{SITE}/account").url == f"{SITE}/log-in"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_coins_are_sent_by_any_form_and_any_link(visitor, method):
    log_in(visitor)
    visitor.request(method, f"{SITE}/send", params={"to": "mallory", "coins": "30"})
    assert coins(visitor) == 70


@pytest.mark.parametrize(
    "fields",
    [
        {"to": "nobody", "coins": "1"},
        {"to": "grace", "coins": "101"},
        {"to": "grace", "coins": "-5"},
        {"to": "grace", "coins": "²"},
        {},
    ],
)
def test_what_cannot_be_sent_is_not(visitor, fields):
    log_in(visitor)
    assert visitor.post(f"{SITE}/send", fields).status_code == 422
    assert coins(visitor) == 100


def test_the_cookie_may_be_had_by_anybody(visitor, scheme):
    got = visitor.post(
        f"{scheme}://insecure.inspector.test/log-in",
        {"login": "ada", "password": "correct horse"},
        allow_redirects=False,
    )
    cookie = got.headers["Set-Cookie"]
    assert "HttpOnly" not in cookie
    assert ("SameSite=None" in cookie) == (scheme == "https")


@pytest.mark.parametrize("login", ["ada' --", "nobody' OR 1=1 --", "x' UNION SELECT 'grace' --"])
def test_sql_can_be_typed_into_the_name(visitor, login):
    assert "coins" in log_in(visitor, login, "").text


@pytest.mark.parametrize(
    "login",
    [
        "'; DROP TABLE people; --",
        "x' UNION SELECT load_extension('x') --",
        "x' UNION SELECT hex(zeroblob(200000)) --",
        "'",
    ],
)
def test_and_does_no_harm(visitor, login):
    assert log_in(visitor, login, "").status_code == 500
    assert coins_of_all(visitor) == 350


def test_nor_takes_long(visitor):
    began = time.monotonic()
    log_in(
        visitor,
        "x' UNION SELECT (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT MAX(i) FROM n) --",
        "",
    )
    assert time.monotonic() - began < 10
    assert coins_of_all(visitor) == 350


def coins_of_all(visitor):
    return sum(int(each) for each in re.findall(r"<td>(\d+)</td></tr>", visitor.get(f"{SITE}/members").text))


def test_it_says_who_is_a_member(visitor):
    assert "The password is wrong." in log_in(visitor, "ada", "x").text
    assert "There is nobody called eve." in log_in(visitor, "eve", "x").text


def test_any_origin_may_read_the_balance(visitor):
    log_in(visitor)
    got = visitor.get(f"{SITE}/balance.json", headers={"Origin": "http://elsewhere.test"})
    assert got.headers["Access-Control-Allow-Origin"] == "http://elsewhere.test"
    assert got.json() == {"login": "ada", "coins": 100}


def test_members_and_sessions_have_an_end(visitor, monkeypatch):
    monkeypatch.setattr("inspector.lab.sites.insecure.views._MOST_PEOPLE", 5)
    monkeypatch.setattr("inspector.lab.sites.insecure.views._MOST_SESSIONS", 2)
    for number in range(6):
        last = visitor.post(
            f"{SITE}/register", {"login": f"m{number}", "password": "x"}, allow_redirects=False
        )
    assert last.status_code == 409


def test_log_out_and_reset(visitor):
    log_in(visitor)
    visitor.get(f"{SITE}/send?to=grace&coins=1")
    visitor.get(f"{SITE}/log-out")
    assert visitor.get(f"{SITE}/account").url == f"{SITE}/log-in"
    visitor.post(f"{SITE}/reset")
    log_in(visitor)
    assert coins(visitor) == 100
