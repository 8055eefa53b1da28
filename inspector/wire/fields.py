"""A header block for looking at: names, values and where they stand. Lenient, for bytes of any quality.

What decides whether bytes are passed on is `http1`, which is strict. This only has to show something true
about everything, also about what was refused: a line without a colon is a field without a name.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_LINE = re.compile(rb"([^\n]*)(?:\n|\Z)")


class Field(NamedTuple):
    """One header field: name and value as they came, without the white space around; `offset` of its line in the head."""

    name: bytes
    value: bytes
    offset: int


def parse_fields(head: bytes) -> tuple[Field, ...]:
    """The fields of a head in order, its start line skipped; a folded line belongs to the value above it."""
    begin = head.find(b"\n") + 1
    return field_lines(head, begin) if begin else ()


def field_lines(block: bytes, begin: int = 0) -> tuple[Field, ...]:
    """The fields of a block without a start line, such as trailers, up to its first empty line."""
    found: list[Field] = []
    for match in _LINE.finditer(block, begin):
        line = match[1].removesuffix(b"\r")
        if not line:
            break
        name, colon, value = line.partition(b":")
        if line[0] in b" \t" and found:
            above = found[-1]
            found[-1] = Field(above.name, (above.value + b" " + line.strip(b" \t")).strip(), above.offset)
        elif colon:
            found.append(Field(name.strip(b" \t"), value.strip(b" \t"), match.start()))
        else:
            found.append(Field(b"", line.strip(b" \t"), match.start()))
    return tuple(found)
