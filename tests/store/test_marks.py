"""Marks: kept, found, told to open pages, and bounded."""

from __future__ import annotations

from pathlib import Path

import pytest

from inspector.exchange.mark import COLOURS, LONGEST_COMMENT, MOST_TAGS, NO_MARK, Mark, tags_in, tidy
from inspector.store import marks as module
from inspector.store.marks import Marks, TooManyMarks

A, B, C = (bytes(15) + bytes([n]) for n in (1, 2, 3))
MARK = Mark(True, "red", "ask <b>Ada</b>", ("todo", "log-in"))


@pytest.fixture
def marks(home: Path):
    made = Marks(home)
    yield made
    made.close()


def test_what_is_put_is_there_for_others(home: Path, marks: Marks) -> None:
    assert marks.put(A, MARK) == MARK
    other = Marks(home)
    assert other.of([A, B]) == {A: MARK}
    marks.put(A, Mark(colour="blue"))
    assert other.one(A) == Mark(colour="blue")
    assert other.one(B) == NO_MARK
    other.close()


def test_changes_are_told_from_a_revision_on_also_that_a_mark_was_taken_off(marks: Marks) -> None:
    marks.put(A, MARK)
    first, changed = marks.since(0)
    assert changed == {A: MARK}
    marks.put_all({A: NO_MARK, B: MARK})
    second, changed = marks.since(first)
    assert second > first
    assert changed == {A: NO_MARK, B: MARK}
    assert marks.since(second) == (second, {})
    assert marks.all() == {B: MARK}


def test_what_is_forgotten_leaves_no_trace(home: Path, marks: Marks) -> None:
    marks.put_all({A: Mark(comment="the-secret-word"), B: MARK, C: MARK})
    marks.forget([A, B])
    assert marks.all() == {C: MARK}
    assert b"the-secret-word" not in (home / "control.db").read_bytes()
    marks.forget()
    assert marks.all() == {}


def test_there_is_a_bound(marks: Marks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 2)
    marks.put_all({A: MARK, B: MARK})
    marks.put(A, Mark(pinned=True))
    with pytest.raises(TooManyMarks):
        marks.put(C, MARK)
    marks.put(C, NO_MARK)


def test_tags_in_use_come_most_used_first(marks: Marks) -> None:
    marks.put_all({A: Mark(tags=("x", "y")), B: Mark(tags=("y",))})
    assert marks.tags() == ["y", "x"]


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("", ()),
        ("todo", ("todo",)),
        (" #Todo, log-in  todo ", ("todo", "log-in")),
        ("<script> é", ("<script>", "é")),
        ("\u202e x", ("x",)),
        (" ".join(f"t{n}" for n in range(40)), tuple(f"t{n}" for n in range(MOST_TAGS))),
    ],
)
def test_tags_are_words(text: str, tags: tuple[str, ...]) -> None:
    assert tags_in(text) == tags


@pytest.mark.parametrize("colour", ["", "mauve", *COLOURS])
def test_a_mark_is_made_tidy(colour: str) -> None:
    found = tidy(Mark(colour=colour, comment="  a\r\nb\0\udcff " + "x" * 9_000, tags=("A b",)))
    assert found.colour == (colour if colour in COLOURS else "")
    assert found.comment.startswith("a\nb?")
    assert len(found.comment) == LONGEST_COMMENT
    assert found.tags == ("a", "b")
