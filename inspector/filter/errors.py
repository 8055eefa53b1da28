"""What a person wrote wrongly in a filter: where, in a sentence, and what they may have meant."""

from __future__ import annotations


class FilterMistake(ValueError):  # noqa: N818 - a person's slip, shown to them
    """A filter that cannot be understood. `start` and `end` are places in its text; `suggestions` could stand there instead."""

    def __init__(self, sentence: str, start: int, end: int, suggestions: tuple[str, ...] = ()) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.start = start
        self.end = end
        self.suggestions = suggestions

    def mended(self, text: str) -> tuple[str, ...]:
        """The whole text of the filter with each suggestion in place."""
        return tuple(text[: self.start] + each + text[self.end :] for each in self.suggestions)
