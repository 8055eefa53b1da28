"""Differences, small and hostile: each is right, and each ends."""

from __future__ import annotations

import json
import random

import pytest

from inspector.explain.comparing.aligning import Budget, align
from inspector.explain.comparing.octets import compare_octets
from inspector.explain.comparing.pairs import compare_in_order, compare_pairs
from inspector.explain.comparing.structures import MOST_ROWS as MOST_CHANGES
from inspector.explain.comparing.structures import compare_structures
from inspector.explain.comparing.texts import (
    MOST_CHARACTERS,
    MOST_ROWS,
    common_start,
    compare_texts,
    compare_words,
)

MIB = 1 << 20


def test_an_alignment_covers_both_and_lies_about_nothing() -> None:
    chance = random.Random(7)
    for _ in range(400):
        a = [chance.randrange(5) for _ in range(chance.randrange(25))]
        b = [chance.randrange(5) for _ in range(chance.randrange(25))]
        i = j = 0
        for stretch in align(a, b):
            assert (stretch.a0, stretch.b0) == (i, j)
            i, j = stretch.a1, stretch.b1
            if stretch.same:
                assert a[stretch.a0 : stretch.a1] == b[stretch.b0 : stretch.b1]
        assert (i, j) == (len(a), len(b))


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [("abcabba", "cbabac", 4), ("abc", "abc", 3), ("", "abc", 0), ("xaby", "ab", 2), ("aXbXc", "aXYXc", 4)],
)
def test_as_much_as_can_be_is_the_same(a: str, b: str, same: int) -> None:
    assert sum(each.a1 - each.a0 for each in align(a, b) if each.same) == same


def test_without_steps_left_all_counts_as_replaced() -> None:
    spent = Budget(0)
    assert [each.same for each in align("abcd", "xbxx", spent)] == [False]


def test_lines_are_compared_and_changed_ones_by_word() -> None:
    found = compare_texts("one\nthe quick brown fox\nend\n", "one\nthe quick red fox\nend\nmore\n")
    assert (found.changed, found.new, found.gone) == (1, 1, 0)
    changed = next(row for row in found.rows if row.kind == "changed")
    assert changed.left is not None
    assert changed.right is not None
    assert [piece.text for piece in changed.left.pieces if piece.other] == ["brown"]
    assert [piece.text for piece in changed.right.pieces if piece.other] == ["red"]
    assert changed.left.number == changed.right.number == 2


def test_what_is_the_same_far_from_a_difference_is_folded() -> None:
    same = "".join(f"{n}\n" for n in range(50))
    found = compare_texts(same + "a\n" + same, same + "b\n" + same)
    assert [row.folded for row in found.rows if row.kind == "folded"] == [47, 47]
    assert compare_texts(same, same).same


def test_the_end_of_a_line_is_no_difference_between_lines() -> None:
    assert compare_texts("a\r\nb\r\n", "a\nb\n").same


def test_lines_that_have_nothing_in_common_are_not_mixed_word_by_word() -> None:
    left, right = compare_words("completely different", "nothing of that")
    assert len(left) == len(right) == 1


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("a\n" * MIB, "b\n" * MIB),
        ("x" * MIB, "y" * MIB),
        ("ab " * 200_000, "ba " * 200_000),
        ("\n" * MIB, "\n" * MIB + "x"),
        ("".join("ab\n"[n * n % 3] for n in range(MIB)), "".join("ba\n"[n * n * n % 3] for n in range(MIB))),
    ],
    ids=["other lines", "one line", "words", "empty lines", "two kinds of lines"],
)
def test_hostile_texts_end_and_say_what_was_left_out(a: str, b: str) -> None:
    found = compare_texts(a, b)
    assert f"{MOST_CHARACTERS:,}" in found.left_out
    assert len(found.rows) <= MOST_ROWS + 7
    assert all(
        len(side.text) < 100_000 for row in found.rows for side in (row.left, row.right) if side is not None
    )


