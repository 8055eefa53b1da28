"""What Inspector did, and what it saw of the site: from the exchange's own moments."""

from __future__ import annotations

from inspector.exchange.model import Exchange
from inspector.explain.case import Case
from inspector.explain.words import took
from inspector.web.present.journey.model import LaneName, Stretch
from inspector.web.present.phases import timing

# A handshake that was over longer than the whole exchange before it began is said, and not drawn: it would leave no room for the rest.
_LONG_BEFORE = 1.0


def outside(case: Case) -> tuple[tuple[Stretch, ...], tuple[str, ...]]:
    """The stretches of Inspector and the site, and what has to be said beside them."""
    exchange = case.exchange
    line, end = exchange.timeline, known_end(exchange)
    found: list[Stretch] = []
    notes: list[str] = []
    for phase in timing(exchange).phases:
        if phase.start is None:
            continue
        if phase.end is not None and phase.end < -_LONG_BEFORE * end:
            notes.append(f"{phase.words} was done {took(-phase.end)} before.")
            continue
        lane: LaneName = "site" if phase.code in ("waiting", "receiving") else "inspector"
        found.append(Stretch(lane, phase.code, _WORDS.get(phase.code, phase.words), phase.start, phase.end))
    if line.response_start is not None and line.response_start < (exchange.duration or 0.0):
        found.append(
            Stretch("inspector", "receiving", "passing it on", line.response_start, exchange.duration)
        )
    if exchange.server_leg is not None and exchange.server_leg.turn > 1:
        notes.append("The connection to the site was open already.")
    return tuple(found), tuple(notes)


_WORDS = {
    "name": "looking up the name", "connection": "connecting", "sending": "sending it on", "waiting": "on the way, and at work",
    "receiving": "answering",
}  # fmt: skip


def known_end(exchange: Exchange) -> float:
    """When the last thing that is known of it happened; never nothing, so that it can be divided by."""
    line = exchange.timeline
    moments = (exchange.duration, line.response_end, line.response_start, line.send_end, line.connect_end)
    return max([0.000001, *(each for each in moments if each is not None)])
