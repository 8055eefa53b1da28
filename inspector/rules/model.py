"""A rule: its name, whether it is on, its scope and its action; and what an action has to say for itself."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

from inspector.filter.moments import Moment
from inspector.filter.tree import Node, moment_of
from inspector.filter.words import say as say_filter
from inspector.rules.bodies import MOST
from inspector.rules.effects import Effect, Side
from inspector.rules.parameters import Parameter


class Action(ABC):
    """What a rule does. One file each in `actions`; an instance is complete and checked."""

    __slots__ = ()

    NAME: ClassVar[str]
    TITLE: ClassVar[str]
    HELP: ClassVar[str]
    MOMENT: ClassVar[Moment]
    PARAMETERS: ClassVar[tuple[Parameter, ...]]
    EXAMPLE: ClassVar[str]

    @property
    def moment(self) -> Moment:
        """When it acts."""
        return self.MOMENT

    @property
    def latest(self) -> Moment:
        """When what its scope asks for has to be known: at that moment, or, since a message can wait, when its body is whole."""
        return _WHOLE[self.moment]

    @abstractmethod
    def say(self) -> str:
        """What it does, as the end of “Inspector …”."""

    @abstractmethod
    def effects(self) -> tuple[Effect, ...]:
        """What the engine has to do."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `when` is the scope as it was written, `scope` as it was understood, `given` the action's lines as they were written."""

    name: str
    when: str
    scope: Node
    action: Action
    given: tuple[tuple[str, Any], ...] = ()
    on: bool = True

    def say(self) -> str:
        """The rule as a sentence."""
        does = self.action.say()
        side = _BODIES.get(moment_of(self.scope))
        if side is not None and not does.startswith(waits(side)):
            does = f"{waits(side)}, and {does}"
        return f"{say_filter(self.scope)}: Inspector {does}."


def waits(side: Side) -> str:
    """What Inspector does before it can tell what a body says."""
    return f"waits until the {side}'s body is whole, up to {MOST >> 20} MiB"


_WHOLE = {Moment.REQUEST_HEAD: Moment.REQUEST_BODY, Moment.RESPONSE_HEAD: Moment.RESPONSE_BODY}
_BODIES: dict[Moment, Side] = {Moment.REQUEST_BODY: "request", Moment.RESPONSE_BODY: "response"}
