"""For one exchange, rule by rule: whether it fits, and if not, what is in the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from inspector.filter.refuting import refuting, say_refuting
from inspector.filter.subject import Subject
from inspector.rules.model import Rule
from inspector.rules.ruleset import RuleSet

Fits = Literal["fits", "stands aside", "does not fit", "off"]


@dataclass(frozen=True, slots=True)
class Why:
    """One rule's case. `because` is a sentence; empty where the rule just fits."""

    rule: Rule
    fits: Fits
    because: str = ""


def why(rules: Sequence[Rule], subject: Subject, now: float) -> tuple[Why, ...]:
    """What can be said of each of these rules, in their order."""
    told = RuleSet(rules, now)
    early, late = told.request.verdict(subject), told.response.verdict(subject)
    over = {each.rule: each.because for each in (*early.passed_over, *late.passed_over)}
    if early.ended:
        over |= {step.rule: f"“{early.ended}” had answered already" for step in late.steps}
    return tuple(_why(rule, over.get(rule.name, ""), subject, now) for rule in rules)


def _why(rule: Rule, over: str, subject: Subject, now: float) -> Why:
    if not rule.on:
        return Why(rule, "off", "It is turned off.")
    part = refuting(rule.scope, subject, now)
    if part is not None:
        return Why(rule, "does not fit", f"It asks for exchanges {say_refuting(part, subject)}.")
    return Why(rule, "stands aside", f"It fits, and would do nothing: {over}.") if over else Why(rule, "fits")
