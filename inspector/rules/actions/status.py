"""Status: another number in the response."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from inspector.exchange.statuses import phrase
from inspector.filter.moments import Moment
from inspector.rules.effects import Effect, Restate
from inspector.rules.errors import RuleMistake
from inspector.rules.model import Action
from inspector.rules.parameters import Parameter

_BODILESS = (204, 205, 304)


@dataclass(frozen=True, slots=True)
class Status(Action):
    """Give the response another status; its fields and body stay."""

    NAME: ClassVar = "status"
    TITLE: ClassVar = "Change the status"
    HELP: ClassVar = "The response gets another status; its fields and its body stay."
    MOMENT: ClassVar = Moment.RESPONSE_HEAD
    PARAMETERS: ClassVar = (Parameter("status", "status", "The new status.", required=True),)
    EXAMPLE: ClassVar = 'name = "As if it failed"\nwhen = "path:/api/"\ndo = "status"\nstatus = 500'

    status: int

    def __post_init__(self) -> None:
        if self.status in _BODILESS:
            raise RuleMistake(
                f"a response with status {self.status} has no body (RFC 9110 §6.4.1): use answer.",
                key="status",
            )

    def say(self) -> str:
        return f"gives the response the status {self.status} {phrase(self.status)}".rstrip()

    def effects(self) -> tuple[Effect, ...]:
        return (Restate(self.status, phrase(self.status)),)
