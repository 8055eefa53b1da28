"""A query that took long, where the app told its half."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.explain.case import Case
from inspector.explain.checks.model import Check, Cure, Found, Severity, seen
from inspector.explain.prose import say
from inspector.explain.references import Reference
from inspector.explain.server_half import SLOW
from inspector.explain.words import took

VERY = 1.0


def _look(case: Case) -> Iterator[Found]:
    for query in case.report.queries if case.report is not None else ():
        lasted = query.took or 0.0
        if not SLOW <= lasted < float("inf"):
            continue
        severity: Severity = "warning" if lasted >= VERY else "advice"
        statement = " ".join(query.statement.split())
        yield Found(
            severity,
            statement[:200],
            say("One query took {time}.", time=took(lasted)),
            seen(case, None, say("`{statement}`", statement=statement)),
        )


CHECK = Check(
    "query-slow", "performance", "A slow query",
    say("Most often the database reads the whole table, since no index tells it where to look; it gets slower with each row that is added."),
    Cure(
        say("Ask the database how it goes about it, and give it an index on what is searched for."),
        """for step in db.execute("EXPLAIN QUERY PLAN SELECT * FROM orders WHERE customer = ?", (7,)):
    print(tuple(step))  # SCAN orders: all rows; SEARCH … USING INDEX: only those

db.execute("CREATE INDEX orders_customer ON orders (customer)")
""",
    ),
    (Reference("Use The Index, Luke: the where clause", "https://use-the-index-luke.com/sql/where-clause"),),
    _look,
)  # fmt: skip
