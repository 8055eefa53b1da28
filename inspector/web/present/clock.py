"""One clock for many exchanges. Long stretches in which nothing happened are shortened, and marked; all else keeps its proportions.

waterfall/clock.js does the same in the browser, where it is zoomed.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

SHARE = 0.2  # of the whole, for all shortened stretches together
LONGEST = 0.04  # of what happened, for one of them
SHORTEST = 0.25  # seconds: no stretch below it is shortened
LONG = 2  # times what something takes on average: from there on a stretch is long


class Gap(NamedTuple):
    """A shortened stretch: from when to when, and where it stands on the clock."""

    start: float
    end: float
    at: float
    until: float


@dataclass(frozen=True, slots=True)
class Clock:
    """Moments to places: `place` counts shortened seconds from `begin`."""

    begin: float
    length: float
    gaps: tuple[Gap, ...]

    def place(self, moment: float) -> float:
        """Where a moment stands, from 0 to `length`."""
        at = bisect_right(self.gaps, moment, key=lambda gap: gap.start) - 1
        if at < 0:
            return moment - self.begin
        gap = self.gaps[at]
        if moment >= gap.end:
            return gap.until + moment - gap.end
        return gap.at + (moment - gap.start) / (gap.end - gap.start) * (gap.until - gap.at)


def clock_for(stretches: Iterable[tuple[float, float]]) -> Clock:
    """The clock for some stretches of time (from, to), in seconds since any moment."""
    busy = _joined(sorted(stretches))
    if not busy:
        return Clock(0.0, 1.0, ())
    happened = sum(end - start for start, end in busy)
    limit = max(SHORTEST, happened / len(busy) * LONG)
    idle = [(end, after) for (_, end), (after, _) in pairwise(busy) if after - end > limit]
    short = min(max(happened, 0.001) * min(LONGEST, SHARE / max(len(idle), 1)), limit)
    gaps, cut = [], 0.0
    for start, end in idle:
        at = start - busy[0][0] - cut
        gaps.append(Gap(start, end, at, at + short))
        cut += end - start - short
    return Clock(busy[0][0], max(busy[-1][1] - busy[0][0] - cut, 1e-6), tuple(gaps))


def _joined(stretches: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Those that overlap as one."""
    found: list[tuple[float, float]] = []
    for start, end in stretches:
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, max(end, start)))
    return found
