"""The timing of an exchange: what happened when, as phases with numbers and as a bar on one time scale."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from inspector.exchange.held import Row, waits
from inspector.exchange.model import Exchange, Timeline
from inspector.exchange.report import Report
from inspector.explain.server_half import in_database, placed, short_name

WIDE = 1000  # units of the bar


@dataclass(frozen=True, slots=True)
class Phase:
    """One stretch of time. `code` is its CSS class; `start` and `end` in seconds after the exchange began.

    `end` is None while it lasts; both are None when it didn't happen, and `note` then says why.
    """

    code: str
    words: str
    start: float | None
    end: float | None
    note: str = ""

    @property
    def took(self) -> float | None:
        return None if self.start is None or self.end is None else self.end - self.start


@dataclass(frozen=True, slots=True)
class Segment:
    """A phase on the bar: position and width in thousandths of the whole."""

    code: str
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Inside:
    """What an app told of its work while Inspector waited: a line of its own under that phase, with as many pieces as it took."""

    code: str
    words: str
    start: float
    took: float | None
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Timing:
    phases: tuple[Phase, ...]
    segments: tuple[Segment, ...]
    total: float | None
    alone: float | None  # what no phase accounts for: Inspector's own work
    inside: tuple[Inside, ...] = ()  # of the phase `waiting`

    @property
    def held(self) -> float:
        """How much of it breakpoints took."""
        return sum(phase.took or 0.0 for phase in self.phases if phase.code == "held")

    def segment(self, phase: Phase) -> Segment | None:
        """A phase's own piece of the bar."""
        happened = [each for each in self.phases if each.start is not None]
        return self.segments[happened.index(phase)] if phase in happened else None

    @property
    def text(self) -> str:
        """The bar in words, for those who don't see it."""
        known = [
            f"{phase.words} {phase.took * 1000:.1f} ms" for phase in self.phases if phase.took is not None
        ]
        return ", ".join(known) or "no phase is known"


def timing(exchange: Exchange, report: Report | None = None, held: Iterable[Row] = ()) -> Timing:
    """The phases of an exchange in their order, those that didn't happen with the reason; with what the app told of its own half, and what is `held` of it now."""
    line, reused = exchange.timeline, _reused(exchange)
    begin = line.client_tls_start or 0.0
    total = exchange.duration
    waiting = [each for each in held if each.state == "waiting"]
    phases = (
        *_client_phases(line),
        *_held_phases(exchange, "request", waiting),
        *_site_phases(exchange, line, reused),
        *_held_phases(exchange, "response", waiting),
    )
    known = [phase.end for phase in phases if phase.end is not None]
    known += [time.time() - exchange.started for _ in waiting]
    end = max([total or 0.0, *known, 0.000001])
    scale = WIDE / (end - min(begin, 0.0))
    segments = []
    covered = 0.0
    for phase in phases:
        if phase.start is None:
            continue
        stop = phase.end if phase.end is not None else end
        covered += max(stop - phase.start, 0.0)
        x = (phase.start - min(begin, 0.0)) * scale
        segments.append(Segment(phase.code, round(x, 2), round(max((stop - phase.start) * scale, 2.0), 2)))
    alone = max(total - covered, 0.0) if total is not None and exchange.state != "open" else None
    inside = tuple(_inside(exchange, report, min(begin, 0.0), scale)) if report is not None else ()
    return Timing(phases, tuple(segments), total, alone, inside)


def _inside(exchange: Exchange, report: Report, begin: float, scale: float) -> Iterator[Inside]:
    """The app's own work, its databases' and its templates', on the exchange's scale."""
    start = placed(exchange, report).start

    def line(
        code: str, words: str, began: float, took: float | None, pieces: Iterable[tuple[float, float | None]]
    ) -> Inside:
        segments = []
        for at, lasted in pieces:
            x = min(max((start + at - begin) * scale, 0.0), WIDE - 2.0)
            width = max(min((lasted or 0.0) * scale, WIDE - x), 2.0)
            segments.append(Segment(code, round(x, 2), round(width, 2)))
        return Inside(code, words, start + began, took, tuple(segments))

    yield line(
        "app",
        f"The app at work{f', {short_name(report.app)}' if report.app else ''}",
        0.0,
        report.took,
        [(0.0, report.took)],
    )
    if report.queries:
        pieces = [(each.began, each.took) for each in report.queries]
        words = f"its {'query' if len(pieces) == 1 else f'{len(pieces):,} queries'}"
        yield line("query", words, pieces[0][0], in_database(report), pieces)
    if report.templates:
        first = report.templates[0]
        pieces = [(each.began, each.took) for each in report.templates]
        longest = max((each.took or 0.0 for each in report.templates), default=0.0)
        yield line(
            "template",
            "its template" if len(pieces) == 1 else f"its {len(pieces):,} templates",
            first.began,
            longest,
            pieces,
        )


def _reused(exchange: Exchange) -> bool:
    return exchange.server_leg is not None and exchange.server_leg.turn > 1


def _client_phases(line: Timeline) -> tuple[Phase, ...]:
    if line.client_tls_start is None:
        return ()
    return (Phase("tls", "TLS with the browser", line.client_tls_start, line.client_tls_end),)


def _site_phases(exchange: Exchange, line: Timeline, reused: bool) -> tuple[Phase, ...]:
    why = "" if exchange.server_leg else "nothing was sent to a site"
    kept = "a connection that was still open was used again" if reused else why
    return (
        Phase("name", "Looking up the name", line.dns_start, line.dns_end, kept or "the address was known"),
        Phase("connection", "Connecting", line.connect_start, line.connect_end, kept),
        Phase("tls", "TLS with the site", line.tls_start, line.tls_end, kept or _no_tls(exchange)),
        Phase("sending", "Sending the request", line.send_start, line.send_end, why),
        Phase("waiting", "Waiting for the first byte", _waited_from(line), line.response_start, why),
        Phase(
            "receiving",
            "Receiving the response",
            line.response_start,
            line.response_end,
            why or "no response came",
        ),
    )


def _held_phases(exchange: Exchange, moment: str, waiting: Iterable[Row]) -> tuple[Phase, ...]:
    """How long a breakpoint held a message, or holds it: nobody's time but the reader's own."""
    words = f"Waiting for you, the {moment}"
    over = [
        Phase("held", words, each.start, each.end)
        for each in waits(exchange.decisions)
        if each.moment == moment
    ]
    now = [
        Phase("held", words, max(each.since - exchange.started, 0.0), None)
        for each in waiting
        if each.moment == moment
    ]
    return (*over, *now)


def _waited_from(line: Timeline) -> float | None:
    """From the request's end, unless the answer began before that (then nobody waited)."""
    if line.send_end is None:
        return None
    return min(line.send_end, line.response_start) if line.response_start is not None else line.send_end


def _no_tls(exchange: Exchange) -> str:
    return "http has none" if exchange.scheme == "http" else ""
