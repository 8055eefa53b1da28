"""Fields: set, add and remove header fields of the request or the response."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from inspector.filter.moments import Moment
from inspector.rules.effects import Edit, Effect, Side
from inspector.rules.errors import RuleMistake
from inspector.rules.model import Action
from inspector.rules.parameters import Parameter


@dataclass(frozen=True, slots=True)
class _Fields(Action):
    """Change the header fields of one side; `SIDE` says of which."""

    SIDE: ClassVar[Side]
    PARAMETERS: ClassVar = (
        Parameter("set", "fields", "Fields that have this value and no other.", ()),
        Parameter("add", "fields", "Fields that are put at the end, besides others of the same name.", ()),
        Parameter("remove", "names", "Fields that are taken out.", ()),
    )

    set: tuple[tuple[str, str], ...]
    add: tuple[tuple[str, str], ...]
    remove: tuple[str, ...]

    def __post_init__(self) -> None:
        if not (self.set or self.add or self.remove):
            raise RuleMistake("it does nothing yet: say what to set, add or remove.", key="set")

    def say(self) -> str:
        parts = []
        if self.remove:
            parts.append(f"takes out {', '.join(self.remove)}")
        if self.set:
            parts.append("sets " + ", ".join(f"{name}: {value}" for name, value in self.set))
        if self.add:
            parts.append("adds " + ", ".join(f"{name}: {value}" for name, value in self.add))
        return f"{', '.join(parts)} in the {self.SIDE}"

    def effects(self) -> tuple[Effect, ...]:
        return (Edit(self.SIDE, self.set, self.add, self.remove),)


@dataclass(frozen=True, slots=True)
class RequestFields(_Fields):
    """Change the request's header fields before the site gets them."""

    NAME: ClassVar = "request-fields"
    TITLE: ClassVar = "Change the request's fields"
    HELP: ClassVar = "Header fields of the request are set, added or taken out before the site gets it."
    MOMENT: ClassVar = Moment.REQUEST_HEAD
    SIDE: ClassVar[Side] = "request"
    EXAMPLE: ClassVar = 'name = "In French"\nwhen = "host:shop.test"\ndo = "request-fields"\nset = { "Accept-Language" = "fr" }'

    def __post_init__(self) -> None:
        _Fields.__post_init__(self)
        for name in (*(each for each, _ in (*self.set, *self.add)), *self.remove):
            if name.lower() == "host":
                raise RuleMistake("Host goes with the server that is asked: use send-elsewhere.", key="set")


@dataclass(frozen=True, slots=True)
class ResponseFields(_Fields):
    """Change the response's header fields before the browser gets them."""

    NAME: ClassVar = "response-fields"
    TITLE: ClassVar = "Change the response's fields"
    HELP: ClassVar = "Header fields of the response are set, added or taken out before the browser gets it."
    MOMENT: ClassVar = Moment.RESPONSE_HEAD
    SIDE: ClassVar[Side] = "response"
    EXAMPLE: ClassVar = 'name = "Anybody may read"\nwhen = "host:api.shop.test"\ndo = "response-fields"\nset = { "Access-Control-Allow-Origin" = "*" }'
