"""Names with values (header fields, cookies, parameters, form entries) compared by name; how often and in which order a name comes counts only within it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from inspector.explain.comparing.aligning import Budget, align
from inspector.explain.comparing.texts import Piece, compare_words

Mark = Literal["same", "changed", "gone", "new"]
MOST = 1_000
_LONGEST = 16_384


class PairRow(NamedTuple):
    """A name with its value in each; None where there is none. `gone`: only the first has it, `new`: only the second."""

    name: str
    mark: Mark
    a: tuple[Piece, ...] | None
    b: tuple[Piece, ...] | None


def compare_pairs(
    a: Sequence[tuple[str, str]], b: Sequence[tuple[str, str]], *, fold: bool = False
) -> tuple[PairRow, ...]:
    """Rows in the order of the first, each new name behind them. `fold`: capitals in names make no difference."""
    left, right = _by_name(a, fold), _by_name(b, fold)
    rows: list[PairRow] = []
    for key in dict.fromkeys((*left, *right)):
        olds, news = left.get(key, []), right.get(key, [])
        rows += _values((olds or news)[0][0], [value for _, value in olds], [value for _, value in news])
    return tuple(rows)


def compare_in_order(a: Sequence[tuple[str, str]], b: Sequence[tuple[str, str]]) -> tuple[PairRow, ...]:
    """The same with order and spelling of names counted."""
    rows: list[PairRow] = []
    left, right = list(a[:MOST]), list(b[:MOST])
    for stretch in align(left, right):
        olds, news = left[stretch.a0 : stretch.a1], right[stretch.b0 : stretch.b1]
        if stretch.same:
            rows += (PairRow(name, "same", _whole(value), _whole(value)) for name, value in olds)
            continue
        rows += (PairRow(name, "gone", _whole(value, True), None) for name, value in olds)
        rows += (PairRow(name, "new", None, _whole(value, True)) for name, value in news)
    return tuple(rows)


def differing(rows: Iterable[PairRow]) -> tuple[PairRow, ...]:
    """Those that are not the same."""
    return tuple(row for row in rows if row.mark != "same")


def _by_name(pairs: Sequence[tuple[str, str]], fold: bool) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for name, value in pairs[:MOST]:
        found.setdefault(name.lower() if fold else name, []).append((name, value))
    return found


def _values(name: str, olds: list[str], news: list[str]) -> Iterable[PairRow]:
    """Values of one name: those that are in both first aligned, the rest beside each other."""
    for stretch in align(olds, news, Budget(20_000)):
        before, after = olds[stretch.a0 : stretch.a1], news[stretch.b0 : stretch.b1]
        for number in range(max(len(before), len(after))):
            if stretch.same:
                yield PairRow(name, "same", _whole(before[number]), _whole(before[number]))
            elif number >= len(after):
                yield PairRow(name, "gone", _whole(before[number], True), None)
            elif number >= len(before):
                yield PairRow(name, "new", None, _whole(after[number], True))
            else:
                pieces = compare_words(before[number][:_LONGEST], after[number][:_LONGEST], Budget(100_000))
                yield PairRow(name, "changed", *pieces)


def _whole(value: str, other: bool = False) -> tuple[Piece, ...]:
    return (Piece(value if len(value) <= _LONGEST else f"{value[:_LONGEST]}…", other),)
