"""What the browser keeps of the answer: cookies, a copy in its cache, and what it was told to remember about the site."""

from __future__ import annotations

from inspector.explain.case import Case
from inspector.explain.keeping import cache_verdict, cookie_verdict, setting_of
from inspector.explain.parts import Part
from inspector.explain.people import asker
from inspector.explain.prose import Prose, joined, say, shown
from inspector.explain.references import cookies, rfc
from inspector.explain.story.model import Step
from inspector.explain.values.caching import keeping
from inspector.explain.values.cookies import judge, parse_set_cookie
from inspector.explain.values.situation import is_browser
from inspector.explain.words import plural

MOST_COOKIES = 60


def tell(case: Case) -> Step | None:
    exchange = case.exchange
    if exchange.kind in ("tls", "tunnel", "page") or not exchange.status or case.answered_here:
        return None
    parts = (*_cookies(case), *_cache(case))
    if not parts:
        return None
    return Step(
        "kept", "What is kept", "done", ("site", "browser"),
        joined(part.plain for part in parts), _others(case),
        marks=_marks(case),
        parts=parts,
        places=tuple(case.response.place(field) for field in case.response.every("set-cookie")[:MOST_COOKIES]),
        references=(rfc(9111, "3"), cookies("5.7")),
    )  # fmt: skip


def _cookies(case: Case) -> list[Part]:
    fields = case.response.values("set-cookie")
    setting = setting_of(case)
    found = []
    for value in fields[:MOST_COOKIES]:
        cookie = parse_set_cookie(value)
        judged = judge(cookie, setting)
        found.append(
            Part(shown(f"Set-Cookie: {cookie.name}"), cookie_verdict(case, cookie, judged), good=judged.keeps)
        )
    if len(fields) > MOST_COOKIES:
        found.append(
            Part(
                "Set-Cookie",
                say("And {more} are set.", more=plural(len(fields) - MOST_COOKIES, "more cookie")),
            )
        )
    return found


def _cache(case: Case) -> list[Part]:
    if case.exchange.kind == "websocket" or case.exchange.status < 200:
        return []
    found = keeping(case)
    return [Part("cache", cache_verdict(case, found))]


def _others(case: Case) -> Prose:
    found = []
    response = case.response
    if response.has("strict-transport-security") and case.secure:
        found.append(say("It remembers to use https only for this host ([[HSTS]])."))
    if response.has("clear-site-data"):
        found.append(
            say(
                "It was told to throw away what it keeps of this site: `{what}`.",
                what=response.value("clear-site-data"),
            )
        )
    if response.has("alt-svc"):
        found.append(say("It remembers another way to this site (`Alt-Svc`)."))
    return joined(found)


def _marks(case: Case) -> tuple[Prose, ...]:
    if is_browser(case.exchange):
        return (
            say(
                "What the browser really keeps is not visible from here: this is what the standards make of the answer."
            ),
        )
    return (
        say(
            "This is what a browser would keep. What {who} keeps is not visible from here.",
            who=asker(case.exchange),
        ),
    )
