"""Breakpoints in the dashboard: the queue, its rules, and what every other page says of what waits."""

from __future__ import annotations

import time

import pytest
from holding import EXCHANGE, NAME, as_shown, held, page, put, send, taken
from web_fakes import made

from inspector.exchange.held import Word
from inspector.exchange.model import Decision
from inspector.web.held.queue import EVERYTHING

__all__ = ["held", "put", "send"]  # fixtures


def test_without_breakpoints_the_page_says_what_they_are(send):
    shown = page(send.client.get("/rules/breakpoints"))
    assert "A breakpoint keeps a message here, between browser and site" in shown
    assert "nothing is held: there is no breakpoint that is on" in shown
    assert "The dashboard itself never waits" in shown


def test_what_waits_stands_in_the_queue_in_every_title_in_the_navigation_and_over_the_list(send, put):
    put()
    queue = page(send.client.get("/rules/breakpoints"))
    assert "<title>(1) Breakpoints · Inspector</title>" in queue
    assert "<b>POST</b> https://shop.inspector.test/basket" in queue
    assert "by “mine”. Goes on by itself in <span data-held-until=" in queue
    traffic = page(send.client.get("/traffic"))
    assert "<title>(1) Traffic · Inspector</title>" in traffic
    assert "One message waits</span> for you at a breakpoint" in traffic
    assert " (<span data-held-number>1</span>" in traffic
    part = page(send.client.get("/rules/breakpoints", headers={"X-Inspector-Part": "1"}))
    assert "held-queue" in part
    assert "<title>" not in part


def test_of_two_tabs_the_second_is_told_and_changes_nothing(send, held, put):
    put()
    form = as_shown(send)
    assert send(f"/rules/breakpoints/{NAME}", do="drop").status_code == 303
    late = send(f"/rules/breakpoints/{NAME}", do="edited", **form | {"method": "PUT"})
    assert late.status_code == 409
    assert "You were too late" in page(late)
    assert "It was dropped: the connection ended." in page(late)
    assert taken(held) == Word(NAME, "drop", None)
    assert send.client.get(f"/rules/breakpoints/{NAME}").status_code == 200
    assert send.client.get("/rules/breakpoints/0-request").status_code == 404


@pytest.mark.parametrize(
    ("state", "decision", "sentence"),
    [
        ("gone", "browser-left", "The browser gave up"),
        ("lost", "engine-ended", "Inspector's engine was started again while this waited"),
        ("lost", "engine-stopped", "Inspector was stopped while this waited"),
        ("decided", "timed-out", "Nobody decided in time"),
    ],
)
def test_what_became_of_it_stands_on_its_page_and_on_the_exchange(send, held, put, state, decision, sentence):  # noqa: PLR0917
    held.end(put(), state, decision)
    assert sentence in page(send.client.get(f"/rules/breakpoints/{NAME}"))
    shown = page(send.client.get(f"/exchange/{EXCHANGE.hex()}"))
    assert (sentence in shown) is (state == "lost")


def test_an_exchange_that_waits_leads_to_its_message(send, put):
    put()
    shown = page(send.client.get(f"/exchange/{EXCHANGE.hex()}"))
    assert f'href="/rules/breakpoints/{NAME}"' in shown
    assert "waiting for you" in shown
    listed = page(send.client.get("/traffic"))
    assert "waiting for you" in listed


def test_the_time_that_it_waits_or_waited_is_nobody_elses(desk, send, put):
    noted = (Decision("held", "the request waited 2.000 s", "mine", 2.5),)
    desk.captures.add(made(1, duration=3.0, decisions=noted))
    shown = page(send.client.get(f"/exchange/{EXCHANGE.hex()}?tab=timing"))
    assert "in 3.00 s (2.00 s of that it waited for you at a breakpoint)" in shown
    assert "2.00 s of it was spent at a breakpoint, waiting for you." in shown
    row = shown[shown.index("</span>Waiting for you, the request") :]
    assert '<td class="number">2.00 s</td> <td class="number muted phase-began">500 ms</td>' in row
    desk.captures.add(made(1, state="open", duration=None, started=time.time() - 5))
    put()
    shown = page(send.client.get(f"/exchange/{EXCHANGE.hex()}?tab=timing"))
    row = shown[shown.index("</span>Waiting for you, the request") :]
    assert row.index(">still<") < row.index("Looking up the name")


def test_a_breakpoint_is_made_from_a_filter_turned_off_with_all_that_it_holds_and_removed(
    desk, send, held, put
):
    made = send("/rules/breakpoints/new", when="host:shop.test", side="both")
    assert made.status_code == 303
    assert "In force: Hold host:shop.test." in page(send.client.get(made.location))
    [rule] = desk.settings.read()["rules"]
    assert rule == {"name": "Hold host:shop.test", "when": "host:shop.test", "do": "hold", "side": "both"}
    put(rule=rule["name"])
    assert send(f"/rules/breakpoints/{NAME}", do="stop").status_code == 303
    assert taken(held) == Word(NAME, "go-on", None)
    assert desk.settings.read()["rules"][0]["on"] is False
    send("/rules/breakpoints/new", when="host:shop.test", side="both")
    assert [each.get("on", True) for each in desk.settings.read()["rules"]] == [True]
    put(rule=rule["name"])
    send("/rules/breakpoints/rule", name=rule["name"], remove="1")
    assert desk.settings.read()["rules"] == []
    assert held.waiting() == ()


