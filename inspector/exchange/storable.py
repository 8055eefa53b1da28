"""Texts as every database takes them: without NUL, at which SQLite's LIKE stops and which PostgreSQL refuses, without halves of a surrogate pair,
which are no characters at all, and without U+FFFE and U+FFFF, which to LIKE are the same as U+FFFD. No traffic has them in what the list keeps; files and questions may."""

from __future__ import annotations

import re
from typing import TypeVar, cast

import msgspec

_NOT_STORABLE = re.compile("[\0\ud800-\udfff\ufffe\uffff]")
T = TypeVar("T")


def storable(text: str) -> bool:
    """Whether it can stand in a row; if not, no row has it."""
    return _NOT_STORABLE.search(text) is None


def made_storable(value: T) -> T:
    """A text, or a struct or tuple with all its texts, in which the replacement character stands for what cannot be kept. Bytes are left alone."""
    if isinstance(value, str):
        return cast("T", _NOT_STORABLE.sub("\N{REPLACEMENT CHARACTER}", value))
    if isinstance(value, tuple) and not hasattr(value, "_fields"):
        return cast("T", tuple(made_storable(each) for each in value))
    if isinstance(value, msgspec.Struct):
        before = {name: getattr(value, name) for name in value.__struct_fields__}
        after = {name: made_storable(each) for name, each in before.items()}
        changed = {name: each for name, each in after.items() if each != before[name]}
        return msgspec.structs.replace(value, **changed) if changed else value
    return value
