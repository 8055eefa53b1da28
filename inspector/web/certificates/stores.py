"""What every trust store of this computer thinks of the authority, with the very commands that would change it. Reads, and changes nothing.

Looking takes up to a few seconds (each NSS database is asked by a program of its own), so what was found is kept for a moment.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from inspector.pki.trust_stores import stores
from inspector.pki.trust_stores.machine import Machine
from inspector.pki.trust_stores.model import Anchor, Look, Step, Store

KEPT = 20.0  # seconds

# What a state is called, and the mark beside it. Being absent is no fault: nobody has to trust it.
WORDS = {
    "trusted": ("trusts it", "good"),
    "present": ("has it, and doesn't trust it", "open"),
    "absent": ("doesn't know it", "none"),
    "unknown": ("can't be told", "open"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One store: what was found, what it takes to change that, and what to type instead of the steps."""

    store: Store
    look: Look
    steps: tuple[Step, ...]
    command: str

    @property
    def words(self) -> str:
        return WORDS[self.look.state][0]

    @property
    def mark(self) -> str:
        return WORDS[self.look.state][1]


@dataclass(frozen=True, slots=True)
class Seen:
    """All stores, when they were looked at (seconds since the epoch)."""

    at: float
    lines: tuple[Line, ...]

    @property
    def trusting(self) -> int:
        return sum(line.look.state == "trusted" for line in self.lines)

    @property
    def others(self) -> bool:
        """Whether other authorities of Inspector's were found."""
        return any(line.look.others for line in self.lines)


class Stores:
    """Looks at the trust stores; one look at a time, and not too often. `command` says how one types a command of ours."""

    def __init__(
        self,
        command: Callable[[str], str],
        find: Callable[[Machine, Anchor | None], Iterable[Store]] | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._command = command
        self._find = find or stores.find
        self._clock = clock
        self._lock = threading.Lock()
        self._seen: tuple[str, Seen] | None = None

    def look(self, anchor: Anchor, *, again: bool = False) -> Seen:
        """What they think of this authority; `again` means really now."""
        with self._lock:
            if self._seen is not None and not again:
                of, seen = self._seen
                if of == anchor.sha256 and 0 <= self._clock() - seen.at < KEPT:
                    return seen
            found = tuple(self._line(store, anchor) for store in self._find(Machine(), anchor))
            seen = Seen(self._clock(), found)
            self._seen = (anchor.sha256, seen)
            return seen

    def _line(self, store: Store, anchor: Anchor) -> Line:
        try:
            look = store.look(anchor)
            steps = self._steps(store, look, anchor)
        except (OSError, sqlite3.Error, ValueError) as error:
            look, steps = Look("unknown", note=f"It cannot be read: {error}."), ()
        verb = "untrust" if look.state == "trusted" else "trust"
        return Line(store, look, tuple(steps), self._command(f"ca {verb} --store {store.id}"))

    def _steps(self, store: Store, look: Look, anchor: Anchor) -> Sequence[Step]:
        """Out of it where it is trusted, into it where it is not; nothing where nothing can be said."""
        if look.state == "trusted":
            return store.to_untrust([each for each in look.held if each.current])
        return () if look.state == "unknown" else store.to_trust(anchor)
