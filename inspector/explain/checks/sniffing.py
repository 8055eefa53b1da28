"""Scripts, styles and uploads whose type a browser may guess."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.explain.case import Case
from inspector.explain.checks.model import Check, Cure, Found, seen
from inspector.explain.prose import say
from inspector.explain.references import fetch, header


def _look(case: Case) -> Iterator[Found]:
    if (
        not 200 <= case.exchange.status < 300
        or case.answered_here
        or not case.exchange.response_size
        or case.exchange.kind != "http"
    ):
        return
    if case.response.first("x-content-type-options").strip().lower() == "nosniff" or not case.response.there:
        return
    evidence = seen(case, case.response.whole_head(), say("no X-Content-Type-Options"))
    yield Found(
        "advice",
        case.host,
        say("Answers of `{host}` don't forbid browsers to guess what the body is.", host=case.host),
        evidence,
    )


CHECK = Check(
    "sniffing", "security", "Browsers may guess what a body is",
    say("If people can upload files, one that is called a picture and holds a script may be run as one."),
    Cure(
        say("Forbid it on every answer."),
        """@app.after_request
def no_guessing(response):
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
""",
    ),
    (fetch("x-content-type-options-header", "Fetch standard"), header("X-Content-Type-Options")),
    _look,
)  # fmt: skip
