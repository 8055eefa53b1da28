"""A page that anyone may show in a frame."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.explain.case import Case
from inspector.explain.checks.model import Check, Cure, Found, seen
from inspector.explain.prose import say
from inspector.explain.references import header, mdn
from inspector.explain.values.csp import policies, sources_for


def _look(case: Case) -> Iterator[Found]:
    if case.page is None or not 200 <= case.exchange.status < 300 or not case.page.forms:
        return
    named = any(
        sources_for(each, "frame-ancestors") is not None
        for each in policies(case.response.values("content-security-policy"))
    )
    options = case.response.first("x-frame-options").strip().upper()
    if named or options in ("DENY", "SAMEORIGIN"):
        return
    evidence = seen(case, case.response.whole_head(), say("neither frame-ancestors nor X-Frame-Options"))
    password = any(form.has_password for form in case.page.forms)
    sentence = say(
        "Any page may show `{path}` in a frame; it has a form{more}.",
        path=case.path,
        more=" that asks for a password" if password else "",
    )
    yield Found("warning" if password else "advice", case.path, sentence, evidence)


CHECK = Check(
    "framing", "security", "Others may show the page in a frame",
    say("An attacker's page can lay this one unseen over its own buttons: the victim's clicks land here ([[clickjacking]])."),
    Cure(
        say("Say who may show the page in a frame: mostly nobody."),
        """@app.after_request
def no_frames(response):
    response.headers["Content-Security-Policy"] = "frame-ancestors 'none'"
    return response
""",
    ),
    (header("Content-Security-Policy/frame-ancestors"), mdn("Web/Security/Attacks/Clickjacking", "Clickjacking")),
    _look,
)  # fmt: skip
