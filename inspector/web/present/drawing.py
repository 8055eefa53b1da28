"""What the pictures to share have in common: how much room there is, and text that has to fit where no font is at hand."""

from __future__ import annotations

import re
import textwrap
from typing import NamedTuple

HIDDEN = "••••••••"
_MARKS = re.compile(r"\*{2,}[0-9a-f]{4}(?![0-9A-Za-z])|\*{2,}")


class Layout(NamedTuple):
    """How much room there is: the whole width, the columns' left edges and their width, the sizes of text."""

    name: str
    width: int
    columns: tuple[int, int]
    column: int
    stacked: bool
    title: int
    text: int
    small: int
    row: int
    gap: int


LAYOUTS = {
    "wide": Layout("wide", 1200, (40, 620), 540, False, 34, 19, 16, 74, 24),
    "narrow": Layout("narrow", 400, (4, 4), 392, True, 24, 17, 15, 72, 24),
}
MONO = 0.63  # width of a letter of the mono font, of its size
HEIGHT = 630  # of the wide one: 1200 x 630 is what pages that show a link's picture ask for


_NARROW, _BROAD = frozenset("iljtfrI.,:;'!|()[] "), frozenset("mwMWOQGDCH@%")


def span(text: str, size: float) -> float:
    """About how wide a text is: pictures are laid out where no font is."""
    ems = sum(0.32 if letter in _NARROW else 0.82 if letter in _BROAD else 0.56 for letter in text)
    wide = sum(0.45 for letter in text if ord(letter) > 0x2E80)  # East Asian letters are square
    return (ems + wide) * size


def cut(text: str, room: float, size: float) -> str:
    """As much of a text as fits, with an ellipsis where that isn't all of it."""
    text = clean(text)
    if span(text, size) <= room:
        return text
    text = text[:400]
    while text and span(text + "…", size) > room:
        text = text[:-1]
    return text.rstrip() + "…"


def wrap_mono(text: str, room: float, size: float, most: int) -> tuple[str, ...]:
    """The same for letters of one width; broken between words where that is possible."""
    letters = max(int(room / (size * MONO)), 8)
    lines = textwrap.wrap(clean(text), letters, max_lines=most, placeholder="…", break_on_hyphens=False)
    return tuple(lines)


def clean(text: str) -> str:
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)


def wrap(text: str, room: float, size: float, most: int) -> tuple[str, ...]:
    """A text in at most so many lines."""
    lines: list[str] = []
    words = text.split()
    while words:
        line = words.pop(0)
        if len(lines) == most - 1:
            lines.append(cut(" ".join((line, *words)), room, size))
            break
        while words and span(f"{line} {words[0]}", size) <= room:
            line += " " + words.pop(0)
        lines.append(cut(line, room, size))
    return tuple(lines)


def bullets(text: str) -> str:
    """A text with secrets replaced by marks, as pictures show it: nothing to compare, nothing to ask for."""
    return _MARKS.sub(HIDDEN, text)
