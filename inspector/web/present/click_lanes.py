"""The lanes of one click: who had the work in hand when, as bars on one time scale, and the ways between them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from inspector.explain.words import took
from inspector.web.present.drawing import Layout, cut, span
from inspector.web.present.journey import Hop, Journey, LaneName, Stretch

BAR = 26
_THIN = 9  # a template's bar, inside that of its view
_LEAST = 3
_MOST_HOPS = 60


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of time as a box. `label` stands inside it, or over it; empty where there is no room for it."""

    x: int
    y: int
    width: int
    height: int
    code: str
    failed: bool
    words: str
    label: str
    label_x: int
    label_y: int


class Way(NamedTuple):
    """An arrow from one lane to another."""

    x: int
    y: int
    end: int
    half: Literal["request", "response"]


@dataclass(frozen=True, slots=True)
class Track:
    """A lane: its name and who it is, and its bars."""

    x: int
    y: int
    title: str
    who: str
    who_x: int
    who_y: int
    line: int
    bars: tuple[Bar, ...]


class Tick(NamedTuple):
    x: int
    words: str


class Frame(NamedTuple):
    """Where the lanes stand: the tracks' left and right edge, the first lane's top, each lane's height, and the bar's place in it."""

    left: int
    right: int
    top: int
    lane: int
    bar: int
    begin: float
    scale: float

    def x(self, at: float) -> int:
        return round(self.left + (at - self.begin) * self.scale)

    def bar_y(self, number: int) -> int:
        return self.top + number * self.lane + self.bar


def ticks(told: Journey, frame: Frame) -> Iterator[Tick]:
    length = max(told.end - told.begin, 0.000001)
    step = _nice(length / (7 if frame.right - frame.left > 500 else 3.5))
    number = int(told.begin / step) if told.begin < 0 else 0
    while number * step <= told.end:
        at = number * step
        if at >= told.begin and (x := frame.x(at)) <= frame.right - 24:
            yield Tick(x, _clock(at, step))
        number += 1


def _nice(step: float) -> float:
    """The next of 1, 2, 5, 10, … at or above."""
    power = 0.0000001
    while power * 10 < step:
        power *= 10
    return next(power * each for each in (1, 2, 5, 10) if power * each >= step * 0.999)


def _clock(at: float, step: float) -> str:
    if abs(at) < step / 2:
        return "0"
    unit, name = (1.0, "s") if step >= 0.5 else (0.001, "ms")
    digits = 0 if step >= unit * 0.999 else 1 if step >= unit * 0.0999 else 2
    return f"{at / unit:,.{digits}f} {name}"


def tracks(told: Journey, layout: Layout, frame: Frame) -> Iterator[Track]:
    edge = layout.columns[0]
    for number, lane in enumerate(told.lanes):
        y = frame.bar_y(number)
        bars = tuple(_bars(told.lane(lane.name), layout, frame, y))
        if layout.stacked:
            title = cut(lane.title, 220, layout.small)
            who_x = edge + round(span(title, layout.small)) + 14
            who = cut(lane.who, layout.width - who_x - 8, layout.small - 2)
            top = frame.top + number * frame.lane + 18
            yield Track(edge, top, title, who, who_x, top, y + BAR + 5, bars)
        else:
            title, who = cut(lane.title, 180, layout.text - 1), cut(lane.who, 180, layout.small - 2)
            yield Track(edge, y + (9 if who else 19), title, who, edge, y + 27, y + BAR + 5, bars)


class _Drawn(NamedTuple):
    """A stretch with its place."""

    stretch: Stretch
    x: int
    width: int


def _bars(stretches: Iterable[Stretch], layout: Layout, frame: Frame, y: int) -> Iterator[Bar]:
    """The bars of a lane with their labels."""
    drawn = [_place(stretch, frame) for stretch in stretches]
    labels = _labels(drawn, layout.small - 2, frame, y)
    for number, (stretch, x, width) in enumerate(drawn):
        text, label_x, label_y = labels.get(number, ("", 0, 0))
        thin = stretch.code == "template"
        top, height = (y + BAR - _THIN - 1, _THIN) if thin else (y, BAR)
        yield Bar(
            x, top, width, height, stretch.code, stretch.failed, words_of(stretch), text, label_x, label_y
        )


