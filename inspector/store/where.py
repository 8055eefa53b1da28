"""A filter as SQL over the rows of the list.

`clause_for` answers with a condition that every fitting row meets. For terms that only ask for what is in a row it is exact; what
stands in heads and bodies a row cannot know, so there it lets everything through: see `plans` for how that is narrowed, and
`finding` for who has the last word.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import sqlalchemy as sa

from inspector.exchange.mark import NO_MARK, Mark
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
from inspector.filter.matching import ESCAPED, mark_test, spellings
from inspector.filter.texts import fold
from inspector.filter.tree import All, Node, Not, Term
from inspector.filter.tree import Any as AnyOf
from inspector.store.schema import exchange
from inspector.store.texts_sql import Clause, Column, among, begins, contains, ends, like, not_ascii, same

Marked = Mapping[bytes, Mark]
NOTHING_MARKED: Marked = {}

_X = exchange.c
_MARK = sa.func.instr(_X.path, "?")
_PATH = sa.case((_MARK == 0, _X.path), else_=sa.func.substr(_X.path, 1, _MARK - 1))
_QUERY = sa.case((_MARK == 0, ""), else_=sa.func.substr(_X.path, _MARK + 1))
_USUAL = sa.or_(
    _X.port == 0,
    sa.and_(_X.scheme.in_(("http", "ws")), _X.port == 80),
    sa.and_(_X.scheme.in_(("https", "wss")), _X.port == 443),
)
_HOST: Column = sa.case(
    (sa.func.instr(_X.host, ":") > 0, sa.literal("[").concat(_X.host).concat("]")), else_=_X.host
)
_PORT = sa.case((_USUAL, ""), else_=sa.literal(":").concat(sa.cast(_X.port, sa.Text)))
_ADDRESS = _X.scheme.concat("://").concat(_HOST).concat(_PORT).concat(_X.path)

FLAGS: dict[str, Clause] = {
    "failed": sa.or_(_X.state == "failed", _X.status >= 400),
    "broken": sa.or_(_X.state == "failed", _X.fault != ""),
    "open": _X.state == "open",
    "changed": _X.changed == sa.true(),
    "decrypted": _X.protection == "decrypted",
    "encrypted": _X.protection == "sealed",
    "readable": _X.protection == "none",
    "websocket": _X.kind == "websocket",
    "tunnel": _X.kind == "tunnel",
    "inspector": _X.kind == "page",
}


def pushed(node: Node, *, no: bool = False) -> Node:
    """The same filter with `Not` before single terms only."""
    if isinstance(node, Not):
        return pushed(node.part, no=not no)
    if isinstance(node, Term):
        return Not(node) if no else node
    parts = tuple(pushed(part, no=no) for part in node.parts)
    return All(parts) if isinstance(node, All) != no else AnyOf(parts)


def exact(node: Node) -> bool:
    """Whether the rows alone can tell."""
    if isinstance(node, Term):
        return _in_row(node)
    return all(map(exact, (node.part,) if isinstance(node, Not) else node.parts))


def _in_row(term: Term) -> bool:
    if isinstance(term.condition, Present) and term.field.name in _THERE:
        return True
    return term.field.source in (Source.ROW, Source.MARK) and not term.field.family


def clause_for(node: Node, now: float, marks: Marked = NOTHING_MARKED) -> Clause:
    """A condition that every row meets that fits the filter (which is `pushed`), with what people added as it is now."""
    if isinstance(node, Term):
        return _term(node, now, marks)
    if isinstance(node, Not):
        assert isinstance(node.part, Term)
        return sa.not_(_term(node.part, now, marks)) if _in_row(node.part) else sa.true()
    parts = [clause_for(part, now, marks) for part in node.parts]
    return sa.and_(sa.true(), *parts) if isinstance(node, All) else sa.or_(sa.false(), *parts)


def _term(term: Term, now: float, marks: Marked) -> Clause:
    field, condition = term.field, term.condition
    if field.source is Source.MARK:
        return _marked(term, marks)
    if field.name == "is" and isinstance(condition, OneOf):
        return FLAGS[condition.said]
    if field.name == "query.":
        return _parameter(fold(term.name).decode("utf-8", "surrogatepass"))
    if isinstance(condition, Present) and field.name in _THERE:
        return _THERE[field.name]
    if field.source is not Source.ROW:
        return sa.true()
    if isinstance(condition, Within | From | Until):
        return _number(_X[field.column], condition, now)
    if field.name in _MADE:
        return _of_spellings(condition, _MADE[field.name], escaped=field.name in ESCAPED)
    column = _X[field.column]
    return _of_spellings(condition, lambda one: _text(column, one), escaped=False)


def _parameter(name: str) -> Clause:
    """Where a parameter of this (folded) name may be: as it is, escaped, or in letters that only Unicode knows as the same."""
    if not storable(name):
        return sa.false()
    spelled = (
        contains(_X.path, f"?{name}"),
        contains(_X.path, f"&{name}"),
        contains(_X.path, "%"),
        contains(_X.path, "+"),
    )
    return sa.or_(*spelled, not_ascii(_X.path))


def marked_ids(term: Term, marks: Marked) -> tuple[list[bytes], bool]:
    """The exchanges about which the term says something else than about those to which nothing was added, and what it says about them."""
    fits = mark_test(term)
    usual = fits(NO_MARK)
    return sorted(id for id, mark in marks.items() if fits(mark) != usual), not usual


def _marked(term: Term, marks: Marked) -> Clause:
    """By ids, and those in one parameter, however many they are: a statement takes no more than some thousand."""
    ids, fit = marked_ids(term, marks)
    if not ids:
        return sa.false() if fit else sa.true()
    at = sa.select(sa.literal(0).label("at")).cte(recursive=True)
    at = at.union_all(sa.select(at.c.at + 16).where(at.c.at < (len(ids) - 1) * 16))
    each = sa.select(sa.func.substr(sa.literal(b"".join(ids), sa.LargeBinary), at.c.at + 1, 16))
    among_them = _X.id.in_(each)
    return among_them if fit else sa.not_(among_them)


def _number(column: Column, condition: Within | From | Until, now: float) -> Clause:
    """Never NULL, so that its opposite is its opposite."""
    bounds: list[Clause] = [column.is_not(None)]
    if isinstance(condition, From):
        bounds.append(column >= condition.when.at(now))
    elif isinstance(condition, Until):
        bounds.append(column < condition.when.at(now))
    else:
        if condition.low is not None:
            bounds.append(column > condition.low if condition.above else column >= condition.low)
        if condition.high is not None:
            bounds.append(column < condition.high if condition.below else column <= condition.high)
    return sa.and_(sa.true(), *bounds)


def _of_spellings(condition: Condition, made: Callable[[Condition], Clause], *, escaped: bool) -> Clause:
    """The condition in each way that its text may be spelled; one that no row can have is told here, for the databases stumble over it."""
    if not storable(_text_of(condition)):
        return sa.false()
    if isinstance(condition, Like):
        return sa.or_(*(made(Like(each)) for each in spellings(condition.pattern, escaped=escaped)))
    if isinstance(condition, Contains | Begins | Is):
        kind = type(condition)
        return sa.or_(*(made(kind(each)) for each in spellings(condition.text, escaped=escaped)))
    return made(condition)


def _text_of(condition: Condition) -> str:
    """What it looks for; '' if that is no text."""
    match condition:
        case Contains(text) | Begins(text) | Is(text) | Below(text) | Like(text, _):
            return text
        case _:
            return ""


def _text(column: Column, condition: Condition) -> Clause:
    match condition:
        case Contains(text):
            return contains(column, text)
        case Begins(text):
            return begins(column, text)
        case Is(text):
            return same(column, text)
        case Below(host):
            return sa.or_(same(column, host), ends(column, f".{host}"))
        case Like(pattern):
            return like(column, pattern)
        case Present():
            return column != ""
        case OneOf(values):
            return among(column, values)
        case _:
            raise AssertionError(condition)


def _path(condition: Condition) -> Clause:
    """Most are decided by the whole column, which is cheaper than cutting it at the question mark."""
    match condition:
        case Begins(text) if "?" not in text:
            return begins(_X.path, text)
        case Is(text):
            return sa.and_(begins(_X.path, text), same(_PATH, text))
        case Contains(text):
            return sa.and_(contains(_X.path, text), contains(_PATH, text))
        case _:
            return _text(_PATH, condition)


def _query(condition: Condition) -> Clause:
    match condition:
        case Contains(text):
            return like(_X.path, "*?*").self_group() & _after_mark(text)
        case Present():
            return _QUERY != ""
        case _:
            return _text(_QUERY, condition)


def _after_mark(text: str) -> Clause:
    return sa.and_(contains(_X.path, text), contains(_QUERY, text))


def _address(condition: Condition) -> Clause:
    """What stands in one part of the address is looked for there; only what may go over a border needs the whole."""
    text = _text_of(condition)
    words = re.findall(r"[A-Za-z0-9]+", text)
    longest = max(words, key=len, default="")
    if isinstance(condition, Present) or not longest:
        return _text(_ADDRESS, condition)
    parts = (_X.path, _X.host, _X.scheme, sa.cast(_X.port, sa.Text))
    # A path without its slash, as a file may have it, has no border before it.
    in_a_part = sa.or_(*(contains(part, longest) for part in parts), sa.not_(begins(_X.path, "/")))
    return sa.and_(in_a_part, _text(_ADDRESS, condition))


_MADE: dict[str, Callable[[Condition], Clause]] = {"path": _path, "query": _query, "url": _address}
_THERE: dict[str, Clause] = {
    "": sa.true(),
    "body": sa.or_(_X.request_size > 0, _X.response_size > 0),
    "request.body": _X.request_size > 0,
    "response.body": _X.response_size > 0,
}
