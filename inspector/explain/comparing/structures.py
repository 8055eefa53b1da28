"""Two JSON texts compared by what they say: members by name whatever their order, lists by what stands in them.

Numbers compare as they are written, so 1.0 is not 1. What is too large, too deep or names a member twice is None: then texts are compared.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from inspector.explain.comparing.aligning import Budget, align
from inspector.explain.words import plural

MOST_CHARACTERS = 2 << 20
MOST_VALUES = 60_000
MOST_ROWS = 400
DEEPEST = 150
_SHOWN = 300
_IDS = ("id", "_id", "uuid", "key", "slug", "name")
_PLAIN = re.compile(r"[A-Za-z_$][\w$]*")


class _Number(str):
    """A number as it was written."""

    __slots__ = ()


class _NotComparedError(ValueError):
    """The reason why structures are not compared; never leaves this module."""


class Change(NamedTuple):
    """`path` says where: `items[2].price`. `mark` is `changed`, `gone` (only the first has it) or `new`; values as JSON, cut; None where there is none."""

    path: str
    mark: str
    a: str | None
    b: str | None


class StructureDifference(NamedTuple):
    """`more` changes are not shown."""

    changes: tuple[Change, ...]
    more: int

    @property
    def same(self) -> bool:
        """Whether both say the same."""
        return not self.changes


def compare_structures(a: str, b: str) -> StructureDifference | None:
    """The difference of two JSON texts; None where they can only be compared as texts."""
    try:
        left, right = _read(a), _read(b)
        changes: list[Change] = []
        more = 0
        for path, old, new in _compare(left, right):
            if len(changes) < MOST_ROWS:
                changes.append(_change(path, old, new))
            else:
                more += 1
    except (ValueError, RecursionError):
        return None
    return StructureDifference(tuple(changes), more)


def _read(text: str) -> Any:
    values = text.count("[") + text.count("{") + text.count(",")
    if len(text) > MOST_CHARACTERS or values > MOST_VALUES or text.lstrip()[:1] not in ("{", "["):
        raise _NotComparedError
    return json.loads(
        text, parse_int=_Number, parse_float=_Number, parse_constant=_Number, object_pairs_hook=_members
    )


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _NotComparedError
    return found


class _Prints:
    """A number for each value: equal values have equal ones. Made from the inside out, so each value is looked at once."""

    def __init__(self) -> None:
        self._known: dict[int, int] = {}

    def of(self, value: Any, depth: int = 0) -> int:
        if not isinstance(value, (dict, list)):
            return hash((type(value), value))
        known = self._known.get(id(value))
        if known is not None:
            return known
        if depth > DEEPEST:
            raise _NotComparedError
        if isinstance(value, dict):
            print = hash(("{", frozenset((name, self.of(each, depth + 1)) for name, each in value.items())))
        else:
            print = hash(("[", *(self.of(each, depth + 1) for each in value)))
        self._known[id(value)] = print
        return print


def _compare(left: Any, right: Any) -> Iterator[tuple[str, Any, Any]]:
    prints = _Prints()
    budget = Budget()
    waiting: list[tuple[str, Any, Any]] = [("", left, right)]
    while waiting:
        path, a, b = waiting.pop()
        if a is _NOTHING or b is _NOTHING:
            yield path, a, b
            continue
        if prints.of(a) == prints.of(b):
            continue
        if isinstance(a, dict) and isinstance(b, dict):
            found = list(_members_of(path, a, b))
        elif isinstance(a, list) and isinstance(b, list):
            found = list(_items_of(path, a, b, prints, budget))
        else:
            yield path, a, b
            continue
        waiting += reversed(found)


def _change(path: str, old: Any, new: Any) -> Change:
    mark = "new" if old is _NOTHING else "gone" if new is _NOTHING else "changed"
    values = [None if each is _NOTHING else shown(each) for each in (old, new)]
    return Change(path or "the whole", mark, *values)


_NOTHING: Any = object()


def _members_of(path: str, a: dict[str, Any], b: dict[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    for name in dict.fromkeys((*a, *b)):
        yield _below(path, name), a.get(name, _NOTHING), b.get(name, _NOTHING)


def _items_of(
    path: str, a: list[Any], b: list[Any], prints: _Prints, budget: Budget
) -> Iterator[tuple[str, Any, Any]]:
    """Things with an id by that; else what is equal beside each other, and what lies between in order."""
    name = _id_of(a, b)
    if name:
        left, right = ({each[name]: each for each in items} for items in (a, b))
        for key in dict.fromkeys((*left, *right)):
            yield f"{path}[{name}={_cut(str(key), 60)}]", left.get(key, _NOTHING), right.get(key, _NOTHING)
        return
    for stretch in align([prints.of(each) for each in a], [prints.of(each) for each in b], budget):
        if stretch.same:
            continue
        olds, news = a[stretch.a0 : stretch.a1], b[stretch.b0 : stretch.b1]
        for number in range(max(len(olds), len(news))):
            old = olds[number] if number < len(olds) else _NOTHING
            new = news[number] if number < len(news) else _NOTHING
            at = stretch.a0 if old is not _NOTHING else stretch.b0
            yield f"{path}[{at + number}]", old, new


def _id_of(a: list[Any], b: list[Any]) -> str:
    """The member that tells the things of both lists apart; '' if there is none."""
    if not a or not b or not all(isinstance(each, dict) for each in (*a, *b)):
        return ""
    for name in _IDS:
        keys = [[each.get(name) for each in items] for items in (a, b)]
        if all(
            all(isinstance(key, str) for key in side) and len(set(side)) == len(side) for side in keys
        ):  # numbers are written ones, so they are texts as well
            return name
    return ""


def _below(path: str, name: str) -> str:
    if _PLAIN.fullmatch(name) and len(name) <= 80:
        return f"{path}.{name}" if path else name
    return f"{path}[{json.dumps(_cut(name, 80), ensure_ascii=False)}]"


def shown(value: Any) -> str:
    """A value as JSON in one line, cut; a large one by what it is."""
    if isinstance(value, (dict, list)) and len(value) > 30:
        return (
            f"an object with {plural(len(value), 'member')}"
            if isinstance(value, dict)
            else f"a list of {plural(len(value), 'value')}"
        )
    return _cut("".join(_written(value)), _SHOWN)


def _written(value: Any, depth: int = 0) -> Iterator[str]:
    if isinstance(value, _Number):
        yield str(value)
    elif depth > 4 and isinstance(value, (dict, list)) and value:
        yield "{…}" if isinstance(value, dict) else "[…]"
    elif isinstance(value, dict):
        yield "{"
        for number, (name, each) in enumerate(value.items()):
            if number > 30:
                yield ", …"
                break
            yield (", " if number else "") + json.dumps(_cut(name, 80), ensure_ascii=False) + ": "
            yield from _written(each, depth + 1)
        yield "}"
    elif isinstance(value, list):
        yield "["
        for number, each in enumerate(value):
            if number > 30:
                yield ", …"
                break
            yield ", " if number else ""
            yield from _written(each, depth + 1)
        yield "]"
    else:
        yield json.dumps(_cut(value, _SHOWN) if isinstance(value, str) else value, ensure_ascii=False)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most]}…"
