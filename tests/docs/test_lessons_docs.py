"""docs/lessons.md names every lesson, and its example is a lesson that can be read."""

from __future__ import annotations

import re
from typing import get_args

import pytest

from inspector.lessons.acts import GRAMMAR, TABS
from inspector.lessons.checking import problems
from inspector.lessons.course import load
from inspector.lessons.facts import BLANKS
from inspector.lessons.model import Source
from inspector.lessons.reading import parse_lesson


@pytest.fixture(scope="module")
def text(checkout):
    return (checkout / "docs" / "lessons.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("lesson", load().lessons, ids=lambda lesson: lesson.name)
def test_every_lesson_is_named_with_what_one_knows_afterwards(text, lesson):
    assert f"| `{lesson.name}` | {lesson.gist} |" in text
    assert f"[{lesson.title}](" in text


def test_the_example_is_a_lesson(text):
    [example] = re.findall(r"````markdown\n(.*?)````", text, re.DOTALL)
    lesson = parse_lesson(example, name="teapots")
    assert list(problems(lesson, lambda _: True)) == []


def test_every_verb_tab_source_and_blank_is_named(text):
    names = [grammar.written.split()[0] for grammar in GRAMMAR.values()]
    assert [each for each in (*names, *TABS) if f"`{each}" not in text] == []
    assert [each for each in get_args(Source) if each != "choices" and f'`"{each}"`' not in text] == []
    assert [each for each in BLANKS if f"`{{{each}}}`" not in text] == []
