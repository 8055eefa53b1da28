"""Block: the site is not asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from inspector.exchange.statuses import phrase
from inspector.filter.moments import Moment
from inspector.rules.effects import Answer, Effect, Refuse
from inspector.rules.model import Action
from inspector.rules.parameters import Parameter


@dataclass(frozen=True, slots=True)
class Block(Action):
    """Answer with an error, or end the connection without one."""

    NAME: ClassVar = "block"
    TITLE: ClassVar = "Block"
    HELP: ClassVar = (
        "The site is not asked. The browser gets an error, or a connection that ends without an answer."
    )
    MOMENT: ClassVar = Moment.REQUEST_HEAD
    PARAMETERS: ClassVar = (
        Parameter("how", "text", "What the browser gets: an answer, a closed or a reset connection.", "answer", choices=("answer", "close", "reset")),
        Parameter("status", "status", "The answer's status.", 403),
    )  # fmt: skip
    EXAMPLE: ClassVar = 'name = "No trackers"\nwhen = "host:metrics.test"\ndo = "block"'

    how: str
    status: int

    def say(self) -> str:
        if self.how == "answer":
            return f"does not ask the site, and answers {self.status} {phrase(self.status)}".rstrip()
        return f"does not ask the site, and {'closes' if self.how == 'close' else 'resets'} the connection"

    def effects(self) -> tuple[Effect, ...]:
        if self.how != "answer":
            return (Refuse("close" if self.how == "close" else "reset"),)
        text = f"Blocked by a rule of Inspector: {self.status} {phrase(self.status)}\n"
        return (Answer(self.status, (("Content-Type", "text/plain; charset=utf-8"),), text.encode()),)
