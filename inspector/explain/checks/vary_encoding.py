"""A packed answer that caches may give to somebody who can't unpack it."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.explain.case import Case
from inspector.explain.checks.model import Check, Cure, Found, seen
from inspector.explain.prose import say
from inspector.explain.references import header, rfc
from inspector.explain.values.caching import keeping
from inspector.explain.values.lists import tokens


def _look(case: Case) -> Iterator[Found]:
    response = case.response
    coding = response.value("content-encoding").strip().lower()
    if not coding or coding == "identity" or case.answered_here or case.exchange.status != 200:
        return
    if {"accept-encoding", "*"} & set(tokens(response.value("vary"))) or keeping(case).shared_no:
        return
    evidence = seen(
        case, response.place(response.every("content-encoding")[0]), say("no Vary: Accept-Encoding")
    )
    yield Found(
        "advice",
        case.path,
        say(
            "`{path}` comes packed, may be kept by caches for many, and doesn't say that it depends on Accept-Encoding.",
            path=case.path,
        ),
        evidence,
    )


CHECK = Check(
    "vary-encoding", "caching", "A cache may hand out what can't be unpacked",
    say("The cache keeps the packed version and gives it to a program that never asked for it: it sees nonsense."),
    Cure(
        say("Say that the answer depends on it. Flask-Compress does by itself."),
        """response.vary.add("Accept-Encoding")
""",
    ),
    (rfc(9110, "12.5.5"), header("Vary")),
    _look,
)  # fmt: skip
