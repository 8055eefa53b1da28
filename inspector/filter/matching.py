"""The matcher: what a filter means. A tree becomes a function that says whether a subject fits.

The store answers with SQL and an index of words where it can; a property test holds it to the verdicts given here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import AnyStr, TypeAlias
from urllib.parse import quote

from inspector.exchange.mark import Mark
from inspector.exchange.model import Summary
from inspector.exchange.storable import storable
from inspector.filter.conditions import (
    Begins,
    Below,
    Condition,
    Contains,
    From,
    Is,
    Like,
    OneOf,
    Present,
    Until,
    Within,
)
from inspector.filter.fields import Source
from inspector.filter.subject import Subject, address_of, path_of, query_of
from inspector.filter.texts import fold
from inspector.filter.tree import All, Node, Not, Term, terms

Matches: TypeAlias = Callable[[Subject], bool]
_Holds: TypeAlias = Callable[[bytes], bool]

_LOWER = str.maketrans({chr(code): chr(code + 32) for code in range(ord("A"), ord("Z") + 1)})


def matcher(node: Node, now: float) -> Matches:
    """A function that says whether a subject fits. `now` is what `since:10m` is told from."""
    if isinstance(node, Term):
        return _term(node, now)
    if isinstance(node, Not):
        part = matcher(node.part, now)
        return lambda subject: not part(subject)
    parts = [matcher(part, now) for part in sorted(node.parts, key=_cost)]
    if isinstance(node, All):
        return lambda subject: all(part(subject) for part in parts)
    return lambda subject: any(part(subject) for part in parts)


def _cost(node: Node) -> int:
    """What has to be fetched to tell: the cheapest is asked first."""
    return max((_COSTS[term.field.source] for term in terms(node)), default=0)


_COSTS = {source: cost for cost, source in enumerate(Source)} | {Source.MARK: 0}


def _term(term: Term, now: float) -> Matches:
    field, condition, name = term.field, term.condition, term.name
    if field.name == "is" and isinstance(condition, OneOf):
        flag = FLAG_TESTS[condition.said]
        return lambda subject: flag(subject.row)
    if isinstance(condition, Within | From | Until):
        fits = inside(condition, now)
        number = attrgetter(field.column)
        return lambda subject: fits(number(subject.row))
    if field.source is Source.MARK:
        marked = mark_test(term)
        return lambda subject: marked(subject.mark)
    if field.name in _ROW_TEXTS or field.column:
        text = _ROW_TEXTS.get(field.name) or attrgetter(field.column)
        fitting = row_text(condition, escaped=field.name in ESCAPED)
        return lambda subject: fitting(text(subject.row))
    values = _VALUES[field.name]
    if isinstance(condition, Present) and field.name in _THERE:
        there = _THERE[field.name]
        return lambda subject: there(subject.row)
    if isinstance(condition, Present):
        return lambda subject: any(True for _ in values(subject, name))
    right = holds(condition)
    return lambda subject: any(right(value) for value in values(subject, name))


def inside(condition: Within | From | Until, now: float) -> Callable[[float | None], bool]:
    """A function that says whether a number is where it shall be; None never is."""
    if isinstance(condition, From):
        begin = condition.when.at(now)
        return lambda number: number is not None and number >= begin
    if isinstance(condition, Until):
        end = condition.when.at(now)
        return lambda number: number is not None and number < end
    low, high, above, below = condition.low, condition.high, condition.above, condition.below

    def fits(number: float | None) -> bool:
        if number is None:
            return False
        if low is not None and (number <= low if above else number < low):
            return False
        return high is None or (number < high if below else number <= high)

    return fits


# -- texts in the row: A to Z without regard to case, as the databases have it

ESCAPED = frozenset({"path", "query", "url"})
_ROW_TEXTS: dict[str, Callable[[Summary], str]] = {"path": path_of, "query": query_of, "url": address_of}


def lower(text: str) -> str:
    """A to Z made small, and nothing else."""
    return text.translate(_LOWER) if not text.isascii() else text.lower()


def spellings(text: str, *, escaped: bool) -> tuple[str, ...]:
    """A text as it may stand in a row; in addresses also with its special characters escaped (RFC 3986 §2.1)."""
    if not escaped or not storable(text):
        return (text,)
    other = quote(text, safe="".join(map(chr, range(33, 127))))
    return (text,) if other == text else (text, other)


def row_text(condition: Condition, *, escaped: bool = False) -> Callable[[str], bool]:
    """A function that says whether the condition holds for a text of a row."""
    if isinstance(condition, Present):
        return bool
    if isinstance(condition, OneOf):
        chosen = frozenset(map(lower, condition.values))
        return lambda value: lower(value) in chosen
    text = condition.pattern if isinstance(condition, Like) else getattr(condition, "text", "")
    tests = [_row_test(condition, lower(each)) for each in spellings(text, escaped=escaped)]

    def fits(value: str) -> bool:
        value = lower(value)
        return any(test(value) for test in tests)

    return fits


def _row_test(condition: Condition, text: str) -> Callable[[str], bool]:
    match condition:
        case Contains():
            return lambda value: text in value
        case Begins():
            return lambda value: value.startswith(text)
        case Is():
            return lambda value: value == text
        case Below(host):
            host = lower(host)
            return lambda value: value == host or value.endswith("." + host)
        case Like():
            return _like(text.split("*"), whole=True)
        case _:
            raise AssertionError(condition)


def _failed(row: Summary) -> bool:
    return row.state == "failed" or row.status >= 400


FLAG_TESTS: dict[str, Callable[[Summary], bool]] = {
    "failed": _failed,
    "broken": lambda row: row.state == "failed" or row.fault != "",
    "open": lambda row: row.state == "open",
    "changed": lambda row: row.changed,
    "decrypted": lambda row: row.protection == "decrypted",
    "encrypted": lambda row: row.protection == "sealed",
    "readable": lambda row: row.protection == "none",
    "websocket": lambda row: row.kind == "websocket",
    "tunnel": lambda row: row.kind == "tunnel",
    "inspector": lambda row: row.kind == "page",
}


# -- what people added

_OF_MARK: dict[str, Callable[[Mark], tuple[str, ...]]] = {
    "pinned": lambda mark: ("yes" if mark.pinned else "no",),
    "colour": lambda mark: (mark.colour,) if mark.colour else (),
    "tag": lambda mark: mark.tags,
    "comment": lambda mark: (mark.comment,) if mark.comment else (),
}


def mark_test(term: Term) -> Callable[[Mark], bool]:
    """A function that says whether what was added to an exchange fits the term."""
    values, condition = _OF_MARK[term.field.name], term.condition
    if isinstance(condition, Present):
        return lambda mark: bool(values(mark))
    if isinstance(condition, OneOf):
        chosen = frozenset(condition.values)
        return lambda mark: any(value in chosen for value in values(mark))
    right = holds(condition)
    return lambda mark: any(right(fold(value)) for value in values(mark))


# -- heads, bodies, connections: folded bytes


def holds(condition: Condition) -> _Holds:
    """A function that says whether the condition holds for a folded text."""
    match condition:
        case Contains(text):
            needle = fold(text)
            return lambda value: needle in value
        case Is(text):
            whole = fold(text)
            return lambda value: value == whole
        case Begins(text):
            start = fold(text)
            return lambda value: value.startswith(start)
        case Like(pattern, whole=whole_value):
            return _like([fold(part) for part in pattern.split("*")], whole=whole_value)
        case _:
            raise AssertionError(condition)


def _like(parts: list[AnyStr], *, whole: bool) -> Callable[[AnyStr], bool]:
    """The parts one after the other, from end to end or somewhere: each taken where it first stands, which is never worse."""
    first, middle, last = parts[0], parts[1:-1], parts[-1]

    def fits(value: AnyStr) -> bool:
        if not whole:
            return _in_order(parts, value, 0, len(value))
        begin, end = len(first), len(value) - len(last)
        ends = value.startswith(first) and value.endswith(last) and begin <= end
        return ends and _in_order(middle, value, begin, end)

    return fits


def _in_order(parts: list[AnyStr], value: AnyStr, at: int, end: int) -> bool:
    for part in parts:
        at = value.find(part, at, end)
        if at < 0:
            return False
        at += len(part)
    return True


def _anywhere(subject: Subject, _: str) -> Iterable[bytes]:
    yield subject.address
    yield from subject.heads
    yield subject.request_text
    yield subject.response_text


def _bodies(subject: Subject, *, request: bool, response: bool) -> Iterable[bytes]:
    if request:
        yield subject.request_text
    if response:
        yield subject.response_text


_THERE: dict[str, Callable[[Summary], bool]] = {
    "": lambda _: True,
    "body": lambda row: row.request_size > 0 or row.response_size > 0,
    "request.body": lambda row: row.request_size > 0,
    "response.body": lambda row: row.response_size > 0,
}


def _of_tls(name: str) -> Callable[[Subject, str], Iterable[bytes]]:
    def values(subject: Subject, _: str) -> Iterable[bytes]:
        found = getattr(subject.tls, name) if subject.tls is not None else ""
        return (fold(found),) if found else ()

    return values


_VALUES: dict[str, Callable[[Subject, str], Iterable[bytes]]] = {
    "": _anywhere,
    "header.": lambda subject, name: subject.header(name, request=True, response=True),
    "request.header.": lambda subject, name: subject.header(name, request=True, response=False),
    "response.header.": lambda subject, name: subject.header(name, request=False, response=True),
    "cookie.": lambda subject, name: subject.cookies(name),
    "set-cookie.": lambda subject, name: subject.set_cookies(name),
    "query.": lambda subject, name: subject.parameters(name),
    "body": lambda subject, _: _bodies(subject, request=True, response=True),
    "request.body": lambda subject, _: _bodies(subject, request=True, response=False),
    "response.body": lambda subject, _: _bodies(subject, request=False, response=True),
    "tls.cipher": _of_tls("cipher"),
    "tls.alpn": _of_tls("alpn"),
    "tls.sni": _of_tls("sni"),
    "decision": lambda subject, _: subject.decisions(),
    "rule": lambda subject, _: subject.rules(),
}
