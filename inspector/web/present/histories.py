"""Histories for their pages: which of them a field or a finding leads to, and the events of one with words and marks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlencode

from inspector.explain.case import Case, text_of
from inspector.explain.checks import Issue
from inspector.explain.histories import CacheEvent, CacheHistory, CookieEvent
from inspector.explain.prose import Prose
from inspector.explain.values.cookies import parse_cookie, parse_set_cookie

MOST = 6  # links of one field or finding
_CACHING = frozenset({
    "etag", "last-modified", "cache-control", "expires", "age", "if-none-match", "if-modified-since", "vary", "pragma",
})  # fmt: skip
_CORS = frozenset({"origin"})
_LOG_INS = frozenset({"password-over-http", "session-fixation", "csrf-token-missing"})


class Link(NamedTuple):
    """A history: what to call it, and its address."""

    words: str
    url: str


def cookie_link(name: str, exchange: bytes) -> Link:
    return Link(
        f"History of the cookie {_short(name)}",
        "/history/cookie?" + urlencode({"name": name, "exchange": exchange.hex()}),
    )


def address_link(exchange: bytes) -> Link:
    return Link("History of this address in the cache", f"/history/address?exchange={exchange.hex()}")


def log_in_link(exchange: bytes) -> Link:
    return Link("History of the log-in", f"/history/log-in/{exchange.hex()}")


def preflight_link(exchange: bytes) -> Link:
    return Link("Judged as a browser would, step by step", f"/history/preflight/{exchange.hex()}")


def links_for(case: Case, name: str, value: str) -> tuple[Link, ...]:
    """The histories that a field of this exchange leads to; none from exchanges without an answer of the site's."""
    return tuple(_first(_for(case, name.lower(), value)))


def _for(case: Case, name: str, value: str) -> Iterator[Link]:
    id = case.exchange.id
    if name == "set-cookie":
        yield cookie_link(parse_set_cookie(value).name, id)
    elif name == "cookie":
        for cookie, _, _ in parse_cookie(value):
            yield cookie_link(cookie, id)
    elif name in _CACHING:
        yield address_link(id)
    elif name in _CORS or name.startswith("access-control-"):
        yield preflight_link(id)
    elif name == "authorization":
        yield log_in_link(id)


def links_of(issue: Issue, cases: Iterable[Case]) -> tuple[Link, ...]:
    """The histories that a finding leads to, from the exchanges that show it."""
    return tuple(_first(_of(issue, tuple(cases))))


def _of(issue: Issue, cases: tuple[Case, ...]) -> Iterator[Link]:
    if issue.check in _LOG_INS and cases:
        yield log_in_link(cases[0].exchange.id)
    elif issue.group == "cors" and cases:
        yield preflight_link(cases[0].exchange.id)
    elif issue.group == "caching" and cases:
        yield address_link(cases[0].exchange.id)
    elif issue.group == "cookies":
        for case in cases:
            places = {each.place for each in issue.evidence if each.exchange == case.exchange.id}
            for line in case.response.every("set-cookie"):
                if case.response.place(line) in places:
                    yield cookie_link(parse_set_cookie(text_of(line)).name, case.exchange.id)


def _first(links: Iterator[Link]) -> Iterator[Link]:
    """Each but once, by its words, and not too many."""
    seen: set[str] = set()
    for each in links:
        if each.words not in seen:
            seen.add(each.words)
            yield each
        if len(seen) == MOST:
            return


def _short(name: str) -> str:
    shown = "".join(each if each.isprintable() else "�" for each in name[:40])
    return f"{shown}…" if len(name) > 40 else shown or "(no name)"


class Kind(NamedTuple):
    """What happened, in a word, with its icon and its look (a class)."""

    words: str
    icon: str
    look: str = ""


COOKIE_KINDS: dict[str, Kind] = {
    "set": Kind("Set", "arrow-left", "came"),
    "renewed": Kind("Set again", "arrow-left", "came"),
    "changed": Kind("Changed", "arrow-left", "came"),
    "deleted": Kind("Deleted", "x", "came"),
    "refused": Kind("Not kept", "triangle-alert", "bad"),
    "unsure": Kind("Perhaps not kept", "circle-question-mark"),
    "sent": Kind("Sent", "arrow-right", "went"),
    "appeared": Kind("Sent, of unknown origin", "arrow-right", "went"),
    "altered": Kind("Sent with another value", "arrow-right", "went"),
    "withheld": Kind("Kept back", "minus", "faint"),
    "missing": Kind("Missing", "triangle-alert", "bad"),
    "ended": Kind("Time over", "x", "faint"),
}
CACHE_KINDS: dict[str, Kind] = {
    "kept": Kind("Kept", "arrow-left", "came"),
    "not-kept": Kind("Not kept", "minus", "faint"),
    "renewed": Kind("Still good", "check", "good"),
    "replaced": Kind("Replaced", "arrow-left", "came"),
    "unseen": Kind("Not visible from here", "eye", "faint"),
    "asked": Kind("Asked", "arrow-right", "went"),
    "invalidated": Kind("Made void", "x", "came"),
    "odd": Kind("Odd", "triangle-alert", "bad"),
}


class Event(NamedTuple):
    """An event as it is shown. `exchange` is empty for what lay between exchanges."""

    kind: Kind
    at: float
    until: float
    times: int
    sentence: Prose
    exchange: str
    bad: bool


def events_of(events: Iterable[CookieEvent | CacheEvent], kinds: Mapping[str, Kind]) -> tuple[Event, ...]:
    return tuple(
        Event(
            kinds.get(each.kind) or Kind(each.kind, "info"),
            each.at,
            each.until if isinstance(each, CookieEvent) else each.at,
            each.count if isinstance(each, CookieEvent) else 1,
            each.sentence,
            each.exchange.hex(),
            each.good is False,
        )
        for each in events
    )


class Stretch(NamedTuple):
    """A stretch of the strip, in thousandths of its width."""

    kind: str
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Strip:
    """An address in the cache on one scale of time: when the copy was fresh, when stale, and when something was sent."""

    stretches: tuple[Stretch, ...]
    marks: tuple[float, ...]
    start: float
    end: float

    @classmethod
    def of(cls, history: CacheHistory) -> Strip | None:
        """None where there is nothing to draw: no copy, or one moment only."""
        moments = [each.at for each in history.events if each.exchange]
        if not moments or not history.spans:
            return None
        start, last = min(moments), max(moments)
        shown = max(last - start, 1.0)
        end = min(max(span.end for span in history.spans), last + shown / 2)  # what comes later is cut
        if end <= start:
            return None

        def x(moment: float) -> float:
            return round(1000 * (min(max(moment, start), end) - start) / (end - start), 2)

        stretches = tuple(
            Stretch(span.kind, x(span.start), x(span.end) - x(span.start))
            for span in history.spans
            if x(span.end) > x(span.start)
        )
        return cls(stretches, tuple(x(each) for each in moments), start, end)
