"""A log-in's cookie that goes to more hosts than it need."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.explain.case import Case, text_of
from inspector.explain.checks.model import Check, Cure, Found, seen
from inspector.explain.keeping import setting_of
from inspector.explain.prose import say
from inspector.explain.references import cookies, header
from inspector.explain.values.cookies import judge, parse_set_cookie
from inspector.explain.values.names import is_session


def _look(case: Case) -> Iterator[Found]:
    for field in case.response.every("set-cookie")[:100]:
        cookie = parse_set_cookie(text_of(field))
        kept = judge(cookie, setting_of(case)).cookie
        if kept is None or kept.host_only or not is_session(cookie.name) or case.answered_here:
            continue
        evidence = seen(case, case.response.place(field), say("Domain={domain}", domain=kept.domain))
        sentence = say(
            "The cookie `{name}`, which most likely carries a log-in, goes to all hosts below `{domain}`.",
            name=cookie.name,
            domain=kept.domain,
        )
        yield Found("advice", f"{kept.domain} {cookie.name}", sentence, evidence)


CHECK = Check(
    "cookie-too-wide", "cookies", "A log-in's cookie for many hosts",
    say("Each host below that name gets it, also one that somebody else runs or that was forgotten; and each can set or overwrite it."),
    Cure(
        say("Leave Domain away, unless several hosts really share the log-in."),
        """app.config["SESSION_COOKIE_DOMAIN"] = None
app.config["SESSION_COOKIE_NAME"] = "__Host-session"
app.config["SESSION_COOKIE_SECURE"] = True
""",
    ),
    (cookies("4.1.2.3"), header("Set-Cookie")),
    _look,
)  # fmt: skip
