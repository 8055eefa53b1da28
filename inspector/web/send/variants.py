"""Several answers to almost the same request beside each other: status, size, time, and the fields in which they differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from inspector.compose.whatif import BY_CODE
from inspector.exchange.model import Exchange
from inspector.web.brief import brief
from inspector.web.finding import part_of
from inspector.web.words import phrase

_MOVING = frozenset(
    {"date", "age", "expires", "last-modified", "connection", "keep-alive"}
)  # differ by themselves
_MOST_FIELDS = 40
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Column:
    """One answer: what was different about its request, and what came. `same_body` is None where that can't be said, `failed` says why the
    answer is not the site's."""

    words: str
    exchange: Exchange
    phrase: str
    same_body: bool | None
    failed: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """The columns, the first being the request as it was captured; `fields` are the names in which the answers differ, with each one's value."""

    columns: tuple[Column, ...]
    fields: tuple[tuple[str, tuple[str, ...]], ...]
    ids: str


def table(first: Exchange, others: Sequence[tuple[str, Exchange]]) -> Table:
    """All that is to be seen at one glance."""
    whole = [("As it was", first), *((_words(code), each) for code, each in others)]
    columns = tuple(
        Column(words, each, phrase(each.status, each.reason), _same_body(first, each), brief(each.fault))
        for words, each in whole
    )
    return Table(
        columns, _differences([each for _, each in whole]), ",".join(each.id.hex() for _, each in whole)
    )


def _words(code: str) -> str:
    known = (BY_CODE[each].short for each in code.split("+") if each in BY_CODE)
    return ", ".join(known) or "changed"


def _said(exchange: Exchange) -> dict[str, str]:
    part = part_of(exchange, "browser", "response")
    said: dict[str, str] = {}
    for each in part.message.fields if part else ():
        name, value = each.name.decode("latin-1"), each.value.decode("latin-1")[:_LONGEST]
        said[name.lower()] = f"{said[name.lower()]}, {value}" if name.lower() in said else value
    return said


def _differences(exchanges: list[Exchange]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    all_said = [_said(each) for each in exchanges]
    names = sorted({name for said in all_said for name in said} - _MOVING)
    rows = ((name, tuple(said.get(name, "") for said in all_said)) for name in names)
    return tuple(row for row in rows if len(set(row[1])) > 1)[:_MOST_FIELDS]


def _same_body(first: Exchange, other: Exchange) -> bool | None:
    """Whether the bodies are the same, as far as they lie in the records."""
    parts = [part_of(each, "browser", "response") for each in (first, other)]
    bodies = [part.body if part else None for part in parts]
    if any(body is None or body.pieces or body.note for body in bodies):
        return None
    one, two = bodies
    return bool(one and two and one.inline == two.inline)
