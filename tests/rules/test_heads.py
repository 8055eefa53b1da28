"""Edits of heads: only the fields that are meant change, and nothing of the framing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.rules.bodies import replaced
from inspector.rules.effects import Edit, Replace, Restate
from inspector.rules.heads import edited, framed, restated
from inspector.wire.fields import parse_fields

HEAD = b"HTTP/1.1 200 OK\r\nA: 1\r\nb: 2\r\na: 3\r\nContent-Length: 0\r\n\r\n"
NAMES = st.sampled_from(["A", "a", "B", "X-New", "Content-Type"])
PAIRS = st.lists(st.tuples(NAMES, st.text("ab 1", max_size=3).map(str.strip)), max_size=4).map(tuple)


@pytest.mark.parametrize(
    ("edit", "wanted"),
    [
        (Edit("response", set=(("A", "9"),)), b"HTTP/1.1 200 OK\r\nA: 9\r\nb: 2\r\nContent-Length: 0\r\n\r\n"),
        (Edit("response", set=(("a", "9"), ("a", "8"))), b"HTTP/1.1 200 OK\r\nA: 9\r\nb: 2\r\nContent-Length: 0\r\na: 8\r\n\r\n"),
        (Edit("response", set=(("C", "9"),)), HEAD[:-2] + b"C: 9\r\n\r\n"),
        (Edit("response", add=(("b", "9"),)), HEAD[:-2] + b"b: 9\r\n\r\n"),
        (Edit("response", remove=("A", "B")), b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
        (Edit("response", remove=("none",)), HEAD),
    ],
)  # fmt: skip
def test_fields_are_set_in_their_place_added_at_the_end_and_taken_out(edit, wanted):
    assert edited(HEAD, edit) == wanted


@given(set=PAIRS, add=PAIRS, remove=st.lists(NAMES, max_size=2).map(tuple))
def test_after_an_edit_each_field_has_just_the_values_it_was_given(set, add, remove):
    head = edited(HEAD, Edit("response", set, add, remove))
    fields = [(field.name.decode().lower(), field.value.decode()) for field in parse_fields(head)]
    given = {}
    for name, value in set:
        given.setdefault(name.lower(), []).append(value)
    for name, values in given.items():
        wanted = values + [value for each, value in add if each.lower() == name]
        assert [value for each, value in fields if each == name] == wanted
    for name in {each.lower() for each in remove} - given.keys() - {each.lower() for each, _ in add}:
        assert name not in dict(fields)
    assert ("content-length", "0") in fields
    assert head.endswith(b"\r\n\r\n")
    assert head.count(b"\r\n\r\n") == 1


def test_a_status_changes_and_a_new_body_gets_its_length():
    assert restated(HEAD, Restate(500, "Oh")).startswith(b"HTTP/1.1 500 Oh\r\nA: 1\r\n")
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\ncontent-encoding: br\r\nETag: x\r\nA: 1\r\n\r\n"
    assert framed(head, 7) == b"HTTP/1.1 200 OK\r\nA: 1\r\nContent-Length: 7\r\n\r\n"


@pytest.mark.parametrize(
    ("content_type", "body", "wanted"),
    [
        (b"text/html; charset=iso-8859-1", "caf\u00e9".encode("latin-1"), "th\u00e9".encode("latin-1")),
        (b"text/html", "café".encode(), "thé".encode()),
        (b"text/html; charset=rot13", "café".encode(), "thé".encode()),
        (b"text/html; charset=nonsense", "café".encode(), "thé".encode()),
    ],
)
def test_text_is_looked_for_in_the_bodys_own_encoding(content_type, body, wanted):
    head = b"HTTP/1.1 200 OK\r\nContent-Type: " + content_type + b"\r\n\r\n"
    assert replaced(head, body, [Replace("response", "café", "thé")]).body == wanted


def test_a_replacement_that_would_make_a_body_huge_is_not_made():
    found = replaced(b"HTTP/1.1 200 OK\r\n\r\n", b"a" * 1_000_000, [Replace("response", "a", "b" * 1000)])
    assert "would make it larger" in found.unable
    assert not found.body


def test_characters_that_an_encoding_lacks_are_told():
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=iso-8859-1\r\n\r\n"
    assert "iso8859-1" in replaced(head, b"x", [Replace("response", "x", "\u2603")]).unable
