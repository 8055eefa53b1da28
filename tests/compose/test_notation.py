"""Bytes as one types them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.compose.errors import NotationMistake
from inspector.compose.notation import read, write


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("GET / HTTP/1.1\nHost: a\n\n", b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        ("GET /\r\n", b"GET /\r\n"),
        (r"a\r\n\t\0\x7f\xFF\\x", b"a\r\n\t\0\x7f\xff\\x"),
        ("one\\\ntwo", b"onetwo"),
        ("é", b"\xc3\xa9"),
        ("", b""),
    ],
)
def test_what_is_typed_stands_for_bytes(typed, meant):
    assert read(typed) == meant


def test_line_ends_may_be_lf_alone():
    assert read("a\nb\\r\n", b"\n") == b"a\nb\r\n"


@pytest.mark.parametrize(("typed", "wrong"), [(r"a\q", r"\q"), (r"\x4", r"\x"), ("end\\", "\\")])
def test_an_escape_that_stands_for_nothing_has_its_place(typed, wrong):
    with pytest.raises(NotationMistake) as caught:
        read(typed)
    assert typed[caught.value.start : caught.value.end] == wrong


@given(st.binary())
def test_every_run_of_bytes_can_be_written_and_read_again(data):
    assert read(write(data)) == data
