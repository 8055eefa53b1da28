"""One address in a browser's cache: kept, used unseen, asked about, renewed, replaced. Simulated by RFC 9111, for a private cache."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from inspector.explain.case import Case
from inspector.explain.histories.clients import Client, clients_of
from inspector.explain.keeping import CACHE_REFUSALS, cache_verdict
from inspector.explain.people import site
from inspector.explain.prose import NOTHING, Prose, say
from inspector.explain.values.caching import Keeping, cache_control, keeping
from inspector.explain.words import lasting, moment, size

Kind = Literal["kept", "not-kept", "renewed", "replaced", "unseen", "asked", "invalidated", "odd"]

MOST_EVENTS = 500
GAP = 1.0  # seconds: shorter ones are not worth a word
_UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})


@dataclass(frozen=True, slots=True)
class CacheEvent:
    """What happened at `at`; `exchange` is empty for what lay between exchanges. `good`: False where it cost more than it need have.

    Like events in a row are one: `count` of them, the last at `until`.
    """

    kind: Kind
    at: float
    exchange: bytes
    sentence: Prose
    good: bool | None = None
    count: int = 1
    until: float = 0.0


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time with a copy: `fresh` (used unasked), `stale` (asked about before use)."""

    start: float
    end: float
    kind: Literal["fresh", "stale"]


@dataclass(frozen=True, slots=True)
class CacheHistory:
    """One address in one client's cache. `sent` and `saved` are body bytes that came, and that a 304 made unnecessary."""

    url: str
    client: Client
    events: tuple[CacheEvent, ...]
    spans: tuple[Span, ...]
    ends: Prose
    sent: int
    saved: int


@dataclass(frozen=True, slots=True)
class _Copy:
    """What the simulated cache holds."""

    case: Case
    rules: Keeping
    since: float
    size: int

    def fits(self, case: Case) -> str:
        """The field of Vary in which the request differs from the one that the copy answered; empty if it fits."""
        for name in self.rules.varies:
            if name == "*" or self.case.request.value(name) != case.request.value(name):
                return name
        return ""


def cache_history(cases: Iterable[Case], url: str) -> tuple[CacheHistory, ...]:
    """The address (without fragment) with each client that asked for it."""
    wanted = [
        case for case in cases if case.url == url and case.exchange.kind == "http" and not case.answered_here
    ]
    return tuple(_History(url, client, own).told() for client, own in clients_of(wanted).items())


