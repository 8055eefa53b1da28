"""Any page may read answers that were made for whoever is logged in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from inspector.explain.case import Case
from inspector.explain.checks.model import Check, Cure, Found, seen
from inspector.explain.prose import say
from inspector.explain.references import fetch, mdn
from inspector.explain.values.sites import site_of, split_origin


def _allowed(case: Case) -> str:
    """The foreign origin that may read this with cookies; empty if none may."""
    response = case.response
    if case.answered_here or response.first("access-control-allow-credentials") != "true":
        return ""
    allowed = response.first("access-control-allow-origin").strip()
    there = split_origin(allowed)
    if allowed == "null":
        return allowed
    return allowed if there is not None and site_of(there[1]) != site_of(case.host) else ""


def _look(case: Case) -> Iterator[Found]:
    if _allowed(case) == "null":
        field = case.response.every("access-control-allow-origin")[0]
        evidence = seen(case, case.response.place(field), say("null, with credentials"))
        yield Found(
            "serious",
            f"{case.host} null",
            say(
                "`{host}` lets pages without an [[origin]] (`null`) read answers made with cookies; any page can be made to have none.",
                host=case.host,
            ),
            evidence,
        )


def _across(cases: Sequence[Case]) -> Iterator[Found]:
    by_host: dict[str, dict[str, Case]] = {}
    for case in cases:
        allowed = _allowed(case)
        if allowed and allowed != "null" and allowed == case.request.first("origin").strip():
            by_host.setdefault(case.host, {}).setdefault(allowed, case)
    for host, found in by_host.items():
        names = list(found)
        if len({site_of((split_origin(each) or ("", each, 0))[1]) for each in names}) < 2:
            continue
        evidence = tuple(
            each
            for origin in names[:10]
            for each in seen(
                found[origin],
                found[origin].response.place(found[origin].response.every("access-control-allow-origin")[0]),
                say("`{origin}` may", origin=origin),
            )
        )
        sentence = say(
            "`{host}` let {count} different sites read answers made with cookies. It seems to allow whoever asks.",
            host=host,
            count=len(names),
        )
        yield Found("serious", host, sentence, evidence)


CHECK = Check(
    "cors-open", "cors", "Any site may read what is private",
    say("A page that the user happens to visit asks this server, the browser adds the cookies, and the page reads the answer: mails, balances, whatever it is ([[CORS]])."),
    Cure(
        say("Allow just the pages that need it, by name."),
        """from flask_cors import CORS

CORS(app, origins=["https://shop.example"], supports_credentials=True)
""",
    ),
    (fetch("cors-protocol-and-credentials", "Fetch standard"), mdn("Web/HTTP/Guides/CORS", "CORS")),
    _look,
    _across,
)  # fmt: skip
