"""Hold: a breakpoint. The message waits in Inspector until somebody says what becomes of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal, cast

from inspector.filter.moments import Moment
from inspector.rules.effects import Effect
from inspector.rules.effects import Hold as Effected
from inspector.rules.errors import RuleMistake
from inspector.rules.model import Action
from inspector.rules.parameters import LONGEST_WAIT, Parameter, say_time

_SHORTEST = 1.0


@dataclass(frozen=True, slots=True)
class Hold(Action):
    """Let the request, the response or both wait for a person."""

    NAME: ClassVar = "hold"
    TITLE: ClassVar = "Hold it (breakpoint)"
    HELP: ClassVar = "A breakpoint: the message waits, under Rules, Breakpoints, until you let it go on, change it, answer it or drop it."
    MOMENT: ClassVar = Moment.REQUEST_HEAD
    PARAMETERS: ClassVar = (
        Parameter("side", "text", "What waits for you.", "request", choices=("request", "response", "both")),
        Parameter(
            "timeout",
            "time",
            "After this time it goes on by itself; ten minutes unless said, and at most.",
            None,
        ),
    )
    EXAMPLE: ClassVar = (
        'name = "Look at log-ins"\nwhen = "method:POST path:/log-in"\ndo = "hold"\ntimeout = "2min"'
    )

    side: str
    timeout: float | None

    def __post_init__(self) -> None:
        if self.timeout is not None and self.timeout < _SHORTEST:
            raise RuleMistake("nobody is that quick: one second at least.", key="timeout")

    @property
    def moment(self) -> Moment:
        """A response alone may wait for what it says."""
        return Moment.RESPONSE_HEAD if self.side == "response" else Moment.REQUEST_HEAD

    @property
    def _seconds(self) -> float:
        return LONGEST_WAIT if self.timeout is None else self.timeout

    def say(self) -> str:
        what = "the request, and then the response," if self.side == "both" else f"the {self.side}"
        return f"lets {what} wait for you, for {say_time(self._seconds)} at most"

    def effects(self) -> tuple[Effect, ...]:
        return (Effected(cast(Literal["request", "response", "both"], self.side), self._seconds),)
