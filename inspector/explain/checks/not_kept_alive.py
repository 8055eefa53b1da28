"""A server that closes the connection after each answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from inspector.explain.case import Case
from inspector.explain.checks.model import Check, Cure, Found, seen
from inspector.explain.prose import say
from inspector.explain.references import header, rfc
from inspector.explain.values.lists import tokens

ENOUGH = 4


def _across(cases: Sequence[Case]) -> Iterator[Found]:
    closing: dict[str, list[Case]] = {}
    for case in cases:
        if case.answered_here or case.exchange.kind != "http" or not case.came.there:
            continue
        names = tokens(case.came.value("connection"))
        if "close" in names or (case.came.start[0].endswith("1.0") and "keep-alive" not in names):
            closing.setdefault(case.origin, []).append(case)
    for origin, found in closing.items():
        if len(found) >= ENOUGH and not found[0].is_local:
            evidence = tuple(
                each
                for case in found[:20]
                for each in seen(case, case.came.whole_head(), say("closed after this answer"))
            )
            yield Found(
                "advice",
                origin,
                say(
                    "`{origin}` closed the connection after {count} answers.", origin=origin, count=len(found)
                ),
                evidence,
            )


CHECK = Check(
    "not-kept-alive", "performance", "A new connection for every request",
    say("Each request pays again for the [[TCP]] connection and the [[TLS]] [[handshake]]: two or three round trips that could be saved."),
    Cure(
        say("Put a server in front that keeps connections open. Flask's own, for development, speaks HTTP/1.1 when told to."),
        """from werkzeug.serving import WSGIRequestHandler

WSGIRequestHandler.protocol_version = "HTTP/1.1"
""",
    ),
    (rfc(9112, "9.3"), header("Connection")),
    None,
    _across,
)  # fmt: skip
