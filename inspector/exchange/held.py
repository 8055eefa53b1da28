"""A message that waits at a breakpoint, as engine, store and pages speak of it; and how an exchange says how long it did.

What became of it stands among the exchange's decisions, as words of a fixed form: `told` writes them, `waits` reads them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal, NamedTuple, TypeAlias

from inspector.exchange.consulting import Draft
from inspector.exchange.model import Decision

State: TypeAlias = Literal["waiting", "decided", "gone", "lost"]

# decisions that say how long a message was held
CODES = ("held", "held-edited", "held-answered", "held-dropped", "hold-timed-out", "held-stopped")
_TOLD = re.compile(r"the (request|response) waited (\d+(?:\.\d+)?) s\b")


class Row(NamedTuple):
    """A held message without its bytes. `until` is when it goes on by itself. Once it is not `waiting` any more, `decision` says what became of
    it (`go-on`, `drop`, `answer`, `timed-out`; where nothing was decided, why not), and `decided` when."""

    id: str
    exchange: bytes
    moment: str
    url: str
    method: str
    rule: str
    since: float
    until: float
    size: int
    body_here: bool
    state: State = "waiting"
    decision: str = ""
    edited: bool = False
    decided: float = 0.0


class Content(NamedTuple):
    """The message of a row; `request` is the head of the request that a response answers."""

    draft: Draft
    request: bytes = b""


class Word(NamedTuple):
    """What was said about the message with this id: `go-on`, `drop` or `answer`. Without a `draft` it goes on as it is."""

    id: str
    do: str
    draft: Draft | None = None


class Wait(NamedTuple):
    """How long a message was held, in seconds after the exchange began."""

    moment: str
    start: float
    end: float


def name_of(exchange: bytes, moment: str) -> str:
    """The id of a row."""
    return f"{exchange.hex()}-{moment}"


def told(moment: str, seconds: float) -> str:
    """The words about a wait, for the detail of a decision."""
    return f"the {moment} waited {seconds:.3f} s"


def waits(decisions: Iterable[Decision]) -> tuple[Wait, ...]:
    """The waits that an exchange tells of, in order."""
    found = []
    for each in decisions:
        said = _TOLD.match(each.detail) if each.code in CODES else None
        if said is not None:
            found.append(Wait(said[1], max(each.at - float(said[2]), 0.0), each.at))
    return tuple(found)
