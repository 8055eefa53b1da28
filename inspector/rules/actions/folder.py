"""Folder: files of this computer in the place of a site's (map local)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from inspector.filter.moments import Moment
from inspector.rules.effects import Effect, Serve
from inspector.rules.errors import RuleMistake
from inspector.rules.model import Action
from inspector.rules.parameters import Parameter


@dataclass(frozen=True, slots=True)
class Folder(Action):
    """Answer with files below a folder."""

    NAME: ClassVar = "folder"
    TITLE: ClassVar = "Serve a folder"
    HELP: ClassVar = "Files below a folder of this computer in the place of the site's own."
    MOMENT: ClassVar = Moment.REQUEST_HEAD
    PARAMETERS: ClassVar = (
        Parameter("folder", "text", "The folder.", required=True),
        Parameter("under", "text", "The beginning of the address's path that stands for the folder.", "/"),
        Parameter("missing", "text", "What becomes of a file that isn't there: 404, or the site is asked.", "404", choices=("404", "site")),
    )  # fmt: skip
    EXAMPLE: ClassVar = 'name = "My style sheets"\nwhen = "host:shop.test path:/static/"\ndo = "folder"\nfolder = "static"\nunder = "/static/"\nmissing = "site"'

    folder: str
    under: str
    missing: str

    def __post_init__(self) -> None:
        if not self.folder:
            raise RuleMistake("it has to be named.", key="folder")
        if not self.under.startswith("/"):
            raise RuleMistake("a path begins with a slash.", key="under")

    def say(self) -> str:
        rest = (
            "404 for what isn't there" if self.missing == "404" else "and asks the site for what isn't there"
        )
        return f"answers {self.under}… with the files in {self.folder}, {rest}"

    def effects(self) -> tuple[Effect, ...]:
        return (Serve(self.folder, self.under, "404" if self.missing == "404" else "site"),)
