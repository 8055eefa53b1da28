"""The lab's two doors, with apps behind them."""

from __future__ import annotations

from inspector.lab.doors import Choose, Doors
from inspector.lab.pipes import Pipe
from inspector.lab.serving.conversation import Desk
from inspector.lab.talk import Answer, Request, Tls


class AppDoors(Doors):
    """Like `Doors`, but whoever comes in talks with the desk. `choose` gives the TLS context for a name, None where nobody is at home."""

    def __init__(self, desk: Desk, choose: Choose) -> None:
        super().__init__(_nobody, choose, desk.limits)
        self._desk = desk

    async def _talk(self, pipe: Pipe, tls: Tls | None) -> None:
        await self._desk.talk(pipe, tls)


def _nobody(request: Request) -> Answer:
    return Answer(b"", status=404)
