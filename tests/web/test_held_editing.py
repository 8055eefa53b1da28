"""A held message as a form: what is shown of it, what goes on in its place, and what is refused."""

from __future__ import annotations

import gzip
import io
import re

import pytest
from holding import ANSWERED, HEAD, JSON, NAME, PAGE, RESPONSE, as_shown, held, page, put, send, taken

from inspector.exchange.consulting import Draft
from inspector.exchange.held import Word

__all__ = ["held", "put", "send"]  # fixtures


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
