"""A lesson's file is read whole, or refused with its line and a cure."""

from __future__ import annotations

from pathlib import Path

import pytest

from inspector.explain.glossary import look_up
from inspector.lessons.checking import problems
from inspector.lessons.course import OWN, files, load
from inspector.lessons.errors import LessonMistake
from inspector.lessons.reading import parse_lesson, read_lesson

FRONT = """+++
title = "Teapots"
chapter = "Ours"
minutes = 4
gist = "A status says who is to blame."
+++
"""
HINTS = "\n".join(f"```hint\nHint {n}.\n```" for n in (1, 2, 3))
STEP = f"""
## Ask for a teapot

Look at the number.

```do
open http://shop.inspector.test/try
click A teapot
```

```seen
host:shop.inspector.test path:=/try/status/418
```

It came: {{status}}.

```ask
question = "Which number?"
from = "status"
because = "Yes."
otherwise = "Not {{choice}}."
```

Now you know.

{HINTS}

```notes
Wait for the laugh.
```
"""


def test_each_piece_is_at_its_place():
    lesson = parse_lesson(f"{FRONT}\nAn intro.\n{STEP}\n## The end\n\nGoodbye.\n", name="teapots")
    [step] = lesson.steps
    assert (lesson.title, lesson.minutes, lesson.intro, lesson.ending) == (
        "Teapots",
        4,
        "An intro.",
        "Goodbye.",
    )
    assert (step.before, step.then, step.after) == (
        "Look at the number.",
        "It came: {status}.",
        "Now you know.",
    )
    assert [act.verb for act in step.acts] == ["open", "click"]
    assert step.hints == ("Hint 1.", "Hint 2.", "Hint 3.")
    assert step.notes == "Wait for the laugh."
    assert step.question is not None
    assert step.question.source == "status"


@pytest.mark.parametrize(
    ("change", "line", "says"),
    [
        (("+++\ntitle", "title"), 1, "does not begin with its facts"),
        (('title = "Teapots"\n', ""), 2, "lack “title”"),
        (("minutes = 4", "minutes = 40"), 2, "takes 40 minutes"),
        (("minutes = 4", 'minutes = "four"'), 2, "lack “minutes”"),
        (("click A teapot", "juggle teapots"), 15, "nothing one can do"),
        (("open http://shop", "open shop"), 14, "no address"),
        (("click A teapot", "terminal rm -rf /"), 15, "program that is known"),
        (("click A teapot", "visit //evil.test/"), 15, "no page of the dashboard"),
        (("click A teapot", "look through"), 15, "no tab"),
        (("path:=/try", "pth:=/try"), 19, "is not understood"),
        (("/418\n", "/418\nand juggle\n"), 20, "no function “juggle”"),
        (("/418\n", "/418\nand same-cookie\n"), 20, "NAME"),
        (("/418\n", "/418\ntimes 99\n"), 20, "times 99"),
        (('from = "status"', 'from = "stars"'), 25, "cannot come from"),
        (('from = "status"', 'from = "response.fields"'), 25, "nothing says which choice is right"),
        (('otherwise = "Not {choice}."\n', ""), 25, "Nothing is said to wrong answers"),
        (("because", "becuse"), 25, "has no “becuse”"),
        (("```hint\nHint 3.\n```", ""), 9, "has 2 hints"),
        (("```notes\nWait for the laugh.\n```", "```notes\nWait"), 43, "not closed"),
        (("## Ask for a teapot", "# Ask for a teapot"), 9, "one #"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_line(change, line, says):
    text = (FRONT + "\n" + STEP).replace(*change)
    assert text != FRONT + "\n" + STEP
    with pytest.raises(LessonMistake) as raised:
        parse_lesson(text, name="teapots", file="teapots.md")
    assert says in raised.value.sentence
    assert raised.value.file == "teapots.md"
    assert raised.value.line == line


def test_nothing_may_be_asked_about_an_exchange_that_is_not_there_yet():
    asks = (
        '## First\n\n```ask\nquestion = "Which?"\nfrom = "status"\nbecause = "Yes."\notherwise = "No."\n```\n'
    )
    with pytest.raises(LessonMistake, match="before there is one"):
        parse_lesson(FRONT + asks, name="x")
    with pytest.raises(LessonMistake, match="looks at step 2"):
        parse_lesson(FRONT + STEP.replace("click A teapot", "look sees of step 2"), name="x")


def test_more_than_six_steps_are_too_many():
    with pytest.raises(LessonMistake, match="7 steps"):
        parse_lesson(FRONT + STEP * 7, name="x")


@pytest.mark.parametrize("name", ["Teapots.md", "30_teapots.md", "x y.md"])
def test_a_name_that_is_no_address_is_refused(tmp_path: Path, name):
    (tmp_path / name).write_text(FRONT + STEP, "utf-8")
    with pytest.raises(LessonMistake, match="no name for a lesson"):
        read_lesson(tmp_path / name)


def test_what_is_no_text_and_what_is_not_there_are_told(tmp_path: Path):
    (tmp_path / "1-x.md").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(LessonMistake, match="not UTF-8"):
        read_lesson(tmp_path / "1-x.md")
    with pytest.raises(LessonMistake, match="cannot be read"):
        read_lesson(tmp_path / "2-y.md")


def test_a_broken_file_leaves_out_no_other(tmp_path: Path):
    (tmp_path / "80-good.md").write_text(FRONT + STEP, "utf-8")
    (tmp_path / "81-bad.md").write_text("nothing", "utf-8")
    (tmp_path / "82-needs.md").write_text(FRONT.replace("gist", 'needs = ["nowhere"]\ngist') + STEP, "utf-8")
    course = load([tmp_path, tmp_path / "missing"])
    assert course.find("good") is not None
    assert course.find("needs") is not None
    assert [each.sentence for each in course.mistakes] == [
        "The file does not begin with its facts.",
        "The folder cannot be read: No such file or directory.",
        "It needs “nowhere”, and there is no such lesson.",
    ]


def test_a_teachers_lesson_takes_the_place_of_ours(tmp_path: Path):
    (tmp_path / "01-forms.md").write_text(FRONT + STEP, "utf-8")
    found = load([tmp_path]).find("forms")
    assert found is not None
    assert found.title == "Teapots"


@pytest.mark.parametrize("path", files(OWN), ids=lambda path: path.stem)
def test_nothing_is_to_be_mended_in_our_own(path):
    lesson = read_lesson(path)
    assert [str(each) for each in problems(lesson, lambda id: look_up(id) is not None)] == []


def test_terms_blanks_and_long_sentences_are_looked_at():
    text = FRONT + f"\nA [[teapot]] has {{spouts}}. {'Long ' * 60}.\n" + STEP
    lesson = parse_lesson(text, name="x")
    found = [each.sentence for each in problems(lesson, lambda id: look_up(id) is not None)]
    assert found[0] == "The glossary has no “teapot”."
    assert found[1] == "Nothing fills {spouts}."
    assert found[2].startswith("This sentence is long")
