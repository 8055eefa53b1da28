"""What a story is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from inspector.explain.case import Half, Place
from inspector.explain.parts import Part
from inspector.explain.prose import NOTHING, Prose
from inspector.explain.references import Reference

State = Literal["done", "skipped", "failed", "unseen", "open"]
Actor = Literal["browser", "inspector", "proxy", "site"]


@dataclass(frozen=True, slots=True)
class Number:
    """A figure of a step: `waited`, `5.8 ms`."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Rung:
    """One message of a TLS handshake, between two lanes. `name` is the standard's; `at` counts from the exchange's start.

    `sealed`: it passed encrypted, so that nobody on the way could read it. `alert`: it is no handshake message but an alert.
    """

    sender: Actor
    receiver: Actor
    name: str
    plain: Prose
    size: int
    at: float
    sealed: bool
    alert: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One step. What `plain` says is for somebody new to this, `precise` (perhaps empty) for those who want details.

    `why` says why it was skipped, or failed, or can't be seen. `start` (after the exchange began; negative before it) and `took` are
    seconds, None where not known. `marks` are what must honestly be said beside it. `shows` names the message whose fields belong here.
    """

    id: str
    title: str
    state: State
    between: tuple[Actor, Actor]
    plain: Prose
    precise: Prose = NOTHING
    why: Prose = NOTHING
    start: float | None = None
    took: float | None = None
    numbers: tuple[Number, ...] = ()
    marks: tuple[Prose, ...] = ()
    parts: tuple[Part, ...] = ()
    ladder: tuple[Rung, ...] = ()
    places: tuple[Place, ...] = ()
    references: tuple[Reference, ...] = ()
    shows: Half | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """All steps in order, and both handshakes as one ladder between browser, Inspector and site."""

    steps: tuple[Step, ...]
    ladder: tuple[Rung, ...] = ()

    def step(self, id: str) -> Step | None:
        return next((step for step in self.steps if step.id == id), None)
