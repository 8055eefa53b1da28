"""The exchange that a hook is asked about, and what went wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from inspector.exchange import faults

if TYPE_CHECKING:
    from inspector.hooks.request import Request

MOST_NOTES = 20
LONGEST_NOTE = 500


class Exchange:
    """One request and what came of it. `request` is the request as it went to the site; it is there to be read."""

    def __init__(self, id: bytes, url: str, state: dict[str, Any]) -> None:
        self.id = id.hex()
        """As it stands in the dashboard's addresses: /exchange/ID."""
        self.url = url
        self.state = state
        """A dict that stays from the request's hook to the response's."""
        self.request: Request | None = None
        self.notes: list[str] = []

    def note(self, text: str) -> None:
        """Say something on the exchange's page."""
        if len(self.notes) < MOST_NOTES:
            self.notes.append(str(text)[:LONGEST_NOTE])

    def __repr__(self) -> str:
        return f"<Exchange {self.url}>"


class Fault:
    """What went wrong: `code` is its name in the filter language (`fault:`), `sentence` and `cure` are for a person."""

    def __init__(self, code: str, detail: str, host: str = "", port: int = 0) -> None:
        self.code = code
        self.detail = detail
        self.sentence = faults.say(code, host=host, port=port, detail=detail)
        self.cure = faults.look_up(code).cure
        self.status = faults.look_up(code).status
        """What Inspector's own page answers with."""

    def __str__(self) -> str:
        return self.sentence

    def __repr__(self) -> str:
        return f"<Fault {self.code}: {self.sentence}>"
