"""No content security policy, or one that allows what it should prevent."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.explain.case import Case
from inspector.explain.checks.model import Check, Cure, Found, seen
from inspector.explain.prose import say
from inspector.explain.references import header, mdn, w3c
from inspector.explain.values.csp import allows_inline, policies, sources_for


def _look(case: Case) -> Iterator[Found]:
    if case.page is None or not 200 <= case.exchange.status < 300:
        return
    found = policies(case.response.values("content-security-policy"))
    if not found:
        evidence = seen(case, case.response.whole_head(), say("no Content-Security-Policy"))
        yield Found(
            "advice",
            case.host,
            say("Pages of `{host}` come without a [[content security policy]].", host=case.host),
            evidence,
        )
        return
    # all policies hold at once, so one that is strict is enough
    scripts = [sources_for(policy, "script-src", "default-src") for policy in found]
    field = case.response.every("content-security-policy")[0]
    if all(each is not None and allows_inline(each) for each in scripts):
        evidence = seen(case, case.response.place(field), say("'unsafe-inline' for scripts"))
        yield Found(
            "advice",
            f"{case.host} inline",
            say(
                "The policy of `{host}` allows any script that stands in the page ('unsafe-inline').",
                host=case.host,
            ),
            evidence,
        )
    elif all(each is None for each in scripts):
        evidence = seen(case, case.response.place(field), say("neither script-src nor default-src"))
        yield Found(
            "advice",
            f"{case.host} scripts",
            say("The policy of `{host}` says nothing about scripts.", host=case.host),
            evidence,
        )


CHECK = Check(
    "policy", "security", "The page doesn't say what it may run",
    say("If somebody gets text of theirs into the page that is taken for a script ([[XSS]]), nothing stops it. A good policy is the second lock on that door."),
    Cure(
        say("Keep scripts in files of their own, and allow these only."),
        """@app.after_request
def policy(response):
    response.headers["Content-Security-Policy"] = (
        "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
    )
    return response
""",
    ),
    (w3c("CSP3", "CSP 3"), header("Content-Security-Policy"), mdn("Web/HTTP/Guides/CSP", "CSP")),
    _look,
)  # fmt: skip
