"""The browser asked whether its copy is still good; it was, and it got all of it again."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.explain.case import Case
from inspector.explain.checks.model import Check, Cure, Found, seen
from inspector.explain.prose import say
from inspector.explain.references import header, rfc
from inspector.explain.values.lists import members
from inspector.explain.words import size


def _look(case: Case) -> Iterator[Found]:
    exchange = case.exchange
    if exchange.status != 200 or exchange.method != "GET" or case.answered_here or not exchange.response_size:
        return
    tag = case.response.first("etag").strip().removeprefix("W/")
    asked = [each.words.removeprefix("W/") for each in members(case.request.value("if-none-match"))]
    if not tag or tag not in asked:
        return
    evidence = seen(
        case,
        case.request.place(case.request.every("if-none-match")[0]),
        say("the same mark, `{tag}`, in the answer", tag=tag),
    )
    sentence = say(
        "The browser had `{path}` in this very version, asked for it by its [[ETag]], and got all {size} again.",
        path=case.path,
        size=size(exchange.response_size),
    )
    yield Found("warning", case.path, sentence, evidence)


CHECK = Check(
    "validator-ignored", "caching", "The server doesn't look at what the browser has",
    say("The mark is made and sent, and does nothing: the whole body travels each time."),
    Cure(
        say("Compare the marks before answering."),
        """response.add_etag()
return response.make_conditional(request)  # answers 304 by itself
""",
    ),
    (rfc(9110, "13.1.2"), header("If-None-Match")),
    _look,
)  # fmt: skip
