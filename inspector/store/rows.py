"""A row of the list."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from inspector.exchange.model import Summary
from inspector.store.schema import exchange


class Row(Summary, frozen=True, array_like=True, gc=False):
    """An exchange as the list shows it: its Summary, and the number of the engine it went through.

    `duration` stays None for one that failed because Inspector was stopped: nobody knows when it ended.
    """

    engine: int


def row_of(found: Iterable[Any]) -> Row:
    """A Row from the values of COLUMNS and the engine's number."""
    values = list(found)
    return Row(*values)


COLUMNS = tuple(exchange.c[name] for name in Summary.__struct_fields__)
