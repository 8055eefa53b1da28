"""A body that ends before it should."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.explain.case import Case, body_of
from inspector.explain.checks.model import Check, Cure, Found, seen
from inspector.explain.prose import say
from inspector.explain.references import rfc
from inspector.explain.values.lists import number
from inspector.explain.words import size


def _look(case: Case) -> Iterator[Found]:
    exchange = case.exchange
    body = body_of(exchange, "response")
    fault = exchange.error
    if (
        exchange.state == "open"
        or case.answered_here
        or not case.came.there
        or body.complete
        or exchange.kind != "http"
    ):
        return
    if fault is not None and fault.who == "client":
        return  # the browser left
    whole = number(case.came.first("content-length"), 2**62)
    of = say(" of {whole}", whole=size(whole)) if whole else say("")
    evidence = seen(
        case,
        case.came.whole_body() if body.captured else case.came.whole_head(),
        say("{size} came", size=size(body.size)),
    )
    yield Found(
        "warning",
        case.path,
        say("`{path}` broke off after {size}{of}.", path=case.path, size=size(body.size), of=of),
        evidence,
    )


CHECK = Check(
    "cut-off", "correctness", "The answer breaks off",
    say("Half a page, half a picture, a script that doesn't run. Most often the program behind crashed, or a time limit ended it."),
    Cure(
        say("The server's log says why. Long work belongs into a task of its own, not into a request."),
        """# gunicorn --timeout 60 "shop:app"
""",
    ),
    (rfc(9112, "8"),),
    _look,
)  # fmt: skip
