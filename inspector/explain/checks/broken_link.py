"""A link of the site's own that leads nowhere."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.explain.case import Case
from inspector.explain.checks.model import Check, Cure, Found, seen
from inspector.explain.prose import say
from inspector.explain.references import rfc
from inspector.explain.values.sites import split_origin


def _look(case: Case) -> Iterator[Found]:
    if case.exchange.status not in (404, 410) or case.answered_here or case.path == "/favicon.ico":
        return
    referer = case.request.first("referer").strip()
    there = split_origin(referer)
    if there is None or there[1] != case.host:
        return
    evidence = seen(
        case, case.request.place(case.request.every("referer")[0]), say("from `{url}`", url=referer)
    )
    yield Found(
        "advice",
        case.path,
        say(
            "The site's own page `{page}` leads to `{path}`, and there is nothing.",
            page=referer,
            path=case.path,
        ),
        evidence,
    )


CHECK = Check(
    "broken-link", "correctness", "A link leads nowhere",
    say("A picture is missing, a script doesn't load, a reader gives up."),
    Cure(
        say("Let Flask build addresses from names, so that a wrong one fails on the server at once."),
        """<a href="{{ url_for('account') }}">Your account</a>
""",
        "html+jinja",
    ),
    (rfc(9110, "15.5.5"),),
    _look,
)  # fmt: skip
