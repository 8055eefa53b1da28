"""One query for each entry of a list (N+1), where the app told its half."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.explain.case import Case
from inspector.explain.checks.model import Check, Cure, Found, Severity, seen
from inspector.explain.prose import say
from inspector.explain.references import Reference
from inspector.explain.server_half import repeated
from inspector.explain.words import took

_MANY = 20


def _look(case: Case) -> Iterator[Found]:
    if case.report is None:
        return
    for again in repeated(case.report.queries):
        severity: Severity = "warning" if again.count >= _MANY else "advice"
        statement = " ".join(again.statement.split())
        yield Found(
            severity,
            statement[:200],
            say(
                "The database was asked the same {count} times for one answer, with other values: {time} in all.",
                count=f"{again.count:,}",
                time=took(again.took),
            ),
            seen(case, None, say("`{statement}`", statement=statement)),
        )


CHECK = Check(
    "queries-repeated", "performance", "One query for each entry of a list",
    say("It works with ten entries on one's own computer. With a thousand, and a database on another one, each of them waits for the way there and back."),
    Cure(
        say("Ask once, for all of them: with a join, or with the list of keys."),
        """# SQLAlchemy: what belongs to the rows is loaded with them
books = db.session.scalars(
    db.select(Book).options(selectinload(Book.author))
).all()

# SQL: one question in place of many
db.execute("SELECT book.title, author.name FROM book JOIN author ON author.id = book.author_id")
""",
    ),
    (Reference("SQLAlchemy: loading what belongs to a row", "https://docs.sqlalchemy.org/en/20/orm/queryguide/relationships.html"),),
    _look,
)  # fmt: skip
