"""One request for each thing of a list: N+1 calls."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from inspector.explain.case import Case
from inspector.explain.checks.model import Check, Cure, Found, seen
from inspector.explain.prose import say
from inspector.explain.references import Reference
from inspector.explain.words import took

ENOUGH = 6
WITHIN = 5.0  # seconds, for all of them
_VARIABLE = re.compile(r"(?<=/)(?:\d+|[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{24,})(?=/|$)", re.IGNORECASE)
_QUERY_NUMBER = re.compile(r"=\d+(?=&|$)")


def _shape(case: Case) -> str:
    """The address with its numbers left out: `/api/items/…`; empty if it has none."""
    path = _VARIABLE.sub("…", case.path[:500])
    query = _QUERY_NUMBER.sub("=…", case.query[:500])
    return f"{path}?{query}" if query and "…" in path + query else path if "…" in path else ""


def _across(cases: Sequence[Case]) -> Iterator[Found]:
    groups: dict[tuple[str, str, str], list[Case]] = {}
    for case in cases:
        if case.exchange.method != "GET" or case.exchange.resource not in ("data", "other"):
            continue
        shape = _shape(case)
        if shape:
            key = (case.exchange.client.rpartition(":")[0] + case.exchange.agent, case.origin, shape)
            groups.setdefault(key, []).append(case)
    for (_, _, shape), found in groups.items():
        run = _longest_run(found)
        if len({case.url for case in run}) < ENOUGH:
            continue
        first, last = run[0].exchange, run[-1].exchange
        lasted = last.started + (last.duration or 0) - first.started
        evidence = tuple(
            each
            for case in run[:20]
            for each in seen(case, case.request.place(), say("`{path}`", path=case.exchange.path))
        )
        sentence = say(
            "{count} requests of the form `{shape}` within {time}: one for each thing, it seems.",
            count=len(run),
            shape=shape,
            time=took(lasted),
        )
        yield Found("warning", shape, sentence, evidence)


def _longest_run(cases: list[Case]) -> list[Case]:
    best: list[Case] = []
    begin = 0
    for at, case in enumerate(cases):
        while case.exchange.started - cases[begin].exchange.started > WITHIN:
            begin += 1
        if at + 1 - begin > len(best):
            best = cases[begin : at + 1]
    return best


CHECK = Check(
    "many-calls", "performance", "One call for each thing (N+1)",
    say("Ten things mean ten round trips, ten log-in checks, ten queries. With a thousand things the page stands still ([[n-plus-one|N+1 requests]])."),
    Cure(
        say("Give the list with what the page needs of each thing, in one answer and one query."),
        """@app.get("/api/items")
def items():
    wanted = request.args.get("ids", "").split(",")
    found = db.session.scalars(select(Item).where(Item.id.in_(wanted)).options(selectinload(Item.prices)))
    return jsonify([item.as_dict() for item in found])
""",
    ),
    (Reference("SQLAlchemy: loading", "https://docs.sqlalchemy.org/en/20/orm/queryguide/relationships.html"),),
    None,
    _across,
)  # fmt: skip
