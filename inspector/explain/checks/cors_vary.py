"""A permission made for one page that a cache may give to another."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.explain.case import Case
from inspector.explain.checks.model import Check, Cure, Found, seen
from inspector.explain.prose import say
from inspector.explain.references import fetch, header
from inspector.explain.values.caching import keeping
from inspector.explain.values.lists import tokens


def _look(case: Case) -> Iterator[Found]:
    allowed = case.response.first("access-control-allow-origin").strip()
    if not allowed or allowed in ("*", "null") or case.answered_here:
        return
    if allowed != case.request.first("origin").strip() or {"origin", "*"} & set(
        tokens(case.response.value("vary"))
    ):
        return
    if keeping(case).no:
        return
    evidence = seen(
        case,
        case.response.place(case.response.every("access-control-allow-origin")[0]),
        say("no Vary: Origin"),
    )
    yield Found(
        "advice",
        case.host,
        say(
            "Answers of `{host}` name the page that asked, may be kept by caches, and have no `Vary: Origin`.",
            host=case.host,
        ),
        evidence,
    )


CHECK = Check(
    "cors-vary", "cors", "A cache may mix up permissions",
    say("A cache keeps the answer that was made for one page and gives it to another: its script is refused, now and then, and nobody knows why."),
    Cure(
        say("Say that the answer depends on Origin. Flask-CORS does; by hand it is one line."),
        """response.vary.add("Origin")
""",
    ),
    (fetch("cors-protocol-and-http-caches", "Fetch standard"), header("Vary")),
    _look,
)  # fmt: skip
