"""A server whose clock is wrong, or this computer's."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.explain.case import Case
from inspector.explain.checks.model import Check, Cure, Found, seen
from inspector.explain.prose import say
from inspector.explain.references import rfc
from inspector.explain.values.dates import http_date
from inspector.explain.words import lasting

MUCH = 60.0


def _look(case: Case) -> Iterator[Found]:
    if case.answered_here or case.response.has("age") or case.exchange.origin == "import":
        return
    at = http_date(case.response.first("date"), case.now)
    if at is None or not case.exchange.status:
        return
    ahead = at - case.answered_at
    # an old Date may be a copy that a cache kept without saying so; one from the future is always a clock
    if ahead < MUCH:
        return
    evidence = seen(
        case, case.response.place(case.response.every("date")[0]), say("{time} ahead", time=lasting(ahead))
    )
    sentence = say(
        "The clock of `{host}` is {time} ahead of this computer's; one of the two is wrong.",
        host=case.host,
        time=lasting(ahead),
    )
    yield Found("warning", case.host, sentence, evidence)


CHECK = Check(
    "clock-wrong", "correctness", "Two clocks disagree",
    say("Caches keep things for too long or too short, cookies end at the wrong time, log-ins by token fail, and certificates seem not to be valid yet."),
    Cure(say("Let computers set their clocks by the network (NTP)."), "", ""),
    (rfc(9110, "6.6.1"),),
    _look,
)  # fmt: skip
