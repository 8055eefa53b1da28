"""A value as it stands in a filter's text, before its field has made sense of it."""

from __future__ import annotations

import re
from typing import NamedTuple

from inspector.filter.errors import FilterMistake
from inspector.filter.grammar import JOINING

_RANGE = re.compile(r"([\[{])\s*(\S+)\s+TO\s+(\S+?)\s*([\]}])")
_NAMED = re.compile(r"[^\W\d][\w.-]*:")  # by itself it would be read as a field with its value
PLAIN = re.compile(r'[^\s()"]+')


class Written(NamedTuple):
    """`text` without quotes and comparison; `op` is '', '=', '<', '<=', '>' or '>='. `start` and `end` enclose all of it."""

    text: str
    quoted: bool
    op: str
    start: int
    end: int

    @property
    def is_star(self) -> bool:
        """Whether it only asks that there be a value."""
        return self.text == "*" and not self.quoted and self.op in ("", "=")

    @property
    def has_pattern(self) -> bool:
        """Whether a `*` in it stands for something else."""
        return "*" in self.text and not self.quoted

    def ends(self) -> tuple[str, str, bool, bool] | None:
        """`[a TO b]`, `{a TO b}` or `a..b` taken apart: both ends ('' or `*` is open), and whether each is left out."""
        if self.quoted or self.op:
            return None
        found = _RANGE.fullmatch(self.text)
        if found:
            low, high = ("" if each == "*" else each for each in (found[2], found[3]))
            return low, high, found[1] == "{", found[4] == "}"
        low, dots, high = self.text.partition("..")
        return (low, high, False, False) if dots and (low or high) else None

    def mistake(self, sentence: str, *suggestions: str) -> FilterMistake:
        """What is wrong with it; a suggestion replaces the whole value."""
        return FilterMistake(sentence, self.start, self.end, suggestions)


def quoted(text: str) -> str:
    """A text as one value of a filter, in quotes where it needs them."""
    if (
        PLAIN.fullmatch(text)
        and text not in JOINING
        and text[0] not in "-!=<>[{"
        and "*" not in text
        and not _NAMED.match(text)
    ):
        return text
    inside = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{inside}"'


def unquoted(text: str) -> str:
    """What stands between quotes, `\\"` and `\\\\` undone."""
    return re.sub(r'\\([\\"])', r"\1", text[1:-1])
