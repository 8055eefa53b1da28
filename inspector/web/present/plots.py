"""Plots over time as the template draws them: all numbers are units of the picture, all words are ready.

Each stretch of time is a column that can be pointed at, focused and followed; what it stands for is said in words.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from inspector.web.present.scales import DAY, Tick, along, counts, moment_words, sizes, times
from inspector.web.words import plural, size, took

PERCENTILES = ((0.5, "p50", "half of them"), (0.9, "p90", "nine of ten"), (0.99, "p99", "99 of 100"))


class Layout(NamedTuple):
    """Measures of a plot: its picture, and the plane within it."""

    name: str
    width: int
    height: int
    left: int
    top: int
    right: int
    bottom: int
    text: int
    labels: int  # so many below the plane

    @property
    def wide(self) -> int:
        return self.width - self.left - self.right

    @property
    def high(self) -> int:
        return self.height - self.top - self.bottom


LAYOUTS = {
    "wide": Layout("wide", 1040, 270, 76, 16, 8, 34, 13, 10),
    "narrow": Layout("narrow", 380, 240, 66, 16, 6, 34, 13, 4),
    "file": Layout("file", 1200, 630, 100, 110, 40, 70, 18, 10),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """What happened in one stretch of time."""

    begin: float
    step: float
    count: int
    client: int
    server: int
    failed: int
    received: int
    sent: int
    times: tuple[float | None, ...]  # of PERCENTILES
    url: str = ""

    def when(self, *, day: bool) -> str:
        """From when to when."""
        if self.step >= DAY:
            return moment_words(self.begin, self.step)
        return f"{moment_words(self.begin, self.step, day=day)} to {moment_words(self.begin + self.step, self.step)}"


class Shape(NamedTuple):
    """A rectangle, or for a line's points the middle of a mark."""

    kind: str
    x: float
    y: float
    width: float = 0.0
    height: float = 0.0


class Column(NamedTuple):
    """One stretch: where it can be pointed at, what it says, where it leads, what is drawn."""

    x: float
    width: float
    words: str
    url: str
    shapes: tuple[Shape, ...]


class Key(NamedTuple):
    """A line of the legend."""

    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class Plot:
    name: str
    title: str
    unit: str
    layout: Layout
    columns: tuple[Column, ...]
    lines: tuple[tuple[str, str], ...]  # kind and points
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    keys: tuple[Key, ...]
    about: str

    def x(self, tick: Tick) -> float:
        return round(self.layout.left + tick.at * self.layout.wide, 1)

    def y(self, tick: Tick) -> float:
        return round(self.layout.top + (1 - tick.at) * self.layout.high, 1)


Values = Callable[[Cell], Sequence[tuple[str, float]]]


class _Kind(NamedTuple):
    """What a plot is about."""

    name: str
    title: str
    unit: str
    keys: tuple[Key, ...]


_EXCHANGES = _Kind(
    "exchanges",
    "Exchanges",
    "how many, and how they ended",
    (Key("good", "answered below 400"), Key("client", "400 to 499"), Key("server", "500 and above"), Key("failed", "no whole answer")),
)  # fmt: skip
_VOLUME = _Kind(
    "bytes", "Bytes", "of bodies", (Key("received", "received from sites"), Key("sent", "sent to sites"))
)
_TIMES = _Kind(
    "times",
    "Time taken",
    "on a scale by powers of ten",
    tuple(Key(code, f"{code}: {words} took no longer") for _, code, words in PERCENTILES),
)


def exchanges(cells: Sequence[Cell], layout: Layout) -> Plot:
    """How many, and how they ended, on top of each other."""

    def values(cell: Cell) -> list[tuple[str, float]]:
        good = cell.count - cell.client - cell.server - cell.failed
        return [("good", good), ("client", cell.client), ("server", cell.server), ("failed", cell.failed)]

    end, up = counts(max((cell.count for cell in cells), default=0))
    return _stacked(_EXCHANGES, cells, layout, values, (end, up))


def volume(cells: Sequence[Cell], layout: Layout) -> Plot:
    """The bytes of bodies, both ways."""

    def values(cell: Cell) -> list[tuple[str, float]]:
        return [("received", cell.received), ("sent", cell.sent)]

    end, up = sizes(max((cell.received + cell.sent for cell in cells), default=0))
    return _stacked(_VOLUME, cells, layout, values, (end, up))


