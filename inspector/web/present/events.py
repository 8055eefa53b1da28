"""An event stream (HTML Standard §9.2.6) as the list of its events."""

from __future__ import annotations

from typing import NamedTuple

MOST = 500


class Event(NamedTuple):
    """One event: its name (`message` if none was given), its data and id, or a comment."""

    name: str
    data: str
    id: str = ""
    comment: str = ""


def events(text: str) -> tuple[Event, ...]:
    """The first 500 events of a stream; an unfinished last one is left out, as a browser leaves it."""
    found: list[Event] = []
    whole = text.replace("\r\n", "\n").replace("\r", "\n")
    for block in whole.split("\n\n")[: MOST * 2]:
        if len(found) >= MOST:
            break
        event = _event(block)
        if event:
            found.append(event)
    if found and not whole.endswith("\n\n") and whole.rpartition("\n\n")[2].strip():
        found.pop()
    return tuple(found)


def _event(block: str) -> Event | None:
    name, id, data, comments = "message", "", [], []
    for line in block.split("\n"):
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if not line:
            continue
        if not field:
            comments.append(value)
        elif field == "data":
            data.append(value)
        elif field == "event":
            name = value
        elif field == "id":
            id = value
    if not data and not comments:
        return None
    return Event(name if data else "", "\n".join(data), id, "\n".join(comments))
