"""Breakpoints in the dashboard: the queue, the form of a held message, and what everybody else is told."""

from __future__ import annotations

import gzip
import html
import io
import re
import time

import pytest
from web_fakes import made

from inspector.exchange.consulting import Draft
from inspector.exchange.held import Content, Row, Word, name_of
from inspector.exchange.model import Decision
from inspector.store.held import HeldMessages
from inspector.web.held.queue import EVERYTHING

EXCHANGE = bytes(15) + b"\x01"
NAME, ANSWERED = name_of(EXCHANGE, "request"), name_of(EXCHANGE, "response")
JSON = b'{"item":17,"password":"the-secret-word"}'
HEAD = (
    b"POST /basket?token=the-secret-token HTTP/1.1\r\nHost: shop.inspector.test\r\nContent-Type: application/json\r\nx-odd:   \xe9<b>\r\n"
    b"Cookie: session=the-secret-cookie\r\nContent-Length: 40\r\n\r\n"
)
RESPONSE = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Encoding: gzip\r\nContent-Length: 40\r\n\r\n"
PLAIN = Draft(HEAD, JSON)
PAGE = "<script>alert(1)</script>\r\nGrüße"
URL = "https://shop.inspector.test/basket?token=the-secret-token"


@pytest.fixture
def held(desk):
    table = HeldMessages(desk.run.parent)
    yield table
    for each in table.waiting():
        table.end(each.id, "gone", "browser-left")
    table.take(b"e" * 16)
    table.forget()
    table.close()


@pytest.fixture
def put(held):
    def putting(draft=PLAIN, moment="request", *, request=b"", rule="mine", exchange=EXCHANGE):
        now = time.time()
        row = Row(name_of(exchange, moment), exchange, moment, URL, "POST", rule, now - 3, now + 600, len(draft.body), draft.body_here)  # fmt: skip
        assert held.put(row, Content(draft, request), engine=b"e" * 16, worker=1)
        return row.id

    return putting


@pytest.fixture
def send(desk):
    """A signed-in browser that posts forms."""
    client = desk.signed_in()
    token = desk.token(client)

    def sending(address, **form):
        return client.post(address, data={"csrf_token": token} | form, content_type="multipart/form-data")

    sending.client = client
    return sending


def page(answer):
    return re.sub(r"\s+", " ", html.unescape(answer.get_data(as_text=True)))


def as_shown(send, name=NAME):
    """The form as a browser would send it back: every control with what stands in it."""
    text = send.client.get(f"/rules/breakpoints/{name}").get_data(as_text=True)
    form = text[text.index("data-held-message") : text.index("</form>", text.index("data-held-message"))]
    said: dict[str, object] = {}
    for tag in re.findall(r"<input[^>]+>", form):
        attributes = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if attributes.get("type") in ("hidden", "file") or (
            attributes.get("type") == "checkbox" and " checked" not in tag
        ):
            continue
        said.setdefault(attributes["name"], []).append(html.unescape(attributes["value"]))
    found = re.search(r"<textarea[^>]*>\n?(.*?)</textarea>", form, re.DOTALL)
    if found:
        said["text"] = html.unescape(found[1]).replace("\r\n", "\n").replace("\n", "\r\n")
    return {
        name: value[0] if isinstance(value, list) and not name.startswith("field_") else value
        for name, value in said.items()
    }


def taken(held):
    [word] = held.take(b"e" * 16)
    return word


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


def test_a_form_that_nobody_touched_changes_nothing_byte_for_byte(send, held, put):
    put()
    answer = send(f"/rules/breakpoints/{NAME}", do="edited", **as_shown(send))
    assert (answer.status_code, answer.location) == (303, f"/rules/breakpoints?done={NAME}")
    assert taken(held) == Word(NAME, "go-on", None)
    assert "it went on as it was. See the exchange" in re.sub(
        "<[^>]+>", "", page(send.client.get(answer.location))
    )


