"""What a person's rules say of an exchange, and the head of its request changed accordingly.

The rules come from the settings, and are exchanged whole when they change; an exchange keeps those it began with. Without rules `active` is
False and nothing here is asked. A rule does its work on the bytes that are about to go on: what the browser said stays on record as it was.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, cast

import msgspec

from inspector.engine.targets import Origin
from inspector.exchange.model import Body, Exchange, Message, Summary
from inspector.filter.subject import Subject
from inspector.rules.effects import Answer, Edit, Elsewhere, Hold, Pace, Refuse, Replace, Serve, Wait
from inspector.rules.errors import RuleMistake
from inspector.rules.reading import read_rules
from inspector.rules.ruleset import RuleSet, Step, Verdict

if TYPE_CHECKING:
    from inspector.engine.flow import Flow
    from inspector.engine.heads import Way
    from inspector.rules.model import Rule

Ending = Answer | Serve | Refuse


class Ruled:
    """What rules want done with one exchange: `elsewhere`, `edits`, `texts`, `wait`, `up` and `ending` for its request, `steps` for its response.
    `holds` are those that want one or the other to wait for somebody's word, with the rules' names."""

    __slots__ = ("edits", "elsewhere", "ending", "holds", "steps", "texts", "up", "wait")

    def __init__(self) -> None:
        self.elsewhere: Elsewhere | None = None
        self.edits: tuple[Edit, ...] = ()
        self.texts: tuple[Replace, ...] = ()
        self.wait = 0.0
        self.up = 0.0
        self.ending: Ending | None = None
        self.steps: tuple[Step, ...] = ()
        self.holds: tuple[tuple[str, Hold], ...] = ()


class Ruling:
    """The rules of one engine."""

    def __init__(self, complain: Callable[[str], None]) -> None:
        self._complain = complain
        self._given: Sequence[Any] = ()
        self._say: dict[str, Rule] = {}
        self._rules = RuleSet((), 0)
        self.active = False
        self.asks_responses = False

    def choose(self, given: Sequence[Any]) -> None:
        """Take other rules (plain data, as the settings keep them). If they can't be read, those that were there stay."""
        if given == self._given:
            return
        self._given = given
        try:
            self._rules = RuleSet(read_rules(given), time.time())
        except RuleMistake as mistake:
            self._complain(f"the rules stay as they were: {mistake}")
            return
        self._say = {rule.name: rule for rule in self._rules.rules}
        self.active = any(rule.on for rule in self._rules.rules)
        self.asks_responses = self._rules.asks_responses

    def in_force(self, name: str) -> bool:
        """Whether there is a rule of this name now, and it is on."""
        rule = self._say.get(name)
        return rule is not None and rule.on

    def waits_for_request(self, flow: Flow) -> bool:
        """Whether the request's body has to be whole before it can be told what rules want."""
        if not self._rules.may_wait:
            return False
        subject = _subject(flow)
        return self._rules.request.waits(subject) or self._rules.wants_request_later(subject)

    def of_request(self, flow: Flow, body: bytes | None = b"") -> Ruled | None:
        """What rules want done with an exchange whose request has just begun, or has come with this body; None for most.
        Without a body (None) those that ask for it can't be told."""
        subject = _subject(flow, request=body)
        if body != b"" and self._rules.wants_request_later(subject):
            flow.request_body = body
            flow.request_unknown = body is None
        verdict = self._rules.request.verdict(subject, whole=body is not None)
        self._note(flow, verdict)
        if not verdict.steps:
            return None
        ruled = Ruled()
        ruled.steps = tuple(step for step in verdict.steps if not _of_the_request(ruled, step))
        return ruled

    def waits_for_response(self, flow: Flow) -> bool:
        """The same of the response's body, now that its head is there."""
        response = self._rules.response
        return response.may_wait and response.waits(_subject(flow, request=flow.request_body))

    def of_response(self, flow: Flow, body: bytes | None = b"") -> tuple[Step, ...]:
        """What is to be done with the response, now that its head is there, or all of it."""
        early = flow.ruled.steps if flow.ruled is not None else ()
        if not self.asks_responses:
            return early
        subject = _subject(flow, request=flow.request_body, response=body)
        verdict = self._rules.of_response(
            subject, whole=body is not None, request_whole=not flow.request_unknown
        )
        self._note(flow, verdict)
        holds = tuple((step.rule, step.effect) for step in verdict.steps if isinstance(step.effect, Hold))
        if holds:
            flow.ruled = flow.ruled or Ruled()
            flow.ruled.holds += holds
        return early + tuple(step for step in verdict.steps if not isinstance(step.effect, Hold))

    def _note(self, flow: Flow, verdict: Verdict) -> None:
        """Say on the exchange which rules did something, and which would have."""
        for name in verdict.untold:
            flow.decide("rule-untold", "", name)
        for name in dict.fromkeys(step.rule for step in verdict.steps):
            rule = self._say.get(name)
            # to let it wait for a person is no change by itself: what the person does with it is noted then
            waits = all(isinstance(step.effect, Hold) for step in verdict.steps if step.rule == name)
            flow.decide(
                "rule-held" if waits else "ruled", rule.action.say() if rule is not None else "", name
            )
        for over in verdict.passed_over:
            flow.decide("rule-passed-over", over.because, over.rule)


