"""Runs the checks for the pages: over one exchange with those around it, and over a site's newest ones.

What was found is remembered until something of it changes, since a page is looked at tab by tab and checks take a tenth of a second.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from inspector.exchange.model import Exchange
from inspector.explain.case import Case
from inspector.explain.checks import Issue, SiteSummary, check, check_site
from inspector.store.captures import Captures
from inspector.store.sites import SiteRow
from inspector.web.finding import case_of
from inspector.web.veil import presenting

BEFORE, AFTER = 40, 20  # exchanges of the same host around one
OF_A_SITE = 150  # newest exchanges of one host
MOST_KEPT = 256

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Checked:
    """One exchange with those around it, and what was found on it."""

    case: Case
    issues: tuple[Issue, ...]


@dataclass(frozen=True, slots=True)
class CheckedSite:
    """What was found on a site. `exchanges` are those that were looked at; `more` says that there are others."""

    summary: SiteSummary
    exchanges: dict[bytes, Exchange]
    more: bool


class Counts(NamedTuple):
    """How many findings of each severity."""

    serious: int
    warning: int
    advice: int

    @classmethod
    def of(cls, summary: SiteSummary) -> Counts:
        return cls(summary.count("serious"), summary.count("warning"), summary.count("advice"))


class Checker:
    """Safe to use from many threads."""

    def __init__(self, captures: Captures) -> None:
        self._captures = captures
        self._kept: OrderedDict[Hashable, object] = OrderedDict()
        self._lock = threading.Lock()

    def exchange(self, exchange: Exchange) -> Checked:
        """What is found on one exchange, also what takes its neighbours to see."""
        around = self._around(exchange)
        case = case_of(self._captures, exchange, around)
        # a report comes a little later than its exchange, and stays as it is then
        key = (exchange, case.report is not None, *((each.id, each.change) for each in around))
        return Checked(case, self._once(key, lambda: check(case)))

    def site(self, host: str, most: int = OF_A_SITE) -> CheckedSite:
        """What is found on the newest exchanges of a host; of one that nobody spoke to, nothing."""
        found = self._captures.of_host(host, limit=most + 1)
        newest = found[-most:]
        key = (host, most, len(found), *((each.id, each.change) for each in newest[-3:]))
        now = time.time()
        summary = self._once(key, lambda: check_site([Case(each, now=now) for each in newest]))
        return CheckedSite(summary, {each.id: each for each in newest}, len(found) > most)

    def counts(self, row: SiteRow, *, look: bool = True) -> Counts | None:
        """How many findings of each severity a site has; None if that isn't known yet and shall not be looked for."""
        key = ("counts", row.host, row.newest, row.exchanges, row.failed)
        if not look:
            with self._lock:
                return self._kept.get((presenting(), key))  # type: ignore[return-value]  # what was kept for this key below
        return self._once(key, lambda: Counts.of(self.site(row.host).summary))

    def _around(self, exchange: Exchange) -> tuple[Exchange, ...]:
        if not exchange.host or exchange.kind == "page":
            return ()
        older = self._captures.of_host(exchange.host, before=exchange.id, limit=BEFORE)
        return (*older, *self._captures.of_host(exchange.host, after=exchange.id, limit=AFTER))

    def _once(self, named: Hashable, find: Callable[[], T]) -> T:
        key = (presenting(), named)  # what is found on veiled exchanges is something else
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]  # type: ignore[return-value]  # what this key's `find` gave
        found = find()
        with self._lock:
            self._kept[key] = found
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        return found
