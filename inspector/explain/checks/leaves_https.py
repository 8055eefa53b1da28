"""A redirect from https back to http."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.explain.case import Case
from inspector.explain.checks.model import Check, Cure, Found, seen
from inspector.explain.prose import say
from inspector.explain.references import header, rfc
from inspector.explain.statuses import REDIRECTS
from inspector.explain.values.sites import split_origin


def _look(case: Case) -> Iterator[Found]:
    target = case.response.first("location").strip()
    there = split_origin(target)
    if (
        case.secure
        and case.exchange.status in REDIRECTS
        and there is not None
        and there[0] == "http"
        and not case.answered_here
    ):
        evidence = seen(
            case,
            case.response.place(case.response.every("location")[0]),
            say("Location: `{url}`", url=target),
        )
        yield Found(
            "warning",
            there[1],
            say("An https address sends the browser on to plain http: `{url}`.", url=target),
            evidence,
        )


CHECK = Check(
    "leaves-https", "security", "A redirect out of https",
    say("What was protected up to here is in the open from here on, cookies without Secure included. Often a server behind a proxy builds the address and doesn't know that it was asked by https."),
    Cure(
        say("Tell Flask that a proxy stands in front, so that it builds addresses with https; or give the path alone."),
        """from werkzeug.middleware.proxy_fix import ProxyFix

app.wsgi_app = ProxyFix(app.wsgi_app, x_proto=1, x_host=1)
""",
    ),
    (rfc(9110, "10.2.2"), header("Location")),
    _look,
)  # fmt: skip