def _subject(flow: Flow, request: bytes | None = None, response: bytes | None = None) -> Subject:
    """The exchange as it stands, with the bodies that wait whole. Most rules ask for the address only, and then nothing more is made."""
    whole: Exchange | None = None

    def snapshot() -> Exchange:
        nonlocal whole
        whole = whole or _with_bodies(flow, flow.exchange(0, "open"), request, response)
        return whole

    return Subject(cast(Summary, _Row(flow, snapshot)), snapshot)


class _Row:
    """A row of the list as far as it is asked for."""

    def __init__(self, flow: Flow, whole: Callable[[], Exchange]) -> None:
        self.scheme = flow.scheme
        self.host = flow.host
        self.port = flow.port
        self.path = flow.path
        if flow.head is not None:
            self.method = flow.head.method.decode("latin-1")
        if flow.response is not None:
            self.status = flow.response.status
        self._whole = whole

    def __getattr__(self, name: str) -> Any:
        return getattr(self._whole(), name)


def _with_bodies(flow: Flow, exchange: Exchange, request: bytes | None, response: bytes | None) -> Exchange:
    if request and exchange.client_leg is not None:
        message = Message(flow.client_request, Body(len(request), len(request), request))
        leg = msgspec.structs.replace(exchange.client_leg, request=message)
        exchange = msgspec.structs.replace(exchange, client_leg=leg)
    if response and exchange.server_leg is not None and exchange.server_leg.response is not None:
        message = Message(exchange.server_leg.response.head, Body(len(response), len(response), response))
        leg = msgspec.structs.replace(exchange.server_leg, response=message)
        exchange = msgspec.structs.replace(exchange, server_leg=leg)
    return exchange


def _of_the_request(ruled: Ruled, step: Step) -> bool:
    """Take a step that concerns the request; whether it was one, and only that."""
    match step.effect:
        case Answer() | Serve() | Refuse():
            ruled.ending = step.effect
        case Elsewhere():
            ruled.elsewhere = step.effect
        case Wait("request", seconds):
            ruled.wait += seconds
        case Pace(down, up):
            ruled.up = min(filter(None, (ruled.up, up)), default=0.0)
            return not down
        case Edit("request"):
            ruled.edits += (step.effect,)
        case Replace("request"):
            ruled.texts += (step.effect,)
        case Hold():
            ruled.holds += ((step.rule, step.effect),)
        case _:
            return False
    return True


def elsewhere(way: Way, to: Elsewhere) -> Way:
    """The way to the server that is asked in the site's place."""
    origin = Origin(to.scheme == "https", to.host, to.port, to.host)
    return way._replace(scheme=to.scheme, origin=origin, rewrite=not to.keep_host)


def below(head: bytes, path: bytes, to: Elsewhere) -> bytes:
    """The request's head with its path below the other server's."""
    method, _, rest = head.partition(b" ")
    target, _, rest = rest.partition(b" ")
    if not to.path or not path.startswith(b"/"):
        return head
    return b"%b %b%b%b %b" % (method, target[: -len(path)], to.path.encode("ascii"), path, rest)
