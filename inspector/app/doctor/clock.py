"""Is this computer's clock right? Compared with the Date of what sites answered of late: certificates have dates, and a wrong clock makes good ones bad."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from email.utils import parsedate_to_datetime

from inspector.app.doctor.case import Case, Seen
from inspector.app.doctor.here import is_local
from inspector.explain.findings import Finding
from inspector.explain.words import lasting

SMALL, LARGE = 60.0, 300.0
ENOUGH = 2
TITLE = "The clock is right"


def check(case: Case) -> Iterator[Finding]:
    ahead: dict[str, float] = {}
    for seen in case.seen:
        difference = _ahead(seen)
        if difference is not None:
            ahead.setdefault(seen.exchange.host, difference)
    if len(ahead) < ENOUGH:
        sentence = "Too few sites answered of late to compare it with theirs."
        yield Finding("clock", "computer", TITLE, "open", sentence)
        return
    median = statistics.median(ahead.values())
    evidence = tuple(f"{host} says {_off(difference)}" for host, difference in list(ahead.items())[:5])
    if abs(median) <= SMALL:
        yield Finding(
            "clock", "computer", TITLE, "good", f"It agrees with {len(ahead)} sites.", evidence=evidence
        )
        return
    sentence = f"By what {len(ahead)} sites say, this computer's clock is {lasting(round(abs(median)))} {'ahead' if median > 0 else 'behind'}."
    state = "bad" if abs(median) > LARGE else "caution"
    cure = "Set it right, with date and time zone, and let the system keep it (on Linux: `timedatectl set-ntp true`)."
    yield Finding("clock", "computer", TITLE, state, sentence, cure, evidence)  # type: ignore[arg-type]  # one of the two


def _ahead(seen: Seen) -> float | None:
    """By how many seconds our clock is ahead of the site's; None where the site told no time, or is on this computer."""
    exchange, answer = seen.exchange, seen.answer
    remote = exchange.remote.rpartition(":")[0]
    if answer is None or is_local(exchange.host) or (remote and is_local(remote)):
        return None
    said = next((field.value for field in answer.fields if field.name.lower() == b"date"), b"")
    cached = any(field.name.lower() == b"age" and field.value.strip(b"0") for field in answer.fields)
    if not said or cached:
        return None
    try:
        theirs = parsedate_to_datetime(said.decode("ascii")).timestamp()
    except (ValueError, OverflowError):
        return None
    return (
        exchange.started + (exchange.timeline.response_start or 0.0) - theirs - 0.5
    )  # its seconds are whole


def _off(difference: float) -> str:
    if abs(difference) < 2:
        return "the same"
    return f"this clock is {lasting(round(abs(difference)))} {'ahead' if difference > 0 else 'behind'}"
