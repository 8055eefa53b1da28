"""A sentence with its marks: what stands in the bytes is set apart as code, a term leads to the glossary. Never HTML.

`say` fills a template of ours with words from anywhere. Marks are read from the template alone, so a value that holds a
backtick, a bracket or a brace stays just that. Whatever is filled in loses its control characters and is cut to a readable length.

    say("Only your browser may keep this, for {time}: `{value}` is for a [[private cache]].", time="60 s", value="private")
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple

Kind = Literal["text", "code", "term"]

LONGEST = 160  # characters of a value inside a sentence

_MARK = re.compile(r"`([^`]+)`|\[\[([^\]|]+)(?:\|([^\]]+))?\]\]|((?:[^`\[]|\[(?!\[))+)")
_BLANK = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Span:
    """A run of a sentence. `term` is the glossary's id, if it is one of its terms."""

    text: str
    kind: Kind = "text"
    term: str = ""


@dataclass(frozen=True, slots=True)
class Prose:
    """A few sentences as spans; `str()` gives them as plain text. Empty is false."""

    spans: tuple[Span, ...] = ()

    def __str__(self) -> str:
        return "".join(span.text for span in self.spans)

    def __bool__(self) -> bool:
        return bool(self.spans)

    def __add__(self, other: Prose) -> Prose:
        """This, a space, and the other; either may be empty."""
        if not self.spans or not other.spans:
            return self if self.spans else other
        return Prose((*self.spans, _SPACE, *other.spans))


_SPACE = Span(" ")
NOTHING = Prose()


def say(template: str, /, **blanks: str | float | Prose) -> Prose:
    """The template's sentences, its blanks filled in. A blank that is Prose brings its own marks."""
    if not blanks and "{" not in template:
        return _plain(template)
    spans: list[Span] = []
    for kind, term, pieces in _parsed(template):
        text = ""
        for literal, blank in pieces:
            text += literal
            if not blank:
                continue
            filled = blanks[blank]
            if isinstance(filled, Prose):
                if text:
                    spans.append(Span(text, kind, term))
                    text = ""
                spans.extend(filled.spans)
            else:
                text += shown(filled if isinstance(filled, str) else f"{filled:,}")
        if text:
            spans.append(Span(text, kind, term))
    return Prose(tuple(spans))


def joined(parts: Iterable[Prose]) -> Prose:
    """Sentences one after the other."""
    whole = NOTHING
    for part in parts:
        whole += part
    return whole


def listed(items: Iterable[str], *, most: int = 6, code: bool = True, last: str = "and") -> Prose:
    """`a`, `b` and `c`; of many only the first, and how many more there are."""
    every = list(items)
    kind: Kind = "code" if code else "text"
    spans = [Span(shown(each) or "(empty)", kind) for each in every[:most]]
    more = len(every) - len(spans)
    if more > 0:
        spans.append(Span(f"{more:,} more"))
    found: list[Span] = []
    for at, span in enumerate(spans):
        if at:
            found.append(Span(f" {last} " if at == len(spans) - 1 else ", "))
        found.append(span)
    return Prose(tuple(found))


def shown(text: str, most: int = LONGEST) -> str:
    """A stranger's text inside a sentence of ours: no control or direction-changing characters, not too long."""
    if len(text) > most:
        text = text[: most - 1] + "…"
    if text.isprintable():
        return text
    return "".join(
        each
        if each.isprintable()
        else f"\\x{ord(each):02x}"
        if ord(each) < 0xA0
        else "\N{REPLACEMENT CHARACTER}"
        for each in text
    )


class _Piece(NamedTuple):
    literal: str
    blank: str


@lru_cache(maxsize=4096)
def _parsed(template: str) -> tuple[tuple[Kind, str, tuple[_Piece, ...]], ...]:
    found: list[tuple[Kind, str, tuple[_Piece, ...]]] = []
    for code, term, words, text in _MARK.findall(template):
        if code:
            found.append(("code", "", _pieces(code)))
        elif term:
            found.append(("term", term_id(term), _pieces(words or term)))
        else:
            found.append(("text", "", _pieces(text)))
    return tuple(found)


def _pieces(text: str) -> tuple[_Piece, ...]:
    found = []
    at = 0
    for blank in _BLANK.finditer(text):
        found.append(_Piece(text[at : blank.start()], blank[1]))
        at = blank.end()
    if text[at:]:
        found.append(_Piece(text[at:], ""))
    return tuple(found)


@lru_cache(maxsize=4096)
def _plain(template: str) -> Prose:
    return Prose(
        tuple(
            Span("".join(piece.literal for piece in pieces), kind, term)
            for kind, term, pieces in _parsed(template)
        )
    )


def term_id(words: str) -> str:
    """The glossary's id for a term: lower case, hyphens for spaces."""
    return words.lower().replace(" ", "-")
