"""A lesson's file, read: TOML between two lines of `+++`, then Markdown with one `##` heading for each step.

What a step asks to be done, waits for, hints at and asks stands in fenced blocks (`do`, `seen`, `hint`, `ask`, `notes`); all else is words.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from inspector.lessons.acts import read_acts
from inspector.lessons.asking import read_question
from inspector.lessons.errors import LessonMistake
from inspector.lessons.model import LEVELS, MOST_MINUTES, MOST_STEPS, Lesson, Step
from inspector.lessons.seeing import read_seen

LARGEST = 256 * 1024
HINTS = 3
BLOCKS = ("do", "seen", "hint", "ask", "notes")
_NAME = re.compile(r"(?:\d+-)?([a-z0-9]+(?:-[a-z0-9]+)*)")
_FENCE = re.compile(r"(`{3,}|~{3,})\s*(\S*)\s*")
_KEYS = {"title": str, "chapter": str, "minutes": int, "gist": str, "level": str, "needs": list}
_MAY = {"needs_window": bool}


class Block(NamedTuple):
    """A fenced block of ours; `line` is that of its first content line."""

    kind: str
    text: str
    line: int


class Part(NamedTuple):
    """What stands under one heading: words and blocks in their order."""

    title: str
    line: int
    pieces: tuple[str | Block, ...]


def read_lesson(path: Path) -> Lesson:
    """The lesson of a file. Raises LessonMistake."""
    try:
        if path.stat().st_size > LARGEST:
            raise LessonMistake(
                "The file is too large for a lesson.", "A lesson has some hundred lines.", file=str(path)
            )
        text = path.read_text("utf-8")
    except OSError as error:
        raise LessonMistake(f"The file cannot be read: {error.strerror or error}.", file=str(path)) from error
    except UnicodeDecodeError as error:
        raise LessonMistake("The file is not UTF-8.", "Save it as UTF-8.", file=str(path)) from error
    found = _NAME.fullmatch(path.stem)
    if found is None:
        raise LessonMistake(
            "The file's name is no name for a lesson.",
            "Write small letters, figures and hyphens, perhaps after a number: 31-redirects.md.",
            file=str(path),
        )
    return parse_lesson(text, name=found[1], file=str(path))


def parse_lesson(text: str, *, name: str, file: str = "") -> Lesson:
    """The lesson of a text. Raises LessonMistake, with `file` and the line."""
    try:
        return _Reader(text.replace("\r\n", "\n").split("\n"), name, file).lesson()
    except LessonMistake as mistake:
        raise mistake.at(file, 1) from mistake


class _Reader:
    def __init__(self, lines: list[str], name: str, file: str) -> None:
        self._lines = lines
        self._name = name
        self._file = file

    def lesson(self) -> Lesson:
        front, body = self._front()
        opening, *parts = self._parts(body)
        intro, notes = _words_and_notes(opening)
        steps: list[Step] = []
        ending = ""
        for part in parts:
            if ending:
                raise LessonMistake(
                    f"“{part.title}” comes after the end.",
                    "A heading without a seen or an ask block closes the lesson, and has to be the last.",
                    line=part.line,
                )
            if any(isinstance(each, Block) and each.kind in ("seen", "ask") for each in part.pieces):
                steps.append(_step(part))
            else:
                ending = _words_and_notes(part)[0]
        if not 1 <= len(steps) <= MOST_STEPS:
            raise LessonMistake(
                f"The lesson has {len(steps)} steps.", f"It has at least one, and at most {MOST_STEPS}."
            )
        _check_references(steps)
        return Lesson(
            name=self._name, title=front["title"], chapter=front["chapter"], minutes=front["minutes"],
            level=front["level"], gist=front["gist"], needs=tuple(front["needs"]), intro=intro,
            steps=tuple(steps), ending=ending, notes=notes, file=self._file, needs_window=front.get("needs_window"),
        )  # fmt: skip

    def _front(self) -> tuple[dict[str, Any], int]:
        lines = self._lines
        if lines[0].strip() != "+++" or "+++" not in (each.strip() for each in lines[1:]):
            raise LessonMistake(
                "The file does not begin with its facts.",
                'Its first line is +++, then come lines like title = "…", then +++ again.',
            )
        end = next(n for n, each in enumerate(lines[1:], 1) if each.strip() == "+++")
        try:
            front = tomllib.loads("\n".join(lines[1:end]))
        except tomllib.TOMLDecodeError as error:
            raise LessonMistake(f"The facts between the +++ are not TOML: {error}.", line=2) from error
        front = {"level": "first", "needs": [], **front}
        for name, kind in _KEYS.items():
            if not isinstance(front.get(name), kind) or (kind is str and not front[name].strip()):
                raise LessonMistake(
                    f"The facts lack “{name}”.", f"Between the +++ stands: {_example(name)}", line=2
                )
        for name, kind in _MAY.items():
            if not isinstance(front.get(name), kind | None):
                raise LessonMistake(f"“{name}” is not understood.", f"Write {_example(name)}", line=2)
        if unknown := sorted(set(front) - {*_KEYS, *_MAY}):
            known = ", ".join((*_KEYS, *_MAY))
            raise LessonMistake(f"“{unknown[0]}” is not known.", f"Known are: {known}.", line=2)
        if not 1 <= front["minutes"] <= MOST_MINUTES:
            raise LessonMistake(
                f"It takes {front['minutes']} minutes.",
                f"A lesson takes at most {MOST_MINUTES}: make two.",
                line=2,
            )
        if front["level"] not in LEVELS:
            raise LessonMistake(
                f"There is no level “{front['level']}”.", f"Write {' or '.join(LEVELS)}.", line=2
            )
        return front, end + 1

    def _parts(self, begin: int) -> Iterator[Part]:
        """What stands before the first heading, then each heading's."""
        title, line = "", begin + 1
        pieces: list[str | Block] = []
        words: list[str] = []
        number = begin
        while number < len(self._lines):
            text = self._lines[number]
            fence = _FENCE.fullmatch(text.strip())
            if text.startswith("## "):
                yield Part(title, line, _closed(pieces, words))
                title, line, pieces, words = text[3:].strip(), number + 1, [], []
            elif re.match(r"#(?!#)\s", text):
                raise LessonMistake(
                    "A heading of one # is the title's.", "Begin a step with ##.", line=number + 1
                )
            elif fence:
                end = self._end_of(number, fence[1])
                if fence[2] in BLOCKS:
                    pieces += _closed([], words)
                    words = []
                    pieces.append(Block(fence[2], "\n".join(self._lines[number + 1 : end]), number + 2))
                else:
                    words += self._lines[number : end + 1]
                number = end
            else:
                words.append(text)
            number += 1
        yield Part(title, line, _closed(pieces, words))

    def _end_of(self, begin: int, mark: str) -> int:
        for number in range(begin + 1, len(self._lines)):
            if self._lines[number].strip() == mark:
                return number
        raise LessonMistake("This block is not closed.", f"End it by a line with {mark}.", line=begin + 1)


