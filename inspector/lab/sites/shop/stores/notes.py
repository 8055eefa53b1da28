"""Notes of what a database was asked: the very words, what came back, and how long it took."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

_MOST_LETTERS = 600
_taking: ContextVar[list[Asked] | None] = ContextVar("taking", default=None)


@dataclass(frozen=True, slots=True)
class Asked:
    """One question to a database. `answer` counts ("3 rows"), `sample` is the beginning of what came back, `took` milliseconds."""

    text: str
    values: str
    answer: str
    sample: str
    took: float


@contextmanager
def taking_notes() -> Iterator[list[Asked]]:
    """Within this block, in this thread, whatever is asked is put on the list."""
    notes: list[Asked] = []
    token = _taking.set(notes)
    try:
        yield notes
    finally:
        _taking.reset(token)


def note(text: str, began: float, *, values: object = (), answer: str = "", sample: object = None) -> None:
    """Put a question on the list, if one is being kept. `began` is `time.perf_counter()` from before."""
    notes = _taking.get()
    if notes is not None:
        took = (time.perf_counter() - began) * 1000
        notes.append(
            Asked(
                text, shown(values) if values else "", answer, "" if sample is None else shown(sample), took
            )
        )


def shown(value: Any) -> str:
    """A value as JSON, the way people read it, and not too much of it."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _MOST_LETTERS else text[:_MOST_LETTERS] + " …"


def counted(number: int, one: str, many: str = "") -> str:
    """1 row, 2 rows."""
    return f"{number} {one if number == 1 else many or one + 's'}"
