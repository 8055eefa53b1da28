"""A page over plain http, read and changed by whoever likes."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.explain.case import Case
from inspector.explain.checks.model import Check, Cure, Found, seen
from inspector.explain.prose import say
from inspector.explain.references import mdn, rfc
from inspector.explain.values.cookies import parse_cookie
from inspector.explain.values.names import is_session


def _look(case: Case) -> Iterator[Found]:
    if (
        case.secure
        or case.is_local
        or case.answered_here
        or not case.host
        or not case.exchange.status
        or case.exchange.kind == "tunnel"
    ):
        return
    session = next(
        (name for name, _, _ in parse_cookie(case.request.value("cookie")) if is_session(name)), ""
    )
    if session:
        evidence = seen(
            case,
            case.request.place(case.request.every("cookie")[0]),
            say("the cookie `{name}`", name=session),
        )
        yield Found(
            "serious",
            f"{case.host} session",
            say(
                "The cookie `{name}`, which most likely carries a log-in, went to `{host}` over plain http.",
                name=session,
                host=case.host,
            ),
            evidence,
        )
    elif case.exchange.resource == "page" and 200 <= case.exchange.status < 300:
        evidence = seen(case, case.request.place(), say("http"))
        yield Found(
            "warning", case.host, say("Pages of `{host}` come over plain http.", host=case.host), evidence
        )


CHECK = Check(
    "unencrypted", "security", "Plain http",
    say("Everybody on the way can read which pages are looked at and what they say, and change them: put in advertisements, or a form that asks for a password."),
    Cure(
        say("Get a certificate, which costs nothing, and send http to https. A server in front does both."),
        """# Caddy, the whole configuration:
# shop.example { reverse_proxy 127.0.0.1:8000 }
""",
    ),
    (rfc(9110, "17.1"), mdn("Glossary/HTTPS", "HTTPS")),
    _look,
)  # fmt: skip
