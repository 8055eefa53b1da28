"""How long a crashed child waits before it comes back: not at all the first time, then ever longer."""

from __future__ import annotations

from dataclasses import dataclass, field

WAITS = (0.0, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
FORGIVEN_AFTER = 60.0
LOOP = 3


@dataclass(slots=True)
class BackOff:
    """The crashes of one role that are not yet forgiven, by the clock of `time.monotonic`."""

    crashes: list[float] = field(default_factory=list)

    def crashed(self, now: float) -> float:
        """Note a crash; the seconds to wait before the next start."""
        self.crashes = [then for then in self.crashes if now - then < FORGIVEN_AFTER]
        self.crashes.append(now)
        return WAITS[min(len(self.crashes), len(WAITS)) - 1]

    @property
    def looping(self) -> bool:
        """Whether this is no accident any more: it crashed three times within a minute."""
        return len(self.crashes) >= LOOP