def test_a_message_is_given_more_time_from_the_queue_and_from_its_form_which_keeps_what_was_typed(
    send, held, put
):
    put()
    [before] = held.waiting()
    form = as_shown(send)
    shown = send(f"/rules/breakpoints/{NAME}", do="longer", **form | {"method": "PUT"})
    assert 'name="method" value="PUT"' in page(shown)
    assert f'data-held-until="{before.until + 600}"' in page(shown)
    assert send(f"/rules/breakpoints/{NAME}/longer").status_code == 303
    assert held.waiting() == (before._replace(until=before.until + 1200),)
    held.decide(NAME, "drop")
    assert "You were too late" in page(send(f"/rules/breakpoints/{NAME}", do="longer", **form))
    assert "it was dropped" in page(
        send.client.get(send(f"/rules/breakpoints/{NAME}/longer").headers["Location"])
    )
    assert send("/rules/breakpoints/0-request/longer").status_code == 303


MINE = {"name": "mine", "when": "path:/a", "do": "hold"}
OTHER = {"name": "other", "when": "path:/b", "do": "hold"}


@pytest.mark.parametrize(
    ("method", "address", "sent"),
    [
        ("post", "/rules", {"data": {"name": "mine", "switch": "off"}}),
        ("post", "/rules", {"data": {"name": "mine", "remove": "1"}}),
        ("post", "/rules/save", {"data": {"name": "mine", "instead_of": "mine", "do": "hold", "when": "path:/c", "p-side": "request"}}),
        ("post", "/rules/file", {"data": {"text": '[[rule]]\nname = "mine"\ndo = "block"'}}),
        ("put", "/api/v1/rules/mine", {"json": MINE | {"name": "new"}}),
        ("put", "/api/v1/rules/mine", {"json": MINE | {"timeout": "2s"}}),
        ("patch", "/api/v1/rules/mine", {"json": {"on": False}}),
        ("delete", "/api/v1/rules/mine", {}),
        ("post", "/api/v1/rules", {"json": {"rules": [OTHER]}}),
        ("post", "/api/v1/rules/file", {"data": '[[rule]]\nname = "mine"\non = false\ndo = "hold"', "content_type": "application/toml"}),
    ],
)  # fmt: skip
def test_wherever_a_breakpoint_ends_what_it_holds_goes_on_and_nothing_else(  # noqa: PLR0917
    desk, send, held, put, method, address, sent
):
    headers = {"X-CSRF-Token": desk.token(send.client)}
    desk.settings.set("rules", [MINE, OTHER])
    put()
    put(rule="other", exchange=bytes(15) + b"\x02")
    for unchanged in (MINE, {"name": "third", "do": "block"}):
        send.client.put(f"/api/v1/rules/{unchanged['name']}", json=unchanged, headers=headers)
    assert len(held.waiting()) == 2
    answer = getattr(send.client, method)(address, headers=headers, **sent)
    assert answer.status_code in (200, 303)
    assert [each.rule for each in held.waiting()] == ["other"]
    assert taken(held) == Word(NAME, "go-on", None)


def test_what_came_while_a_breakpoint_was_turned_off_goes_on_when_it_is_turned_off_again(
    desk, send, held, put
):
    desk.settings.set("rules", [MINE | {"on": False}])
    put()
    send(f"/rules/breakpoints/{NAME}", do="stop")
    assert held.waiting() == ()


def test_a_filter_that_is_none_is_told_at_its_place(send):
    answer = send("/rules/breakpoints/new", when="hst:x", side="request")
    assert answer.status_code == 422
    assert "There is no field “hst”." in page(answer)
    assert 'value="hst:x"' in page(answer)


def test_everything_is_held_and_let_go_together(desk, send, held, put):
    send("/rules/breakpoints/everything", on="1")
    [rule] = desk.settings.read()["rules"]
    assert (rule["name"], rule["do"], rule.get("when", "")) == (EVERYTHING, "hold", "")
    assert "Every request waits here now." in page(send.client.get("/rules/breakpoints"))
    put(rule=EVERYTHING)
    send("/rules/breakpoints/everything", on="0")
    assert held.waiting() == ()
    put()
    put(exchange=bytes(15) + b"\x02")
    done = send("/rules/breakpoints/all", do="go-on")
    assert "2 messages went on." in page(send.client.get(done.location))
    assert held.waiting() == ()


def test_an_exchange_offers_to_hold_such_requests(send):
    shown = page(send.client.get(f"/exchange/{EXCHANGE.hex()}"))
    assert "/rules/breakpoints?when=method:GET+host:%3Dshop.inspector.test+path:%3D/cart" in shown
    offered = page(
        send.client.get("/rules/breakpoints?when=method:GET+host:%3Dshop.inspector.test+path:%3D/cart")
    )
    assert 'value="method:GET host:=shop.inspector.test path:=/cart"' in offered


@pytest.mark.parametrize(
    ("client", "headers", "status"),
    [
        ("visitor", {}, 401),
        ("signed_in", {"Host": "rebound.example:8081"}, 421),
        ("signed_in", {"Origin": "http://evil.example"}, 403),
        ("signed_in", {"X-CSRF-Token": "another"}, 403),
        ("signed_in", {"Sec-Fetch-Site": "cross-site"}, 403),
    ],
)
def test_nobody_else_decides(desk, held, put, client, headers, status):  # noqa: PLR0917
    put()
    token = desk.token(desk.signed_in())
    asking = getattr(desk, client)()
    answer = asking.post(
        f"/rules/breakpoints/{NAME}", data={"do": "drop"}, headers={"X-CSRF-Token": token} | headers
    )
    assert answer.status_code == status
    assert held.waiting()
