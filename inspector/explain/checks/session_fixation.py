"""A session that stays the same across a log-in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from inspector.explain.case import Case
from inspector.explain.checks.model import Check, Cure, Found, seen
from inspector.explain.prose import say
from inspector.explain.references import mdn, rfc
from inspector.explain.values.cookies import parse_cookie, parse_set_cookie
from inspector.explain.values.names import is_password, is_session, pairs


def _sent(case: Case) -> dict[str, str]:
    return {name: value for name, value, _ in parse_cookie(case.request.value("cookie")) if is_session(name)}


def _is_log_in(case: Case) -> bool:
    if case.exchange.method != "POST" or not 200 <= case.exchange.status < 400:
        return False
    kind = case.request.first("content-type").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        return False
    return any(
        value and is_password(name) for name, value in pairs(case.request_content.data.decode("latin-1"))
    )


def _across(cases: Sequence[Case]) -> Iterator[Found]:
    for at, case in enumerate(cases):
        if not _is_log_in(case):
            continue
        before = _sent(case)
        given = [parse_set_cookie(value) for value in case.response.values("set-cookie")]
        # whatever its name: a cookie that scripts may not read, set by the log-in itself, is what the server knows people by
        if any(is_session(cookie.name) or cookie.http_only for cookie in given):
            continue
        kept = before
        if not kept:
            continue
        later = next(
            (each for each in cases[at + 1 :] if each.host == case.host and _is_same(each, case, kept)), None
        )
        if later is None:
            continue
        name = next(iter(kept))
        evidence = seen(case, case.request.whole_head(), say("a log-in with the cookie `{name}`", name=name))
        evidence += seen(
            later, later.request.place(later.request.every("cookie")[0]), say("the same cookie afterwards")
        )
        yield Found(
            "warning", name,
            say("The cookie `{name}` was there before the log-in, and is the same after it. If it is what the server knows people by, somebody who planted it is logged in too.", name=name),
            evidence,
        )  # fmt: skip


def _is_same(later: Case, case: Case, kept: dict[str, str]) -> bool:
    now = _sent(later)
    same_client = later.exchange.client.rpartition(":")[0] == case.exchange.client.rpartition(":")[0]
    return (
        same_client
        and later.exchange.agent == case.exchange.agent
        and all(now.get(name) == value for name, value in kept.items())
    )


CHECK = Check(
    "session-fixation", "security", "The session stays the same across the log-in",
    say("An attacker visits the site, gets a session, and plants its cookie in the victim's browser. When the victim logs in, the attacker's session is logged in ([[session fixation]])."),
    Cure(
        say("Begin a new session at every log-in."),
        """@app.post("/log-in")
def log_in():
    user = check_password(request.form["name"], request.form["password"])
    session.clear()
    session["user_id"] = user.id
    return redirect(url_for("account"), code=303)
""",
    ),
    (mdn("Web/Security/Attacks/Session_fixation", "Session fixation"), rfc(6265, "8.4")),
    None,
    _across,
)  # fmt: skip
