"""An error that is told with status 200."""

from __future__ import annotations

import json
from collections.abc import Iterator

from inspector.explain.case import Case
from inspector.explain.checks.model import Check, Cure, Found, in_body, seen
from inspector.explain.prose import say
from inspector.explain.references import rfc

LARGEST = 20_000


def _look(case: Case) -> Iterator[Found]:
    kind = case.response.first("content-type").partition(";")[0].strip().lower()
    if (
        case.exchange.status != 200
        or not kind.endswith("json")
        or case.answered_here
        or "graphql" in case.path.lower()
    ):
        return
    data = case.content.data
    if not case.content.whole or len(data) > LARGEST:
        return
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return
    if not isinstance(found, dict):
        return
    name = next((each for each in ("error", "errors", "exception") if found.get(each)), "")
    if not name and not (found.get("success") is False or found.get("ok") is False):
        return
    evidence = seen(
        case,
        in_body(case, 0, min(len(data), 200)),
        say("`{name}` in the body", name=name or "success: false"),
    )
    yield Found(
        "advice",
        case.path,
        say("`{path}` tells of an error, with status 200, which says that it worked.", path=case.path),
        evidence,
    )


CHECK = Check(
    "error-as-success", "correctness", "An error that says it worked",
    say("Caches may keep it, programs take it for success, and records of errors stay empty."),
    Cure(
        say("Give each error the status that says what it is."),
        """return {"error": "This cart is empty."}, 422
""",
    ),
    (rfc(9110, "15"), rfc(9457)),
    _look,
)  # fmt: skip
