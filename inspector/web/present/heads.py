"""A message's head: its start line in parts, its fields as rows."""

from __future__ import annotations

from dataclasses import dataclass

from inspector.exchange.model import Message
from inspector.web.words import visible
from inspector.wire.fields import field_lines


@dataclass(frozen=True, slots=True)
class Head:
    """`start` holds the three parts of the start line (any may be empty); `fields` are (name, value) in order."""

    start: tuple[str, str, str]
    fields: tuple[tuple[str, str], ...]
    trailers: tuple[tuple[str, str], ...]
    size: int


def head(message: Message) -> Head:
    line = visible(message.start_line)
    parts = line.split(" ", 2)
    first, second, third = (*parts, "", "", "")[:3]
    fields = tuple((visible(field.name), visible(field.value)) for field in message.fields)
    trailers = tuple((visible(field.name), visible(field.value)) for field in field_lines(message.trailers))
    return Head((first, second, third), fields, trailers, len(message.head))


def raw_lines(data: bytes) -> tuple[tuple[str, str], ...]:
    """The very bytes as lines: what can be read, and the line's end as it came (`CRLF`, `LF`, or nothing)."""
    found = []
    for line in data.split(b"\n"):
        text, end = (line[:-1], "CRLF") if line.endswith(b"\r") else (line, "LF")
        found.append((visible(text), end))
    last, end = found[-1]
    found[-1] = (last + "\\r" if end == "CRLF" else last, "")
    return tuple(found if found[-1][0] else found[:-1])
