"""Protocol buffers, as far as one message needs them: fields by number, by a table, into dicts as the JSON form of the same message has them.

The wire format is four kinds of field and fits on this page (protobuf.dev/programming-guides/encoding). A library would be a megabyte with a compiler's output
for a message that hasn't changed since 2021. Whatever doesn't fit raises ValueError; fields that no table knows are passed over.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

Reader = Callable[[Any], Any]
_DEEPEST = 24


class Entry(NamedTuple):
    """A field: what JSON calls it, how its content is read (a table of the message in it, or a function), whether there may be many."""

    name: str
    reader: Reader | Mapping[int, Entry] | Callable[[], Mapping[int, Entry]]
    many: bool = False


def text(data: Any) -> str:
    return bytes(data).decode("utf-8", "replace") if isinstance(data, (bytes, memoryview)) else ""


def hexadecimal(data: Any) -> str:
    return bytes(data).hex() if isinstance(data, (bytes, memoryview)) else ""


def signed(number: Any) -> int:
    """An int64 as a varint has it: two's complement in 64 bits."""
    return int(number) - (1 << 64) if isinstance(number, int) and number >> 63 else int(number)


def double(number: Any) -> float:
    return float(struct.unpack("<d", struct.pack("<Q", number))[0])


def message(data: bytes | memoryview, table: Mapping[int, Entry], depth: int = 0) -> dict[str, Any]:
    """The message that `data` holds. Raises ValueError."""
    if depth > _DEEPEST:
        raise ValueError("messages within messages, too deep")
    found: dict[str, Any] = {}
    view, at = memoryview(data), 0
    while at < len(view):
        key, at = _varint(view, at)
        content, at = _content(view, at, key & 7)
        entry = table.get(key >> 3)
        if entry is None:
            continue
        value = _read(entry, content, depth)
        if entry.many:
            found.setdefault(entry.name, []).append(value)
        else:
            found[entry.name] = value
    return found


def _read(entry: Entry, content: Any, depth: int) -> Any:
    reader: Any = entry.reader
    if callable(reader) and not isinstance(reader, Mapping):
        if getattr(reader, "is_table", False):
            reader = reader()
        else:
            try:
                return reader(content)
            except (TypeError, struct.error) as error:
                raise ValueError(f"{entry.name} is of another kind") from error
    if not isinstance(content, memoryview):
        raise ValueError(f"{entry.name} is no message")  # noqa: TRY004 (what came is wrong, not who called)
    return message(content, reader, depth + 1)


def _content(view: memoryview, at: int, kind: int) -> tuple[Any, int]:
    if kind == 0:
        return _varint(view, at)
    if kind in {1, 5}:
        size = 8 if kind == 1 else 4
        if at + size > len(view):
            raise ValueError("cut short")
        return int.from_bytes(view[at : at + size], "little"), at + size
    if kind == 2:
        size, at = _varint(view, at)
        if at + size > len(view):
            raise ValueError("cut short")
        return view[at : at + size], at + size
    raise ValueError(f"a field of kind {kind}")


def _varint(view: memoryview, at: int) -> tuple[int, int]:
    number = 0
    for shift in range(0, 70, 7):
        if at >= len(view):
            raise ValueError("cut short")
        byte = view[at]
        at += 1
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return number & 0xFFFFFFFFFFFFFFFF, at
    raise ValueError("a number without an end")
