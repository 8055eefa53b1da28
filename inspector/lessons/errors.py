"""What is wrong with a lesson's file: where, in a sentence, and what to do."""

from __future__ import annotations


class LessonMistake(ValueError):  # noqa: N818 - a writer's slip, shown to them
    """A lesson that cannot be read. `file` is a path as it was given, `line` counts from 1; 0 means the whole file."""

    def __init__(self, sentence: str, cure: str = "", *, file: str = "", line: int = 0) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.cure = cure
        self.file = file
        self.line = line

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}: " if self.line else f"{self.file}: " if self.file else ""
        return f"{where}{self.sentence}{f' {self.cure}' if self.cure else ''}"

    def at(self, file: str, line: int) -> LessonMistake:
        """The same, with its place where it has none yet."""
        return LessonMistake(self.sentence, self.cure, file=self.file or file, line=self.line or line)
