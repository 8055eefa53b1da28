"""One click, browser to database and back: lanes on one time scale, and below them what the database was asked, or where the time went.

Only geometry and words; `templates/pictures/click.svg` draws them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from inspector.explain.words import plural, took
from inspector.web.present.drawing import HEIGHT, Layout, cut, span, wrap, wrap_mono
from inspector.web.present.journey import Asked, Hop, Journey, Lane, LaneName, Stretch
from inspector.web.words import day

TITLE = "One click, browser to database and back"
TITLE_WITHOUT = "One click, to the site and back"
_BAR = 26
_THIN = 9  # a template's bar, inside that of its view
_LEAST = 3
_MOST_ROWS = {"wide": 6, "narrow": 12}
_MOST_PHASES = 9
_MOST_HOPS = 60
_MOST_TOLD = 60  # stretches in the words of the whole


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


class Row(NamedTuple):
    """One line below: a question with its number, or a stretch with its key; `lines` are its text, `words` what came of it."""

    y: int
    key: str
    code: str
    lines: tuple[str, ...]
    words: str
    words_x: int = 0


@dataclass(frozen=True, slots=True)
class ClickPicture:
    """Everything that is drawn, in units of the viewBox; `alternative` is the whole in words."""

    layout: Layout
    height: int
    title: tuple[str, ...]
    subtitle: tuple[str, ...]
    left: int
    right: int
    top: int
    bottom: int
    ticks: tuple[Tick, ...]
    tracks: tuple[Track, ...]
    ways: tuple[Way, ...]
    heading: tuple[int, str]
    rows: tuple[Row, ...]
    notes: tuple[tuple[int, str], ...]
    foot: str
    alternative: str


class _Frame(NamedTuple):
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


def draw(told: Journey, started: float, layout: Layout) -> ClickPicture:
    """The picture of one journey. `started` is when, in seconds since 1970."""
    room = layout.width - 2 * layout.columns[0]
    titles = wrap(headline(told), room, layout.title, 2)
    subtitles = wrap(_subtitle(told), room, layout.text, 1 if not layout.stacked else 3)
    head = 24 + layout.title + (len(titles) - 1) * round(layout.title * 1.2) + len(subtitles) * round(layout.text * 1.4) + 32  # fmt: skip
    heading = "What the database was asked" if told.asked else "Where the time went"
    rows = tuple(_rows(told, layout, room))
    notes = [
        line for note in told.notes for line in wrap(note, room, layout.small, 1 if not layout.stacked else 3)
    ]
    frame = _frame(told, layout, head, len(rows), len(notes))
    below = frame.top + len(told.lanes) * frame.lane + 24
    placed = tuple(_placed(rows, below + 14, layout))
    end = placed[-1].y + len(placed[-1].lines) * _line(layout) if placed else below
    told_notes = tuple((end + 4 + n * _line(layout), line) for n, line in enumerate(notes))
    height = HEIGHT if not layout.stacked else end + len(notes) * _line(layout) + 48
    return ClickPicture(
        layout, height, titles, subtitles, frame.left, frame.right, frame.top, below - 24, tuple(_ticks(told, frame)),
        tuple(_tracks(told, layout, frame)), tuple(_ways(told, frame)), (below, heading), placed, told_notes,
        f"{day(started)}. Secrets are replaced. Made by Inspector.", _alternative(told),
    )  # fmt: skip


def headline(told: Journey) -> str:
    return TITLE if any(lane.name == "database" for lane in told.lanes) else TITLE_WITHOUT


def _subtitle(told: Journey) -> str:
    site = next((lane.title for lane in told.lanes if lane.name == "site"), "")
    at = f" at {site}" if site else ""
    whole = next(
        (each.end for each in told.stretches if each.code == "whole" and each.lane == "browser"), None
    )
    after = f" after {took(whole)}" if whole is not None else ""
    return f"{told.method} {told.path}{at}: {told.status}{after}"


def _line(layout: Layout) -> int:
    return round(layout.small * 1.45)


def _frame(told: Journey, layout: Layout, head: int, rows: int, notes: int) -> _Frame:
    edge = layout.columns[0]
    left = edge if layout.stacked else edge + 190
    right = layout.width - edge - 4
    if layout.stacked:
        lane, bar = 82, 44
    else:
        below = 38 + (rows + notes) * _line(layout) + 54
        lane = min(max((HEIGHT - head - below) // max(len(told.lanes), 1), 50), 78)
        bar = lane - _BAR - 6
    length = max(told.end - told.begin, 0.000001)
    return _Frame(left, right, head, lane, bar, told.begin, (right - left) / length)


# --- the scale of time ------------------------------------------------------------------------------------


def _ticks(told: Journey, frame: _Frame) -> Iterator[Tick]:
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


# --- lanes ------------------------------------------------------------------------------------------------


def _tracks(told: Journey, layout: Layout, frame: _Frame) -> Iterator[Track]:
    edge = layout.columns[0]
    for number, lane in enumerate(told.lanes):
        y = frame.bar_y(number)
        bars = tuple(_bars(told.lane(lane.name), layout, frame, y))
        if layout.stacked:
            title = cut(lane.title, 220, layout.small)
            who_x = edge + round(span(title, layout.small)) + 14
            who = cut(lane.who, layout.width - who_x - 8, layout.small - 2)
            top = frame.top + number * frame.lane + 18
            yield Track(edge, top, title, who, who_x, top, y + _BAR + 5, bars)
        else:
            title, who = cut(lane.title, 180, layout.text - 1), cut(lane.who, 180, layout.small - 2)
            yield Track(edge, y + (9 if who else 19), title, who, edge, y + 27, y + _BAR + 5, bars)


class _Drawn(NamedTuple):
    """A stretch with its place."""

    stretch: Stretch
    x: int
    width: int


def _bars(stretches: Iterable[Stretch], layout: Layout, frame: _Frame, y: int) -> Iterator[Bar]:
    """The bars of a lane with their labels."""
    drawn = [_place(stretch, frame) for stretch in stretches]
    labels = _labels(drawn, layout.small - 2, frame, y)
    for number, (stretch, x, width) in enumerate(drawn):
        text, label_x, label_y = labels.get(number, ("", 0, 0))
        thin = stretch.code == "template"
        top, height = (y + _BAR - _THIN - 1, _THIN) if thin else (y, _BAR)
        yield Bar(x, top, width, height, stretch.code, stretch.failed, _told(stretch), text, label_x, label_y)


def _place(stretch: Stretch, frame: _Frame) -> _Drawn:
    x = min(frame.x(stretch.start), frame.right - _LEAST)
    end = frame.x(stretch.end) if stretch.end is not None else frame.right
    return _Drawn(stretch, x, max(min(end, frame.right) - x, _LEAST))


def _labels(drawn: list[_Drawn], size: int, frame: _Frame, y: int) -> dict[int, tuple[str, int, int]]:
    """Where each label stands: inside its bar where it fits, else over it, the longest stretches first, as long as there is room."""
    taken: dict[str, list[tuple[float, float]]] = {"inside": [], "over": []}
    found: dict[int, tuple[str, int, int]] = {}
    numbers: set[int] = set()
    for number in sorted(range(len(drawn)), key=lambda n: (_holds_others(drawn[n].stretch), -drawn[n].width)):
        stretch, x, width = drawn[number]
        text = _label(stretch, width, size)
        wide = span(text, size) + 10
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


def _free(taken: list[tuple[float, float]], begin: float, end: float) -> bool:
    return all(end <= left or begin >= right for left, right in taken)


def _label(stretch: Stretch, width: int, size: int) -> str:
    if stretch.number:
        return str(stretch.number)
    spent = "" if stretch.end is None else f" {took(stretch.end - stretch.start)}"
    if stretch.code == "whole" and stretch.lane == "browser":
        return cut(stretch.words, max(width - 90, 0), size) + spent
    return cut(stretch.words, 230, size) + spent


def _told(stretch: Stretch) -> str:
    words = f"question {stretch.number}, {stretch.words}" if stretch.number else stretch.words
    spent = "not over yet" if stretch.end is None else took(stretch.end - stretch.start)
    return f"{words}: {spent}{', and failed' if stretch.failed else ''}"


def _ways(told: Journey, frame: _Frame) -> Iterator[Way]:
    numbers: dict[LaneName, int] = {lane.name: number for number, lane in enumerate(told.lanes)}
    known = [hop for hop in told.hops if hop.begin in numbers and hop.end in numbers]
    for hop in known if len(known) <= _MOST_HOPS else _outer(known):
        begin, end = frame.bar_y(numbers[hop.begin]), frame.bar_y(numbers[hop.end])
        down = end > begin
        x = min(max(frame.x(hop.at), frame.left), frame.right)
        yield Way(x, begin + _BAR if down else begin, end - 1 if down else end + _BAR + 1, hop.half)


def _outer(hops: Iterable[Hop]) -> Iterator[Hop]:
    """Without those to the database, where they are too many to be told apart."""
    return (hop for hop in hops if "database" not in (hop.begin, hop.end))


# --- below the lanes --------------------------------------------------------------------------------------


def _rows(told: Journey, layout: Layout, room: int) -> Iterator[Row]:
    most = _MOST_ROWS[layout.name] if told.asked else _MOST_PHASES
    every = list(_questions(told.asked, layout, room)) if told.asked else list(_phases(told, layout, room))
    more = told.left_out
    if len(every) + bool(more) > most:
        more += len(every) - most + 1
        every = every[: most - 1]
    yield from every
    if more and told.asked:
        spent = sum(each.took or 0.0 for each in told.asked[len(every) :])
        yield Row(0, "", "", (f"and {plural(more, 'more question')}",), took(spent) if spent else "")
    elif more:
        yield Row(0, "", "", (f"and {plural(more, 'more stretch', 'more stretches')}",), "")


def _questions(asked: Iterable[Asked], layout: Layout, room: int) -> Iterator[Row]:
    for each in asked:
        wide = room - 44 - (span(each.words, layout.small) + 24 if not layout.stacked else 0)
        lines = wrap_mono(each.statement, wide, layout.small, 1 if not layout.stacked else 2)
        yield Row(0, str(each.number), "failed" if each.refused else "query", lines, each.words)


def _phases(told: Journey, layout: Layout, room: int) -> Iterator[Row]:
    titles: dict[str, str] = {lane.name: lane.title for lane in told.lanes}
    for each in told.stretches:
        if each.lane != "browser" and each.code != "whole":
            spent = "not over yet" if each.end is None else took(each.end - each.start)
            words = cut(f"{titles.get(each.lane, '')}: {each.words}", room - 140, layout.small)
            x = layout.columns[0] + min(460, room)
            yield Row(0, "", each.code, (words,), spent, x)


def _placed(rows: Iterable[Row], y: int, layout: Layout) -> Iterator[Row]:
    """The rows one below the other; in a narrow picture what came of a question has a line of its own."""
    for row in rows:
        y += _line(layout)
        lines = (*row.lines, row.words) if layout.stacked and row.words and row.key else row.lines
        words = "" if lines is not row.lines else row.words
        yield row._replace(y=y, lines=lines, words=words)
        y += (len(lines) - 1) * _line(layout)


def _alternative(told: Journey) -> str:
    def lane(one: Lane) -> str:
        told_of = "; ".join(_told(each) for each in told.lane(one.name)[:_MOST_TOLD])
        return f"{one.title}{f' ({one.who})' if one.who else ''}: {told_of}."

    said = " ".join(lane(each) for each in told.lanes)
    return f"{headline(told)}. {_subtitle(told)}. {said} {' '.join(told.notes)}".strip()
