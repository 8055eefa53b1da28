"""An event stream (HTML Standard §9.2.6) as the list of its events, each with the time at which it was whole."""

from __future__ import annotations

import codecs
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from inspector.exchange.model import Arrival

MOST = 500
_BLANK = re.compile(rb"(?:\r\n|\r|\n)(?:\r\n|\r|\n)")


class Event(NamedTuple):
    """One event: its name (`message` if none was given), its data and id, or a comment. `at` is seconds after the exchange began, if that is on record."""

    name: str
    data: str
    id: str = ""
    comment: str = ""
    retry: str = ""
    at: float | None = None


def events(stream: bytes, arrivals: Sequence[Arrival] = ()) -> tuple[Event, ...]:
    """The first 500 events of a stream; an unfinished last one is left out, as a browser leaves it."""
    ends = [arrival.end for arrival in arrivals]
    found: list[Event] = []
    for block, end in _blocks(stream):
        event = _event(block)
        if event is None:
            continue
        place = bisect_left(ends, end)
        found.append(event._replace(at=arrivals[place].at if place < len(ends) else None))
        if len(found) == MOST:
            break
    return tuple(found)


def _blocks(stream: bytes) -> Iterator[tuple[str, int]]:
    """The text between empty lines, and where it ended."""
    at = len(codecs.BOM_UTF8) if stream.startswith(codecs.BOM_UTF8) else 0
    for blank in _BLANK.finditer(stream):
        if blank.start() >= at:
            yield stream[at : blank.start()].decode("utf-8", "replace"), blank.end()
        at = blank.end()


def _event(block: str) -> Event | None:
    name, id, retry, data, comments = "message", "", "", [], []
    for line in re.split(r"\r\n|\r|\n", block):
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if not line:
            continue
        if not field:
            comments.append(value)
        elif field == "data":
            data.append(value)
        elif field == "event":
            name = value or "message"
        elif field == "id" and "\0" not in value:
            id = value
        elif field == "retry" and value.isascii() and value.isdigit():
            retry = value
    if not data and not comments and not retry:
        return None
    return Event(name if data else "", "\n".join(data), id, "\n".join(comments), retry)
