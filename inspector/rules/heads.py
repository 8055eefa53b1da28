"""Edits carried out on a head that is about to go on. Names and values were checked when the rule was read; framing is out of reach."""

from __future__ import annotations

from collections.abc import Iterable

from inspector.rules.effects import Edit, Restate
from inspector.wire.fields import parse_fields


def edited(head: bytes, edit: Edit) -> bytes:
    """The head (start line, fields, empty line) with the edit made; the same object if nothing changes."""
    gone = {name.lower() for name in edit.remove}
    values: dict[str, list[tuple[str, str]]] = {}
    for name, value in edit.set:
        values.setdefault(name.lower(), []).append((name, value))
    start, _, rest = head.partition(b"\r\n")
    out = [start]
    placed: set[str] = set()
    for line in rest[:-2].split(b"\r\n")[:-1]:
        name = line.partition(b":")[0].decode("latin-1")
        lower = name.lower()
        if lower in values and lower not in placed:
            placed.add(lower)
            out.append(_line(name, values[lower].pop(0)[1]))
        elif lower not in values and lower not in gone:
            out.append(line)
    out += [_line(name, value) for pairs in values.values() for name, value in pairs]
    out += [_line(name, value) for name, value in edit.add]
    made = b"\r\n".join(out) + b"\r\n\r\n"
    return head if made == head else made


def _line(name: str, value: str) -> bytes:
    return f"{name}: {value}".encode("latin-1")


def restated(head: bytes, restate: Restate) -> bytes:
    """A response's head with another status."""
    version, _, _ = head.partition(b" ")
    rest = head[head.index(b"\r\n") :]
    return b"%b %d %b%b" % (version, restate.status, restate.reason.encode("latin-1"), rest)


def framed(head: bytes, length: int, *, without: Iterable[bytes] = ()) -> bytes:
    """A response's head for a body of that length, without the content coding, digests and whatever else said something of the old one."""
    gone = {
        b"content-length",
        b"transfer-encoding",
        b"content-encoding",
        b"content-md5",
        b"digest",
        b"content-digest",
        b"repr-digest",
        b"trailer",
        b"etag",
        b"accept-ranges",
        *without,
    }
    start, _, rest = head.partition(b"\r\n")
    kept = [line for line in rest[:-2].split(b"\r\n")[:-1] if line.partition(b":")[0].lower() not in gone]
    return b"\r\n".join([start, *kept, b"Content-Length: %d" % length]) + b"\r\n\r\n"


def value_of(head: bytes, name: bytes) -> bytes:
    """The first value of a field; empty without one."""
    return next((field.value for field in parse_fields(head) if field.name.lower() == name), b"")
