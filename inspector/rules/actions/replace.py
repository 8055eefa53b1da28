"""Replace: text in bodies. No regular expressions: one that takes for ever on a hostile page would stop the proxy for everybody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from inspector.filter.moments import Moment
from inspector.rules.effects import Effect, Side
from inspector.rules.effects import Replace as Effected
from inspector.rules.errors import RuleMistake
from inspector.rules.model import Action, waits
from inspector.rules.parameters import Parameter


@dataclass(frozen=True, slots=True)
class Replace(Action):
    """Replace text in a body. The body waits here until it is whole."""

    NAME: ClassVar = "replace"
    TITLE: ClassVar = "Replace in a body"
    HELP: ClassVar = "Text in the response's body, or the request's, is replaced. The body waits in Inspector until it is whole, its content coding is undone and left off."
    MOMENT: ClassVar = Moment.RESPONSE_HEAD
    PARAMETERS: ClassVar = (
        Parameter("find", "text", "What to look for.", required=True),
        Parameter("by", "text", "What to put there.", ""),
        Parameter("side", "text", "In whose body.", "response", choices=("response", "request")),
    )
    EXAMPLE: ClassVar = 'name = "Another name"\nwhen = "host:shop.test type:html"\ndo = "replace"\nfind = "Leaf & Kettle"\nby = "Root & Pot"'

    find: str
    by: str
    side: str

    def __post_init__(self) -> None:
        if not self.find:
            raise RuleMistake("what to look for is missing.", key="find")

    @property
    def moment(self) -> Moment:
        return Moment.RESPONSE_HEAD if self._of == "response" else Moment.REQUEST_HEAD

    @property
    def _of(self) -> Side:
        return "response" if self.side == "response" else "request"

    def say(self) -> str:
        return f"{waits(self._of)}, and replaces “{self.find}” by “{self.by}”"

    def effects(self) -> tuple[Effect, ...]:
        return (Effected(self._of, self.find, self.by),)
