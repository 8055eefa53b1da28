"""A rule: its name, whether it is on, its scope and its action; and what an action has to say for itself."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

from inspector.filter.moments import Moment
from inspector.filter.tree import Node
from inspector.filter.words import say as say_filter
from inspector.rules.effects import Effect
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
        return f"{say_filter(self.scope)}: Inspector {self.action.say()}."
