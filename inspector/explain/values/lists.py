"""The small grammars that many fields share (RFC 9110 §5.6): lists, quoted strings, parameters, weights."""

from __future__ import annotations

import re
from typing import NamedTuple

MOST = 500  # members of a list that are looked at

_MEMBER = re.compile(r'(?:[^",]|"(?:[^"\\]|\\.)*"?)+')
_PART = re.compile(r'(?:[^";]|"(?:[^"\\]|\\.)*"?)+')
_WEIGHT = re.compile(r"(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)")
TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")


class Member(NamedTuple):
    """A member of a list: its own words, the parameters behind it (names in lower case), and where it begins in the value."""

    words: str
    parameters: tuple[tuple[str, str], ...]
    offset: int

    def parameter(self, name: str) -> str | None:
        return next((value for each, value in self.parameters if each == name), None)


class Weighed(NamedTuple):
    """A member with its weight: 1 where none is given, None where what is given is no weight."""

    words: str
    weight: float | None
    offset: int


def members(value: str) -> tuple[Member, ...]:
    """A comma-separated list; commas inside quotes don't count, empty members are left out (RFC 9110 §5.6.1.2)."""
    found = []
    for match in _MEMBER.finditer(value):
        text = match[0]
        if not text.strip():
            continue
        offset = match.start() + len(text) - len(text.lstrip())
        words, *rest = parts(text)
        found.append(Member(words, tuple(_parameter(each) for each in rest), offset))
        if len(found) >= MOST:
            break
    return tuple(found)


def parts(value: str) -> tuple[str, ...]:
    """What semicolons separate, outside of quotes; at least one part, and only the first may be empty."""
    found = [match[0].strip() for match in _PART.finditer(value)]
    if value.lstrip().startswith(";"):
        found.insert(0, "")
    return tuple(found[:1] + [each for each in found[1:MOST] if each]) or ("",)


def parameters(value: str) -> tuple[str, dict[str, str]]:
    """`text/html; charset="utf-8"` as its first part and its parameters; of a repeated one the first counts."""
    first, *rest = parts(value)
    found: dict[str, str] = {}
    for each in rest:
        name, text = _parameter(each)
        found.setdefault(name, text)
    return first, found


def _parameter(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name.strip().lower(), unquoted(value.strip())


def unquoted(text: str) -> str:
    """A quoted string's content; any other text as it is."""
    if len(text) > 1 and text[0] == text[-1] == '"':
        return re.sub(r"\\(.)", r"\1", text[1:-1])
    return text


def weighed(value: str) -> tuple[Weighed, ...]:
    """A list with weights (`q=`), those that are wanted most first, and among equals in their order (RFC 9110 §12.4.2)."""
    found = []
    for member in members(value):
        given = member.parameter("q")
        weight = 1.0
        if given is not None:
            weight = float(given) if _WEIGHT.fullmatch(given) else -1.0
        others = "".join(
            f";{name}={text}" if text else f";{name}" for name, text in member.parameters if name != "q"
        )
        found.append(Weighed(member.words + others, weight if weight >= 0 else None, member.offset))
    return tuple(sorted(found, key=lambda each: -(each.weight if each.weight is not None else 1.0)))


def tokens(value: str) -> tuple[str, ...]:
    """The members of a list in lower case, without parameters."""
    return tuple(member.words.lower() for member in members(value))


def number(text: str, most: int = 2**31) -> int | None:
    """A whole number of digits only, no larger than `most` (RFC 9111 §1.2.2 names 2^31); None if it is none."""
    text = text.strip()
    if not text.isascii() or not text.isdigit():
        return None
    return min(int(text[:20]), most) if len(text.lstrip("0")) <= 19 else most
