"""Chips: one condition in a filter exchanged for another."""

from __future__ import annotations

import pytest

from inspector.filter.editing import chosen, exchanged

CHIPS = ("kind:page", "kind:data", "is:failed")


@pytest.mark.parametrize(
    ("text", "current", "without", "with_data"),
    [
        ("", "", "", "kind:data"),
        ("kind:page", "kind:page", "", "kind:data"),
        ("KIND:PAGE a", "kind:page", "a", "a kind:data"),
        ("a kind:page b", "kind:page", "a b", "a b kind:data"),
        ("a AND kind:page", "kind:page", "a", "a kind:data"),
        ("kind:page AND b", "kind:page", "b", "b kind:data"),
        ("a AND kind:page AND b", "kind:page", "a AND b", "a AND b kind:data"),
        ("a OR b", "", "a OR b", "(a OR b) kind:data"),
        ("a OR kind:page", "", "a OR kind:page", "(a OR kind:page) kind:data"),
        ("-kind:page", "", "-kind:page", "-kind:page kind:data"),
        ("kind:page is:failed", "", "", "kind:data"),
        ("kind:(page OR data) x", "", "kind:(page OR data) x", "kind:(page OR data) x kind:data"),
        ("((", "", "", "kind:data"),
    ],
)
def test_a_chip(text, current, without, with_data):
    assert chosen(text, CHIPS) == current
    assert exchanged(text, CHIPS, "") == without
    assert exchanged(text, CHIPS, "kind:data") == with_data
