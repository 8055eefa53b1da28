"""An answer that can't be asked about, only fetched again."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.explain.case import Case
from inspector.explain.checks.model import Check, Cure, Found, seen
from inspector.explain.prose import say
from inspector.explain.references import mdn, rfc
from inspector.explain.values.caching import keeping
from inspector.explain.words import size

LARGE = 4_096


def _look(case: Case) -> Iterator[Found]:
    exchange = case.exchange
    if (
        exchange.method != "GET"
        or exchange.status != 200
        or exchange.response_size < LARGE
        or case.answered_here
        or exchange.resource == "socket"
    ):
        return
    found = keeping(case)
    if found.no or found.validators:
        return
    evidence = seen(case, case.response.whole_head(), say("neither ETag nor Last-Modified"))
    sentence = say(
        "`{path}` ({size}) has neither [[ETag]] nor Last-Modified: once a copy is too old, all of it is fetched again.",
        path=case.path,
        size=size(exchange.response_size),
    )
    yield Found("advice", case.path, sentence, evidence)


CHECK = Check(
    "validators-missing", "caching", "A copy can't be asked about",
    say("A browser that still has the very same thing gets it again, byte for byte, because it can't ask whether it changed."),
    Cure(
        say("Let Flask make an [[ETag]] and answer 304 where it fits."),
        """@app.get("/catalogue")
def catalogue():
    response = make_response(render_template("catalogue.html"))
    response.add_etag()
    return response.make_conditional(request)
""",
    ),
    (rfc(9110, "8.8"), mdn("Web/HTTP/Guides/Conditional_requests", "Conditional requests")),
    _look,
)  # fmt: skip
