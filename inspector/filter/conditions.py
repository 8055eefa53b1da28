"""What can be asked of a value: the leaves' inner half. Which field it is asked of is said by `tree.Term`.

Texts are compared without regard to case. In what the list keeps (address, method, status …) that means the letters A to Z, as
the databases have it; in header fields and bodies it means all letters (Unicode case folding).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Contains:
    """The text stands anywhere in the value."""

    text: str


@dataclass(frozen=True, slots=True)
class Begins:
    """The value begins with the text."""

    text: str


@dataclass(frozen=True, slots=True)
class Is:
    """The value is this text, from end to end."""

    text: str


@dataclass(frozen=True, slots=True)
class Below:
    """A host of this name, or any below it."""

    host: str


@dataclass(frozen=True, slots=True)
class Like:
    """A pattern: `*` stands for any characters or none, `?` for one. It has to fit the whole value if that is short (`whole`)."""

    pattern: str
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Present:
    """There is a value, whatever it is."""


@dataclass(frozen=True, slots=True)
class OneOf:
    """The value is one of these. `said` is what the person wrote."""

    values: tuple[str, ...]
    said: str


@dataclass(frozen=True, slots=True)
class Within:
    """A number between two ends; None where there is no end. `above` and `below` leave the end itself out."""

    low: float | None = None
    high: float | None = None
    above: bool = False
    below: bool = False


@dataclass(frozen=True, slots=True)
class Ago:
    """A moment that moves with the clock: so many seconds before now."""

    seconds: float

    def at(self, now: float) -> float:
        """The moment, in seconds since the epoch."""
        return now - self.seconds


@dataclass(frozen=True, slots=True)
class At:
    """A fixed moment, in seconds since the epoch. `said` is what the person wrote."""

    moment: float
    said: str

    def at(self, now: float) -> float:
        """The same moment."""
        return self.moment


@dataclass(frozen=True, slots=True)
class From:
    """At this moment or later."""

    when: Ago | At


@dataclass(frozen=True, slots=True)
class Until:
    """Earlier than this moment."""

    when: Ago | At


Condition: TypeAlias = Contains | Begins | Is | Below | Like | Present | OneOf | Within | From | Until