@pytest.mark.parametrize(
    ("changed", "gone", "there"),
    [
        ({"method": "PUT"}, b"POST ", b"PUT /basket?"),
        ({"url": "https://shop.inspector.test/other"}, b"/basket", b"POST /other HTTP/1.1\r\n"),
        ({"url": "http://127.0.0.1:5000/x?"}, b"POST /", b"POST http://127.0.0.1:5000/x? HTTP/1.1\r\n"),
        ({"text": "caf\xe9\r\n"}, JSON, "café\n".encode()),
        ({"field_on": ["1", "2", "3"]}, b"Cookie", b"x-odd:   \xe9<b>\r\n"),
    ],
)
def test_what_is_changed_in_the_form_goes_on_and_the_rest_stays_as_it_was(  # noqa: PLR0917
    send, held, put, changed, gone, there
):
    put()
    assert send(f"/rules/breakpoints/{NAME}", do="edited", **as_shown(send) | changed).status_code == 303
    draft = taken(held).draft
    whole = draft.head + draft.body
    assert gone not in whole
    assert there in whole
    assert b"x-odd:   \xe9<b>\r\n" in draft.head
    assert b"Content-Length" not in draft.head


def test_a_packed_response_is_edited_as_text_and_goes_on_unpacked(send, held, put):
    put(Draft(RESPONSE, gzip.compress(PAGE.encode())), "response", request=HEAD)
    shown = page(send.client.get(f"/rules/breakpoints/{ANSWERED}"))
    assert "A response, waiting for you" in shown
    assert "It came packed (gzip)." in shown
    assert "The request that it answers" in shown
    form = as_shown(send, ANSWERED)
    assert form["text"] == PAGE
    changed = {"text": form["text"].replace("alert", "print"), "status": "418", "reason": "I'm a teapot"}
    assert send(f"/rules/breakpoints/{ANSWERED}", do="edited", **form | changed).status_code == 303
    draft = taken(held).draft
    assert draft.head == b"HTTP/1.1 418 I'm a teapot\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    assert draft.body == PAGE.replace("alert", "print").encode()


@pytest.mark.parametrize(
    ("draft", "sentence"),
    [
        (Draft(HEAD, b"\x89PNG\r\n\x00\x00"), "It is no text."),
        (Draft(HEAD, b"", body_here=False), "only the head can be changed"),
        (Draft(RESPONSE.replace(b"HTTP/1.1 200 OK", b"POST / HTTP/1.1\r\nHost: a"), b"no gzip"), "can't be undone here"),
        (Draft(HEAD, b"x" * (513 << 10)), "too long to be edited here"),
    ],
)  # fmt: skip
def test_a_body_that_is_no_text_goes_on_as_it_is_or_a_file_takes_its_place(send, held, put, draft, sentence):
    put(draft)
    assert sentence in page(send.client.get(f"/rules/breakpoints/{NAME}"))
    form = as_shown(send)
    assert "text" not in form
    if draft.body_here:
        form["file"] = (io.BytesIO(b"\0new"), "new.bin")
    send(f"/rules/breakpoints/{NAME}", do="edited", **form)
    word = taken(held)
    assert (word.draft.body == b"\0new") if draft.body_here else word.draft is None


