"""Answer: a made-up response in the site's place (a mock)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from typing import ClassVar

from inspector.exchange.statuses import phrase
from inspector.filter.moments import Moment
from inspector.rules.effects import Answer as Effected
from inspector.rules.effects import Effect
from inspector.rules.errors import RuleMistake
from inspector.rules.folders import media_of
from inspector.rules.model import Action
from inspector.rules.parameters import Parameter

_BODILESS = (204, 205, 304)


@dataclass(frozen=True, slots=True)
class Answer(Action):
    """Answer with a text or a file."""

    NAME: ClassVar = "answer"
    TITLE: ClassVar = "Answer in its place"
    HELP: ClassVar = "The site is not asked. The browser gets this text or file as the response."
    MOMENT: ClassVar = Moment.REQUEST_HEAD
    PARAMETERS: ClassVar = (
        Parameter("status", "status", "The answer's status.", 200),
        Parameter("text", "text", "The body.", ""),
        Parameter("file", "text", "A file with the body, read each time; instead of `text`.", ""),
        Parameter("type", "text", "Its media type; of a file, by its name if nothing is said.", ""),
        Parameter("fields", "fields", "More header fields.", ()),
        Parameter(
            "exchange",
            "text",
            "The number of an exchange whose response answers: its status, fields and body (up to 1 MiB) are copied when the rule is kept, and stand in the rule's other lines then.",
            "",
        ),
    )
    EXAMPLE: ClassVar = 'name = "Out of stock"\nwhen = "path:=/api/stock"\ndo = "answer"\ntype = "application/json"\ntext = \'{"left": 0}\''

    status: int
    text: str
    file: str
    type: str
    fields: tuple[tuple[str, str], ...]
    exchange: str

    def __post_init__(self) -> None:
        if self.exchange and (self.text or self.file):
            raise RuleMistake(
                "either a captured response or a body of your own; this has both.", key="exchange"
            )
        if self.text and self.file:
            raise RuleMistake("either a text or a file; this has both.", key="file")
        if (self.text or self.file) and self.status in _BODILESS:
            raise RuleMistake(
                f"a response with status {self.status} has no body (RFC 9110 §6.4.1).", key="status"
            )

    def say(self) -> str:
        if self.exchange:
            return f"does not ask the site, and answers as it was answered in the exchange {self.exchange}"
        what = (
            f"the file {self.file}"
            if self.file
            else f"{len(self.text.encode()):,} bytes of text"
            if self.text
            else "no body"
        )
        return (
            f"does not ask the site, and answers {self.status} {phrase(self.status)}".rstrip()
            + f" with {what}"
        )

    def effects(self) -> tuple[Effect, ...]:
        if self.exchange:  # such a rule is not kept as it is, but with the response in it
            text = b"This rule was to answer with a captured response, which was not copied.\n"
            return (Effected(502, (("Content-Type", "text/plain; charset=utf-8"),), text),)
        fields = self.fields
        if (self.text or self.file) and not any(name.lower() == "content-type" for name, _ in fields):
            fields = (("Content-Type", self._media()), *fields)
        return (Effected(self.status, fields, self.text.encode(), self.file),)

    def _media(self) -> str:
        if self.type:
            return self.type
        return media_of(PurePath(self.file)) if self.file else "text/plain; charset=utf-8"