class _History:
    """Goes through one client's exchanges with one address, and keeps the cache's state."""

    def __init__(self, url: str, client: Client, cases: tuple[Case, ...]) -> None:
        self._url, self._client, self._cases = url, client, cases
        self._events: list[CacheEvent] = []
        self._spans: list[Span] = []
        self._copy: _Copy | None = None
        self._sent = self._saved = 0

    def told(self) -> CacheHistory:
        for case in self._cases:
            self._between(case.exchange.started, case)
            self._look(case)
        last = self._cases[-1]
        self._between(last.now, last, ended=True)
        return CacheHistory(
            self._url,
            self._client,
            _joined(self._events)[:MOST_EVENTS],
            tuple(self._spans),
            self._ends(last),
            self._sent,
            self._saved,
        )

    def _event(self, kind: Kind, case: Case, sentence: Prose, good: bool | None = None) -> None:
        self._events.append(CacheEvent(kind, case.exchange.started, case.exchange.id, sentence, good))

    def _between(self, until: float, case: Case, *, ended: bool = False) -> None:
        """The time since the last exchange: what a browser could do with its copy, unseen."""
        copy = self._copy
        if copy is None or until <= copy.since:
            return
        fresh_until = (
            copy.since if copy.rules.ask_first else min(max(copy.rules.fresh_until, copy.since), until)
        )
        if fresh_until > copy.since:
            self._spans.append(Span(copy.since, fresh_until, "fresh"))
        if until > fresh_until:
            self._spans.append(Span(fresh_until, until, "stale"))
        if not ended and fresh_until - copy.since > GAP:
            when = moment(fresh_until, case.now, case.zone)
            sentence = say(
                "Until {when} the copy was [[fresh]]. If the browser needed it, it took its copy: that is not seen here, since nothing is sent.",
                when=when,
            )
            self._events.append(CacheEvent("unseen", copy.since, b"", sentence, True))
        self._copy = replace(copy, since=until)

    def _look(self, case: Case) -> None:
        exchange = case.exchange
        self._sent += exchange.response_size
        if exchange.method in _UNSAFE:
            if 200 <= exchange.status < 400 and self._copy is not None:
                self._copy = None
                self._event(
                    "invalidated",
                    case,
                    say(
                        "A {method} to this address succeeded, so the copy counts no more (RFC 9111 §4.4).",
                        method=exchange.method,
                    ),
                )
            return
        if exchange.method not in ("GET", "HEAD") or not exchange.status:
            return
        why = self._why_asked(case)
        if exchange.status == 304:
            self._not_modified(case, why)
        else:
            self._answered(case, why)

    def _why_asked(self, case: Case) -> Prose:
        """Why the browser asked at all."""
        copy = self._copy
        if copy is None:
            return say("The browser had no copy, as far as was seen.")
        wishes = cache_control(case.request.value("cache-control"))
        differs = copy.fits(case)
        if differs:
            return say("The copy didn't fit: it was for another `{field}` (`Vary`).", field=differs)
        if wishes.has("no-cache") or wishes.seconds("max-age") == 0:
            return say("The page was reloaded, so the browser asked although it had a copy.")
        if copy.rules.ask_first:
            return say("The site wants to be asked each time (`no-cache`).")
        if case.exchange.started < copy.rules.fresh_until:
            return say(
                "The copy was still [[fresh]]; why the browser asked all the same is not visible from here."
            )
        return say(
            "The copy was too old by {time}.", time=lasting(case.exchange.started - copy.rules.fresh_until)
        )

    def _not_modified(self, case: Case, why: Prose) -> None:
        rules = keeping(case)
        copy = self._copy
        if copy is None:
            plain = say(
                "The browser asked about a copy that was made before this was watched, and it is still good (304)."
            )
            self._event("renewed", case, plain)
            self._copy = _Copy(case, rules, case.answered_at, 0)
            return
        self._saved += copy.size
        plain = why + say(
            "It asked, and the copy is still good (304): {size} were not sent again.", size=size(copy.size)
        )
        # RFC 9111 §4.3.4: the 304's fields replace the copy's; one that says nothing of freshness leaves it as it was
        kept = rules if case.response.has("cache-control") or case.response.has("expires") else copy.rules
        if kept is copy.rules:
            kept = replace(kept, fresh_until=case.answered_at + max(kept.lifetime, 0.0))
        self._copy = _Copy(copy.case, kept, case.answered_at, copy.size)
        self._event("renewed", case, plain + cache_verdict(case, kept) if not kept.no else plain, True)

    def _answered(self, case: Case, why: Prose) -> None:
        rules = keeping(case)
        had = self._copy
        asked = case.request.has("if-none-match") or case.request.has("if-modified-since")
        came = say(
            "`{host}` answered {status}, with {size}.",
            host=site(case.exchange),
            status=str(case.exchange.status),
            size=size(case.exchange.response_size),
        )
        if rules.no:
            self._copy = None
            reason = say(f"It is not kept: {CACHE_REFUSALS.get(rules.no, 'this answer may not be')}.")
            self._event("not-kept", case, why + came + reason)
            return
        same = (
            had is not None
            and case.response.first("etag")
            and case.response.first("etag") == had.case.response.first("etag")
        )
        kind: Kind = "replaced" if had is not None else "kept"
        note = (
            say("It is the same version that the browser had: a 304 would have done.")
            if same and asked
            else NOTHING
        )
        self._copy = _Copy(case, rules, case.answered_at, case.exchange.response_size)
        self._event(kind, case, why + came + note + cache_verdict(case, rules), False if note else None)

    def _ends(self, last: Case) -> Prose:
        copy = self._copy
        if copy is None:
            return say("As far as was seen, the browser has no copy.")
        if copy.rules.fresh(last.now):
            return say(
                "As far as was seen, the browser has a copy, and may use it without asking until {when}.",
                when=moment(copy.rules.fresh_until, last.now, last.zone),
            )
        return say("As far as was seen, the browser has a copy, and has to ask before it uses it.")


def _joined(events: list[CacheEvent]) -> tuple[CacheEvent, ...]:
    """Like events in a row as one, counted."""
    found: list[CacheEvent] = []
    for event in events:
        last = found[-1] if found else None
        if last is not None and event.kind == last.kind and str(event.sentence) == str(last.sentence):
            found[-1] = replace(last, count=last.count + 1, until=event.at)
        else:
            found.append(replace(event, until=event.at))
    return tuple(found)
