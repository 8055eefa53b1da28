"""The tour: five stops on pages that exist anyway, left at any time, and an exchange of one's own at its end."""

from __future__ import annotations

import re

import pytest
from web_fakes import made, number

from inspector.store.database import StoreProblem
from inspector.web.tour import STOPS


def go(desk, browser, to, **more):
    return browser.post("/tour", data={"to": str(to), "csrf_token": desk.token(browser)} | more)


def text(browser, address):
    return browser.get(address).get_data(as_text=True)


def stop_on(page):
    """The number of the stop that a page shows."""
    found = re.search(r"The tour, (\d) of (\d)", page)
    return int(found[1]) if found else None


def test_nobody_is_taken_on_it_unasked(browser):
    page = text(browser, "/start")
    assert stop_on(page) is None
    assert "Take the tour" in page


def test_it_is_short():
    assert len(STOPS) <= 5


def test_each_stop_leads_to_its_page(desk, browser):
    newest = number(2).hex()
    expected = [
        "/start",
        "/traffic",
        *(f"/exchange/{newest}?tab={tab}" for tab in ("story", "messages", "sees")),
    ]
    for n, address in enumerate(expected, 1):
        answer = go(desk, browser, n)
        assert (answer.status_code, answer.location) == (303, address)
        page = text(browser, address)
        assert stop_on(page) == n
        assert STOPS[n - 1].title in page


def test_without_an_exchange_it_waits_at_the_list(desk, browser):
    desk.captures.__init__()
    assert go(desk, browser, 3).location == "/traffic"
    page = text(browser, "/traffic")
    assert stop_on(page) == 2
    assert "Nothing is here yet." in page


def test_it_chooses_a_page_over_what_came_last(desk, browser):
    desk.captures.__init__(
        made(1),
        made(2, resource="image"),
        made(3, fault="dns-unknown", state="failed"),
        made(4, kind="tunnel", status=0),
    )
    assert number(1).hex() in go(desk, browser, 3).location


def test_it_takes_what_there_is(desk, browser):
    desk.captures.__init__(made(1, resource="image"))
    assert number(1).hex() in go(desk, browser, 3).location


def test_elsewhere_it_offers_the_way_back(desk, browser):
    go(desk, browser, 2)
    assert "Go there" in text(browser, "/set-up")


def test_it_is_left_at_any_stop_and_stays_left(desk, browser):
    go(desk, browser, 2)
    assert go(desk, browser, 0).location == "/start"
    page = text(browser, "/start")
    assert stop_on(page) is None
    assert "Take the tour again" in page


def test_its_end_leads_to_the_list(desk, browser):
    go(desk, browser, 5)
    assert go(desk, browser, 0, ended="1").location == "/traffic"


@pytest.mark.parametrize("asked", ["", "6", "-1", "x", "1.5"])
def test_other_stops_are_none(desk, browser, asked):
    assert go(desk, browser, asked).location == "/start"
    assert stop_on(text(browser, "/start")) is None


def test_it_breaks_no_page_while_the_captures_are_out_of_reach(desk, browser):
    go(desk, browser, 2)
    desk.captures.fails = StoreProblem("The index is being made anew.")
    assert browser.get("/learn/glossary").status_code == 200


def test_a_stranger_sees_nothing_of_it(desk):
    assert desk.visitor().post("/tour", data={"to": "1"}).status_code == 401