def test_json_is_compared_by_what_it_says() -> None:
    a = '{"items": [{"id": 1, "p": 2}, {"id": 2}], "n": 1.0, "x y": [1, 2, 3], "old": true}'
    b = '{"n": 1, "items": [{"id": 2}, {"id": 1, "p": 3}, {"id": 4}], "x y": [1, 3], "new": null}'
    found = compare_structures(a, b)
    assert found is not None
    assert [tuple(each) for each in found.changes] == [
        ("items[id=1].p", "changed", "2", "3"),
        ("items[id=4]", "new", None, '{"id": 4}'),
        ("n", "changed", "1.0", "1"),
        ('["x y"][1]', "gone", "2", None),
        ("old", "gone", "true", None),
        ("new", "new", None, "null"),
    ]


@pytest.mark.parametrize(
    ("a", "b"),
    [('{"a":1,"b":[1,2]}', ' {"b": [1, 2], "a": 1}\n'), ("[]", "[ ]"), ("[NaN]", "[NaN]")],
)
def test_order_of_members_and_white_space_say_nothing(a: str, b: str) -> None:
    found = compare_structures(a, b)
    assert found is not None
    assert found.same


@pytest.mark.parametrize(
    "text",
    ["{", "[" * 5000, "[" * 900 + "]" * 900, '{"a":1,"a":2}', "[" + "{}," * 100_000 + "{}]", '"a text"', "1" * 5000],
    ids=["broken", "open", "deep", "named twice", "many", "a text", "a number"],
)  # fmt: skip
def test_what_is_no_structure_to_compare_is_left_to_texts(text: str) -> None:
    assert compare_structures(text, "[1]") is None
    assert compare_structures("[1]", text) is None


def test_many_changes_are_counted_and_some_shown() -> None:
    found = compare_structures(json.dumps(list(range(20_000))), json.dumps([-n for n in range(20_000)]))
    assert found is not None
    assert len(found.changes) == MOST_CHANGES
    assert found.more > 15_000


def test_a_large_number_stays_as_it_was_written() -> None:
    found = compare_structures("[" + "9" * 9_000 + "]", "[1]")
    assert found is not None
    assert len(found.changes[0].a or "") < 400


def test_names_are_compared_whatever_their_order() -> None:
    rows = compare_pairs([("Host", "a"), ("Accept", "x, y")], [("accept", "x, z"), ("host", "a"), ("Via", "1")], fold=True)  # fmt: skip
    assert [(row.name, row.mark) for row in rows] == [("Host", "same"), ("Accept", "changed"), ("Via", "new")]
    assert rows[1].b is not None
    assert [piece.text for piece in rows[1].b if piece.other] == ["z"]


def test_a_name_that_comes_twice_is_compared_value_by_value() -> None:
    rows = compare_pairs([("a", "1"), ("a", "2")], [("a", "2")])
    assert [(row.name, row.mark) for row in rows] == [("a", "gone"), ("a", "same")]


def test_with_order_counted_a_moved_field_is_a_difference() -> None:
    rows = compare_in_order([("A", "1"), ("B", "2")], [("b", "2"), ("A", "1")])
    assert sorted(row.mark for row in rows) == ["gone", "new", "same"]


@pytest.mark.parametrize(
    ("a", "b", "first", "differing"),
    [(b"abc", b"abc", None, 0), (b"abc", b"aXc", 1, 1), (b"abc", b"abcd", 3, 0), (b"", b"a", 0, 0)],
)
def test_bytes_are_compared_in_place(a: bytes, b: bytes, first: int | None, differing: int) -> None:
    found = compare_octets(a, b)
    assert (found.first, found.differing) == (first, differing)
    assert bool(found.lines) == (first is not None)


def test_of_bytes_that_all_differ_not_all_are_counted() -> None:
    found = compare_octets(bytes(16 * MIB), b"\1" * (16 * MIB))
    assert found.at_least
    assert found.more
    assert found.lines[0].a[0] == ("00", True)


def test_the_common_start_is_found_by_halving() -> None:
    assert common_start("abcX", "abcY") == 3
    assert common_start(b"", b"x") == 0
    assert common_start(memoryview(bytes(MIB)), memoryview(bytes(MIB - 1) + b"\1")) == MIB - 1
