"""The rows of the waterfall: each exchange's phases as stretches on the clock of all, and in words."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from inspector.exchange.model import Exchange, Leg, Message, Summary
from inspector.exchange.report import Report
from inspector.store.rows import Row
from inspector.store.timed import Timed
from inspector.web.brief import brief
from inspector.web.present.clock import Clock, clock_for
from inspector.web.present.phases import timing
from inspector.web.words import phrase, size, took

SHORTEST = 1.5  # units: what is shorter is drawn so wide, or it would not be seen


class Stretch(NamedTuple):
    """A phase of one exchange; seconds since the epoch, `end` None while it lasts. `code` is one of phases.css, or `app`, or `rest`."""

    code: str
    words: str
    start: float
    end: float | None


@dataclass(frozen=True, slots=True)
class Fall:
    """One exchange in the waterfall. `connection` is empty where nothing was sent to a site; `turn` above 1: the connection was used before."""

    row: Row
    stretches: tuple[Stretch, ...]
    connection: str = ""
    turn: int = 0

    @property
    def start(self) -> float:
        return min([self.row.started, *(each.start for each in self.stretches)])

    def end(self, now: float) -> float:
        """When it ended; `now` while it lasts."""
        ends = [now if each.end is None else each.end for each in self.stretches]
        known = self.row.started + (self.row.duration or 0.0)
        return max([known, *ends]) if self.row.state != "open" else max([now, *ends])

    @property
    def status(self) -> str:
        if self.row.state == "open":
            return "on its way"
        if self.row.state == "failed":
            return brief(self.row.fault) or "failed"
        return f"{self.row.status} {phrase(self.row.status, self.row.reason)}".strip()

    @property
    def said(self) -> str:
        """All its numbers in a sentence."""
        row = self.row
        parts = [f"{row.method} {row.host}{row.path[:200]}: {self.status}, {took(row.duration) or 'not over'}, {size(row.response_size)}"]  # fmt: skip
        if self.turn > 1:
            parts.append(f"request {self.turn} on its connection")
        parts += [f"{each.words} {took(each.end - each.start) if each.end is not None else 'still'}" for each in self.stretches]  # fmt: skip
        return "; ".join(parts)


def falls(
    rows: Iterable[Row], timed: dict[bytes, Timed], reports: dict[bytes, Report] | None = None
) -> list[Fall]:
    """The rows with what is known of their time."""
    return [_fall(row, timed.get(row.id), (reports or {}).get(row.id)) for row in rows]


def _fall(row: Row, known: Timed | None, report: Report | None) -> Fall:
    if known is None:
        return Fall(row, (Stretch("rest", "in all", row.started, _end(row, 0.0, row.duration)),))
    leg = Leg(known.connection, Message(b""), turn=known.turn) if known.turn else None
    facts = {name: getattr(row, name) for name in Summary.__struct_fields__}
    told = timing(
        Exchange(**facts, server_leg=leg, timeline=known.timeline, decisions=known.decisions), report
    )
    stretches = [
        Stretch(each.code, each.words, row.started + each.start, _end(row, each.start, each.end))
        for each in told.phases
        if each.start is not None
    ]
    for inner in told.inside:
        if inner.took is not None and inner.code == "app":
            begin = row.started + inner.start
            stretches.append(Stretch("app", inner.words, begin, begin + inner.took))
    if not stretches:
        stretches = [Stretch("rest", "in all", row.started, _end(row, 0.0, row.duration))]
    return Fall(row, tuple(stretches), known.connection.hex(), known.turn)


def _end(row: Row, start: float, end: float | None) -> float | None:
    """When a phase ended; one that was cut short ended with its exchange."""
    if end is None and row.state == "open":
        return None
    return row.started + max(start, (row.duration or 0.0) if end is None else end)


def clock_of(found: Sequence[Fall], now: float) -> Clock:
    """The clock of all of them."""
    return clock_for((fall.start, fall.end(now)) for fall in found)


class Bar(NamedTuple):
    """A stretch on the picture."""

    code: str
    x: float
    width: float


def bars(fall: Fall, clock: Clock, wide: float, now: float) -> list[Bar]:
    """Where the stretches of an exchange stand, on a clock that is so wide."""
    scale = wide / clock.length
    found = []
    for each in fall.stretches:
        x = clock.place(each.start) * scale
        end = clock.place(now if each.end is None else each.end) * scale
        found.append(Bar(each.code, round(min(x, wide - SHORTEST), 2), round(max(end - x, SHORTEST), 2)))
    return found


def strip(found: Sequence[Fall], wide: float = 100.0) -> dict[bytes, list[Bar]]:
    """For a column of a list: the bars of each exchange, on the clock of all that are listed."""
    now = time.time()
    clock = clock_of(found, now)
    return {fall.row.id: bars(fall, clock, wide, now) for fall in found}


def fall_json(fall: Fall) -> dict[str, Any]:
    """What the API says of an exchange: seconds, stretches counted from `started`."""
    row = fall.row
    return {
        "id": row.id.hex(),
        "started": row.started,
        "duration": row.duration,
        "state": row.state,
        "method": row.method,
        "host": row.host,
        "path": row.path[:400],
        "status": row.status,
        "said": fall.said,
        "status_words": fall.status,
        "wrong": row.state == "failed" or row.status >= 400,
        "connection": fall.connection,
        "turn": fall.turn,
        "phases": [
            {"code": each.code, "words": each.words, "start": round(each.start - row.started, 6), "end": None if each.end is None else round(each.end - row.started, 6)}
            for each in fall.stretches
        ],
    }  # fmt: skip
