"""So many cookies that each request grows by them."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.explain.case import Case
from inspector.explain.checks.model import Check, Cure, Found, seen
from inspector.explain.prose import say
from inspector.explain.references import cookies, rfc
from inspector.explain.values.cookies import parse_cookie
from inspector.explain.words import plural, size

MUCH = 4_096


def _look(case: Case) -> Iterator[Found]:
    fields = case.request.every("cookie")
    total = sum(len(each.value) for each in fields)
    if total <= MUCH:
        return
    largest = max(
        parse_cookie(case.request.value("cookie")),
        key=lambda each: len(each[0]) + len(each[1]),
        default=("", "", 0),
    )
    evidence = seen(case, case.request.place(fields[0]), say("the largest is `{name}`", name=largest[0]))
    count = plural(sum(len(parse_cookie(each)) for each in case.request.values("cookie")), "cookie")
    yield Found(
        "advice",
        case.host,
        say(
            "Each request to `{host}` carries {size} of cookies ({count}).",
            host=case.host,
            size=size(total),
            count=count,
        ),
        evidence,
    )


CHECK = Check(
    "cookies-large", "cookies", "Large cookies with every request",
    say("They go with each picture and script, too, up the slower way. Many servers refuse heads larger than 8 KB, and then nothing works until somebody deletes the cookies."),
    Cure(
        say("Keep on the server what is large, and only a number in the cookie."),
        """from flask_session import Session

app.config["SESSION_TYPE"] = "cachelib"
Session(app)
""",
    ),
    (cookies("6.1"), rfc(6585, "5")),
    _look,
)  # fmt: skip