def _closed(pieces: list[str | Block], words: list[str]) -> tuple[str | Block, ...]:
    text = "\n".join(words).strip()
    return (*pieces, text) if text else tuple(pieces)


def _words_and_notes(part: Part) -> tuple[str, str]:
    """The words of a part that is no step, and what its speaker should know."""
    words, notes = [], []
    for each in part.pieces:
        if isinstance(each, str):
            words.append(each)
        elif each.kind == "notes":
            notes.append(each.text.strip())
        else:
            raise LessonMistake(
                f"A {each.kind} block belongs to a step.",
                "Put a heading with ## before it.",
                line=each.line - 1,
            )
    return "\n\n".join(words), "\n\n".join(notes)


def _step(part: Part) -> Step:
    blocks = [each for each in part.pieces if isinstance(each, Block)]
    one = {kind: _only(kind, blocks) for kind in ("do", "seen", "ask", "notes")}
    hints = tuple(each.text.strip() for each in blocks if each.kind == "hint")
    seen, ask, do = one["seen"], one["ask"], one["do"]
    if seen is not None and do is None:
        raise LessonMistake(
            f"“{part.title}” waits for something, and does not say what to do.",
            "Give it a do block.",
            line=part.line,
        )
    if len(hints) != HINTS and (hints or seen is not None):
        raise LessonMistake(
            f"“{part.title}” has {len(hints)} hints.",
            f"It wants {HINTS}, each stronger than the last.",
            line=part.line,
        )
    before, then, after = _slots(part.pieces)
    return Step(
        part.title, part.line, before, then, after,
        read_acts(do.text, do.line) if do else (),
        read_seen(seen.text, seen.line) if seen else None,
        read_question(ask.text, ask.line) if ask else None,
        hints, one["notes"].text.strip() if one["notes"] else "",
    )  # fmt: skip


def _only(kind: str, blocks: Iterable[Block]) -> Block | None:
    found = [each for each in blocks if each.kind == kind]
    if len(found) > 1:
        raise LessonMistake(
            f"There are two {kind} blocks in one step.", "Make two steps of it.", line=found[1].line - 1
        )
    return found[0] if found else None


def _slots(pieces: Iterable[str | Block]) -> tuple[str, str, str]:
    """The words before, between and after what ends the step."""
    kinds = [each.kind for each in pieces if isinstance(each, Block)]
    both = "seen" in kinds and "ask" in kinds
    if both and kinds.index("ask") < kinds.index("seen"):
        raise LessonMistake("The question comes before what it is about.", "Put ask after seen.")
    words: list[list[str]] = [[], [], []]
    slot = 0
    for each in pieces:
        if isinstance(each, str):
            words[slot].append(each)
        elif each.kind == "seen":
            slot = 1 if both else 2
        elif each.kind == "ask":
            slot = 2
    before, then, after = ("\n\n".join(each) for each in words)
    return before, then, after


def _check_references(steps: list[Step]) -> None:
    """Nothing asks about an exchange that a later step brings, or that no step does."""
    for number, step in enumerate(steps, 1):
        asked = [act.step for act in step.acts] + ([step.question.step] if step.question else [])
        for which in asked:
            if which > number or (which and steps[which - 1].seen is None):
                raise LessonMistake(
                    f"“{step.title}” looks at step {which}, which has brought no exchange by then.",
                    line=step.line,
                )
        looks = step.question is not None and step.question.source != "choices"
        if looks and not any(each.seen for each in steps[:number]):
            raise LessonMistake(f"“{step.title}” asks about an exchange before there is one.", line=step.line)


def _example(name: str) -> str:
    examples = {
        "minutes": "minutes = 6",
        "needs": 'needs = ["forms"]',
        "level": 'level = "first"',
        "needs_window": "needs_window = true",
    }
    return examples.get(name, f'{name} = "…"')
