"""Scripts, styles, pictures and fonts that don't say how long they may be kept."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.explain.case import Case
from inspector.explain.checks.model import Check, Cure, Found, seen
from inspector.explain.prose import say
from inspector.explain.references import header, rfc
from inspector.explain.values.caching import keeping

_STATIC = ("style", "script", "image", "font")


def _look(case: Case) -> Iterator[Found]:
    exchange = case.exchange
    if (
        exchange.resource not in _STATIC
        or exchange.status != 200
        or exchange.method != "GET"
        or case.answered_here
    ):
        return
    found = keeping(case)
    if found.no or found.basis not in ("none", "heuristic") or found.ask_first or found.directives:
        return
    evidence = seen(case, case.response.whole_head(), say("neither Cache-Control nor Expires"))
    yield Found(
        "advice",
        case.path,
        say("`{path}` doesn't say how long it may be kept, so each browser guesses.", path=case.path),
        evidence,
    )


CHECK = Check(
    "freshness-missing", "caching", "Nobody says how long it may be kept",
    say("Some browsers ask again on every page, others keep an old version for days after a new one is out."),
    Cure(
        say("Give files a name or number that changes with their content, and let them be kept for long."),
        """app.config["SEND_FILE_MAX_AGE_DEFAULT"] = 31536000
# in templates: {{ url_for("static", filename="app.js", v=build_number) }}
""",
    ),
    (rfc(9111, "4.2"), header("Cache-Control")),
    _look,
)  # fmt: skip
