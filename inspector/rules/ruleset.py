"""All rules together: which of them fit an exchange at a moment, and what is to be done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from inspector.filter.matching import Matches, matcher
from inspector.filter.moments import Moment
from inspector.filter.subject import Subject
from inspector.filter.tree import moment_of, possible, terms
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
    """What is to be done with one exchange, in order. Empty for most. `untold` are rules that ask for a body which nobody has whole,
    `ended` the one that answers in the site's place."""

    steps: tuple[Step, ...] = ()
    passed_over: tuple[PassedOver, ...] = ()
    untold: tuple[str, ...] = ()
    ended: str = ""


NOTHING = Verdict()
NOBODY: Mapping[str, Matches] = {}


class RuleSet:
    """The rules that are on, ready to be asked. Immutable; an engine exchanges it whole."""

    def __init__(self, rules: Iterable[Rule], now: float) -> None:
        self.rules = tuple(rules)
        on = [rule for rule in self.rules if rule.on]
        late = [rule for rule in on if _late(rule)]
        self.request = _Half([rule for rule in on if not _late(rule)], Moment.REQUEST_HEAD, now)
        self.response = _Half(late, Moment.RESPONSE_HEAD, now)
        self._both = {
            rule.name: matcher(possible(rule.scope, Moment.REQUEST_HEAD), now)
            for rule in late
            if _asks_for_both(rule)
        }

    @property
    def may_wait(self) -> bool:
        """Whether there is a rule for whose sake a request may have to be whole."""
        return self.request.may_wait or bool(self._both)

    @property
    def asks_responses(self) -> bool:
        """Whether some rule can only be told from a response."""
        return self.response.any

    def wants_request_later(self, subject: Subject) -> bool:
        """Whether the request's body will be asked for when the response is there."""
        return bool(self._both) and any(may(subject) for may in self._both.values())

    def of_response(self, subject: Subject, *, whole: bool, request_whole: bool) -> Verdict:
        """What the rules say when the response is there. Not `whole`: of its body nothing is known; not `request_whole`: of the request's."""
        return self.response.verdict(subject, whole=whole, blind={} if request_whole else self._both)


def _late(rule: Rule) -> bool:
    return moment_of(rule.scope) > Moment.REQUEST_BODY


def _asks_for_both(rule: Rule) -> bool:
    return any(term.moment == Moment.REQUEST_BODY or term.field.name in _BOTH for term in terms(rule.scope))


_BOTH = ("", "body")  # the fields that look into both bodies


class _Half:
    """The rules that can be told from a request, or those that can be told from the response: most by its head, some only by its body."""

    def __init__(self, rules: Iterable[Rule], head: Moment, now: float) -> None:
        self._rules = [(rule, matcher(rule.scope, now)) for rule in rules]
        self._bodily = {
            rule.name: matcher(possible(rule.scope, head), now)
            for rule, _ in self._rules
            if moment_of(rule.scope) > head
        }
        self.any = bool(self._rules)
        self.may_wait = bool(self._bodily)

    def waits(self, subject: Subject) -> bool:
        """Whether the body has to be there before all can be told: some rule asks for it, and what is known so far fits."""
        return any(may(subject) for may in self._bodily.values())

    def verdict(
        self, subject: Subject, *, whole: bool = True, blind: Mapping[str, Matches] = NOBODY
    ) -> Verdict:
        """What the rules say. Not `whole`: of the body nothing is known, and never will be in time. `blind` are further rules that can't be told."""
        unknown = blind if whole else {**blind, **self._bodily}
        if not unknown:
            return _verdict(self._rules, subject)
        told = [each for each in self._rules if each[0].name not in unknown]
        untold = tuple(name for name, may in unknown.items() if may(subject))
        return replace(_verdict(told, subject), untold=untold)


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
    return Verdict(tuple(steps), tuple(over), (), ended)
