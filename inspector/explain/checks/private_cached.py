"""An answer made for one person that caches for many may keep."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.explain.case import Case
from inspector.explain.checks.model import Check, Cure, Found, seen
from inspector.explain.prose import say
from inspector.explain.references import header, rfc
from inspector.explain.values.caching import keeping
from inspector.explain.values.cookies import parse_cookie, parse_set_cookie
from inspector.explain.values.names import is_session


def _look(case: Case) -> Iterator[Found]:
    if case.answered_here or case.exchange.method != "GET" or not 200 <= case.exchange.status < 300:
        return
    found = keeping(case)
    if found.shared_no or found.ask_first or "*" in found.varies or "cookie" in found.varies:
        return
    sets = [
        name
        for value in case.response.values("set-cookie")
        if is_session(name := parse_set_cookie(value).name)
    ]
    personal = any(is_session(name) for name, _, _ in parse_cookie(case.request.value("cookie")))
    field = next(iter(case.response.every("cache-control")), None)
    place = case.response.place(field) if field is not None else case.response.whole_head()
    explicit = (
        found.directives.has("public")
        or found.directives.has("s-maxage")
        or found.basis in ("max-age", "expires")
    )
    if sets and explicit and found.shared_lifetime > 0:
        sentence = say(
            "The answer sets `{name}`, which most likely carries a log-in, and caches for many people may keep it.",
            name=sets[0],
        )
        yield Found("serious", case.path, sentence, seen(case, place, say("Set-Cookie, and may be kept")))
    elif personal and case.page is not None and explicit and found.shared_lifetime > 0:
        sentence = say(
            "The page `{path}` was made for somebody who is logged in, and caches for many people may keep it.",
            path=case.path,
        )
        yield Found(
            "warning",
            case.path,
            sentence,
            seen(case, place, say("a page, asked for with a session's cookie")),
        )
    elif personal and case.page is not None and not found.directives:
        sentence = say(
            "The page `{path}` was made for somebody who is logged in, and doesn't say whether it may be kept.",
            path=case.path,
        )
        yield Found("advice", case.path, sentence, seen(case, place, say("no Cache-Control")))


CHECK = Check(
    "private-cached", "caching", "Caches may keep what is private",
    say("A cache on the way, such as a company's or a CDN's, gives one person's page to the next who asks; or the page is there with the Back button after a log-out."),
    Cure(
        say("Say that nobody may keep pages behind a log-in."),
        """@app.after_request
def private_pages(response):
    if session:
        response.headers["Cache-Control"] = "no-store"
    return response
""",
    ),
    (rfc(9111, "5.2.2.7"), header("Cache-Control")),
    _look,
)  # fmt: skip
