"""A cookie that browsers don't keep."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.explain.case import Case, text_of
from inspector.explain.checks.model import Check, Cure, Found, seen
from inspector.explain.keeping import cookie_verdict, setting_of
from inspector.explain.prose import say
from inspector.explain.references import cookies, header
from inspector.explain.values.cookies import judge, parse_set_cookie


def _look(case: Case) -> Iterator[Found]:
    if case.answered_here:
        return
    for field in case.response.every("set-cookie")[:100]:
        cookie = parse_set_cookie(text_of(field))
        judged = judge(cookie, setting_of(case))
        if judged.keeps is False:
            evidence = seen(case, case.response.place(field), say("`{value}`", value=text_of(field)))
            yield Found(
                "warning", f"{case.host} {cookie.name}", cookie_verdict(case, cookie, judged), evidence
            )


CHECK = Check(
    "cookie-refused", "cookies", "A cookie that browsers throw away",
    say("The server believes that it has set a cookie, and it never comes back: logged in and out again at once, a cart that stays empty, and no error anywhere."),
    Cure(
        say("Set the attributes so that they fit each other and the address."),
        """response.set_cookie("cart", cart_id, secure=True, samesite="None")  # SameSite=None wants Secure
response.set_cookie("__Host-sid", sid, secure=True, path="/")        # and no domain
""",
    ),
    (cookies("5.7"), header("Set-Cookie")),
    _look,
)  # fmt: skip
