"""One click, browser to database and back: lanes on one time scale, and below them what the database was asked, or where the time went.

Only geometry and words; `templates/pictures/click.svg` draws them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from inspector.explain.words import plural, took
from inspector.web.present.click_lanes import BAR, Frame, Tick, Track, Way, ticks, tracks, ways, words_of
from inspector.web.present.drawing import HEIGHT, Layout, cut, span, wrap, wrap_mono
from inspector.web.present.journey import Asked, Journey, Lane
from inspector.web.words import day

TITLE = "One click, browser to database and back"
TITLE_WITHOUT = "One click, to the site and back"
_MOST_ROWS = {"wide": 6, "narrow": 12}
_MOST_PHASES = 9
_MOST_TOLD = 60  # stretches in the words of the whole


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
        layout, height, titles, subtitles, frame.left, frame.right, frame.top, below - 24, tuple(ticks(told, frame)),
        tuple(tracks(told, layout, frame)), tuple(ways(told, frame)), (below, heading), placed, told_notes,
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


def _frame(told: Journey, layout: Layout, head: int, rows: int, notes: int) -> Frame:
    edge = layout.columns[0]
    left = edge if layout.stacked else edge + 190
    right = layout.width - edge - 4
    if layout.stacked:
        lane, bar = 82, 44
    else:
        below = 38 + (rows + notes) * _line(layout) + 54
        lane = min(max((HEIGHT - head - below) // max(len(told.lanes), 1), 50), 78)
        bar = lane - BAR - 6
    length = max(told.end - told.begin, 0.000001)
    return Frame(left, right, head, lane, bar, told.begin, (right - left) / length)


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
        told_of = "; ".join(words_of(each) for each in told.lane(one.name)[:_MOST_TOLD])
        return f"{one.title}{f' ({one.who})' if one.who else ''}: {told_of}."

    said = " ".join(lane(each) for each in told.lanes)
    return f"{headline(told)}. {_subtitle(told)}. {said} {' '.join(told.notes)}".strip()
