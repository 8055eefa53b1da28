"""Every lesson, start to finish, by a real Chromium that does what the words say and nothing else; and no step ticks without it."""

from __future__ import annotations

import pytest
from lessons_pupil import Pupil

from inspector.lessons.course import load
from inspector.lessons.ways import why_window

pytestmark = pytest.mark.browser

LESSONS = load().lessons


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_a_lesson_is_done_by_what_it_says(pupil: Pupil, lesson):
    pupil.take(lesson)


@pytest.mark.parametrize("name", ["a-page-is-a-request", "forms", "caching"])
def test_a_lesson_is_done_without_a_captured_window(pupil_here: Pupil, name):
    lesson = next(each for each in LESSONS if each.name == name)
    assert not why_window(lesson)
    pupil_here.take(lesson)
