"""What is seen, by whom, and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from inspector.explain.case import Place
from inspector.explain.prose import NOTHING, Prose
from inspector.wire.tls_records import Record, Sender


class Wire(NamedTuple):
    """The ciphertext of the connection to the site: chunks as (sender, seconds after the connection was opened, bytes).

    `full` says that more passed than was kept.
    """

    chunks: Sequence[tuple[Sender, float, bytes]] = ()
    full: bool = False


@dataclass(frozen=True, slots=True)
class Glimpse:
    """One thing that is seen. `key` is the same in every column where the same thing is seen. `secret`: nobody else should read it."""

    key: str
    label: str
    text: str
    secret: bool = False
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Sight:
    """What one of the three sees at one moment: a sentence, what can be read, and the numbers of the records that are noise to them."""

    plain: Prose = NOTHING
    glimpses: tuple[Glimpse, ...] = ()
    noise: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Moment:
    """One step in time. `at` counts from the exchange's start, in seconds; None where it isn't known."""

    id: str
    title: str
    at: float | None
    network: Sight
    inspector: Sight
    site: Sight


@dataclass(frozen=True, slots=True)
class Onlookers:
    """The whole: what was on the wire, step by step, and the sum of it.

    `heading` stands under the title of the network's column, where there is something to say. `on_this_computer`: nothing left it. `records` are those that the moments point into by
    number; `opened` is when their clock began, counted from the exchange's start.
    """

    heading: str
    summary: Prose
    moments: tuple[Moment, ...]
    protected: bool
    on_this_computer: bool = False
    records: tuple[Record, ...] = field(default=(), repr=False)
    opened: float = 0.0
    notes: tuple[Prose, ...] = ()
