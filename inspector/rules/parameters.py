"""The kinds of a rule's parameters: how each is read from TOML, JSON or a form, and what is wrong with it if it can't be."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

from inspector.rules.errors import RuleMistake

_AMOUNT = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)\s*([a-zA-Z/µ]*)\s*")
_TIMES = {"": 1e-3, "ms": 1e-3, "s": 1.0, "min": 60.0}
_SIZES = {"": 1, "b": 1, "kb": 1024, "mb": 1024**2, "gb": 1024**3}
_RATES = {"": 1, "b/s": 1, "kb/s": 1024, "mb/s": 1024**2, "kbit/s": 125, "mbit/s": 125_000}
_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_NOT_VALUE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]|[^\x00-\xff]")

LONGEST_WAIT = 600.0

# what frames a message or belongs to one connection is the proxy's own business; a rule that changed it could hide a second
# message in the first (RFC 9112 §11)
FRAMING = frozenset({
    "content-length", "transfer-encoding", "trailer", "connection", "keep-alive", "proxy-connection", "te", "upgrade",
    "http2-settings", "proxy-authenticate", "proxy-authorization",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Parameter:
    """One line of a rule. `kind` is a key of `KINDS`; `choices` are all values that it may have, if that is so."""

    name: str
    kind: str
    help: str
    default: Any = None
    required: bool = False
    choices: tuple[str, ...] = ()

    def read(self, value: Any) -> Any:
        """The value as the action takes it. Raises RuleMistake."""
        try:
            read = KINDS[self.kind](value)
        except RuleMistake as mistake:
            raise RuleMistake(mistake.sentence, key=self.name) from None
        if self.choices and read not in self.choices:
            raise RuleMistake(f"it is one of {', '.join(self.choices)}; this says {value!r}.", key=self.name)
        return read


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise RuleMistake(f"a text in quotes belongs here, not {value!r}.")
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise RuleMistake(f"this is true or false, not {value!r}.")
    return value


def _amount(value: Any, units: Mapping[str, float], example: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise RuleMistake(f"an amount such as {example} belongs here, not {value!r}.")
    found = _AMOUNT.fullmatch(str(value))
    if found is None or found[2].lower() not in units:
        raise RuleMistake(f"{value!r} is no amount; {example} would be one.")
    return float(found[1]) * units[found[2].lower()]


def _time(value: Any) -> float:
    seconds = _amount(value, _TIMES, '"500ms" or "2s"')
    if seconds > LONGEST_WAIT:
        raise RuleMistake(f"ten minutes at most; {value!r} is longer.")
    return seconds


def _size(value: Any) -> int:
    return int(_amount(value, _SIZES, '"10kb"'))


def _rate(value: Any) -> float:
    rate = _amount(value, _RATES, '"50kb/s" or "400kbit/s"')
    if rate < 1:
        raise RuleMistake("at least one byte a second; to let nothing through, block.")
    return rate


def _status(value: Any) -> int:
    number = int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else value
    if isinstance(number, bool) or not isinstance(number, int) or not 200 <= number <= 599:
        raise RuleMistake(f"a status is a number from 200 to 599, not {value!r}.")
    return number


def _fields(value: Any) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, Mapping):
        raise RuleMistake('names and values belong here: { "X-Name" = "value" }.')
    return tuple(
        (_name(name), _field_value(name, each))
        for name, given in value.items()
        for each in (given if isinstance(given, list) else [given])
    )


def _field_value(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise RuleMistake(f"the value of {name} has to be a text in quotes, not {value!r}.")
    if _NOT_VALUE.search(value):
        raise RuleMistake(
            f"the value of {name} has a character in it that no field may have (RFC 9110 §5.5)."
        )
    return value.strip(" \t")


def _name(value: Any) -> str:
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        raise RuleMistake(f"{value!r} cannot be the name of a field (RFC 9110 §5.1).")
    if value.lower() in FRAMING:
        raise RuleMistake(
            f"{value} says where a message ends or belongs to one connection; Inspector writes it itself."
        )
    return value


def _names(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise RuleMistake('a list of names belongs here: ["X-One", "X-Two"].')
    return tuple(_name(each) for each in value)


def _address(value: Any) -> SplitResult:
    text = _text(value)
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise RuleMistake(f"{text!r} is no address: {error}.") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise RuleMistake(f'an address such as "http://127.0.0.1:5000" belongs here, not {text!r}.')
    if not parts.netloc.isascii() or not parts.path.isascii():
        raise RuleMistake("it is written in ASCII: a name as xn--…, other characters of a path as %-escapes.")
    if parts.username is not None or parts.query or parts.fragment:
        raise RuleMistake("scheme, host, port and path are all that this address can have.")
    return parts


KINDS = {
    "text": _text, "flag": _flag, "time": _time, "size": _size, "rate": _rate, "status": _status, "fields": _fields,
    "names": _names, "address": _address,
}  # fmt: skip


def say_time(seconds: float) -> str:
    """800 ms, 2 s, 10 min."""
    if seconds >= 60 and not seconds % 60:
        return f"{seconds / 60:g} min"
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:g} s"


def say_size(size: float) -> str:
    """10 KB, 1.5 MB."""
    for unit, name in ((1024**2, "MB"), (1024, "KB")):
        if size >= unit:
            return f"{size / unit:.4g} {name}"
    return f"{size:g} bytes"
