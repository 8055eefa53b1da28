"""Redirects that lead to redirects, or in a circle."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import urljoin

from inspector.explain.case import Case
from inspector.explain.checks.model import Check, Cure, Found, seen
from inspector.explain.prose import listed, say
from inspector.explain.references import mdn, rfc
from inspector.explain.statuses import REDIRECTS
from inspector.explain.words import took

LONG = 2
WITHIN = 10.0  # seconds from one to the next


def _target(case: Case) -> str:
    if case.exchange.status not in REDIRECTS or case.answered_here:
        return ""
    location = case.response.first("location").strip()
    try:
        return urljoin(case.url, location).partition("#")[0] if location else ""
    except ValueError:
        return ""


def _chains(cases: Sequence[Case]) -> Iterator[list[Case]]:
    used: set[bytes] = set()
    waiting: dict[tuple[str, str], list[Case]] = {}
    for case in cases:
        client = f"{case.exchange.client.rpartition(':')[0]} {case.exchange.agent}"
        chain = waiting.pop((client, case.url), None)
        if chain is not None and case.exchange.started - chain[-1].exchange.started <= WITHIN:
            chain.append(case)
        else:
            chain = [case]
        target = _target(case)
        if target and len(chain) < 30:
            waiting[client, target] = chain
        elif len(chain) > LONG and case.exchange.id not in used:
            used.add(case.exchange.id)
            yield chain
    yield from (chain for chain in waiting.values() if len(chain) >= LONG)


def _across(cases: Sequence[Case]) -> Iterator[Found]:
    for chain in _chains(cases):
        steps = [case for case in chain if _target(case)]
        urls = [case.url for case in steps]
        evidence = tuple(
            each
            for case in steps[:20]
            for each in seen(
                case,
                case.response.place(case.response.every("location")[0]),
                say("to `{url}`", url=_target(case)),
            )
        )
        if len(set(urls)) < len(urls) and len(urls) > 3:
            sentence = say(
                "The browser is sent round in a circle: {urls}.",
                urls=listed(dict.fromkeys(urls), most=4, last="and"),
            )
            yield Found("serious", urls[0], sentence, evidence)
        elif len(steps) >= LONG:
            lost = chain[-1].exchange.started - steps[0].exchange.started
            sentence = say(
                "From `{url}` it took {count} redirects, one after the other: {time}.",
                url=urls[0],
                count=len(steps),
                time=took(lost),
            )
            yield Found("advice", urls[0], sentence, evidence)


CHECK = Check(
    "redirect-chain", "performance", "One redirect after the other",
    say("Each costs a [[round trip]] at least, often a whole new connection, before anything is to be seen. In a circle the browser gives up with an error."),
    Cure(
        say("Lead to the last address at once, and write links with it."),
        """return redirect(url_for("account", _external=True, _scheme="https"), code=303)
""",
    ),
    (rfc(9110, "15.4"), mdn("Web/HTTP/Guides/Redirections", "Redirections")),
    None,
    _across,
)  # fmt: skip