def _place(stretch: Stretch, frame: Frame) -> _Drawn:
    x = min(frame.x(stretch.start), frame.right - _LEAST)
    end = frame.x(stretch.end) if stretch.end is not None else frame.right
    return _Drawn(stretch, x, max(min(end, frame.right) - x, _LEAST))


def _labels(drawn: list[_Drawn], size: int, frame: Frame, y: int) -> dict[int, tuple[str, int, int]]:
    """Where each label stands: inside its bar where it fits, else over it, the longest stretches first, as long as there is room."""
    taken: dict[str, list[tuple[float, float]]] = {"inside": [], "over": []}
    found: dict[int, tuple[str, int, int]] = {}
    numbers: set[int] = set()
    for number in sorted(range(len(drawn)), key=lambda n: (_holds_others(drawn[n].stretch), -drawn[n].width)):
        stretch, x, width = drawn[number]
        text = _label(stretch, width, size)
        wide = span(text, size) + 10
        if _holds_others(stretch) and not _bare(drawn, number, x + wide):
            continue
        if wide <= width and stretch.code != "template" and _free(taken["inside"], x, x + wide):
            taken["inside"].append((x, x + wide))
            found[number] = (text, x + 6, y + 18)
        elif not _holds_others(stretch) and stretch.number not in numbers:
            at = max(min(x, frame.right - wide), frame.left)
            if _free(taken["over"], at, at + wide):
                taken["over"].append((at, at + wide))
                found[number] = (text, round(at), y - 6)
        if stretch.number and number in found:
            numbers.add(stretch.number)
    return found


def _holds_others(stretch: Stretch) -> bool:
    """Whether other bars lie upon it: the app's whole time."""
    return stretch.lane == "app" and stretch.code == "whole"


def _bare(drawn: list[_Drawn], number: int, end: float) -> bool:
    """Whether nothing lies upon the beginning of a bar that holds others."""
    x = drawn[number].x
    return all(
        other == number or each.x >= end or each.x + each.width <= x for other, each in enumerate(drawn)
    )


def _free(taken: list[tuple[float, float]], begin: float, end: float) -> bool:
    return all(end <= left or begin >= right for left, right in taken)


def _label(stretch: Stretch, width: int, size: int) -> str:
    if stretch.number:
        return str(stretch.number)
    spent = "" if stretch.end is None else f" {took(stretch.end - stretch.start)}"
    if stretch.code == "whole" and stretch.lane == "browser":
        return cut(stretch.words, max(width - 90, 0), size) + spent
    return cut(stretch.words, 230, size) + spent


def words_of(stretch: Stretch) -> str:
    words = f"question {stretch.number}, {stretch.words}" if stretch.number else stretch.words
    spent = "not over yet" if stretch.end is None else took(stretch.end - stretch.start)
    return f"{words}: {spent}{', and failed' if stretch.failed else ''}"


def ways(told: Journey, frame: Frame) -> Iterator[Way]:
    numbers: dict[LaneName, int] = {lane.name: number for number, lane in enumerate(told.lanes)}
    known = [hop for hop in told.hops if hop.begin in numbers and hop.end in numbers]
    for hop in known if len(known) <= _MOST_HOPS else _outer(known):
        begin, end = frame.bar_y(numbers[hop.begin]), frame.bar_y(numbers[hop.end])
        down = end > begin
        x = min(max(frame.x(hop.at), frame.left), frame.right)
        yield Way(x, begin + BAR if down else begin, end - 1 if down else end + BAR + 1, hop.half)


def _outer(hops: Iterable[Hop]) -> Iterator[Hop]:
    """Without those to the database, where they are too many to be told apart."""
    return (hop for hop in hops if "database" not in (hop.begin, hop.end))
