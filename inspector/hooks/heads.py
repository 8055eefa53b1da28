"""Heads as hooks see them: a start line in parts, and fields as Werkzeug's Headers; and back into bytes, refusing what can't be sent."""

from __future__ import annotations

import re

from werkzeug.datastructures import Headers

from inspector.hooks.errors import HookError
from inspector.wire.fields import parse_fields

_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_NOT_VALUE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]|[^\x00-\xff]")


def start_of(head: bytes) -> list[str]:
    """The start line's three parts."""
    parts = head.partition(b"\r\n")[0].decode("latin-1").split(" ", 2)
    return parts + [""] * (3 - len(parts))


def fields_of(head: bytes) -> Headers:
    """The fields, in order."""
    return Headers(
        [(field.name.decode("latin-1"), field.value.decode("latin-1")) for field in parse_fields(head)]
    )


def head_of(start: str, fields: Headers) -> bytes:
    """Start line and fields as bytes. Raises HookError for a field that can't be sent."""
    lines = [start, *(f"{_name(name)}: {_value(name, value)}" for name, value in fields)]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"


def _name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise HookError(f"{name!r} cannot be the name of a header field (RFC 9110 §5.1).")
    return name


def _value(name: str, value: str) -> str:
    if _NOT_VALUE.search(value):
        raise HookError(
            f"The value of {name} has a character that no header field can have: only ISO 8859-1 (latin-1), without line ends. "
            "Escape it, for instance with urllib.parse.quote."
        )
    return value
