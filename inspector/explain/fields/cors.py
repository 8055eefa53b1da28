"""CORS: what a page of one origin asks of another, and what that one allows (Fetch standard)."""

from __future__ import annotations

from inspector.explain.case import Case
from inspector.explain.fields.model import Known, Line, Told
from inspector.explain.prose import NOTHING, Prose, listed, say
from inspector.explain.references import fetch, header
from inspector.explain.values.cors import Check, check_origin
from inspector.explain.values.lists import members, number
from inspector.explain.values.sites import same_site, split_origin
from inspector.explain.words import lasting

_FETCH = fetch("http-cors-protocol", "Fetch standard: CORS")


def _origin(line: Line) -> Told:
    value = line.value.strip()
    if not line.in_request:
        return Told(say("In an answer this means nothing."), good=False)
    if value == "null":
        plain = say(
            "The page that asks hides where it is from, or has no [[origin]] of its own: a file, a sandboxed frame, or a redirect in between."
        )
        return Told(plain, say("Whoever allows `null` allows everybody: any page can be made to send it."))
    found = split_origin(value)
    if found is None:
        return Told(
            say("`{value}` is no [[origin]]: scheme, host and perhaps port.", value=value), good=False
        )
    case = line.case
    if value == case.origin:
        return Told(
            say(
                "The page that asks is of the same [[origin]], `{value}`: no permission is needed.",
                value=value,
            )
        )
    scheme = {"ws": "http", "wss": "https"}.get(case.exchange.scheme, case.exchange.scheme)
    near = same_site(found[0], found[1], scheme, case.host)
    other = say("the same [[site]], but another [[origin]]") if near else say("another [[site]]")
    if line.said.first("sec-fetch-mode").strip().lower() == "navigate":
        plain = say("The page that leads here is from `{value}`: {other}. So the server can tell forms of its own from those of others.", value=value, other=other)  # fmt: skip
        return Told(plain, say("The browser writes this; a script cannot change it."))
    if line.case.exchange.kind == "websocket" or line.said.has("sec-websocket-key"):
        plain = say("The page that opens this [[WebSocket]] is from `{value}`: {other}. No permission is asked for WebSockets, so the server itself must look here whom it lets in.", value=value, other=other)  # fmt: skip
        return Told(plain)
    plain = say("The page that asks is from `{value}`: {other}. A script there may read the answer only if this server allows it ([[CORS]]).", value=value, other=other)  # fmt: skip
    return Told(
        plain,
        say("The browser writes this; a script cannot change it. It is scheme, host and port, never a path."),
    )


def _request_method(line: Line) -> Told:
    return Told(
        say(
            "This is a [[preflight]]: the browser asks whether a script may send `{method}`, before it sends it.",
            method=line.value,
        )
    )


def _request_headers(line: Line) -> Told:
    names = listed((each.words for each in members(line.value)), most=8)
    return Told(
        say(
            "The script wants to send the fields {names}, which need permission; the browser asks for it first.",
            names=names,
        )
    )


def _allow_origin(line: Line) -> Told:
    value = line.value.strip()
    found = check_origin(line.case)
    if len(line.said.every("access-control-allow-origin")) > 1:
        return Told(
            say(
                "It stands here more than once, and then browsers take it for wrong: no script of another origin may read this."
            ),
            good=False,
        )
    if "," in value:
        return Told(say("Only one [[origin]] may stand here, or `*`; a list is taken for wrong. The server has to answer with the one that asked."), good=False)  # fmt: skip
    if value == "*":
        plain = say("Scripts of any page may read this answer, as long as the request went without cookies.")
    elif value == "null":
        plain = say(
            "Scripts of pages without an [[origin]] may read this; and any page can be made to have none."
        )
        return Told(plain, good=False)
    else:
        plain = say("Scripts of pages from `{origin}` may read this answer.", origin=value)
    return Told(plain + _here(found), _varies(line), good=found.good if found.asked else None)


