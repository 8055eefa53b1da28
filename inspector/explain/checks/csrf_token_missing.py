"""A form that changes something, without a word that proves it came from the site's own page."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.explain.case import Case
from inspector.explain.checks.model import Check, Cure, Found, Severity, in_body, seen
from inspector.explain.fields.cookie import origins
from inspector.explain.prose import say
from inspector.explain.references import mdn
from inspector.explain.values.cookies import parse_cookie, parse_set_cookie
from inspector.explain.values.names import is_csrf, is_session
from inspector.explain.values.sites import split_origin


def _look(case: Case) -> Iterator[Found]:
    if case.page is None or not 200 <= case.exchange.status < 300:
        return
    for form in case.page.forms:
        there = split_origin(form.action)
        if form.method != "post" or (there is not None and there[1] != case.host):
            continue
        if any(is_csrf(each.name) for each in form.inputs if each.name):
            continue
        severity, why = _how_bad(case)
        if not severity:
            continue
        evidence = seen(
            case,
            in_body(case, form.offset, 5),
            say("a form with {count} fields, none of them a token", count=len(form.inputs)),
        )
        sentence = say(
            f"A form on `{{path}}` is sent by POST and has no field against forged requests ([[CSRF]]). {why}",
            path=case.path,
        )
        yield Found(severity, f"{case.path} {form.action}", sentence, evidence)


def _how_bad(case: Case) -> tuple[Severity | None, str]:
    """As bad as the cookies let it be: with SameSite=Lax or Strict another site's form comes without them."""
    cookies = [parse_set_cookie(value) for value in case.response.values("set-cookie")]
    sessions = [each for each in cookies if is_session(each.name)]
    if any(each.same_site == "none" for each in sessions):
        return "serious", "The session's cookie goes with forms of other sites, too (SameSite=None)."
    if any(not each.same_site for each in sessions):
        return (
            "warning",
            "The session's cookie has no SameSite, so in some browsers it goes with forms of other sites, too.",
        )
    if sessions:
        return "advice", "The session's cookie has SameSite, which keeps most of that away."
    names = [name for name, _, _ in parse_cookie(case.request.value("cookie")) if is_session(name)]
    seen_before = [kept for _, kept in origins(case, names).values()] if names and case.siblings else []
    if any(kept.same_site == "none" for kept in seen_before):
        return "serious", "The session's cookie goes with forms of other sites, too (SameSite=None)."
    if seen_before and all(kept.same_site for kept in seen_before):
        return "advice", "The session's cookie has SameSite, which keeps most of that away."
    if seen_before:
        return (
            "warning",
            "The session's cookie has no SameSite, so in some browsers it goes with forms of other sites, too.",
        )
    if names:
        return "warning", "Whether the session's cookie has SameSite is not visible in this exchange."
    return None, ""


CHECK = Check(
    "csrf-token-missing", "security", "A form without a token",
    say("Another site's page can hold the same form and send it by itself. The browser adds the victim's cookies, and the server can't tell it from the real one ([[CSRF]])."),
    Cure(
        say("Let Flask-WTF put a token into each form and check it, and set SameSite on the session's cookie."),
        """from flask_wtf.csrf import CSRFProtect

app.config["SESSION_COOKIE_SAMESITE"] = "Lax"
CSRFProtect(app)  # and in each form: <input type="hidden" name="csrf_token" value="{{ csrf_token() }}">
""",
    ),
    (mdn("Web/Security/Attacks/CSRF", "CSRF"),),
    _look,
)  # fmt: skip
