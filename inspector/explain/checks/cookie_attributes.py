"""Cookies without the attributes that protect them."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.explain.case import Case, text_of
from inspector.explain.checks.model import Check, Cure, Found, Severity, seen
from inspector.explain.keeping import setting_of
from inspector.explain.prose import Prose, say
from inspector.explain.references import cookies, header
from inspector.explain.values.cookies import SetCookie, judge, parse_set_cookie
from inspector.explain.values.names import is_csrf, is_session


def _look(case: Case) -> Iterator[Found]:
    if case.answered_here:
        return
    for field in case.response.every("set-cookie")[:100]:
        cookie = parse_set_cookie(text_of(field))
        judged = judge(cookie, setting_of(case))
        if judged.code != "kept":
            continue
        for severity, what, sentence in _missing(case, cookie):
            evidence = seen(case, case.response.place(field), say("no {what}", what=what))
            yield Found(severity, f"{case.host} {cookie.name} {what}", sentence, evidence)


def _missing(case: Case, cookie: SetCookie) -> Iterator[tuple[Severity, str, Prose]]:
    session = is_session(cookie.name)
    carries = say(", which most likely carries a log-in,") if session else Prose()
    severity: Severity = "warning" if session else "advice"
    if not cookie.secure and not case.is_local:
        yield (
            severity,
            "Secure",
            say(
                "The cookie `{name}`{carries} may travel over plain http, where anyone can read it.",
                name=cookie.name,
                carries=carries,
            ),
        )
    if not cookie.http_only and session and not is_csrf(cookie.name):
        yield (
            "warning",
            "HttpOnly",
            say(
                "The cookie `{name}`{carries} can be read by every script in the page.",
                name=cookie.name,
                carries=carries,
            ),
        )
    if not cookie.same_site:
        yield severity, "SameSite", say("The cookie `{name}`{carries} doesn't say whether it goes with requests of other sites' pages; browsers differ in what they make of that.", name=cookie.name, carries=carries)  # fmt: skip


CHECK = Check(
    "cookie-attributes", "cookies", "A cookie without its protection",
    say("Without Secure the cookie is in the open whenever an address begins with http. Without HttpOnly a script that somebody smuggled in carries it off. Without SameSite other sites can act in the user's name."),
    Cure(
        say("Set all three, for Flask's own session and for each cookie."),
        """app.config.update(
    SESSION_COOKIE_SECURE=True,
    SESSION_COOKIE_HTTPONLY=True,
    SESSION_COOKIE_SAMESITE="Lax",
)
response.set_cookie("theme", "dark", secure=True, httponly=True, samesite="Lax")
""",
    ),
    (cookies("4.1.2"), header("Set-Cookie")),
    _look,
)  # fmt: skip
