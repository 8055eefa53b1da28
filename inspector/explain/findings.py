"""What a set-up check finds: one thing looked at, how it stands, and what to do. `inspector doctor` and the dashboard say it in the same words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

State = Literal["good", "bad", "caution", "open"]
"""good: as it should be. bad: stands in the way. caution: works, and may surprise. open: not wrong, or not to be told from here."""

GROUPS = {
    "inspector": "Inspector itself",
    "way": "The way to it, and past it",
    "trust": "Whom programs believe",
    "sites": "The way to the sites",
    "computer": "This computer",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing. `evidence` are lines with what it was seen by. Commands in `cure` stand between back-ticks."""

    id: str
    group: str
    title: str
    state: State
    sentence: str
    cure: str = ""
    evidence: tuple[str, ...] = ()


def worst(findings: Iterable[Finding]) -> State:
    """`bad` if anything is, else `caution` if anything is, else `good`."""
    states = {each.state for each in findings}
    return "bad" if "bad" in states else "caution" if "caution" in states else "good"
