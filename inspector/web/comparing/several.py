"""Up to five answers beside each other, as after what-ifs: what each was asked otherwise than the first, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import NamedTuple

from inspector.exchange.model import Exchange
from inspector.store.captures import Captures
from inspector.web.brief import brief
from inspector.web.comparing.bodies import Taken, compare_bodies, take
from inspector.web.comparing.comparison import One, whole
from inspector.web.comparing.heads import ALWAYS, head_sections
from inspector.web.words import phrase, size, took

MOST = 5
_SHORT = 64 * 1024  # bodies up to this are compared; of larger ones it is only said whether they are the same
LETTERS = "ABCDE"


class Cell(NamedTuple):
    """What stands in one column; `differs` from the first."""

    words: str
    differs: bool = False


class Line(NamedTuple):
    """One thing in all of them."""

    words: str
    cells: tuple[Cell, ...]


class Several(NamedTuple):
    """The exchanges in the order asked for, each with its letter, and the lines of the table."""

    exchanges: tuple[tuple[str, Exchange], ...]
    lines: tuple[Line, ...]


class _Column(NamedTuple):
    one: One
    body: Taken
    print: bytes
    length: int


def compare_several(captures: Captures, exchanges: Sequence[Exchange]) -> Several:
    """The table."""
    columns = [_column(captures, each) for each in exchanges[:MOST]]
    first = columns[0]
    lines = [
        Line("Asked otherwise", tuple(_names(first, each, "request") or Cell("as A") for each in columns)),
        _plain("Status", (_status(each.one.exchange) for each in columns)),
        _plain("Version of HTTP", (each.one.exchange.version for each in columns)),
        _times("Time taken", [each.one.exchange.duration for each in columns]),
        _plain("Type", (each.one.exchange.media or "none" for each in columns)),
        _plain("Sent as", (_coding(each.one) for each in columns)),
        _plain("Size on the way", (size(each.one.exchange.response_size) for each in columns)),
        _plain("Size unpacked", (size(each.length) for each in columns)),
        Line("Body", tuple(_body(first, each) for each in columns)),
        Line(
            "Fields and cookies", tuple(_names(first, each, "response") or Cell("as A") for each in columns)
        ),
    ]
    lines[0] = lines[0]._replace(cells=(Cell("the first"), *lines[0].cells[1:]))
    lines[-1] = lines[-1]._replace(cells=(Cell(_counted(first)), *lines[-1].cells[1:]))
    return Several(tuple(zip(LETTERS, (each.one.exchange for each in columns), strict=False)), tuple(lines))


def _column(captures: Captures, exchange: Exchange) -> _Column:
    one = whole(captures, exchange, "")
    body = take(captures, one.response)
    print, length = sha256(body.data).digest(), len(body.data)
    return _Column(one, body if length <= _SHORT else body._replace(data=b""), print, length)


def _plain(words: str, values: Iterable[str]) -> Line:
    cells = [Cell(value) for value in values]
    return Line(words, tuple(cell._replace(differs=cell.words != cells[0].words) for cell in cells))


def _times(words: str, values: list[float | None]) -> Line:
    """Times always differ; what counts is by half or more."""
    first = values[0]
    cells = []
    for value in values:
        far = None not in (value, first) and abs(value - first) > max(0.5 * first, 0.005)  # type: ignore[operator]  # neither is None
        cells.append(Cell(took(value) or "not over", bool(far)))
    return Line(words, tuple(cells))


def _status(exchange: Exchange) -> str:
    if exchange.status:
        return f"{exchange.status} {phrase(exchange.status, exchange.reason)}".strip()
    return brief(exchange.fault) or "no answer"


def _coding(one: One) -> str:
    fields = one.response.message.fields if one.response else ()
    found = [field.value.decode("latin-1") for field in fields if field.name.lower() == b"content-encoding"]
    return ", ".join(found) or "it is"


def _body(first: _Column, other: _Column) -> Cell:
    if other is first:
        return Cell("none" if not first.length else "the first")
    if other.print == first.print:
        return Cell("as A" if first.length else "none")
    if not first.body.data or not other.body.data:
        return Cell("another" if first.length and other.length else "none" if not other.length else "there is one", True)  # fmt: skip
    return Cell(compare_bodies(first.body, other.body).sentence.replace(" in B.", " here."), True)


def _names(first: _Column, other: _Column, half: str) -> Cell | None:
    """What of a head differs, by name."""
    if first is other:
        return None
    parts = [each.one.request if half == "request" else each.one.response for each in (first, other)]
    messages = tuple(part.message if part else None for part in parts)
    sections = head_sections(
        first.one.exchange, other.one.exchange, (messages[0], messages[1]), half, exact=False
    )
    said = []
    for section in sections:
        if half == "response" and section.code == "start":
            continue
        for row in section.differing:
            if row.name.lower() in ALWAYS:
                continue
            how = {"gone": "without ", "new": "with "}.get(row.mark, "another ")
            name = row.name.lower() if section.code == "start" else row.name[:40]
            said.append(f"{how}{'cookie ' if section.code == 'cookies' else ''}{name}")
    if not said:
        return None
    said = list({each.lower(): each for each in reversed(said)}.values())[::-1]  # a host is also a field
    return Cell("; ".join(said[:6]) + (f" and {len(said) - 6} more" if len(said) > 6 else ""), True)


def _counted(first: _Column) -> str:
    fields = first.one.response.message.fields if first.one.response else ()
    return f"{len(fields)} fields" if fields else "none"