def _stacked(
    kind: _Kind, cells: Sequence[Cell], layout: Layout, values: Values, axis: tuple[float, tuple[Tick, ...]]
) -> Plot:
    end, up = axis
    columns, many = [], _days(cells)
    for cell, (x, width) in zip(cells, _places(cells, layout), strict=True):
        shapes, y = [], float(layout.top + layout.high)
        for part, value in values(cell):
            high = value / end * layout.high
            if value:
                high = max(high, 1.0)
                y -= high
                shapes.append(Shape(part, x + 0.5, round(y, 1), round(max(width - 1, 1), 2), round(high, 1)))
        columns.append(Column(x, width, f"{cell.when(day=many)}: {said(cell)}", cell.url, tuple(shapes)))
    return _plot(kind, cells, layout, columns, up)


def durations(cells: Sequence[Cell], layout: Layout) -> Plot:
    """How long they took: three percentiles, on a scale by powers of ten."""
    known = [value for cell in cells for value in cell.times if value is not None]
    ends, up = times(min(known, default=0.001), max(known, default=0.1))
    columns, many = [], _days(cells)
    points: dict[str, list[str]] = {code: [] for _, code, _ in PERCENTILES}
    for cell, (x, width) in zip(cells, _places(cells, layout), strict=True):
        shapes = []
        for (_, code, _), value in zip(PERCENTILES, cell.times, strict=True):
            if value is None:
                continue
            y = round(layout.top + (1 - along(value, ends)) * layout.high, 1)
            shapes.append(Shape(code, round(x + width / 2, 1), y))
            points[code].append(f"{x + width / 2:.1f},{y}")
        columns.append(Column(x, width, f"{cell.when(day=many)}: {said(cell)}", cell.url, tuple(shapes)))
    lines = tuple((code, " ".join(each)) for code, each in points.items() if len(each) > 1)
    return _plot(_TIMES, cells, layout, columns, up, lines=lines)


PLOTS: dict[str, Callable[[Sequence[Cell], Layout], Plot]] = {
    "exchanges": exchanges, "bytes": volume, "times": durations,
}  # fmt: skip


def said(cell: Cell) -> str:
    """A stretch of time in words, with all its numbers."""
    parts = [plural(cell.count, "exchange")]
    for count, words in ((cell.client, "400 to 499"), (cell.server, "500 and above"), (cell.failed, "without a whole answer")):  # fmt: skip
        if count:
            parts.append(f"{count:,} {words}")
    if cell.count:
        parts.append(f"{size(cell.received)} received, {size(cell.sent)} sent")
    slow = [f"{code} {took(value)}" for (_, code, _), value in zip(PERCENTILES, cell.times, strict=True) if value is not None]  # fmt: skip
    return "; ".join([", ".join(parts), *([", ".join(slow)] if slow else [])])


def _plot(
    kind: _Kind,
    cells: Sequence[Cell],
    layout: Layout,
    columns: Sequence[Column],
    up: tuple[Tick, ...],
    *,
    lines: tuple[tuple[str, str], ...] = (),
) -> Plot:
    return Plot(
        *kind[:3],
        layout,
        tuple(columns),
        lines,
        _across(cells, layout),
        up,
        kind.keys,
        _about(kind.title, cells),
    )


def _places(cells: Sequence[Cell], layout: Layout) -> list[tuple[float, float]]:
    """Where the stretches stand; all are equally wide, and those in which nothing happened are there as well."""
    begin, wide = cells[0].begin if cells else 0, layout.wide / max(_length(cells), 1)
    return [
        (round(layout.left + (cell.begin - begin) / cell.step * wide, 2), round(wide, 2)) for cell in cells
    ]


def _length(cells: Sequence[Cell]) -> int:
    return round((cells[-1].begin - cells[0].begin) / cells[0].step) + 1 if cells else 1


def _days(cells: Sequence[Cell]) -> bool:
    return bool(cells) and cells[-1].begin + cells[-1].step - cells[0].begin > DAY / 2


def _across(cells: Sequence[Cell], layout: Layout) -> tuple[Tick, ...]:
    """So many moments as there is room for."""
    if not cells:
        return ()
    length, step = _length(cells), cells[0].step
    every = max(-(-length // layout.labels), 1)
    many = _days(cells) and layout.labels < 12
    ticks = (
        Tick(n / length, moment_words(cells[0].begin + n * step, step, day=many and step * length < 20 * DAY))
        for n in range(0, length, every)
    )
    room = layout.wide + layout.right
    return tuple(
        tick for tick in ticks if tick.at * layout.wide + len(tick.words) * layout.text * 0.62 <= room
    )


def _about(title: str, cells: Sequence[Cell]) -> str:
    if not cells:
        return f"{title}: nothing to show"
    many = _days(cells)
    first, last = cells[0].when(day=many), cells[-1].when(day=many)
    return f"{title} over time, in {plural(len(cells), 'stretch', 'stretches')} from {first} until {last}. All values are in the table."
