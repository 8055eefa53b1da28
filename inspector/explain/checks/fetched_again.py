"""The very same thing, fetched whole several times."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from inspector.explain.case import Case, body_of
from inspector.explain.checks.model import Check, Cure, Found, seen
from inspector.explain.prose import say
from inspector.explain.references import mdn, rfc
from inspector.explain.words import plural, size

ENOUGH = 3
LARGE = 1_024


def _across(cases: Sequence[Case]) -> Iterator[Found]:
    found: dict[tuple[str, str, bytes, int], list[Case]] = {}
    for case in cases:
        exchange = case.exchange
        if exchange.method != "GET" or exchange.status != 200 or case.answered_here:
            continue
        body = body_of(exchange, "response")
        if body.size < LARGE or not body.complete or len(body.inline) != body.size:
            continue
        key = (f"{exchange.client.rpartition(':')[0]} {exchange.agent}", case.url, body.inline, body.size)
        found.setdefault(key, []).append(case)
    for (_, _, _, count), same in found.items():
        if len(same) < ENOUGH:
            continue
        evidence = tuple(
            each
            for case in same[:20]
            for each in seen(case, case.response.place(), say("the same {size}", size=size(count)))
        )
        sentence = say("`{path}` came {times} with just the same content: {total} in all, for {size} of news.", path=same[0].path, times=plural(len(same), "time"), total=size(count * len(same)), size=size(count))  # fmt: skip
        yield Found("advice", same[0].url, sentence, evidence)


CHECK = Check(
    "fetched-again", "caching", "The same thing is fetched again and again",
    say("Each time the user waits, and the way is used, for something that the browser had already."),
    Cure(
        say("Let it be kept for a while, or at least asked about with an [[ETag]]."),
        """response.headers["Cache-Control"] = "private, max-age=60"
""",
    ),
    (rfc(9111, "1"), mdn("Web/HTTP/Guides/Caching", "Caching")),
    None,
    _across,
)  # fmt: skip
