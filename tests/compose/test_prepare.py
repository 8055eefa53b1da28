"""From what stands in the form to what is sent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.compose.addresses import complete, query_rows, with_query
from inspector.compose.draft import Draft, Row, decode, encode
from inspector.compose.errors import CannotSend
from inspector.compose.prepare import json_mistake, left_out, multipart, prepare


def body(ready):
    return b"".join(ready.body()) if ready.body else None


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("example.com", "https://example.com/"),
        ("localhost:5000/a b", "http://localhost:5000/a%20b"),
        ("127.0.0.1", "http://127.0.0.1/"),
        ("shop.inspector.test/x", "http://shop.inspector.test/x"),
        ("HTTPS://Bücher.example/ä?q=ö#part", "https://xn--bcher-kva.example/%C3%A4?q=%C3%B6"),
        ("http://[::1]:8080?a", "http://[::1]:8080?a"),
        ("http://a.test/../b//c/%2e%2E", "http://a.test/../b//c/%2e%2E"),
        (' http://a.test/"<>`{}|\\^ ', 'http://a.test/"<>`{}|\\^'),
    ],
)
def test_an_address_is_completed_and_otherwise_left_alone(typed, meant):
    assert complete(typed) == meant


@pytest.mark.parametrize("typed", ["", "ftp://a.test", "http://", "http://a b/", "http://u:p@a.test/", "http://a:99999/", "http://a:0/"])  # fmt: skip
def test_what_is_no_address_says_so(typed):
    with pytest.raises(CannotSend) as caught:
        complete(typed)
    assert caught.value.place == "url"
    assert caught.value.sentence.endswith(".")


@given(st.lists(st.tuples(st.text(max_size=8), st.text(max_size=8)).filter(lambda pair: pair[0] or pair[1])))
def test_a_query_taken_apart_and_put_together_is_the_same(rows):
    text = [tuple(each.encode("utf-8", "replace").decode() for each in pair) for pair in rows]
    assert query_rows(with_query("http://a.test/x?old=1", tuple(text))) == tuple(text)


def test_a_query_that_says_the_same_already_keeps_its_spelling():
    assert with_query("http://a.test/?a=%7e&b+c", (("a", "~"), ("b c", ""))) == "http://a.test/?a=%7e&b+c"


def test_fields_keep_their_order_and_are_repeated_and_those_that_are_off_are_left_out():
    rows = (Row("B", "1"), Row("A", "é"), Row("B", "2"), Row("C", "3", False), Row("Connection", "close"))
    ready = prepare(Draft(url="http://a.test", fields=rows))
    assert ready.fields == (("Host", "a.test"), ("B", "1"), ("A", "Ã©"), ("B", "2"))
    assert left_out(Draft(fields=rows)) == ("Connection",)


@pytest.mark.parametrize(
    ("row", "place"), [(Row("a b", "1"), "field-1"), (Row("a", "1\r\nX: 2"), "field-1"), (Row("", "x"), "field-1"), (Row("a", "\0"), "field-1")]
)  # fmt: skip
def test_a_field_that_would_be_two_is_refused(row, place):
    with pytest.raises(CannotSend) as caught:
        prepare(Draft(url="http://a.test", fields=(row,)))
    assert caught.value.place == place


@pytest.mark.parametrize("method", ["", "GET POST", "G\r\nX", "é"])
def test_a_method_is_one_word(method):
    with pytest.raises(CannotSend, match="method"):
        prepare(Draft(method=method, url="http://a.test"))


@pytest.mark.parametrize(
    ("draft", "sent", "media"),
    [
        (Draft(body="text", text="é"), "é".encode(), "text/plain; charset=utf-8"),
        (Draft(body="json", text="{"), b"{", "application/json"),
        (Draft(body="form", form=(Row("a b", "1&2"), Row("x", "", False))), b"a+b=1%262", "application/x-www-form-urlencoded"),
        (Draft(body="file", file=b"\0\1"), b"\0\1", "application/octet-stream"),
    ],
)  # fmt: skip
def test_a_body_of_each_kind_has_its_type_and_length(draft, sent, media):
    from msgspec.structs import replace

    ready = prepare(replace(draft, url="http://a.test", method="POST"))
    assert body(ready) == sent
    assert ready.said("content-type") == media
    assert ready.said("content-length") == str(len(sent))


def test_parts_are_parted_by_what_stands_in_none_of_them():
    data, boundary = multipart((Row("a", "1"), Row('f"', "x", True, "n.txt", "text/plain")))
    assert data.count(f"--{boundary}".encode()) == 3
    assert b'name="f%22"; filename="n.txt"\r\nContent-Type: text/plain\r\n\r\nx' in data


def test_a_draft_is_kept_as_it_was_typed():
    draft = Draft(url="\ud7ff", fields=(Row("a", "b", False),), file=b"\xff", parent=b"p" * 16)
    assert decode(encode(draft)) == draft


def test_a_mistake_in_json_has_its_place():
    assert json_mistake('{"a":1}') is None
    assert json_mistake('{\n"a":}') == ("Expecting value", 2, 5)
    assert json_mistake("[" * 100_000) is not None
