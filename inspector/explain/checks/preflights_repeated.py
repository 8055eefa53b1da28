"""The browser asks for the same permission again and again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from inspector.explain.case import Case
from inspector.explain.checks.model import Check, Cure, Found, seen
from inspector.explain.fields.cors import asks_preflight
from inspector.explain.prose import say
from inspector.explain.references import fetch, header

ENOUGH = 3


def _across(cases: Sequence[Case]) -> Iterator[Found]:
    asked: dict[tuple[str, str, str], list[Case]] = {}
    for case in cases:
        if asks_preflight(case) and not case.response.has("access-control-max-age"):
            key = (case.origin, case.path, case.request.first("access-control-request-method"))
            asked.setdefault(key, []).append(case)
    for (_, path, method), found in asked.items():
        if len(found) < ENOUGH:
            continue
        evidence = tuple(
            each for case in found[:20] for each in seen(case, case.request.place(), say("a [[preflight]]"))
        )
        sentence = say(
            "The browser asked {count} times whether it may send `{method}` to `{path}`: it may remember the answer for 5 seconds only.",
            count=len(found),
            method=method,
            path=path,
        )
        yield Found("advice", f"{method} {path}", sentence, evidence)


CHECK = Check(
    "preflights-repeated", "cors", "The same permission is asked for again and again",
    say("Each of these costs a whole [[round trip]] before the script's own request can go."),
    Cure(
        say("Let browsers remember the permission."),
        """CORS(app, origins=["https://shop.example"], max_age=7200)
""",
    ),
    (fetch("http-access-control-max-age", "Fetch standard"), header("Access-Control-Max-Age")),
    None,
    _across,
)  # fmt: skip
