"""An answer that took long to begin."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.explain.case import Case
from inspector.explain.checks.model import Check, Cure, Found, Severity, seen
from inspector.explain.prose import say
from inspector.explain.references import mdn
from inspector.explain.words import took

SLOW = 1.0
VERY = 4.0


def _look(case: Case) -> Iterator[Found]:
    line = case.exchange.timeline
    if (
        line.send_end is None
        or line.response_start is None
        or case.answered_here
        or case.exchange.kind != "http"
    ):
        return
    waited = line.response_start - line.send_end
    if waited < SLOW or case.exchange.resource == "socket":
        return
    severity: Severity = "warning" if waited > VERY else "advice"
    evidence = seen(
        case,
        case.response.place() if case.response.there else None,
        say("{time} until the first byte", time=took(waited)),
    )
    yield Found(
        severity,
        case.path,
        say("`{path}` took {time} until the first byte came.", path=case.path, time=took(waited)),
        evidence,
    )


CHECK = Check(
    "slow-answer", "performance", "A long wait for the first byte",
    say("Until then the user sees nothing. Most often it is the database: a query without an index, or many in a row."),
    Cure(
        say("Measure first: let the server tell where its time goes."),
        """import time

@app.before_request
def begin():
    g.begun = time.perf_counter()

@app.after_request
def measured(response):
    took = (time.perf_counter() - g.begun) * 1000
    response.headers["Server-Timing"] = f"app;dur={took:.1f}"
    return response
""",
    ),
    (mdn("Glossary/Time_to_first_byte", "Time to first byte"),),
    _look,
)  # fmt: skip
