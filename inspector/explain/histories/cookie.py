"""One cookie's life: set, sent, withheld and why, changed, deleted, ended. Simulated as a browser's jar would have it, and held
against what the browser really sent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from inspector.explain.case import Case, Place, text_of
from inspector.explain.histories.clients import Client, clients_of
from inspector.explain.keeping import COOKIE_REFUSALS, cookie_verdict, setting_of
from inspector.explain.prose import NOTHING, Prose, say
from inspector.explain.values.cookies import (
    Asking,
    Kept,
    domain_matches,
    judge,
    parse_cookie,
    parse_set_cookie,
    withheld,
)
from inspector.explain.values.sites import site_of
from inspector.explain.values.situation import situation
from inspector.explain.words import moment

Kind = Literal[
    "set",
    "renewed",
    "changed",
    "deleted",
    "refused",
    "unsure",
    "sent",
    "appeared",
    "altered",
    "withheld",
    "missing",
    "ended",
]

MOST_EVENTS = 500

# why it stays at home (values.cookies.WITHHOLDING)
_WHY = {
    "path": "the address does not lie under its path, `{path}`",
    "secure": "it is Secure, and this address is plain http",
    "strict": "it is SameSite=Strict, and the request came from another site's page",
    "lax": "it is SameSite=Lax, and the request was a part of another site's page, or a form of one",
    "perhaps-strict": "it is SameSite=Strict, and whether the request came from another site can't be seen here",
    "perhaps-lax": "it is SameSite=Lax, or counts as that, and whether the request came from another site can't be seen here",
}


@dataclass(frozen=True, slots=True)
class CookieEvent:
    """What happened. Like events in a row are one: `count` of them, from `at` to `until`; `exchange` and `place` are the first's.

    `good` is False where something went otherwise than the site most likely meant.
    """

    kind: Kind
    at: float
    exchange: bytes
    sentence: Prose
    place: Place | None = None
    good: bool | None = None
    count: int = 1
    until: float = 0.0


@dataclass(frozen=True, slots=True)
class CookieHistory:
    """One cookie in one client's jar. `ends` says how it stood at the end; `kept` is what was in the jar by then."""

    name: str
    client: Client
    events: tuple[CookieEvent, ...]
    ends: Prose
    kept: tuple[Kept, ...]


def cookie_names(cases: Iterable[Case]) -> tuple[tuple[str, int], ...]:
    """The names of all cookies that were set or sent, and in how many exchanges; the most frequent first."""
    found: Counter[str] = Counter()
    for case in cases:
        names = {name for name, _, _ in parse_cookie(case.request.value("cookie"))}
        names |= {parse_set_cookie(value).name for value in case.response.values("set-cookie")}
        found.update(names)
    return tuple(sorted(found.items(), key=lambda each: (-each[1], each[0])))


def cookie_history(cases: Iterable[Case], name: str, site: str = "") -> tuple[CookieHistory, ...]:
    """The cookie of this name with each client; of one `site` (a registrable domain) only, if that is given."""
    found = []
    for client, own in clients_of(cases).items():
        at_site = [case for case in own if not site or site_of(case.host) == site]
        jar = _Jar(name)
        for case in at_site:
            jar.look(case)
        if jar.events:
            found.append(
                CookieHistory(
                    name, client, _joined(jar.events)[:MOST_EVENTS], jar.ends(own), tuple(jar.kept.values())
                )
            )
    return tuple(found)


Key = tuple[str, bool, str]


