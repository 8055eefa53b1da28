"""Counting exchanges: how many, how they ended, how much passed, how long they took; in all, by moment, and by what tells them apart.

Times are kept as a histogram with sixteen steps for each doubling, so that any two tallies can be put together and a percentile
is right within three per cent, however many exchanges there are.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

BY = ("host", "resource", "status", "method", "agent")
KINDS = ("answered", "client", "server", "failed", "open")  # 1xx to 3xx, 4xx, 5xx, no whole answer, not over
STEPS = (
    0.001, 0.01, 0.1, 0.5, 1, 2, 10, 30, 60, 120, 600, 1_800, 3_600, 7_200, 21_600, 43_200, 86_400, 604_800, 2_419_200,
)  # fmt: skip
_SCALE = 16  # steps of the histogram for a doubling
_ENDED = {"failed": -3, "open": -2}
_NO_TIME = 99_999
_SHORTEST = 1e-6
_log, _floor = math.log2, math.floor
_MOST_VALUES = 5_000  # of one kind; hostile traffic may have a host for each exchange


class Counted(NamedTuple):
    """A row as it is counted, in the order in which `statistics` asks for it."""

    started: float
    duration: float | None
    state: str
    status: int
    host: str
    resource: str
    method: str
    agent: str
    received: int
    sent: int


class Group:
    """Exchanges that belong together."""

    __slots__ = ("kinds", "received", "sent", "times")

    def __init__(self) -> None:
        self.kinds: Counter[int] = Counter()  # by place in KINDS
        self.times: Counter[int] = Counter()
        self.received = 0
        self.sent = 0

    @property
    def count(self) -> int:
        """How many."""
        return self.kinds.total()

    @property
    def wrong(self) -> int:
        """How many got 400 and above, or no whole answer."""
        return self.kinds[1] + self.kinds[2] + self.kinds[3]

    def add(self, other: Group) -> None:
        """Put another's into it."""
        self.kinds.update(other.kinds)
        self.times.update(other.times)
        self.received += other.received
        self.sent += other.sent

    def percentile(self, share: float) -> float | None:
        """The time that `share` of the finished ones (0.9: nine of ten) did not exceed, in seconds; None if there are none."""
        wanted = self.times.total() * share
        if not wanted:
            return None
        passed = 0
        for step in sorted(self.times):
            passed += self.times[step]
            if passed >= wanted:
                break
        return float(2 ** ((step + 0.5) / _SCALE))


class Tally:
    """Groups: all, those of each stretch of `step` seconds (by its number since the epoch), those of each value of `BY`."""

    __slots__ = ("all", "by", "cells", "first", "last", "step")

    def __init__(self, step: float) -> None:
        self.step = step
        self.all = Group()
        self.cells: defaultdict[int, Group] = defaultdict(Group)
        self.by: dict[str, defaultdict[str | int, Group]] = {name: defaultdict(Group) for name in BY}
        self.first: float | None = None
        self.last: float | None = None

    def add(self, other: Tally) -> None:
        """Put another's into it; its step is no longer than ours, and divides it."""
        if not other.all.count:
            return
        self.all.add(other.all)
        ratio = round(self.step / other.step)
        for cell, group in other.cells.items():
            self.cells[cell // ratio].add(group)
        for name, groups in other.by.items():
            own = self.by[name]
            for value, group in groups.items():
                own[value if value in own or len(own) < _MOST_VALUES else _rest(name)].add(group)
        self.first = min(filter(None, (self.first, other.first)))
        self.last = max(filter(None, (self.last, other.last)))


def _rest(name: str) -> str | int:
    """Under what the many are counted for which there is no room."""
    return -1 if name == "status" else "…"


def step_for(length: float, most: int) -> float:
    """The shortest step of which no more than `most` are needed for so many seconds."""
    return next((step for step in STEPS if length / step <= most), STEPS[-1])


def tally(rows: Sequence[Sequence[Any]], cells: int) -> Tally:
    """What `Counted` rows come to, in at most `cells` stretches; a column at a time, since that is quick."""
    if not rows:
        return Tally(STEPS[0])
    started, duration, state, status, host, resource, method, agent, received, sent = zip(*rows, strict=True)
    found = Tally(step_for(max(started) - min(started), cells))
    found.first, found.last = min(started), max(started)
    codes = [code if end == "done" else _ENDED[end] for end, code in zip(state, status, strict=True)]
    marks = [
        (_floor(_log(time or _SHORTEST) * _SCALE) if time is not None else _NO_TIME) * 8 + _kind(code)
        for time, code in zip(duration, codes, strict=True)
    ]
    sizes = (received, sent if any(sent) else ())
    _count(found.cells, [int(each // found.step) for each in started], marks, sizes)
    for name, column in zip(BY, (host, resource, codes, method, agent), strict=True):
        _count(found.by[name], column, marks, sizes)
    for group in found.by["method"].values():
        found.all.add(group)
    return found


def _count(
    groups: defaultdict[Any, Group], column: Sequence[Any], marks: list[int], sizes: Sequence[Sequence[int]]
) -> None:
    """A mark is the step of the histogram, times eight, and the kind."""
    for (value, mark), count in Counter(zip(column, marks, strict=True)).items():
        group, time = groups[value], mark >> 3
        group.kinds[mark & 7] += count
        if time != _NO_TIME:
            group.times[time] += count
    for name, passed in zip(("received", "sent"), sizes, strict=True):
        sums = dict.fromkeys(groups, 0)
        for value, size in zip(column, passed, strict=False):
            sums[value] += size
        for value, total in sums.items():
            setattr(groups[value], name, total)


def _kind(code: int) -> int:
    if code < 400:
        return 0 if code >= 0 else code + 6
    return 1 if code < 500 else 2


def largest(groups: Mapping[Any, Group]) -> list[tuple[Any, Group]]:
    """Those with the most exchanges first."""
    return sorted(groups.items(), key=lambda item: (-item[1].count, str(item[0])))
