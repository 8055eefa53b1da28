"""What a person asked to be sent and what can't be: always a sentence, and where it helps the place.

CannotSend      it isn't to be sent like this
CurlMistake     the command can't be read, from `start` to `end`
NotationMistake the bytes can't be read, from `start` to `end`
"""

from __future__ import annotations


class CannotSend(Exception):  # noqa: N818 - an answer, told to a person
    """Why not, as a sentence, and what to do; `place` names the part of the form that it is about."""

    def __init__(self, sentence: str, cure: str = "", place: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.cure = cure
        self.place = place


class _PlacedError(ValueError):
    def __init__(self, sentence: str, start: int, end: int) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.start = start
        self.end = end


class CurlMistake(_PlacedError):  # noqa: N818 - told to a person
    """A command that can't be read; counted in characters of it."""


class NotationMistake(_PlacedError):  # noqa: N818 - told to a person
    """Bytes that can't be read; counted in characters of what was typed."""
