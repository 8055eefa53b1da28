"""Values written out, short: whatever an app hands to a database or writes into its log must fit into a report, and looking at it must change nothing."""

from __future__ import annotations

import datetime as dt
import decimal
import uuid
from collections.abc import Mapping
from typing import Any

LONGEST_STATEMENT = 20_000
LONGEST_VALUE = 300
LONGEST_LINE = 2_000
MOST_PARAMETERS = 60

_PLAIN = (int, float, complex, decimal.Decimal, dt.date, dt.time, dt.timedelta, uuid.UUID)


def cut(text: str, most: int) -> str:
    """The text, or its beginning."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def value(given: Any) -> str:
    """One value, as Python writes it; what is large is only measured, and what isn't known is only named: its own words might ask the database again."""
    if given is None or isinstance(given, bool):
        return str(given)
    if isinstance(given, str):
        return cut(repr(given[:LONGEST_VALUE]), LONGEST_VALUE)
    if isinstance(given, (bytes, bytearray, memoryview)):
        size = len(given)
        return repr(bytes(given)) if size <= 40 else f"{size:,} bytes"
    if isinstance(given, _PLAIN):
        return cut(str(given), LONGEST_VALUE)
    if isinstance(given, (list, tuple, set, frozenset)):
        shown = ", ".join(value(each) for each in list(given)[:8])
        return cut(f"[{shown}{', …' if len(given) > 8 else ''}]", LONGEST_VALUE)
    if isinstance(given, Mapping):
        pairs = (f"{key}: {value(each)}" for key, each in list(given.items())[:8])
        return cut(f"{{{', '.join(pairs)}{', …' if len(given) > 8 else ''}}}", LONGEST_VALUE)
    return f"<{type(given).__name__}>"


def kind(given: Any) -> str:
    """What sort of thing a value is, and how large, without saying what it is."""
    name = type(given).__name__
    if isinstance(given, (str, bytes)):
        return f"{name}, {len(given):,} {'characters' if isinstance(given, str) else 'bytes'}"
    if isinstance(given, (list, tuple, dict, set, frozenset)):
        return f"{name}, {len(given):,} {'entry' if len(given) == 1 else 'entries'}"
    return name


def parameters(given: Any) -> list[list[str]]:
    """The parameters of one statement as pairs: a name, or nothing, and the value."""
    if given is None:
        return []
    if isinstance(given, Mapping):
        return [[cut(str(name), 100), value(each)] for name, each in list(given.items())[:MOST_PARAMETERS]]
    if isinstance(given, (list, tuple)):
        return [["", value(each)] for each in list(given)[:MOST_PARAMETERS]]
    return [["", value(given)]]
