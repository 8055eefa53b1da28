"""The app and its database: from what the app itself told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from inspector.exchange.model import Exchange
from inspector.exchange.report import Query, Report
from inspector.explain.server_half import placed
from inspector.explain.words import plural
from inspector.secrets import Hider
from inspector.web.present.drawing import bullets, clean
from inspector.web.present.journey.model import Asked, Stretch
from inspector.web.present.journey.outside import known_end
from inspector.web.present.systems import SQL, system_name

MOST = 400  # of a kind are drawn
_REPEATED = 6  # bytes from which on a secret is looked for in what a database was asked
_OTHER_CLOCK = "The app's clock differs from this computer's, so its part stands in the middle of the wait."
_LITERAL = re.compile(r"'(?:[^']|'')*'")
_ROLES = {"before": "before the view", "after": "after the view", "teardown": "at the end", "error": "for the error"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Inside:
    """The stretches of app and database, the questions each once, who they are, and what has to be said beside them."""

    stretches: tuple[Stretch, ...] = ()
    asked: tuple[Asked, ...] = ()
    app: tuple[str, str] = ("", "")
    database: tuple[str, str] = ("", "")
    notes: tuple[str, ...] = ()
    left_out: int = 0


def inside(exchange: Exchange, report: Report, hider: Hider) -> Inside:
    """The app's half, on the exchange's time scale."""
    where = placed(exchange, report)
    questions = [(query, _statement(query, hider)) for query in report.queries[:MOST]]
    asked = tuple(_asked(questions))
    numbers = {each.statement: each.number for each in asked}
    scale = _Scale(where.start, known_end(exchange))
    app = tuple(_stretches(report, scale))
    database = tuple(
        Stretch("database", "query", words, *scale.of(query.began, query.took), numbers[words], bool(query.error))
        for query, words in questions
    )  # fmt: skip
    return Inside(
        (*app, *database),
        asked,
        _app(report),
        _database(report),
        () if where.sure else (_OTHER_CLOCK,),
        _many(report) - len(questions),
    )


@dataclass(frozen=True, slots=True)
class _Scale:
    """From what the app said to the exchange's time scale. An app may say anything, so nothing gets far beyond the exchange's end."""

    zero: float
    end: float

    def of(self, began: float, lasted: float | None) -> tuple[float, float]:
        last = max(self.end, self.zero) * 1.5
        start = min(self.zero + max(began, 0.0), last)
        return start, min(start + max(lasted or 0.0, 0.0), last)


def _stretches(report: Report, scale: _Scale) -> Iterator[Stretch]:
    start, end = scale.of(0.0, report.took)
    failed = report.exception is not None
    yield Stretch(
        "app", "whole", _app(report)[0], start, end if report.took is not None else None, failed=failed
    )
    for function in report.functions[:MOST]:
        role = _ROLES.get(function.role, "")
        name = function.name.rpartition(".")[2] or function.name
        words = clean(f"{name}(){f', {role}' if role else ''}")
        yield Stretch("app", function.role, words, *scale.of(function.began, function.took))
    for template in report.templates[:MOST]:
        yield Stretch("app", "template", clean(template.name), *scale.of(template.began, template.took))


def _asked(questions: list[tuple[Query, str]]) -> Iterator[Asked]:
    """Each question once, in the order in which they were first asked."""
    groups: dict[str, list[Query]] = {}
    for query, words in questions:
        groups.setdefault(words, []).append(query)
    for number, (words, same) in enumerate(groups.items(), 1):
        rows = [each.rows for each in same if each.rows is not None]
        spent = [each.took for each in same if each.took is not None]
        times = sum(max(each.sets, 1) for each in same)
        yield Asked(
            number, words, times, sum(rows) if rows else None, sum(spent) if spent else None, any(each.error for each in same)
        )  # fmt: skip


def _statement(query: Query, hider: Hider) -> str:
    """A question without its secrets: of SQL also without what stands between quotation marks, since nobody knows what that is."""
    text = " ".join(query.statement[:4_000].split())
    if query.system in SQL:
        text = _LITERAL.sub("'…'", text)
    data = hider.address(text.encode("utf-8", "surrogatepass"))
    data = hider.without(data, (value for value in hider.values.values() if len(value) >= _REPEATED))
    return clean(bullets(data.decode("utf-8", "replace")))


def _app(report: Report) -> tuple[str, str]:
    framework = report.framework or {"flask": "Flask"}.get(report.told_by, "The app")
    return clean(framework), clean(report.route.rule if report.route is not None else report.app)


def _database(report: Report) -> tuple[str, str]:
    names = list(dict.fromkeys(system_name(each.system) for each in report.queries))
    return clean(" and ".join(names[:2])), plural(_many(report), "question")


def _many(report: Report) -> int:
    return len(report.queries) + max(report.left_out.get("queries", 0), 0)
