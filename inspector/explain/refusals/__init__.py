"""Why a handshake with a client failed: the evidence of one failed handshake in, a named cause out, with its cure for that very program.

An alert says little by itself: Chrome sends the same one for an unknown authority and for a wrong clock, Go says bad_certificate where
OpenSSL says unknown_ca, Node and Java's newer client hang up without a word, wget and git (GnuTLS) finish the handshake and leave. So
the cause is found from all there is: the alert, when it came, what was offered, which TLS library this looks like, and what this client did
before. `judges` are asked one after the other, the surest first; `causes` has the words.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from inspector.exchange.model import Connection, Exchange
from inspector.explain.programs import ANYTHING, Program, programs_of
from inspector.explain.refusals.case import NO_HISTORY, Case, Evidence, History
from inspector.explain.refusals.causes import CAUSES, Row
from inspector.explain.refusals.judges import WANTED, Sure, is_at_the_door, judge

__all__ = [
    "CAUSES",
    "NO_HISTORY",
    "SURE",
    "Cause",
    "Cure",
    "Evidence",
    "History",
    "Sure",
    "classify",
    "concerns",
]

SURE: dict[Sure, str] = {
    "sure": "This is certain.",
    "likely": "This is most likely; the evidence allows little else.",
    "perhaps": "This is a guess: the evidence allows other causes too.",
}


class Cure(NamedTuple):
    """What to do, for whom: a program's title, or empty for everybody. Commands stand between back-ticks, `{ca}` for the authority's file."""

    whom: str
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a handshake failed. `others` are titles of what the evidence allows besides.

    `leave` is why the host may be left encrypted, as a sentence; empty where that is not to be suggested (yet).
    """

    code: str
    title: str
    sentence: str
    sure: Sure
    evidence: tuple[Evidence, ...]
    cures: tuple[Cure, ...]
    others: tuple[str, ...] = ()
    leave: str = ""


def concerns(exchange: Exchange) -> bool:
    """Whether `classify` has something to say of this exchange."""
    if exchange.kind == "tls":
        return bool(exchange.fault)
    return exchange.fault == WANTED or is_at_the_door(exchange)


def classify(exchange: Exchange, connection: Connection | None, history: History = NO_HISTORY) -> Cause:
    """The cause of a failed handshake. `connection` is the client's, or None where nothing of it is kept."""
    case = Case(exchange, connection, history)
    verdict = judge(case)
    row = CAUSES[verdict.code]
    return Cause(
        verdict.code,
        row.title,
        case.fill(row.sentence, verdict.detail),
        verdict.sure,
        tuple(case.evidence()),
        tuple(_cures(case, row)),
        tuple(CAUSES[code].title for code in verdict.others),
        case.why_leave(row),
    )


def _cures(case: Case, row: Row) -> Iterator[Cure]:
    if row.cure:
        yield Cure("", (case.fill(row.cure),))
    if not row.trusting:
        return
    if case.program is not None:
        yield Cure(case.program.title, case.program.trust)
        return
    found: tuple[Program, ...] = programs_of(case.stack.id) if case.stack is not None else ()
    alike = [step for step in ANYTHING.trust if sum(step in program.trust for program in found) > 1]
    if alike or not found:
        yield Cure(ANYTHING.title if not found else "whichever it is", tuple(alike) or ANYTHING.trust)
    for program in found:
        yield Cure(program.title, tuple(step for step in program.trust if step not in alike))
