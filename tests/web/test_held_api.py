"""Breakpoints for programs."""

from __future__ import annotations

import gzip

import pytest
from holding import ANSWERED, EXCHANGE, HEAD, JSON, NAME, RESPONSE, held, put, taken

from inspector.exchange.consulting import Draft
from inspector.exchange.held import Word

__all__ = ["held", "put"]  # fixtures


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
    assert known == {
        "count": 1,
        "waiting": {EXCHANGE.hex(): ANSWERED},
        "until": {ANSWERED: line["until"]},
    }
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
        {}, {"do": "explode"}, {"do": "wait", "seconds": 0}, {"do": "wait", "seconds": 3601}, {"do": "go-on", "body": "?"}, {"do": "go-on", "head": "GET / HTTP/1.1\nHost: \u20ac"}, {"do": "answer"},
        {"do": "answer", "head": "GET / HTTP/1.1"}, {"do": "go-on", "head": "x"},
    ],
)  # fmt: skip
def test_what_is_no_message_is_refused_and_the_message_still_waits(call, held, put, asked):
    put()
    assert call(asked, NAME).status_code == 400
    assert held.waiting()


def test_a_program_gives_a_message_more_time(call, held, put):
    put()
    [before] = held.waiting()
    told = call({"do": "wait", "seconds": 60}, NAME).get_json()
    assert (told["state"], told["until"]) == ("waiting", before.until + 60)
    assert call({"do": "wait"}, NAME).get_json()["until"] == before.until + 660
    call({"do": "drop"}, NAME)
    late = call({"do": "wait"}, NAME)
    assert late.status_code == 409
    assert "It was dropped" in late.get_json()["detail"]


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
