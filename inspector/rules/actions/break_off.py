"""Break off: the answer ends too early."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from inspector.filter.moments import Moment
from inspector.rules.effects import Cut, Effect
from inspector.rules.model import Action
from inspector.rules.parameters import Parameter, say_size


@dataclass(frozen=True, slots=True)
class BreakOff(Action):
    """Pass on the beginning of the body, then end the connection."""

    NAME: ClassVar = "break-off"
    TITLE: ClassVar = "Break the answer off"
    HELP: ClassVar = "The browser gets the head and the beginning of the body; then the connection ends, as when a network fails."
    MOMENT: ClassVar = Moment.RESPONSE_HEAD
    PARAMETERS: ClassVar = (
        Parameter("after", "size", "How much of the body passes.", 0),
        Parameter(
            "how", "text", "Whether the connection is closed or reset.", "reset", choices=("close", "reset")
        ),
    )
    EXAMPLE: ClassVar = (
        'name = "The download breaks"\nwhen = "path:/download"\ndo = "break-off"\nafter = "100kb"'
    )

    after: int
    how: str

    def say(self) -> str:
        end = "closes" if self.how == "close" else "resets"
        return f"passes on {say_size(self.after)} of the response's body and {end} the connection"

    def effects(self) -> tuple[Effect, ...]:
        return (Cut(self.after, "close" if self.how == "close" else "reset"),)
