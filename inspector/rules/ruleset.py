"""All rules together: which of them fit an exchange at a moment, and what is to be done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from inspector.filter.matching import Matches, matcher
from inspector.filter.moments import Moment
from inspector.filter.subject import Subject
from inspector.filter.tree import moment_of
from inspector.rules.effects import ENDING, Effect, Elsewhere
from inspector.rules.model import Rule


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do, and the rule that says so."""

    rule: str
    effect: Effect


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A rule that fits and yet does nothing, and why."""

    rule: str
    because: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to be done with one exchange, in order. Empty for most."""

    steps: tuple[Step, ...] = ()
    passed_over: tuple[PassedOver, ...] = ()


NOTHING = Verdict()


class RuleSet:
    """The rules that are on, ready to be asked. Immutable; an engine exchanges it whole."""

    def __init__(self, rules: Iterable[Rule], now: float) -> None:
        self.rules = tuple(rules)
        on = [(rule, matcher(rule.scope, now)) for rule in self.rules if rule.on]
        self._early = [each for each in on if moment_of(each[0].scope) <= Moment.REQUEST_HEAD]
        self._late = [each for each in on if moment_of(each[0].scope) > Moment.REQUEST_HEAD]

    @property
    def asks_responses(self) -> bool:
        """Whether some rule can only be told from a response."""
        return bool(self._late)

    def of_request(self, subject: Subject) -> Verdict:
        """What rules say that can be told from the request's head; also of the response, where they need to know no more."""
        return _verdict(self._early, subject)

    def of_response(self, subject: Subject) -> Verdict:
        """What the other rules say, once the response's head is there."""
        return _verdict(self._late, subject)


def _verdict(rules: list[tuple[Rule, Matches]], subject: Subject) -> Verdict:
    fitting = [rule for rule, fits in rules if fits(subject)]
    if not fitting:
        return NOTHING
    steps: list[Step] = []
    over: list[PassedOver] = []
    ended = moved = ""
    for rule in fitting:
        effects = rule.action.effects()
        if ended:
            over.append(PassedOver(rule.name, f"“{ended}” had answered already"))
        elif moved and any(isinstance(each, Elsewhere) for each in effects):
            over.append(PassedOver(rule.name, f"“{moved}” had sent the request elsewhere already"))
        else:
            steps.extend(Step(rule.name, effect) for effect in effects)
            ended = rule.name if any(isinstance(each, ENDING) for each in effects) else ""
            moved = moved or (rule.name if any(isinstance(each, Elsewhere) for each in effects) else "")
    return Verdict(tuple(steps), tuple(over))
