"""Send elsewhere: another server is asked, and the browser does not hear of it (map remote)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import SplitResult

from inspector.filter.moments import Moment
from inspector.rules.effects import Effect, Elsewhere
from inspector.rules.model import Action
from inspector.rules.parameters import Parameter


@dataclass(frozen=True, slots=True)
class SendElsewhere(Action):
    """Ask another server."""

    NAME: ClassVar = "send-elsewhere"
    TITLE: ClassVar = "Send to another server"
    HELP: ClassVar = "Another server is asked in the site's place. The browser's address stays as it is."
    MOMENT: ClassVar = Moment.REQUEST_HEAD
    PARAMETERS: ClassVar = (
        Parameter("to", "address", "Where to: scheme, host and port; a path is put before the address's own.", required=True),
        Parameter("keep-host", "flag", "Leave the Host field as the browser wrote it.", False),
    )  # fmt: skip
    EXAMPLE: ClassVar = 'name = "The API on my computer"\nwhen = "host:api.shop.test"\ndo = "send-elsewhere"\nto = "http://127.0.0.1:5000"'

    to: SplitResult
    keep_host: bool

    def say(self) -> str:
        host = "; Host stays as it was" if self.keep_host else ""
        return f"asks {self.to.geturl()} in the site's place{host}"

    def effects(self) -> tuple[Effect, ...]:
        assert self.to.hostname is not None
        port = self.to.port or (443 if self.to.scheme == "https" else 80)
        return (Elsewhere(self.to.scheme, self.to.hostname, port, self.to.path.rstrip("/"), self.keep_host),)
