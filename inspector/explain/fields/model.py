"""What an explanation of a field is made of, and what it is made from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from inspector.explain.case import Case, Place, Said
from inspector.explain.parts import Part
from inspector.explain.prose import NOTHING, Prose
from inspector.explain.references import Reference


class Line(NamedTuple):
    """One field line: its message, and its own name (in lower case) and value."""

    case: Case
    said: Said
    name: str
    value: str

    @property
    def in_request(self) -> bool:
        return self.said.half == "request"


@dataclass(frozen=True, slots=True)
class Told:
    """What a value means. `good` is False where it does harm or does nothing, True where it protects, None otherwise."""

    plain: Prose
    precise: Prose = NOTHING
    parts: tuple[Part, ...] = ()
    good: bool | None = None


class Known(NamedTuple):
    """A field that is known here: who explains it, and where it stands."""

    tell: Callable[[Line], Told]
    references: tuple[Reference, ...]


@dataclass(frozen=True, slots=True)
class FieldNote:
    """One field explained: name and value made visible, where it stands, and what the value means.

    `known` is False for a field that no table here has. `title` is httplint's description, empty unless asked for.
    """

    name: str
    value: str
    place: Place
    plain: Prose
    precise: Prose
    parts: tuple[Part, ...]
    good: bool | None
    references: tuple[Reference, ...]
    known: bool
    trailer: bool = False
    title: str = ""
