"""A server that says itself that it failed."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.explain import statuses
from inspector.explain.case import Case
from inspector.explain.checks.model import Check, Cure, Found, seen
from inspector.explain.prose import say
from inspector.explain.references import Reference, rfc


def _look(case: Case) -> Iterator[Found]:
    if case.exchange.status < 500 or case.answered_here or not case.response.there:
        return
    evidence = seen(case, case.response.place(), say("{status}", status=str(case.exchange.status)))
    row = statuses.look_up(case.exchange.status)
    yield Found(
        "warning",
        f"{case.exchange.method} {case.path}",
        say(f"`{{path}}` answered {case.exchange.status}: {row.plain}.", path=case.path),
        evidence,
    )


CHECK = Check(
    "server-failed", "correctness", "The server failed",
    say("The user sees an error; whether what they asked for was done, nobody can tell from here."),
    Cure(
        say("The server's log has the traceback. While you write the program, Flask shows it in the browser."),
        """$ flask --app shop run --debug
""",
        "",
    ),
    (rfc(9110, "15.6"), Reference("Flask: errors", "https://flask.palletsprojects.com/en/stable/errorhandling/")),
    _look,
)  # fmt: skip
