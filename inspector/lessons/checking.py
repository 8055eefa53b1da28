"""What a writer should mend in a lesson that can be read: terms that the glossary lacks, blanks that nothing fills, sentences that nobody can read aloud."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from inspector.lessons.errors import LessonMistake
from inspector.lessons.facts import BLANKS
from inspector.lessons.model import Lesson, Step
from inspector.lessons.words import blanks, plain, terms

LONGEST_SENTENCE = 40  # words
MOST_WORDS = 140  # in what is said before a step: it has to be read before anything happens
_SENTENCE = re.compile(r"(?<=[.!?:])\s+|\n+")


def problems(lesson: Lesson, known_term: Callable[[str], bool]) -> Iterator[LessonMistake]:
    """What should be mended, in the order of the file."""
    for line, text, more in _texts(lesson):
        for term in terms(text):
            if not known_term(term):
                yield _at(
                    lesson,
                    line,
                    f"The glossary has no “{term}”.",
                    "Write a term of /learn/glossary, or plain words.",
                )
        for blank in blanks(text):
            if blank not in BLANKS and blank not in more:
                yield _at(lesson, line, f"Nothing fills {{{blank}}}.", f"There are: {', '.join(BLANKS)}.")
        for sentence in _SENTENCE.split(plain(text)):
            if len(sentence.split()) > LONGEST_SENTENCE:
                yield _at(lesson, line, f"This sentence is long: “{sentence[:60]}…”", "Make two of it.")
    for step in lesson.steps:
        if len(plain(step.before).split()) > MOST_WORDS:
            yield _at(
                lesson,
                step.line,
                f"“{step.title}” says much before anything can be done.",
                "Say it afterwards.",
            )


def _texts(lesson: Lesson) -> Iterator[tuple[int, str, tuple[str, ...]]]:
    """Each text, the line of its step, and blanks of its own."""
    yield 1, lesson.intro, ()
    for step in lesson.steps:
        for text in (step.before, step.then, step.after, *step.hints):
            yield step.line, text, ()
        for text in _of_question(step):
            yield step.line, text, ("choice",)
    yield (lesson.steps[-1].line, lesson.ending, ())


def _of_question(step: Step) -> Iterator[str]:
    if step.question is not None:
        yield step.question.text
        yield step.question.because
        yield step.question.otherwise
        yield from step.question.why.values()


def _at(lesson: Lesson, line: int, sentence: str, cure: str) -> LessonMistake:
    return LessonMistake(sentence, cure, file=lesson.file, line=line)
