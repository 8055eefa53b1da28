"""The lab's two doors, with apps behind them."""

from __future__ import annotations

from inspector.lab.doors import Choose, Doors
from inspector.lab.serving.conversation import Desk


class AppDoors(Doors):
    """Whoever comes in talks with the desk. `choose` gives the TLS context for a name, None where nobody is at home."""

    def __init__(self, desk: Desk, choose: Choose) -> None:
        super().__init__(desk.talk, choose, desk.limits)
