"""Two sequences aligned: which stretches are the same in both.

First what is unique in both and in the same order (patience), between these the shortest edit script (Myers 1986), which goes no further
than so many differences. Unhappy about long stretches without anything unique and with much changed: they count as replaced.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from typing import NamedTuple

DIFFERENCES = 300  # so many within one stretch
STEPS = 400_000  # in all: about a quarter of a second


class Stretch(NamedTuple):
    """`a[a0:a1]` beside `b[b0:b1]`; with `same` they are equal."""

    same: bool
    a0: int
    a1: int
    b0: int
    b1: int


class Budget:
    """How many steps may still be taken; shared by comparisons that belong together."""

    __slots__ = ("left",)

    def __init__(self, steps: int = STEPS) -> None:
        self.left = steps

    @property
    def spent(self) -> bool:
        """Whether none is left."""
        return self.left <= 0


def align(a: Sequence[Hashable], b: Sequence[Hashable], budget: Budget | None = None) -> list[Stretch]:
    """The whole of both, as stretches in order: no two of the same kind beside each other."""
    numbers: dict[Hashable, int] = {}
    left = [numbers.setdefault(each, len(numbers)) for each in a]
    right = [numbers.setdefault(each, len(numbers)) for each in b]
    runs = sorted(_Alignment(left, right, budget or Budget()).runs())
    return list(_stretches(runs, len(left), len(right)))


class _Run(NamedTuple):
    """So many in a row that are the same: where in `a`, where in `b`."""

    at: int
    beside: int
    size: int


class _Part(NamedTuple):
    """A part of both that is still to be looked into."""

    a0: int
    a1: int
    b0: int
    b1: int


class _Alignment:
    """The work on two sequences of numbers."""

    def __init__(self, a: list[int], b: list[int], budget: Budget) -> None:
        self._a, self._b, self._budget = a, b, budget

    def runs(self) -> Iterator[_Run]:
        """What is the same, in no order."""
        waiting = [_Part(0, len(self._a), 0, len(self._b))]
        while waiting:
            part = waiting.pop()
            start, end = self._ends(part)
            yield from (run for run in (start, end) if run.size)
            part = _Part(part.a0 + start.size, part.a1 - end.size, part.b0 + start.size, part.b1 - end.size)
            if part.a0 == part.a1 or part.b0 == part.b1 or self._budget.spent:
                continue
            self._budget.left -= (part.a1 - part.a0) + (part.b1 - part.b0)
            anchors = self._anchors(part)
            if not anchors:
                yield from self._shortest(part)
                continue
            a0, b0 = part.a0, part.b0
            for i, j in anchors:
                yield _Run(i, j, 1)
                waiting.append(_Part(a0, i, b0, j))
                a0, b0 = i + 1, j + 1
            waiting.append(_Part(a0, part.a1, b0, part.b1))

    def _ends(self, part: _Part) -> tuple[_Run, _Run]:
        """What is the same at both ends."""
        a, b = self._a, self._b
        most, start = min(part.a1 - part.a0, part.b1 - part.b0), 0
        while start < most and a[part.a0 + start] == b[part.b0 + start]:
            start += 1
        end = 0
        while end < most - start and a[part.a1 - 1 - end] == b[part.b1 - 1 - end]:
            end += 1
        return _Run(part.a0, part.b0, start), _Run(part.a1 - end, part.b1 - end, end)

    def _anchors(self, part: _Part) -> list[tuple[int, int]]:
        """What stands once in each, as the longest run of them in which both orders agree."""
        a, b = self._a, self._b
        in_a, in_b = Counter(a[part.a0 : part.a1]), Counter(b[part.b0 : part.b1])
        place = {b[j]: j for j in range(part.b0, part.b1) if in_b[b[j]] == 1 and in_a.get(b[j]) == 1}
        both = [(i, place[a[i]]) for i in range(part.a0, part.a1) if a[i] in place]
        ends: list[int] = []  # the smallest end of an increasing run of each length
        last: list[int] = []  # and which pair it is
        before: list[int] = []
        for number, (_, j) in enumerate(both):
            at = bisect_left(ends, j)
            before.append(last[at - 1] if at else -1)
            ends[at : at + 1] = [j]
            last[at : at + 1] = [number]
        found = []
        number = last[-1] if last else -1
        while number >= 0:
            found.append(both[number])
            number = before[number]
        return found[::-1]

    def _shortest(self, part: _Part) -> Iterator[_Run]:
        """By the shortest edit script, if it has no more than `DIFFERENCES` edits; else nothing is the same."""
        a, b, budget = self._a, self._b, self._budget
        a0, b0 = part.a0, part.b0
        n, m = part.a1 - a0, part.b1 - b0
        furthest = {1: 0}
        trace: list[dict[int, int]] = []
        for edits in range(min(n + m, DIFFERENCES) + 1):
            trace.append(dict(furthest))
            budget.left -= edits + 1
            if budget.spent:
                return
            for k in range(-edits, edits + 1, 2):
                x = _start(furthest, edits, k)
                y = x - k
                began = x
                while x < n and y < m and a[a0 + x] == b[b0 + y]:
                    x, y = x + 1, y + 1
                budget.left -= x - began
                furthest[k] = x
                if x >= n and y >= m:
                    yield from _way_back(trace, part)
                    return


def _start(furthest: dict[int, int], edits: int, k: int) -> int:
    """Where the walk along diagonal `k` begins after so many edits (x; y is x - k)."""
    if _down(furthest, edits, k):
        return furthest[k + 1]
    return furthest[k - 1] + 1


def _down(furthest: dict[int, int], edits: int, k: int) -> bool:
    """Whether the last edit put something in, instead of taking something out."""
    return k == -edits or (k != edits and furthest.get(k - 1, -1) < furthest.get(k + 1, -1))


def _way_back(trace: list[dict[int, int]], part: _Part) -> Iterator[_Run]:
    x, y = part.a1 - part.a0, part.b1 - part.b0
    for edits in range(len(trace) - 1, -1, -1):
        furthest, k = trace[edits], x - y
        start = _start(furthest, edits, k) if edits else 0
        if x > start:
            yield _Run(part.a0 + start, part.b0 + start - k, x - start)
        if edits:
            came = k + 1 if _down(furthest, edits, k) else k - 1
            x, y = furthest[came], furthest[came] - came


def _stretches(runs: list[_Run], n: int, m: int) -> Iterator[Stretch]:
    """Runs of what is the same joined, and what lies between them."""
    i = j = 0
    joined: list[list[int]] = []
    for at, beside, size in runs:
        if joined and joined[-1][0] + joined[-1][2] == at and joined[-1][1] + joined[-1][2] == beside:
            joined[-1][2] += size
        else:
            joined.append([at, beside, size])
    for at, beside, size in joined:
        if at > i or beside > j:
            yield Stretch(False, i, at, j, beside)
        yield Stretch(True, at, at + size, beside, beside + size)
        i, j = at + size, beside + size
    if n > i or m > j:
        yield Stretch(False, i, n, j, m)
