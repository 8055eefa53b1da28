"""Records as JSON with names, and back without loss: what stands under `_inspector` in a HAR file of ours.

Heads are text (latin-1, so every byte keeps its place), ids hexadecimal digits, everything else that is bytes is base64. What is as
usual is left out. Reading trusts nothing: a wrong type, a number out of bounds or an unknown word is a ValueError.
"""

from __future__ import annotations

import base64
import math
import types
import typing
from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar

import msgspec

_TEXTS = frozenset({"head", "trailers", "asked", "answered"})
_IDS = frozenset({"id", "connection", "parent"})
_LARGEST = 2**53
_LONGEST = 1e11  # seconds


@cache
def _fields(kind: Any) -> tuple[Any, ...]:
    """The fields of a struct, which msgspec works out from annotations each time."""
    return msgspec.structs.fields(kind)


Record = TypeVar("Record", bound=msgspec.Struct)


def to_json(record: msgspec.Struct, without: frozenset[str] = frozenset()) -> dict[str, Any]:
    """A record, and all records in it, as JSON values. `without` are names to leave out, at any depth."""
    made: dict[str, Any] = {}
    for known in _fields(type(record)):
        value = getattr(record, known.name)
        if known.name in without or (not known.required and value == known.default):
            continue
        made[known.name] = _value(known.name, value, without)
    return made


def _value(name: str, value: Any, without: frozenset[str]) -> Any:
    if isinstance(value, msgspec.Struct):
        return to_json(value, without)
    if isinstance(value, bytes):
        return _bytes(name, value)
    if isinstance(value, tuple):
        return [_value(name, each, without) for each in value]
    return value


def _bytes(name: str, value: bytes) -> str:
    if name in _TEXTS:
        return value.decode("latin-1")
    return value.hex() if name in _IDS else base64.b64encode(value).decode("ascii")


def from_json(given: Any, kind: type[Record]) -> Record:
    """The record that such JSON tells. Raises ValueError with a JSON pointer to what is wrong, and what was expected there."""
    return typing.cast("Record", _record(given, kind, ""))


class WrongError(ValueError):
    """What is wrong with a value, and where: a JSON pointer."""

    def __init__(self, pointer: str, expected: str) -> None:
        super().__init__(f"{pointer or '/'}: {expected} was expected.")
        self.pointer = pointer
        self.expected = expected


def _record(given: Any, kind: Any, at: str) -> Any:
    if not isinstance(given, Mapping):
        raise WrongError(at, "an object")
    values = {}
    for known in _fields(kind):
        if known.name in given:
            values[known.name] = _read(given[known.name], known.type, known.name, f"{at}/{known.name}")
        elif known.required:
            raise WrongError(f"{at}/{known.name}", "a value")
    return kind(**values)


def _read(given: Any, kind: Any, name: str, at: str) -> Any:
    origin = typing.get_origin(kind)
    if origin in (typing.Union, types.UnionType):
        if given is None and types.NoneType in typing.get_args(kind):
            return None
        (kind,) = (each for each in typing.get_args(kind) if each is not types.NoneType)
        return _read(given, kind, name, at)
    if origin is tuple:
        return _tuple(given, typing.get_args(kind), name, at)
    if origin is typing.Literal:
        if given not in typing.get_args(kind):
            raise WrongError(at, "one of " + ", ".join(repr(each) for each in typing.get_args(kind)))
        return given
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return _record(given, kind, at)
    return _LEAVES[kind](given, name, at)


def _tuple(given: Any, kinds: tuple[Any, ...], name: str, at: str) -> tuple[Any, ...]:
    if not isinstance(given, list):
        raise WrongError(at, "a list")
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        return tuple(_read(each, kinds[0], name, f"{at}/{number}") for number, each in enumerate(given))
    if len(given) != len(kinds):
        raise WrongError(at, f"a list of {len(kinds)}")
    return tuple(_read(each, kind, name, at) for each, kind in zip(given, kinds, strict=True))


def _text(given: Any, name: str, at: str) -> str:
    if not isinstance(given, str):
        raise WrongError(at, "a text")
    return given


def _data(given: Any, name: str, at: str) -> bytes:
    text = _text(given, name, at)
    try:
        if name in _TEXTS:
            return text.encode("latin-1")
        return bytes.fromhex(text) if name in _IDS else base64.b64decode(text, validate=True)
    except ValueError:
        wanted = "a head as text" if name in _TEXTS else "hexadecimal digits" if name in _IDS else "base64"
        raise WrongError(at, wanted) from None


def _whole(given: Any, name: str, at: str) -> int:
    if isinstance(given, bool) or not isinstance(given, int) or abs(given) > _LARGEST:
        raise WrongError(at, "a whole number")
    return given


def _number(given: Any, name: str, at: str) -> float:
    if (
        isinstance(given, bool)
        or not isinstance(given, (int, float))
        or not math.isfinite(given)
        or abs(given) > _LONGEST
    ):
        raise WrongError(at, "a number of seconds")
    return float(given)


def _flag(given: Any, name: str, at: str) -> bool:
    if not isinstance(given, bool):
        raise WrongError(at, "true or false")
    return given


_LEAVES: dict[Any, Any] = {str: _text, bytes: _data, int: _whole, float: _number, bool: _flag}
