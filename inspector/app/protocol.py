"""What the supervisor and its processes say to each other.

stdin    first line: an Order as JSON. Then nothing, but it stays open: its end means "stop",
         whether the supervisor closed it or is no more
stdout   one JSON Report a line: ready, said (a sentence for the terminal), printed (a line of a user's own code), cannot (a start that no restart would mend)
stderr   free text, for HOME/run/inspector.log
sockets  listening, bound by the supervisor, handed over as the Order says
exit     0 stopped as asked, 3 after `cannot`, 4 "start me again, I have said why", anything else is a crash and brings a restart
"""

from __future__ import annotations

from typing import Literal

import msgspec

from inspector.app.settings import RunSettings

CANNOT = 3
AGAIN = 4


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What a child is told: the settings of the run, its sockets by purpose (`listen`, `web`), and how often
    it was started before in this run."""

    settings: RunSettings
    sockets: dict[str, list[int | str]] = {}
    restarts: int = 0


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What a child tells: `facts` with ready, `sentence` and `cure` with the others."""

    kind: Literal["ready", "said", "printed", "cannot"]
    sentence: str = ""
    cure: str = ""
    facts: dict[str, str] = {}
