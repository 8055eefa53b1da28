"""What a rule would have done: how many of the newest exchanges its scope fits, and the newest of them."""

from __future__ import annotations

from dataclasses import dataclass

from inspector.filter.tree import Node
from inspector.store.captures import Captures
from inspector.store.rows import Row

LOOKED_AT = 1000
SHOWN = 3


@dataclass(frozen=True, slots=True)
class Trial:
    """Of the newest `looked` exchanges `matched` fit; `rows` are the newest of those. `whole` is False if time ran out."""

    matched: int
    looked: int
    rows: tuple[Row, ...]
    whole: bool = True


def trial(captures: Captures, scope: Node) -> Trial:
    """Try a scope on what was captured last."""
    newest = captures.page(limit=LOOKED_AT).rows
    if not newest:
        return Trial(0, 0, ())
    oldest = newest[0].id
    found = captures.find(scope, limit=LOOKED_AT)
    rows = tuple(row for row in found.rows if row.id >= oldest)
    return Trial(
        len(rows), len(newest), rows[-SHOWN:][::-1], found.reached is None or found.reached <= oldest
    )
