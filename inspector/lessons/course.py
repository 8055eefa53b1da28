"""All lessons in their order: those of Inspector, then those of a teacher's folders. A file that cannot be read leaves out no other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from inspector.lessons.errors import LessonMistake
from inspector.lessons.model import Lesson
from inspector.lessons.reading import read_lesson

OWN = Path(__file__).with_name("course")
_MOST_FILES = 500


@dataclass(frozen=True, slots=True)
class Chapter:
    """Lessons that belong together, in their order."""

    title: str
    lessons: tuple[Lesson, ...]

    @property
    def minutes(self) -> int:
        return sum(each.minutes for each in self.lessons)


@dataclass(frozen=True, slots=True)
class Course:
    """The lessons, and what is wrong with files that should have been some."""

    lessons: tuple[Lesson, ...]
    mistakes: tuple[LessonMistake, ...] = ()

    def find(self, name: str) -> Lesson | None:
        """A lesson by its name."""
        return next((each for each in self.lessons if each.name == name), None)

    def after(self, name: str) -> Lesson | None:
        """The lesson that follows one."""
        names = [each.name for each in self.lessons]
        at = names.index(name) + 1 if name in names else len(names)
        return self.lessons[at] if at < len(names) else None

    @property
    def chapters(self) -> tuple[Chapter, ...]:
        """In the order of their first lessons."""
        by_title: dict[str, list[Lesson]] = {}
        for each in self.lessons:
            by_title.setdefault(each.chapter, []).append(each)
        return tuple(Chapter(title, tuple(lessons)) for title, lessons in by_title.items())


def files(folder: Path) -> list[Path]:
    """The files of a folder that should be lessons, in the order of their names. Raises LessonMistake."""
    try:
        found = sorted(
            each
            for each in folder.iterdir()
            if each.suffix == ".md" and not each.name.startswith((".", "README"))
        )
    except OSError as error:
        raise LessonMistake(
            f"The folder cannot be read: {error.strerror or error}.",
            "Give --lessons a folder with .md files.",
            file=str(folder),
        ) from error
    return found[:_MOST_FILES]


def load(folders: Iterable[Path] = ()) -> Course:
    """Inspector's own lessons and those of more folders; one of a teacher's takes the place of ours of the same name."""
    lessons: dict[str, Lesson] = {}
    mistakes: list[LessonMistake] = []
    for folder in (OWN, *folders):
        for lesson in _of(folder, mistakes):
            lessons[lesson.name] = lesson
    mistakes += [
        LessonMistake(f"It needs “{needed}”, and there is no such lesson.", file=lesson.file, line=2)
        for lesson in lessons.values()
        for needed in lesson.needs
        if needed not in lessons
    ]
    return Course(tuple(lessons.values()), tuple(mistakes))


def _of(folder: Path, mistakes: list[LessonMistake]) -> Iterator[Lesson]:
    try:
        found = files(folder)
    except LessonMistake as mistake:
        mistakes.append(mistake)
        return
    for path in found:
        try:
            yield read_lesson(path)
        except LessonMistake as mistake:
            mistakes.append(mistake)