class _Jar:
    """A browser's jar, as far as one name goes."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.kept: dict[Key, Kept] = {}
        self.events: list[CookieEvent] = []

    def look(self, case: Case) -> None:
        self._end(case)
        self._request(case)
        self._response(case)

    def _event(
        self, kind: Kind, case: Case, sentence: Prose, place: Place | None = None, good: bool | None = None
    ) -> None:
        at = (
            case.answered_at
            if kind in ("set", "renewed", "changed", "deleted", "refused", "unsure")
            else case.exchange.started
        )
        self.events.append(CookieEvent(kind, at, case.exchange.id, sentence, place, good, until=at))

    def _end(self, case: Case) -> None:
        """What ended before this exchange began."""
        for key, kept in list(self.kept.items()):
            if kept.expires is not None and kept.expires <= case.exchange.started:
                del self.kept[key]
                when = moment(kept.expires, case.now, case.zone)
                self.events.append(CookieEvent("ended", kept.expires, case.exchange.id, say("Its time was over at {when}; browsers delete it then.", when=when), until=kept.expires))  # fmt: skip

    def _request(self, case: Case) -> None:
        if not case.request.there or case.exchange.kind in ("tunnel", "tls", "page"):
            return
        sent = [value for name, value, _ in parse_cookie(case.request.value("cookie")) if name == self.name]
        place = next((case.request.place(field) for field in case.request.every("cookie")), None)
        asking = _asking(case)
        fitting = [kept for kept in self.kept.values() if _is_for(kept, case.host)]
        for value in sent:
            self._sent(case, value, fitting, place)
        if sent:
            return
        for kept in fitting:
            why = withheld(kept, asking)
            if why in _WHY:
                self._event(
                    "withheld",
                    case,
                    say(f"It was not sent to `{{host}}`: {_WHY[why]}.", host=case.host, path=kept.path),
                )
            elif not why:
                self._event(
                    "missing", case,
                    say("It was not sent to `{host}`, though by the rules it should have been: deleted by hand or by a script, blocked by the browser, gone with a browser that was closed in between, or this was another window with cookies of its own.", host=case.host),
                    None, False,
                )  # fmt: skip

    def _sent(self, case: Case, value: str, fitting: Sequence[Kept], place: Place | None) -> None:
        if any(kept.value == value for kept in fitting):
            self._event("sent", case, say("It was sent to `{host}`.", host=case.host), place)
        elif fitting:
            self._event("altered", case, say("It was sent to `{host}` with another value than it was set to: a script in the page changed it, or an answer that was not seen here.", host=case.host), place)  # fmt: skip
            key = _key(fitting[0])
            self.kept[key] = replace(fitting[0], value=value)
        else:
            self._event("appeared", case, say("It was sent to `{host}`. Who set it was not seen here: before this was watched, or a script in the page.", host=case.host), place)  # fmt: skip
            kept = Kept(
                self.name,
                value,
                case.host,
                True,
                "/",
                False,
                False,
                "none",
                False,
                None,
                case.exchange.started,
            )
            self.kept[_key(kept)] = kept

    def _response(self, case: Case) -> None:
        if case.answered_here:
            return
        for field in case.response.every("set-cookie")[:200]:
            cookie = parse_set_cookie(text_of(field))
            if cookie.name != self.name:
                continue
            judged = judge(cookie, setting_of(case))
            place = case.response.place(field)
            verdict = cookie_verdict(case, cookie, judged)
            kept = judged.cookie
            if kept is None:
                kind: Kind = "unsure" if judged.keeps is None else "refused"
                self._event(
                    kind, case, say("`{host}` set it.", host=case.host) + verdict, place, good=judged.keeps
                )
                continue
            before = self.kept.pop(_key(kept), None) or self._guessed(kept)
            if judged.code == "deleted":
                told = (
                    say("`{host}` deleted it.", host=case.host)
                    if before
                    else say("`{host}` deleted it; there was none, as far as was seen.", host=case.host)
                )
                self._event("deleted", case, told, place)
                continue
            self.kept[_key(kept)] = kept
            self._kept(case, kept, before, verdict, place)

    def _guessed(self, kept: Kept) -> Kept | None:
        """A cookie whose setting was not seen: it is taken for the one that is set now."""
        for key, before in list(self.kept.items()):
            if (
                before.created
                and before.path == "/"
                and before.domain == kept.domain
                and before.expires is None
                and before.same_site == "none"
            ):
                return self.kept.pop(key)
        return None

    def _kept(self, case: Case, kept: Kept, before: Kept | None, verdict: Prose, place: Place) -> None:
        if before is None:
            self._event("set", case, say("`{host}` set it.", host=case.host) + verdict, place)
        elif before.value == kept.value:
            self._event(
                "renewed",
                case,
                say("`{host}` set it again, to the same value.", host=case.host) + verdict,
                place,
            )
        else:
            self._event("changed", case, say("`{host}` changed its value.", host=case.host) + verdict, place)

    def ends(self, cases: Sequence[Case]) -> Prose:
        """How it stands when it is looked at."""
        if not cases:
            return NOTHING
        last = cases[-1]
        alive = [kept for kept in self.kept.values() if kept.expires is None or kept.expires > last.now]
        if not alive:
            return say("As far as was seen, the browser has it no more.")
        kept = alive[0]
        if kept.expires is None:
            return say("As far as was seen, the browser still has it, until it is closed.")
        return say(
            "As far as was seen, the browser still has it, until {when}.",
            when=moment(kept.expires, last.now, last.zone),
        )


def _key(kept: Kept) -> Key:
    return kept.domain, kept.host_only, kept.path


def _is_for(kept: Kept, host: str) -> bool:
    return host == kept.domain if kept.host_only else domain_matches(host, kept.domain)


def _asking(case: Case) -> Asking:
    found = situation(case)
    return Asking(
        case.exchange.scheme, case.host, case.path, case.exchange.method, case.exchange.started,
        found.same_site, found.top_level, case.is_local,
    )  # fmt: skip


_ALIKE = frozenset({"sent", "withheld", "missing", "renewed"})


def _joined(events: Sequence[CookieEvent]) -> tuple[CookieEvent, ...]:
    """Like events in a row as one, counted."""
    found: list[CookieEvent] = []
    for event in events:
        last = found[-1] if found else None
        if (
            last is not None
            and event.kind in _ALIKE
            and event.kind == last.kind
            and str(event.sentence) == str(last.sentence)
        ):
            found[-1] = replace(last, count=last.count + 1, until=event.at)
        else:
            found.append(event)
    return tuple(found)


__all__ = ["COOKIE_REFUSALS", "CookieEvent", "CookieHistory", "cookie_history", "cookie_names"]
