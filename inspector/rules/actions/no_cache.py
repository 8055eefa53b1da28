"""No cache: nothing is answered from, or kept in, a cache."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from inspector.filter.moments import Moment
from inspector.rules.effects import Edit, Effect
from inspector.rules.model import Action
from inspector.rules.parameters import Parameter

_ASKING = ("If-None-Match", "If-Modified-Since", "If-Range")
_KEEPING = ("ETag", "Last-Modified", "Expires", "Age")


@dataclass(frozen=True, slots=True)
class NoCache(Action):
    """Ask for everything anew, and let the browser keep nothing."""

    NAME: ClassVar = "no-cache"
    TITLE: ClassVar = "No cache"
    HELP: ClassVar = "The site is asked for everything anew, and the browser is told to keep nothing."
    MOMENT: ClassVar = Moment.REQUEST_HEAD
    PARAMETERS: ClassVar[tuple[Parameter, ...]] = ()
    EXAMPLE: ClassVar = 'name = "Always fresh"\nwhen = "host:shop.test"\ndo = "no-cache"'

    def say(self) -> str:
        return "asks for everything anew (no If-None-Match, no If-Modified-Since), and tells the browser to keep nothing (Cache-Control: no-store)"

    def effects(self) -> tuple[Effect, ...]:
        asked = Edit("request", (("Cache-Control", "no-cache"), ("Pragma", "no-cache")), (), _ASKING)
        return (asked, Edit("response", (("Cache-Control", "no-store"),), (), _KEEPING))
