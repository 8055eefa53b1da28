"""What waits, in words; and everything that can be decided about it. Pages, API and feed share it."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from inspector.exchange.consulting import Draft
from inspector.exchange.held import Row
from inspector.rules.model import Rule
from inspector.secrets import Hider
from inspector.store.database import StoreProblem
from inspector.store.held import HeldMessages
from inspector.web.held.curtain import address
from inspector.web.rules.kept import KeptRules

EVERYTHING = "Hold everything"
KIND = "hold"
MORE = 600.0  # seconds that the pages' button gives
_AFTER = {
    "go-on": "It went on as it was.",
    "drop": "It was dropped: the connection ended.",
    "answer": "It was answered in the site's place.",
    "timed-out": "Nobody decided in time, so it went on as it was.",
    "browser-left": "The browser gave up and closed the connection; so it went nowhere.",
    "engine-ended": "Inspector's engine was started again while this waited. The browser's connection was lost with it, so it went nowhere.",
    "engine-stopped": "Inspector was stopped while this waited, so it went nowhere.",
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """A line of the queue. `left` are the seconds until it goes on by itself."""

    id: str
    exchange: str
    moment: str
    method: str
    url: str
    rule: str
    since: float
    until: float
    left: float

    @property
    def still(self) -> str:
        """How long it waits still, in words."""
        seconds = round(self.left)
        return f"{seconds} s" if seconds < 60 else f"{seconds // 60} min {seconds % 60} s"


class Queue:
    """The held messages of one home, and the rules that hold. `hider` gives what replaces secrets while somebody presents."""

    def __init__(self, held: HeldMessages, rules: KeptRules, hider: Callable[[], Hider | None]) -> None:
        self.held = held
        self.rules = rules
        self.hider = hider
        self._last: tuple[Row, ...] = ()

    # -- what there is

    def waiting(self) -> tuple[Waiting, ...]:
        """The queue, oldest first."""
        return tuple(self.line(row) for row in self.held.waiting())

    def line(self, row: Row) -> Waiting:
        """A row as it may be seen now."""
        left = max(row.until - time.time(), 0.0)
        hider = self.hider()
        url, rule = address(row.url, hider), address(row.rule, hider)
        return Waiting(
            row.id, row.exchange.hex(), row.moment, row.method, url, rule, row.since, row.until, left
        )

    def exchanges(self) -> tuple[str, ...]:
        """The exchange of each message that waits."""
        return tuple(row.exchange.hex() for row in self._rows())

    def known(self) -> dict[str, Any]:
        """What open pages are told: no address, so nothing that a presenter would hide."""
        rows = self._rows()
        return {
            "count": len(rows),
            "waiting": {row.exchange.hex(): row.id for row in rows},
            "until": {row.id: row.until for row in rows},
        }

    def _rows(self) -> tuple[Row, ...]:
        """What waits, for every page and the feed: while that can't be read, as it was last."""
        with suppress(StoreProblem):
            self._last = self.held.waiting()
        return self._last

    def of_exchange(self, exchange: bytes) -> tuple[Row, ...]:
        """What is and was held of an exchange."""
        return self.held.of_exchange(exchange)

    def holding(self) -> tuple[Rule, ...]:
        """The rules that hold messages."""
        return tuple(rule for rule in self.rules.all() if rule.action.NAME == KIND)

    # -- what is decided

    def decide(self, id: str, do: str, draft: Draft | None = None) -> bool:
        """Say what becomes of a message; False if it was decided before."""
        return self.held.decide(id, do, draft)

    def extend(self, id: str, seconds: float = MORE) -> bool:
        """Let a message wait longer; False if it waits no more."""
        return self.held.extend(id, seconds)

    def stop(self, name: str) -> None:
        """Turn a rule off: all goes on that it holds."""
        self.rules.switch(name, on=False)

    def hold(self, when: str, side: str, name: str = "") -> Rule:
        """A rule that holds what a filter fits; one that is there already is turned on. Raises RuleMistake."""
        table = {"name": name or _named(when), "when": when, "do": KIND, "side": side}
        table = {key: value for key, value in table.items() if value}
        for rule in self.holding():
            if (rule.when, getattr(rule.action, "side", "")) == (when, side) and (
                not name or rule.name == name
            ):
                self.rules.switch(rule.name, on=True)
                return rule
        taken = {rule.name for rule in self.rules.all()}
        wanted, number = table["name"], 2
        while table["name"] in taken:
            table["name"] = f"{wanted} ({number})"
            number += 1
        return self.rules.save(table)

    def everything(self, *, on: bool) -> None:
        """Hold every request, or none for that reason any more."""
        if on:
            self.hold("", "request", EVERYTHING)
        else:
            self.stop(EVERYTHING)

    @property
    def holds_everything(self) -> bool:
        rule = self.rules.find(EVERYTHING)
        return rule is not None and rule.on and rule.action.NAME == KIND


def _named(when: str) -> str:
    return f"Hold {when}"[:100] if when else EVERYTHING


def what_became(row: Row) -> str:
    """What happened to a message that waits no longer."""
    if row.decision == "go-on" and row.edited:
        return "It went on as it was changed here."
    return _AFTER.get(row.decision, "It waits no longer.")
