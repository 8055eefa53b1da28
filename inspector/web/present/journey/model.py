"""What a journey is made of: lanes, stretches of time in them, hops from one to the next, and what a database was asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from inspector.explain.words import plural, took

LaneName = Literal["browser", "inspector", "site", "app", "database"]
ORDER: tuple[LaneName, ...] = ("browser", "inspector", "site", "app", "database")


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of time in a lane. `code` is what it is (a phase's code, or `whole`, `work`, `template`, `query`); `end` is None while it lasts.

    `number` is that of the question below the picture, if it is one.
    """

    lane: LaneName
    code: str
    words: str
    start: float
    end: float | None
    number: int = 0
    failed: bool = False


class Hop(NamedTuple):
    """From one lane to the next: a request onwards, a response back."""

    at: float
    begin: LaneName
    end: LaneName
    half: Literal["request", "response"]


@dataclass(frozen=True, slots=True)
class Lane:
    """Somebody on the way: what they are, and who exactly."""

    name: LaneName
    title: str
    who: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What a database was asked, once or several times in the same words; `took` is of all of them together."""

    number: int
    statement: str
    times: int
    rows: int | None
    took: float | None
    refused: bool = False

    @property
    def words(self) -> str:
        """What came of it: `3 times, 24 rows, 1.9 ms`."""
        said = [plural(self.times, "time")] if self.times > 1 else []
        if self.refused:
            said.append("refused")
        elif self.rows is not None:
            said.append(plural(self.rows, "row"))
        if self.took is not None:
            said.append(took(self.took))
        return ", ".join(said)


@dataclass(frozen=True, slots=True)
class Journey:
    """Everything on one time scale, in seconds after the exchange began; `begin` is before that where a handshake was.

    `left_out` counts the questions that were too many to be told one by one.
    """

    method: str
    path: str
    status: str
    lanes: tuple[Lane, ...]
    stretches: tuple[Stretch, ...]
    hops: tuple[Hop, ...]
    asked: tuple[Asked, ...]
    begin: float
    end: float
    over: bool
    notes: tuple[str, ...]
    left_out: int = 0

    def lane(self, name: LaneName) -> tuple[Stretch, ...]:
        return tuple(each for each in self.stretches if each.lane == name)
