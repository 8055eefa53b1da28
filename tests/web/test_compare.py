"""Compare: two exchanges, the two sides of one, several answers; as pages and as JSON."""

from __future__ import annotations

import gzip
import html
import json
import re
from typing import Any

import msgspec
import pytest
from flask.testing import FlaskClient
from web_fakes import made, message, number, with_response

from inspector.exchange.model import Body, Exchange
from inspector.web.comparing.bodies import Taken, compare_bodies

A, B = number(1).hex(), number(2).hex()


def words(page: str) -> str:
    text = re.sub(r"<(script|style)\b.*?</\1>", "", page, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def answered(n: int, body: bytes, *fields: str, media: str = "application/json", **changes: Any) -> Exchange:
    return with_response(message("HTTP/1.1 200 OK", f"Content-Type: {media}", *fields, body=body), n, **changes)  # fmt: skip


def sentence(browser: FlaskClient, address: str) -> str:
    told = browser.get(f"/api/v1{address}").json
    assert told is not None
    return told["sentence"]


def test_two_alike_are_said_to_be_alike(browser: FlaskClient) -> None:
    said = sentence(browser, f"/compare?a={A}&b={B}")
    assert said == (
        "The requests are the same. Both were answered 200, and the responses are the same. "
        "They took about the same time, 24 ms and 24 ms."
    )


def test_what_differs_is_said_first_and_shown_beneath(browser: FlaskClient, desk: Any) -> None:
    desk.captures.add(answered(1, b'{"items":[{"id":"x","price":3}]}', "ETag: 1"))
    desk.captures.add(answered(2, b'{"items":[{"id":"x","price":4}]}', "ETag: 2", duration=0.9))
    page = browser.get(f"/compare?a={A}&b={B}").get_data(as_text=True)
    text = words(page)
    assert "the responses differ in the field ETag and the body. B took 876 ms longer" in text
    assert "items[id=x].price ≠ differs 3 4" in text
    assert f'href="/exchange/{A}"' in page


def test_another_answer_comes_first_in_the_sentence(browser: FlaskClient, desk: Any) -> None:
    other = with_response(message("HTTP/1.1 404 Not Found", body=b"gone"), 2, status=404, reason="Not Found")
    desk.captures.add(other)
    assert "A was answered 200, B 404; they also differ in" in sentence(browser, f"/compare?a={A}&b={B}")


def test_only_the_date_is_no_difference_worth_a_word(browser: FlaskClient, desk: Any) -> None:
    desk.captures.add(answered(1, b"x", "Date: 1", media="text/plain"))
    desk.captures.add(answered(2, b"x", "Date: 2", media="text/plain"))
    assert "the same but for when they were made" in sentence(browser, f"/compare?a={A}&b={B}")


def test_the_order_of_fields_counts_only_when_asked(browser: FlaskClient, desk: Any) -> None:
    desk.captures.add(answered(1, b"x", "One: 1", "Two: 2", media="text/plain"))
    desk.captures.add(answered(2, b"x", "two: 2", "One: 1", media="text/plain"))
    told = browser.get(f"/api/v1/compare?a={A}&b={B}").json
    assert told is not None
    assert told["response"]["same"]
    told = browser.get(f"/api/v1/compare?a={A}&b={B}&exact=1").json
    assert told is not None
    assert not told["response"]["same"]
    assert "capitals of fields count" in words(browser.get(f"/compare?a={A}&b={B}&exact=1").get_data(as_text=True))  # fmt: skip


def test_cookies_and_parameters_have_tables_of_their_own(browser: FlaskClient, desk: Any) -> None:
    one = made(1)
    assert one.client_leg is not None
    asked = message("GET /cart?item=18&new= HTTP/1.1", "Host: shop.inspector.test", "Cookie: a=1; b=2")
    desk.captures.add(made(2, client_leg=msgspec.structs.replace(one.client_leg, request=asked)))
    told = browser.get(f"/api/v1/compare?a={A}&b={B}").json
    assert told is not None
    assert [(row["name"], row["mark"]) for row in told["request"]["parameters"]] == [("item", "changed"), ("new", "new")]  # fmt: skip
    assert [(row["name"], row["mark"]) for row in told["request"]["cookies"]] == [("a", "new"), ("b", "new")]


def test_the_two_sides_of_an_exchange(browser: FlaskClient, desk: Any) -> None:
    one = made(1)
    assert one.server_leg is not None
    assert sentence(browser, f"/compare?a={A}&legs=1").startswith(
        "The request was passed on unchanged. The response"
    )
    passed = message("GET /cart?item=17 HTTP/1.1", "Host: shop.inspector.test", "Via: 1.1 inspector")
    desk.captures.add(made(1, server_leg=msgspec.structs.replace(one.server_leg, request=passed)))
    assert "passed on changed in the fields Accept, User-Agent and Via" in sentence(browser, f"/compare?a={A}&legs=1")  # fmt: skip
    desk.captures.add(made(2, server_leg=None))
    assert browser.get(f"/compare?a={B}&legs=1").status_code == 404


def test_one_before_at_the_same_address_is_found(browser: FlaskClient) -> None:
    page = browser.get(f"/compare?a=previous&b={B}").get_data(as_text=True)
    assert "Two exchanges, compared" in page
    answer = browser.get(f"/compare?a=previous&b={A}")
    assert answer.status_code == 404
    assert "No earlier request to the same address" in answer.get_data(as_text=True)


def test_an_exchange_is_marked_and_another_compared_with_it(browser: FlaskClient, desk: Any) -> None:
    answer = browser.post(
        "/compare/mark", data={"id": A, "next": "/traffic", "csrf_token": desk.token(browser)}
    )
    assert answer.status_code == 303
    assert f"/compare?a={A}&amp;b={B}" in browser.get(f"/exchange/{B}").get_data(as_text=True)
    assert browser.get(f"/compare?a=marked&b={B}").status_code == 200
    del desk.captures.exchanges[number(1)]
    assert browser.get(f"/compare?a=marked&b={B}").status_code == 404


def test_marking_wants_a_token(browser: FlaskClient) -> None:
    assert browser.post("/compare/mark", data={"id": A}).status_code in {400, 403}


def test_up_to_five_answers_stand_in_a_table(browser: FlaskClient, desk: Any) -> None:
    desk.captures.add(answered(1, b'{"a":1}'))
    desk.captures.add(answered(2, b'{"a":1}', "Vary: Accept"))
    desk.captures.add(answered(3, b'{"a":2}', status=304, reason="Not Modified"))
    ids = ",".join(number(n).hex() for n in (1, 2, 3))
    told = browser.get(f"/api/v1/compare?ids={ids}").json
    assert told is not None
    lines = {
        line["name"]: [(cell["words"], cell["differs"]) for cell in line["cells"]] for line in told["lines"]
    }
    assert lines["Body"] == [("the first", False), ("as A", False), ("1 value of the JSON differs.", True)]
    assert lines["Status"][2] == ("304 Not Modified", True)
    assert lines["Fields and cookies"][1] == ("with Vary", True)
    assert "3 answers, compared" in browser.get(f"/compare?ids={ids}").get_data(as_text=True)
    assert browser.get("/compare?ids=" + ",".join([A] * 6)).status_code == 400


@pytest.mark.parametrize("address", ["/compare", f"/compare?a={A}", f"/compare?b={A}"])
def test_where_one_is_missing_the_page_says_how_to_choose(browser: FlaskClient, address: str) -> None:
    answer = browser.get(address)
    assert answer.status_code == 200
    assert "marks one exchange" in words(answer.get_data(as_text=True))
    assert browser.get(f"/api/v1{address}").status_code == 400


def test_what_is_gone_is_said_to_be_gone(browser: FlaskClient, desk: Any) -> None:
    desk.captures.gone.add(number(2))
    assert browser.get(f"/compare?a={A}&b={B}").status_code == 410
    assert browser.get(f"/compare?a={A}&b=nonsense").status_code == 404


def test_captured_text_is_only_ever_text(browser: FlaskClient, desk: Any) -> None:
    evil = '"><script>alert(1)</script>'
    desk.captures.add(answered(1, evil.encode(), f"X: {evil}", media="text/html", path=f"/{evil}"))
    desk.captures.add(answered(2, b"<b>other</b>", "Y: 1", media="text/html"))
    for address in (
        f"/compare?a={A}&b={B}",
        f"/compare?a={A}&b={B}&exact=1&body=bytes",
        f"/compare?ids={A},{B}",
    ):
        page = browser.get(address).get_data(as_text=True)
        assert "<script>alert" not in page


def test_while_somebody_presents_no_secret_is_compared_aloud(browser: FlaskClient, desk: Any) -> None:
    desk.captures.add(answered(1, b'{"password":"hunter2-hunter2"}', "Set-Cookie: sid=abcdefgh12345678"))
    desk.captures.add(answered(2, b'{"password":"other-password"}', "Set-Cookie: sid=zyxwvuts87654321"))
    token = desk.token(browser)
    browser.post("/preferences", data={"presenter": "on", "csrf_token": token, "next": "/"})
    page = browser.get(f"/compare?a={A}&b={B}").get_data(as_text=True)
    for secret in ("hunter2", "other-password", "abcdefgh", "zyxwvuts"):
        assert secret not in page
    assert "password" in page


def taken(data: bytes, media: str = "text/plain") -> Taken:
    return Taken(data, media, "")


@pytest.mark.parametrize(
    ("a", "b", "way", "said"),
    [
        (taken(b""), taken(b""), "", "Neither has a body."),
        (taken(b"x"), taken(b""), "", "Only A has a body, of 1 B."),
        (taken(b"x"), taken(b"x"), "", "The bodies are the same, 1 byte."),
        (taken(b"a\nb"), taken(b"a\nc\nd"), "text", "1 line changed, 1 line only in B."),
        (taken(b'{"a":1}'), taken(b'{ "a": 1 }'), "structure", "The bodies say the same, written differently: white space or the order of members."),
        (taken(b'{"a":1}'), taken(b"[1"), "text", "1 line changed."),
        (taken(b"a=1&b=2", "application/x-www-form-urlencoded"), taken(b"b=2&a=3", "application/x-www-form-urlencoded"), "structure", "1 entry of the form differs."),
        (taken(b"\0\1\2"), taken(b"\0\1\3"), "bytes", "Of 3 bytes 1 byte differs in place, the first at 2."),
        (taken(b"\0\1\2"), taken(b"\0\1"), "bytes", "A has 3 bytes, B 2; 0 bytes differ in place, the first at 2."),
    ],
)  # fmt: skip
def test_bodies_are_compared_by_their_kind(a: Taken, b: Taken, way: str, said: str) -> None:
    found = compare_bodies(a, b)
    assert found.sentence == said
    assert found.way == (way if a.data != b.data and a.data and b.data else "")


def test_large_texts_are_compared_from_where_they_part() -> None:
    same = b"a line of text\n" * 200_000
    found = compare_bodies(taken(same + b"one\n" + same), taken(same + b"two\n" + same))
    assert found.text is not None
    assert found.sentence == "1 line changed."
    assert "what follows is the same" in found.notes[0]
    changed = next(row for row in found.text.rows if row.kind == "changed")
    assert changed.left is not None
    assert changed.left.number == 200_001


def test_a_bomb_is_unpacked_no_further_than_is_compared(browser: FlaskClient, desk: Any) -> None:
    bomb = gzip.compress(bytes(80 * 1024 * 1024), compresslevel=1)
    desk.captures.add(answered(1, bomb, "Content-Encoding: gzip", media="application/octet-stream"))
    desk.captures.add(answered(2, b"\0\1", media="application/octet-stream"))
    told = browser.get(f"/api/v1/compare?a={A}&b={B}").json
    assert told is not None
    assert told["response"]["body"]["sizes"][0] <= 16 * 1024 * 1024
    assert told["response"]["body"]["notes"]


def test_a_body_of_which_a_part_was_captured_says_so(browser: FlaskClient, desk: Any) -> None:
    half = Body(5000, 5000, b"x" * 100, note="capped")
    desk.captures.add(with_response(message("HTTP/1.1 200 OK", body=half), 1))
    assert "A: Only 100 B of 4.9 KB were captured." in words(browser.get(f"/compare?a={A}&b={B}").get_data(as_text=True))  # fmt: skip


def test_forms_and_json_can_be_read_as_text_too(browser: FlaskClient, desk: Any) -> None:
    desk.captures.add(answered(1, json.dumps({"a": 1, "b": [1, 2]}).encode()))
    desk.captures.add(answered(2, json.dumps({"a": 2, "b": [1, 2]}).encode()))
    page = browser.get(f"/compare?a={A}&b={B}&body=text").get_data(as_text=True)
    assert 'class="side-changed"' in page
    page = browser.get(f"/compare?a={A}&b={B}&body=bytes").get_data(as_text=True)
    assert "hexadecimal" in page
