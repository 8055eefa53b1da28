"""Texts compared in SQL, A to Z without regard to case: the one place where databases differ about that.

SQLite's LIKE and NOCASE fold A to Z and nothing else, which is what the filter's matcher does. PostgreSQL's would be
`lower(… COLLATE "C")`; its turn comes with its store.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

Clause = sa.ColumnElement[bool]
Column = sa.ColumnElement[Any]

_ESCAPE = "\\"


def contains(column: Column, text: str) -> Clause:
    """The text stands anywhere in it."""
    return column.like(f"%{_plain(text)}%", escape=_ESCAPE)


def begins(column: Column, text: str) -> Clause:
    """It begins with the text."""
    return column.like(f"{_plain(text)}%", escape=_ESCAPE)


def ends(column: Column, text: str) -> Clause:
    """It ends with the text."""
    return column.like(f"%{_plain(text)}", escape=_ESCAPE)


def like(column: Column, pattern: str) -> Clause:
    """It has the form of a pattern, in which `*` stands for anything."""
    return column.like("%".join(map(_plain, pattern.split("*"))), escape=_ESCAPE)


def same(column: Column, text: str) -> Clause:
    """It is the text."""
    return column.collate("NOCASE") == text


def among(column: Column, texts: Iterable[str]) -> Clause:
    """It is one of the texts."""
    return column.collate("NOCASE").in_(list(texts))


def not_ascii(column: Column) -> Clause:
    """It has other characters than ASCII's."""
    return sa.func.length(sa.cast(column, sa.LargeBinary)) > sa.func.length(column)


def _plain(text: str) -> str:
    for special in (_ESCAPE, "%", "_"):
        text = text.replace(special, _ESCAPE + special)
    return text
