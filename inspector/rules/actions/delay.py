"""Delay: a message waits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from inspector.filter.moments import Moment
from inspector.rules.effects import Effect, Wait
from inspector.rules.model import Action
from inspector.rules.parameters import Parameter, say_time


@dataclass(frozen=True, slots=True)
class Delay(Action):
    """Let the request wait before it goes on."""

    NAME: ClassVar = "delay"
    TITLE: ClassVar = "Delay"
    HELP: ClassVar = "The request waits before the site gets it."
    MOMENT: ClassVar = Moment.REQUEST_HEAD
    PARAMETERS: ClassVar = (Parameter("time", "time", "How long.", required=True),)
    EXAMPLE: ClassVar = 'name = "A slow API"\nwhen = "path:/api/"\ndo = "delay"\ntime = "800ms"'

    time: float

    def say(self) -> str:
        return f"lets the request wait for {say_time(self.time)}"

    def effects(self) -> tuple[Effect, ...]:
        return (Wait("request", self.time),)


@dataclass(frozen=True, slots=True)
class DelayResponse(Action):
    """Let the response wait before it goes on; its scope may ask for what the response says."""

    NAME: ClassVar = "delay-response"
    TITLE: ClassVar = "Delay the response"
    HELP: ClassVar = "The response waits before the browser gets it."
    MOMENT: ClassVar = Moment.RESPONSE_HEAD
    PARAMETERS: ClassVar = (Parameter("time", "time", "How long.", required=True),)
    EXAMPLE: ClassVar = 'name = "Slow pictures"\nwhen = "type:image"\ndo = "delay-response"\ntime = "2s"'

    time: float

    def say(self) -> str:
        return f"lets the response wait for {say_time(self.time)}"

    def effects(self) -> tuple[Effect, ...]:
        return (Wait("response", self.time),)
