"""A WebSocket that another site's page could open, with the victim's cookies."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.explain.case import Case
from inspector.explain.checks.model import Check, Cure, Found, seen
from inspector.explain.prose import say
from inspector.explain.references import mdn, rfc
from inspector.explain.values.sites import same_site, split_origin


def _look(case: Case) -> Iterator[Found]:
    if (
        case.exchange.status != 101
        or not case.request.has("sec-websocket-key")
        or not case.request.has("cookie")
    ):
        return
    there = split_origin(case.request.first("origin").strip())
    if there is None or same_site(there[0], there[1], "https" if case.secure else "http", case.host):
        return
    evidence = seen(
        case,
        case.request.place(case.request.every("origin")[0]),
        say("Origin: `{origin}`, and the answer is 101", origin=case.request.first("origin")),
    )
    sentence = say(
        "A page of another site, `{origin}`, opened this [[WebSocket]] with cookies, and the server agreed.",
        origin=case.request.first("origin"),
    )
    yield Found("warning", case.path, sentence, evidence)


CHECK = Check(
    "websocket-origin", "security", "A WebSocket for pages of any site",
    say("No permission is asked for WebSockets: any page can open one, and the browser adds the cookies. Whoever doesn't look at Origin talks to an attacker's page as if it were the user."),
    Cure(
        say("Look at Origin, and agree only to pages of one's own."),
        """ALLOWED = {"https://shop.example"}

@sock.route("/live")
def live(ws):
    if request.origin not in ALLOWED:
        return ws.close(1008)
""",
    ),
    (rfc(6455, "10.2"), mdn("Web/API/WebSockets_API", "WebSockets")),
    _look,
)  # fmt: skip
