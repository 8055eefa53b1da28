"""Two texts compared by line, and lines that were changed by word; what is the same far from a difference is folded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from inspector.explain.comparing.aligning import Budget, align

MOST_CHARACTERS = 512 << 10
MOST_LINES = 10_000
MOST_ROWS = 600
CONTEXT = 3
_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")
_TOKENS = 10_000  # of one line
_LONG = 160  # characters of a piece that is shown whole; of a longer one its ends
_ALIKE = 0.25  # below it two lines have nothing to do with each other


class Piece(NamedTuple):
    """A part of a line; `other`: it isn't in the other one."""

    text: str
    other: bool = False


class Side(NamedTuple):
    """A line of one of the two: its number from 1, and its pieces."""

    number: int
    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        """The line as it is shown."""
        return "".join(piece.text for piece in self.pieces)


class Row(NamedTuple):
    """`same`, `changed` (both sides), `gone` (left only), `new` (right only), or `folded`: so many lines that are the same."""

    kind: str
    left: Side | None = None
    right: Side | None = None
    folded: int = 0


class TextDifference(NamedTuple):
    """`gone`, `new` and `changed` count lines; `left_out` is a sentence about what was not compared or not shown."""

    rows: tuple[Row, ...]
    gone: int
    new: int
    changed: int
    left_out: str = ""

    @property
    def same(self) -> bool:
        """Whether no line differs."""
        return not (self.gone or self.new or self.changed)


def compare_texts(a: str, b: str, *, first: int = 1, budget: Budget | None = None) -> TextDifference:
    """The difference of two texts. `first` is the number of their first line."""
    budget = budget or Budget()
    left, right, left_out = *map(_lines, (a[:MOST_CHARACTERS], b[:MOST_CHARACTERS])), ""
    if max(len(a), len(b)) > MOST_CHARACTERS or max(len(left), len(right)) > MOST_LINES:
        left_out = (
            f"Compared are the first {MOST_CHARACTERS:,} characters, and {MOST_LINES:,} lines, of each."
        )
    left, right = left[:MOST_LINES], right[:MOST_LINES]
    rows: list[Row] = []
    counts = {"gone": 0, "new": 0, "changed": 0}
    for stretch in align(left, right, budget):
        before, after = left[stretch.a0 : stretch.a1], right[stretch.b0 : stretch.b1]
        at, beside = first + stretch.a0, first + stretch.b0
        if stretch.same:
            rows += _folded(
                before, at, beside, head=not rows, tail=stretch.a1 == len(left) and stretch.b1 == len(right)
            )
            continue
        for row in _replaced(before, after, at, beside, budget, shown=len(rows) < MOST_ROWS):
            counts[row.kind] += 1
            if len(rows) < MOST_ROWS:
                rows.append(row)
    if budget.spent:
        left_out = f"{left_out} So much differs that not all of it could be set side by side.".strip()
    hidden = sum(counts.values()) - sum(row.kind in counts for row in rows)
    if hidden > 0:
        left_out = f"{left_out} {hidden:,} more lines that differ are not shown.".strip()
    return TextDifference(tuple(rows[: MOST_ROWS + 2 * CONTEXT + 1]), **counts, left_out=left_out)


def _lines(text: str) -> list[str]:
    """Without their ends; `\\r\\n` and `\\n` are the same end."""
    lines = text.replace("\r\n", "\n").split("\n")
    return lines[:-1] if lines and not lines[-1] else lines


def _folded(lines: list[str], at: int, beside: int, *, head: bool, tail: bool) -> Iterator[Row]:
    """Lines that are the same; those near to a difference are shown."""
    before, after = 0 if head else CONTEXT, 0 if tail else CONTEXT
    middle = len(lines) - before - after
    for number, line in enumerate(lines):
        if middle > 1 and before <= number < before + middle:
            if number == before:
                yield Row("folded", folded=middle)
            continue
        pieces = (Piece(_cut(line)),)
        yield Row("same", Side(at + number, pieces), Side(beside + number, pieces))


def _replaced(
    before: list[str], after: list[str], at: int, beside: int, budget: Budget, *, shown: bool
) -> Iterator[Row]:
    """The n-th line that went beside the n-th that came, as far as they are alike."""
    for number in range(max(len(before), len(after))):
        old = before[number] if number < len(before) else None
        new = after[number] if number < len(after) else None
        if not shown:
            yield Row("changed" if old is not None and new is not None else "gone" if new is None else "new")
            continue
        if old is not None and new is not None:
            pieces = compare_words(old, new, budget)
            yield Row("changed", Side(at + number, pieces[0]), Side(beside + number, pieces[1]))
        elif old is not None:
            yield Row("gone", Side(at + number, (Piece(_cut(old), True),)))
        else:
            yield Row("new", None, Side(beside + number, (Piece(_cut(new or ""), True),)))


def compare_words(
    a: str, b: str, budget: Budget | None = None
) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Two lines in pieces, each marked if the other line doesn't have it."""
    budget = budget or Budget()
    left, right = _TOKEN.findall(a[:MOST_CHARACTERS]), _TOKEN.findall(b[:MOST_CHARACTERS])
    if max(len(left), len(right)) > _TOKENS or budget.spent:
        return _around(a, b)
    pieces: tuple[list[Piece], list[Piece]] = ([], [])
    alike = 0
    for stretch in align(left, right, budget):
        old, new = "".join(left[stretch.a0 : stretch.a1]), "".join(right[stretch.b0 : stretch.b1])
        alike += len(old.strip()) if stretch.same else 0
        for side, text in zip(pieces, (old, new), strict=True):
            if text:
                side.append(Piece(_cut(text), not stretch.same))
    if alike < _ALIKE * min(len(a.strip()), len(b.strip())):
        return (Piece(_cut(a), True),), (Piece(_cut(b), True),)
    return tuple(pieces[0]), tuple(pieces[1])


def _around(a: str, b: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Very long lines: what they have in common at both ends, and all between as different."""
    start = common_start(a, b)
    end = common_start(a[start:][::-1], b[start:][::-1])
    sides = []
    for text in (a, b):
        parts = (
            (text[:start], False),
            (text[start : len(text) - end], True),
            (text[len(text) - end :], False),
        )
        sides.append(tuple(Piece(_cut(part), other) for part, other in parts if part))
    return sides[0], sides[1]


def common_start(a: str | bytes | memoryview, b: str | bytes | memoryview) -> int:
    """How far two texts are the same, from the beginning; by halving, so at the speed of comparing memory."""
    low, high = 0, min(len(a), len(b))
    while low < high:
        middle = (low + high + 1) // 2
        if a[low:middle] == b[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _cut(text: str) -> str:
    """A long piece by its two ends."""
    if len(text) <= _LONG:
        return text
    half = _LONG // 2
    return f"{text[:half]} … {len(text) - 2 * half:,} characters … {text[-half:]}"
