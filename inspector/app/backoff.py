"""How long a crashed child waits before it comes back: not at all the first time, then ever longer.

What had done its work for a while is no crash loop, however often it happens: only crashes in a row,
each soon after the start, make the waits longer.
"""

from __future__ import annotations

from dataclasses import dataclass

WAITS = (0.0, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
LONGEST_AFTER_KILL = 0.5
STEADY = 1.0
LOOP = 3


@dataclass(slots=True)
class BackOff:
    """The crashes of one role, in a row."""

    crashes: int = 0

    def crashed(self, served: float, *, from_outside: bool = False) -> float:
        """Note a crash after `served` seconds of work; the seconds to wait before the next start.

        Who was killed from outside (SIGKILL) has no fault that waiting would mend, so that wait stays short.
        """
        self.crashes = 1 if served >= STEADY else self.crashes + 1
        wait = WAITS[min(self.crashes, len(WAITS)) - 1]
        return min(wait, LONGEST_AFTER_KILL) if from_outside else wait

    @property
    def looping(self) -> bool:
        """Whether this is no accident any more."""
        return self.crashes >= LOOP
