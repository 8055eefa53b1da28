"""Fields: set, add and remove header fields of the request or the response."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from inspector.filter.moments import Moment
from inspector.rules.effects import Edit, Effect
from inspector.rules.errors import RuleMistake
from inspector.rules.model import Action
from inspector.rules.parameters import Parameter

_PARAMETERS = (
    Parameter("set", "fields", "Fields that have this value and no other.", ()),
    Parameter("add", "fields", "Fields that are put at the end, besides others of the same name.", ()),
    Parameter("remove", "names", "Fields that are taken out.", ()),
)


def _check(
    set: tuple[tuple[str, str], ...], add: tuple[tuple[str, str], ...], remove: tuple[str, ...]
) -> None:
    if not (set or add or remove):
        raise RuleMistake("it does nothing yet: say what to set, add or remove.", key="set")


def _say(set: tuple[tuple[str, str], ...], add: tuple[tuple[str, str], ...], remove: tuple[str, ...]) -> str:
    parts = []
    if remove:
        parts.append(f"takes out {', '.join(remove)}")
    if set:
        parts.append("sets " + ", ".join(f"{name}: {value}" for name, value in set))
    if add:
        parts.append("adds " + ", ".join(f"{name}: {value}" for name, value in add))
    return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class RequestFields(Action):
    """Change the request's header fields before the site gets them."""

    NAME: ClassVar = "request-fields"
    TITLE: ClassVar = "Change the request's fields"
    HELP: ClassVar = "Header fields of the request are set, added or taken out before the site gets it."
    MOMENT: ClassVar = Moment.REQUEST_HEAD
    PARAMETERS: ClassVar = _PARAMETERS
    EXAMPLE: ClassVar = 'name = "In French"\nwhen = "host:shop.test"\ndo = "request-fields"\nset = { "Accept-Language" = "fr" }'

    set: tuple[tuple[str, str], ...]
    add: tuple[tuple[str, str], ...]
    remove: tuple[str, ...]

    def __post_init__(self) -> None:
        _check(self.set, self.add, self.remove)
        for name in (*(each for each, _ in (*self.set, *self.add)), *self.remove):
            if name.lower() == "host":
                raise RuleMistake("Host goes with the server that is asked: use send-elsewhere.", key="set")

    def say(self) -> str:
        return f"{_say(self.set, self.add, self.remove)} in the request"

    def effects(self) -> tuple[Effect, ...]:
        return (Edit("request", self.set, self.add, self.remove),)


@dataclass(frozen=True, slots=True)
class ResponseFields(Action):
    """Change the response's header fields before the browser gets them."""

    NAME: ClassVar = "response-fields"
    TITLE: ClassVar = "Change the response's fields"
    HELP: ClassVar = "Header fields of the response are set, added or taken out before the browser gets it."
    MOMENT: ClassVar = Moment.RESPONSE_HEAD
    PARAMETERS: ClassVar = _PARAMETERS
    EXAMPLE: ClassVar = 'name = "Anybody may read"\nwhen = "host:api.shop.test"\ndo = "response-fields"\nset = { "Access-Control-Allow-Origin" = "*" }'

    set: tuple[tuple[str, str], ...]
    add: tuple[tuple[str, str], ...]
    remove: tuple[str, ...]

    def __post_init__(self) -> None:
        _check(self.set, self.add, self.remove)

    def say(self) -> str:
        return f"{_say(self.set, self.add, self.remove)} in the response"

    def effects(self) -> tuple[Effect, ...]:
        return (Edit("response", self.set, self.add, self.remove),)
