"""The server works: what only the app itself can tell, where it told it."""

from __future__ import annotations

from inspector.exchange.report import Query, Report
from inspector.explain.case import Case
from inspector.explain.parts import Part
from inspector.explain.prose import NOTHING, Prose, joined, say
from inspector.explain.references import Reference
from inspector.explain.server_half import (
    framework,
    in_database,
    placed,
    repeated,
    short_name,
)
from inspector.explain.story.frame import number
from inspector.explain.story.model import Number, Step
from inspector.explain.words import plural, took

_MOST = 12
_FLASK = Reference("Flask: the life of a request", "https://flask.palletsprojects.com/en/stable/lifecycle/")


def tell(case: Case) -> Step | None:
    """The app's own half; nothing where no app told it."""
    report = case.report
    if report is None:
        return None
    where = placed(case.exchange, report)
    marks: tuple[Prose, ...] = (
        say(
            "The app told this itself, over a way of its own. Nothing of it crossed the network with the exchange."
        ),
    )
    if not where.sure:
        marks += (say("The app's clock is another one than Inspector's: when it began is estimated."),)
    queries = (Number("queries", f"{len(report.queries):,}"), *number("in the database", in_database(report))) if report.queries else ()  # fmt: skip
    return Step(
        "server",
        "The server works",
        "done",
        ("site", "site"),
        in_words(report),
        _precise(report),
        start=where.start,
        took=report.took,
        numbers=(*number("in the app", report.took), *queries),
        marks=marks,
        parts=tuple(_part(query) for query in report.queries[:_MOST]),
        references=(_FLASK,) if report.told_by == "flask" else (),
    )


def in_words(report: Report) -> Prose:
    """What the app did, in two or three sentences."""
    return joined((_routed(report), _asked(report), _filled(report), _ended(report)))


def _routed(report: Report) -> Prose:
    who = report.framework.partition(" ")[0] or "The app"
    view = report.view
    if report.route is None:
        if report.told_by == "flask":
            return say("{who} looked for a rule that fits this address, and has none.", who=who)
        return say("The app was at work for {time}.", time=took(report.took)) if report.took else NOTHING
    if view is None:
        return say("{who} found the rule `{rule}` for this address.", who=who, rule=report.route.rule)
    stands = say(" in `{file}`", file=view.source.file) if view.source.file else NOTHING
    return say(
        "{who} found the rule `{rule}` for this address, and called the function that belongs to it: `{name}`{stands}.",
        who=who,
        rule=report.route.rule,
        name=short_name(view.name),
        stands=stands,
    )


def _asked(report: Report) -> Prose:
    if not report.queries:
        return NOTHING
    count = len(report.queries) + report.left_out.get("queries", 0)
    whom = _databases(report.queries)
    sentence = say(
        "It asked {whom} {times}, which took {time}.",
        whom=whom,
        times="once" if count == 1 else f"{count:,} times",
        time=took(in_database(report)),
    )
    again = repeated(report.queries)
    if again:
        sentence += say(
            "{count} of these were the same question with other values: one for each entry of a list, where one for all of them would do.",
            count=f"{again[0].count:,}",
        )
    return sentence


def _databases(queries: tuple[Query, ...]) -> str:
    names = tuple(dict.fromkeys(SYSTEMS.get(query.system, query.system) for query in queries))
    return f"its database ({names[0]})" if len(names) == 1 else f"its databases ({', '.join(names[:4])})"


SYSTEMS = {
    "sqlite": "SQLite",
    "postgresql": "PostgreSQL",
    "mysql": "MySQL",
    "mariadb": "MariaDB",
    "mssql": "SQL Server",
    "microsoft.sql_server": "SQL Server",
    "oracle": "Oracle",
    "oracle.db": "Oracle",
    "redis": "Redis",
    "mongodb": "MongoDB",
    "elasticsearch": "Elasticsearch",
}


def _filled(report: Report) -> Prose:
    if not report.templates:
        return NOTHING
    more = len(report.templates) - 1
    rest = f" and {plural(more, 'other')}" if more else ""
    if report.templates[0].name.startswith("("):
        return say("The page was made from a template that stands in the code{rest}.", rest=rest)
    return say(
        "The page was made from the template `{name}`{rest}.", name=report.templates[0].name, rest=rest
    )


def _ended(report: Report) -> Prose:
    raised = report.exception
    if raised is None:
        return NOTHING
    named = raised.type.rpartition(".")[2]
    if raised.handled:
        return say("On the way `{name}` was raised, and answered with a page of its own.", name=named)
    return say("Then it failed: `{name}` was raised, and nothing in the app caught it.", name=named)


def _precise(report: Report) -> Prose:
    named = framework(report)
    before = [short_name(each.name) for each in report.functions if each.role == "before"]
    return joined((
        say("{named}.", named=named) if named else NOTHING,
        say("Called before the view: {names}.", names=", ".join(before[:8])) if before else NOTHING,
    ))  # fmt: skip


def _part(query: Query) -> Part:
    rows = "" if query.rows is None else f"{plural(query.rows, 'row')}, "
    plain = say("{rows}{time}.", rows=rows, time=took(query.took) or "no time known")
    if query.error:
        plain = say("Refused: {error}.", error=query.error.rstrip("."))
    where = say("`{file}`, line {line}.", file=query.source.file, line=str(query.source.line)) if query.source.file else NOTHING  # fmt: skip
    return Part(" ".join(query.statement.split())[:400], plain, where)
