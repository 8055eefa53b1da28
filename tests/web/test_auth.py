"""Signing in: links work once, sessions outlive a restart, two dashboards don't share a cookie."""

from __future__ import annotations

import stat
import time

import pytest

from inspector.web import tickets
from inspector.web.tickets import Keys, sign_in_url


def test_a_link_signs_in_and_goes_on_by_itself(desk):
    client = desk.visitor()
    answer = client.get("/sign-in", query_string={"ticket": desk.keys.mint()})
    assert answer.status_code == 200
    assert 'http-equiv="refresh" content="0; url=/"' in answer.get_data(as_text=True)
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith(f"inspector-session-{desk.keys.home_id}=")
    for attribute in ("HttpOnly", "SameSite=Strict", "Path=/", "Expires="):
        assert attribute in cookie
    assert "Domain" not in cookie
    assert client.get("/traffic").status_code == 200


def test_a_used_link_says_so_and_how_to_get_another(desk):
    ticket = desk.keys.mint()
    desk.visitor().get("/sign-in", query_string={"ticket": ticket})
    answer = desk.visitor().get("/sign-in", query_string={"ticket": ticket})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 403
    assert "has been used" in page
    assert "inspector open" in page
    assert "Set-Cookie" not in answer.headers


def test_a_used_link_still_leads_who_is_signed_in_to_the_dashboard(desk, browser):
    ticket = desk.keys.mint()
    desk.visitor().get("/sign-in", query_string={"ticket": ticket})
    assert browser.get("/sign-in", query_string={"ticket": ticket}).status_code == 303


@pytest.mark.parametrize("ticket", ["", "x", "a.b.c", "ImFiYyI.abc.def", "\x00", "../../etc/passwd"])
def test_a_wrong_link_is_refused(desk, ticket):
    assert desk.visitor().get("/sign-in", query_string={"ticket": ticket}).status_code == 403


def test_a_link_of_another_home_is_refused(desk, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    ticket = Keys.load_or_create(other).mint()
    assert desk.visitor().get("/sign-in", query_string={"ticket": ticket}).status_code == 403


def test_an_old_link_is_refused(desk, monkeypatch):
    ticket = desk.keys.mint()
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + tickets.LIFETIME + 5)
    page = desk.visitor().get("/sign-in", query_string={"ticket": ticket}).get_data(as_text=True)
    assert "too old" in page


@pytest.mark.parametrize("look", [{"method": "HEAD"}, {"headers": {"Sec-Purpose": "prefetch;prerender"}}])
def test_looking_at_a_link_does_not_use_it_up(desk, look):
    ticket = desk.keys.mint()
    client = desk.visitor()
    assert client.open("/sign-in", query_string={"ticket": ticket}, **look).status_code == 204
    assert client.get("/sign-in", query_string={"ticket": ticket}).status_code == 200


def test_a_ticket_is_good_for_one_of_many(desk):
    ticket = desk.keys.mint()
    outcomes = [Keys.load_or_create(desk.run).redeem(ticket) for _ in range(5)]
    assert outcomes == ["good", "used", "used", "used", "used"]


def test_the_secret_is_its_owners_alone_and_stays(tmp_path):
    first = Keys.load_or_create(tmp_path)
    path = tmp_path / "web-secret"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    again = Keys.load_or_create(tmp_path)
    assert again.session_key == first.session_key
    assert again.redeem(first.mint()) == "good"
    assert list(tmp_path.glob(".web-secret*")) == []


def test_a_damaged_secret_is_made_anew(tmp_path):
    (tmp_path / "web-secret").write_text("not hexadecimal")
    assert len(Keys.load_or_create(tmp_path).session_key) == 32


def test_two_homes_have_two_cookies(tmp_path):
    names = set()
    for name in "ab":
        (tmp_path / name).mkdir()
        names.add(Keys.load_or_create(tmp_path / name).cookie_name)
    assert len(names) == 2
    assert all(name.startswith("inspector-session-") and len(name) == 26 for name in names)


def test_another_process_prints_a_link_with_nothing_but_the_home(desk):
    url = sign_in_url(desk.run, "http://inspector.localhost:8081/")
    assert url.startswith("http://inspector.localhost:8081/sign-in?ticket=")
    assert desk.visitor().get(url.removeprefix("http://inspector.localhost:8081")).status_code == 200


def test_expired_tickets_are_swept(tmp_path, monkeypatch):
    keys = Keys.load_or_create(tmp_path)
    keys.redeem(keys.mint())
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + tickets.LIFETIME + 120)
    keys.redeem(keys.mint())
    assert len(list((tmp_path / "used-tickets").iterdir())) == 1


def test_a_forged_session_is_no_session(desk):
    client = desk.visitor()
    client.set_cookie(
        desk.keys.cookie_name, "eyJpbiI6dHJ1ZX0.abcdef.abcdefghijk", domain="inspector.localhost"
    )
    assert client.get("/traffic").status_code == 401


def test_signing_out_ends_it(desk):
    client = desk.signed_in()
    answer = client.post("/sign-out", headers={"X-CSRF-Token": desk.token(client)})
    assert answer.status_code == 200
    assert client.get("/traffic").status_code == 401


def test_pages_opened_at_once_share_one_token(desk):
    client = desk.signed_in()
    kept = client.get_cookie(desk.keys.cookie_name, domain="inspector.localhost")
    first = desk.token(client)
    client.set_cookie(
        desk.keys.cookie_name, kept.value, domain="inspector.localhost"
    )  # as the other page still has it
    assert desk.token(client) == first
