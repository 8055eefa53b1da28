"""A site that sends people from http to https, and doesn't tell browsers to come by https from now on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from inspector.explain.case import Case
from inspector.explain.checks.model import Check, Cure, Found, seen
from inspector.explain.prose import say
from inspector.explain.references import header, rfc
from inspector.explain.statuses import REDIRECTS
from inspector.explain.values.sites import split_origin


def _across(cases: Sequence[Case]) -> Iterator[Found]:
    with_hsts = {
        case.host for case in cases if case.secure and case.response.has("strict-transport-security")
    }
    secure = {case.host for case in cases if case.secure and case.exchange.status and not case.answered_here}
    for case in cases:
        if case.secure or case.exchange.status not in REDIRECTS or case.is_local or case.is_address:
            continue
        there = split_origin(case.response.first("location").strip())
        if (
            there is None
            or there[0] != "https"
            or there[1] != case.host
            or case.host in with_hsts
            or case.host not in secure
        ):
            continue
        field = case.response.every("location")[0]
        evidence = seen(case, case.response.place(field), say("http is sent on to https"))
        yield Found(
            "warning",
            case.host,
            say(
                "`{host}` sends whoever comes by http on to https, but its https answers have no Strict-Transport-Security.",
                host=case.host,
            ),
            evidence,
        )


CHECK = Check(
    "hsts-missing", "security", "https is not made to last (no HSTS)",
    say("Each visit that begins with http begins in the open: somebody on the way can answer in the site's place and keep the visitor on http, where everything can be read."),
    Cure(
        say("Tell browsers to come by https only. Begin with a short time; it can't be taken back at once."),
        """@app.after_request
def only_https_from_now_on(response):
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    return response
""",
    ),
    (rfc(6797, "7.2"), header("Strict-Transport-Security")),
    None,
    _across,
)  # fmt: skip
