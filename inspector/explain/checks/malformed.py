"""Bytes that break the rules, as they were met on the way: with the RFC's own sentence."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.explain.case import Case
from inspector.explain.checks.model import Check, Cure, Found, Severity, seen
from inspector.explain.prose import say
from inspector.explain.references import rfc
from inspector.explain.story.frame import fault_place, fault_words
from inspector.wire.rules import RULES


def _look(case: Case) -> Iterator[Found]:
    fault = case.exchange.error
    if fault is not None and fault.code in RULES:
        severity: Severity = "serious" if fault.who == "server" else "warning"
        place = next(iter(fault_place(case)), None)
        evidence = seen(
            case,
            place,
            say("{rfc}: “{quote}”", rfc=RULES[fault.code].rfc, quote=RULES[fault.code].quote[:300]),
        )
        yield Found(severity, f"{fault.who} {fault.code}", fault_words(case.exchange), evidence)
    for decision in case.exchange.decisions:
        if decision.code == "space-before-colon":
            sentence = say(
                "The site wrote white space between a field's name and its colon (`{name}`); Inspector removed it.",
                name=decision.detail,
            )
            yield Found(
                "warning",
                decision.detail,
                sentence,
                seen(case, case.came.whole_head() if case.came.there else None),
            )


CHECK = Check(
    "malformed", "correctness", "Bytes against the rules",
    say("Two programs that read such bytes may see two different messages, and attackers live on the difference ([[request smuggling]])."),
    Cure(say("Leave the writing of HTTP to a library; where it is done by hand, look at the place that is marked."), "", ""),
    (rfc(9112, "11.2"),),
    _look,
)  # fmt: skip