@pytest.mark.parametrize(
    ("changed", "key", "sentence"),
    [
        ({"method": "GE T"}, "method", "A method is one word"),
        ({"url": "https://shop.inspector.test/a b"}, "url", "no spaces"),
        ({"url": "ftp://a.test/"}, "url", "begins with http://"),
        ({"url": "https://[::1/"}, "url", "This is no address"),
        ({"url": "https://shop.inspector.test/#a"}, "url", "never leaves a browser"),
        ({"field_name": ["A B"], "field_value": ["1"], "field_on": ["1"]}, "fields", "can't be the name of a field"),
        ({"field_name": ["A"], "field_value": ["\u20ac"], "field_on": ["1"]}, "fields", "those of Latin-1"),
        ({"field_name": ["Content-Length"], "field_value": ["0"], "field_on": ["1"]}, "fields", "says where the message ends"),
        ({"field_name": ["A"], "field_value": ["x\ny"], "field_on": ["1"]}, "fields", "control characters or line ends"),
        ({"field_name": ["Host", "Host"], "field_value": ["a", "b"], "field_on": ["1", "2"]}, "", "This can't go on"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_at_its_place_and_nothing_typed_is_lost(send, held, put, changed, key, sentence):  # noqa: PLR0917
    put()
    typed = as_shown(send) | changed | {"text": "typed <by> hand"}
    answer = send(f"/rules/breakpoints/{NAME}", do="edited", **typed)
    shown = page(answer)
    assert answer.status_code == 422
    assert sentence in shown
    assert not key or f'id="wrong-{key}"' in shown
    assert "typed <by> hand" in shown
    assert held.waiting()


def test_json_is_indented_on_request_and_only_if_it_is_json(send, held, put):
    put()
    shown = page(
        send(
            f"/rules/breakpoints/{NAME}",
            do="pretty",
            **as_shown(send) | {"text": '{"a":[1]}', "method": "PATCH"},
        )
    )
    assert '{ "a": [ 1 ] }' in shown
    assert 'value="PATCH"' in shown
    answer = send(f"/rules/breakpoints/{NAME}", do="pretty", **as_shown(send) | {"text": '{"a":'})
    assert "This is not JSON:" in page(answer)
    assert held.waiting()


def test_somebody_may_answer_in_the_sites_place(send, held, put):
    put()
    answer = {"answer_status": "404", "answer_reason": "Not Here", "answer_name": ["A"], "answer_value": ["1"], "answer_on": ["1"], "answer_text": "no\r\n"}  # fmt: skip
    wrong = send(f"/rules/breakpoints/{NAME}", do="answer", **answer | {"answer_status": "99"})
    assert wrong.status_code == 422
    assert "A status is a number from 200 to 599, not 99." in page(wrong)
    assert 'value="Not Here"' in page(wrong)
    assert send(f"/rules/breakpoints/{NAME}", do="answer", **answer).status_code == 303
    assert taken(held) == Word(NAME, "answer", Draft(b"HTTP/1.1 404 Not Here\r\nA: 1\r\n\r\n", b"no\n"))


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


def test_before_an_audience_secrets_are_stars_that_go_on_as_what_they_are(send, held, put):
    put()
    send("/preferences", presenter="on")
    for address in ("/rules/breakpoints", f"/rules/breakpoints/{NAME}"):
        shown = page(send.client.get(address))
        assert "the-secret" not in shown
        assert "***" in shown
    form = as_shown(send)
    assert "the-secret" not in str(form)
    changed = {"method": "PUT", "text": form["text"].replace("17", "18")}
    assert send(f"/rules/breakpoints/{NAME}", do="edited", **form | changed).status_code == 303
    draft = taken(held).draft
    assert draft.body == JSON.replace(b"17", b"18")
    assert draft.head.startswith(b"PUT /basket?token=the-secret-token HTTP/1.1\r\n")
    assert b"Cookie: session=the-secret-cookie\r\n" in draft.head


def test_hostile_bytes_stand_in_the_form_as_text(send, put):
    put(
        Draft(
            HEAD.replace(b"<b>", b'"><script>alert(1)</script>\x80\x9f'),
            b"</textarea><script>alert(2)</script>",
        )
    )
    raw = send.client.get(f"/rules/breakpoints/{NAME}").get_data(as_text=True)
    assert "<script>alert" not in raw
    form = as_shown(send)
    assert form["field_value"][2] == '\xe9"><script>alert(1)</script>\x80\x9f'
    assert form["text"] == "</textarea><script>alert(2)</script>"


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


# -- the API


@pytest.fixture
def call(desk):
    """A signed-in browser that speaks JSON."""
    client = desk.signed_in()
    headers = {"X-CSRF-Token": desk.token(client)}

    def calling(body=None, name=""):
        address = f"/api/v1/held/{name}".rstrip("/")
        return client.get(address) if body is None else client.post(address, json=body, headers=headers)

    calling.client, calling.headers = client, headers
    return calling


def test_programs_see_what_waits_and_decide_once(call, held, put):
    put(Draft(RESPONSE, gzip.compress(b"<p>hello")), "response", request=HEAD)
    [line] = call().get_json()["held"]
    assert (line["id"], line["moment"], line["state"], line["became"]) == (
        ANSWERED,
        "response",
        "waiting",
        "",
    )
    one = call(name=ANSWERED).get_json()
    assert one["text"] == "<p>hello"
    assert one["head"].startswith("HTTP/1.1 200 OK\r\n")
    assert one["request"].startswith("POST /basket")
    known = call.client.get("/api/v1/changes").get_json()["held"]
    assert known == {"count": 1, "waiting": {EXCHANGE.hex(): ANSWERED}}
    answer = call({"do": "go-on", "text": "<p>bye"}, ANSWERED)
    assert answer.get_json()["became"] == "It went on as it was changed here."
    late = call({"do": "drop"}, ANSWERED)
    assert late.status_code == 409
    assert "changed here" in late.get_json()["detail"]
    draft = taken(held).draft
    assert (draft.body, b"Content-Encoding" in draft.head) == (b"<p>bye", False)
    assert call(name="nothing").status_code == 404
    assert call({"do": "drop"}, "nothing").status_code == 404


@pytest.mark.parametrize(
    ("asked", "word"),
    [
        ({"do": "go-on"}, Word(NAME, "go-on")),
        ({"do": "drop", "head": "ignored"}, Word(NAME, "drop")),
        ({"do": "go-on", "head": "GET / HTTP/1.1\nHost: a.test"}, Word(NAME, "go-on", Draft(b"GET / HTTP/1.1\r\nHost: a.test\r\n\r\n", JSON))),
        ({"do": "go-on", "body": "AP8="}, Word(NAME, "go-on", Draft(HEAD, b"\x00\xff"))),
        ({"do": "answer", "head": "HTTP/1.1 204 Nothing"}, Word(NAME, "answer", Draft(b"HTTP/1.1 204 Nothing\r\n\r\n"))),
    ],
)  # fmt: skip
def test_a_decision_of_a_program(call, held, put, asked, word):
    put()
    assert call(asked, NAME).status_code == 200
    assert taken(held) == word


@pytest.mark.parametrize(
    "asked",
    [
        {}, {"do": "explode"}, {"do": "go-on", "body": "?"}, {"do": "go-on", "head": "GET / HTTP/1.1\nHost: \u20ac"}, {"do": "answer"},
        {"do": "answer", "head": "GET / HTTP/1.1"}, {"do": "go-on", "head": "x"},
    ],
)  # fmt: skip
def test_what_is_no_message_is_refused_and_the_message_still_waits(call, held, put, asked):
    put()
    assert call(asked, NAME).status_code == 400
    assert held.waiting()


def test_programs_decide_about_all_at_once(call, held, put):
    put(rule="mine")
    put(exchange=bytes(15) + b"\x02", rule="other")
    assert call({"do": "go-on", "rule": "mine"}).get_json() == {"decided": 1}
    assert call({"do": "drop"}).get_json() == {"decided": 1}


def test_programs_of_a_presenter_see_no_secret_and_put_it_back(call, held, put):
    put()
    call.client.post("/preferences", json={"presenter": "on"}, headers=call.headers)
    one = call(name=NAME)
    assert "the-secret" not in one.get_data(as_text=True)
    asked = one.get_json()
    assert asked["body"] is None
    call({"do": "go-on", "head": asked["head"].replace("POST", "PUT"), "text": asked["text"]}, NAME)
    draft = taken(held).draft
    assert draft == Draft(HEAD.replace(b"POST", b"PUT"), JSON)