def _here(found: Check) -> Prose:
    """What that means for the page that asked."""
    if not found.asked:
        return NOTHING
    if found.same_origin:
        return say("The page that asked is of the same [[origin]] and needs no permission.")
    if found.good:
        return say("That includes the page that asked, `{origin}`.", origin=found.origin)
    if found.good is None:
        return say(
            "Whether that is enough for the page that asked hangs on whether it asked with cookies, which can't be seen here."
        )
    if found.code == "star-with-credentials":
        return say(
            "But this request went with cookies, and then `*` is not enough: the script gets an error."
        )
    if found.code == "no-credentials":
        return say(
            "But this request went with cookies, and `Access-Control-Allow-Credentials: true` is missing: the script gets an error."
        )
    return say("That is not the page that asked, `{origin}`: its script gets an error.", origin=found.origin)


def _varies(line: Line) -> Prose:
    value = line.value.strip()
    varies = "origin" in line.said.value("vary").lower()
    if value not in ("*", "null") and not varies:
        return say("If the server answers each page with its own origin, `Vary: Origin` belongs here too, or a cache gives one page the permission of another.")  # fmt: skip
    return NOTHING


def _allow_credentials(line: Line) -> Told:
    if line.value != "true":
        return Told(
            say("Only the word `true` means something here; everything else is as if it were missing."),
            good=False,
        )
    if line.said.first("access-control-allow-origin").strip() == "*":
        return Told(
            say(
                "A page's script may ask with cookies; but together with `Access-Control-Allow-Origin: *` browsers refuse that."
            ),
            good=False,
        )
    return Told(
        say(
            "The page's script may ask with cookies and log-in, and read the answer. That is a lot of trust in that page."
        )
    )


def _allow_methods(line: Line) -> Told:
    names = [each.words for each in members(line.value)]
    if "*" in names:
        return Told(say("Scripts may use any method, as long as they ask without cookies."))
    return Told(
        say("Scripts may use {methods}.", methods=listed(names, most=9)),
        say("GET, HEAD and POST need no permission here."),
    )


def _allow_headers(line: Line) -> Told:
    names = [each.words for each in members(line.value)]
    if "*" in names and "authorization" not in (each.lower() for each in names):
        return Told(say("Scripts may send any field but Authorization, as long as they ask without cookies."))
    return Told(say("Scripts may send the fields {names}.", names=listed(names, most=9)))


def _expose_headers(line: Line) -> Told:
    names = [each.words for each in members(line.value)]
    if "*" in names:
        return Told(say("Scripts may read all fields of this answer, if they asked without cookies."))
    plain = say("Scripts may also read the fields {names}.", names=listed(names, most=9))
    return Told(plain, say("Without this only a handful is theirs to read: Cache-Control, Content-Language, Content-Length, Content-Type, Expires, Last-Modified, Pragma."))  # fmt: skip


def _max_age(line: Line) -> Told:
    seconds = number(line.value)
    if seconds is None:
        return Told(
            say(
                "`{value}` is no number of seconds, so the browser remembers the answer for 5 seconds.",
                value=line.value,
            ),
            good=False,
        )
    plain = say(
        "The browser may remember this permission for {time}, and need not ask again.", time=lasting(seconds)
    )
    capped = say("Chrome remembers it for 2 hours at most, Firefox for a day.") if seconds > 7200 else NOTHING
    return Told(plain, capped)


def asks_preflight(case: Case) -> bool:
    """Whether this is a preflight (Fetch standard §3.2.2)."""
    request = case.request
    return (
        case.exchange.method == "OPTIONS"
        and request.has("origin")
        and request.has("access-control-request-method")
    )


FIELDS = {
    "origin": Known(_origin, (fetch("origin-header", "Fetch standard: Origin"), header("Origin"))),
    "access-control-request-method": Known(_request_method, (_FETCH, header("Access-Control-Request-Method"))),
    "access-control-request-headers": Known(_request_headers, (_FETCH, header("Access-Control-Request-Headers"))),
    "access-control-allow-origin": Known(_allow_origin, (_FETCH, header("Access-Control-Allow-Origin"))),
    "access-control-allow-credentials": Known(_allow_credentials, (_FETCH, header("Access-Control-Allow-Credentials"))),
    "access-control-allow-methods": Known(_allow_methods, (_FETCH, header("Access-Control-Allow-Methods"))),
    "access-control-allow-headers": Known(_allow_headers, (_FETCH, header("Access-Control-Allow-Headers"))),
    "access-control-expose-headers": Known(_expose_headers, (_FETCH, header("Access-Control-Expose-Headers"))),
    "access-control-max-age": Known(_max_age, (_FETCH, header("Access-Control-Max-Age"))),
}  # fmt: skip
