"""A part of something that is explained piece by piece: an attribute, a directive, a piece of an address."""

from __future__ import annotations

from dataclasses import dataclass

from inspector.explain.prose import NOTHING, Prose


@dataclass(frozen=True, slots=True)
class Part:
    """`text` is the piece as it stands (made visible), `offset` and `length` where in the value; `good` is None where it is neither.

    `precise` is for those who want details, empty where `plain` says it all.
    """

    text: str
    plain: Prose
    precise: Prose = NOTHING
    good: bool | None = None
    offset: int = 0
    length: int = 0
