"""Axes: round numbers to put marks at, and the words beside them."""

from __future__ import annotations

import datetime as dt
import math
from typing import NamedTuple

from inspector.web.words import size, took

DAY = 86_400


class Tick(NamedTuple):
    """A mark on an axis: where, from 0 to 1, and what it says."""

    at: float
    words: str


def counts(most: float, wanted: int = 4) -> tuple[float, tuple[Tick, ...]]:
    """The end of an axis from nothing to so many, and its marks; whole numbers of 1, 2 or 5 with zeros."""
    step = max(_round_up(most / wanted), 1.0)
    end = max(step * math.ceil(most / step), step)
    return end, tuple(Tick(n * step / end, f"{n * step:,.0f}") for n in range(round(end / step) + 1))


def sizes(most: float, wanted: int = 4) -> tuple[float, tuple[Tick, ...]]:
    """The same for bytes: marks at round numbers of KB or MB."""
    unit = next((unit for unit in (1 << 30, 1 << 20, 1 << 10) if most >= unit), 1)
    end, ticks = counts(most / unit, wanted)
    return end * unit, tuple(Tick(tick.at, size(round(tick.at * end * unit))) for tick in ticks)


def times(least: float, most: float) -> tuple[tuple[float, float], tuple[Tick, ...]]:
    """A logarithmic axis of seconds, by powers of ten, from below the shortest to above the longest."""
    low, high = math.floor(math.log10(max(least, 1e-6))), math.ceil(math.log10(max(most, 1e-6)))
    high = max(high, low + 1)
    ticks = [Tick((n - low) / (high - low), took(10.0**n) if n > -4 else f"{10.0 ** (n + 3):g} ms") for n in range(low, high + 1)]  # fmt: skip
    return (10.0**low, 10.0**high), tuple(ticks)


def along(value: float, ends: tuple[float, float]) -> float:
    """Where a time stands on such an axis."""
    low, high = (math.log10(end) for end in ends)
    return min(max((math.log10(max(value, 1e-9)) - low) / (high - low), 0.0), 1.0)


def _round_up(value: float) -> float:
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= value * 0.999)


def moment_words(moment: float, step: float, *, day: bool = False) -> str:
    """When a stretch of `step` seconds begins, no finer than it needs; `day`: with its day."""
    when = dt.datetime.fromtimestamp(moment, dt.UTC).astimezone()
    if step >= DAY:
        return f"{when.day} {when:%b}"
    words = f"{when:%H:%M}" if step >= 60 else f"{when:%H:%M:%S}"
    if step < 1:
        words = f"{words}.{when.microsecond // 1000:03}"
    return f"{when.day} {when:%b} {words}" if day else words


def written_moment(moment: float) -> str:
    """A moment as a filter has it: `2026-11-22T14:30`."""
    when = dt.datetime.fromtimestamp(moment, dt.UTC).astimezone().replace(tzinfo=None)
    return when.isoformat(
        timespec="milliseconds" if when.microsecond else "seconds" if when.second else "minutes"
    )
