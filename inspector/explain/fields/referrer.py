"""Referer and Referrer-Policy: which page the request came from, and how much of that is told."""

from __future__ import annotations

from inspector.explain.fields.model import Known, Line, Told
from inspector.explain.prose import NOTHING, say
from inspector.explain.references import header, rfc, w3c
from inspector.explain.values.lists import members
from inspector.explain.values.sites import split_origin

_POLICIES = {
    "no-referrer": ("Requests that come from this page never say so.", True),
    "no-referrer-when-downgrade": (
        "Requests from this page name its whole address, unless they go from https to http.",
        None,
    ),
    "origin": ("Requests from this page name its [[origin]] only, never the path.", True),
    "origin-when-cross-origin": (
        "Requests to the same [[origin]] name the page's whole address, others the origin only.",
        None,
    ),
    "same-origin": ("Requests to the same [[origin]] name the page's whole address, others nothing.", True),
    "strict-origin": (
        "Requests from this page name its [[origin]] only, and nothing when they go from https to http.",
        True,
    ),
    "strict-origin-when-cross-origin": (
        "Requests to the same [[origin]] name the page's whole address, others the origin only, and nothing when they go from https to http. Browsers do that anyway.",
        True,
    ),
    "unsafe-url": (
        "Requests from this page name its whole address, to everybody, even over plain http.",
        False,
    ),
}


def _referer(line: Line) -> Told:
    found = split_origin(line.value.strip())
    if found is None:
        return Told(say("`{value}` is no whole address.", value=line.value))
    scheme, host, _ = found
    same = host == line.case.host
    rest = line.value.partition("://")[2].partition("/")
    bare = not rest[2]
    plain = say("The request came from the page `{url}`.", url=line.value)
    if not same and bare:
        plain = say("The request came from a page of `{host}`; which one, it doesn't say.", host=host)
    elif not same and "?" in line.value:
        plain += say("So `{host}` gets to know what stood in that address.", host=line.case.host)
    precise = say("The misspelling is the standard's own, from 1996.")
    if scheme == "https" and not line.case.secure and not line.case.is_local:
        return Told(
            plain,
            precise
            + say("It goes from https to http here, which browsers do only when told to (Referrer-Policy)."),
            good=False,
        )
    return Told(plain, precise)


def _policy(line: Line) -> Told:
    known = [each.words.lower() for each in members(line.value) if each.words.lower() in _POLICIES]
    if not known:
        return Told(
            say("`{value}` is no policy that is known, so it says nothing.", value=line.value), good=False
        )
    words, good = _POLICIES[known[-1]]
    precise = (
        say("Of several the last one that a browser knows counts: `{policy}`.", policy=known[-1])
        if len(known) > 1
        else NOTHING
    )
    return Told(say(words), precise, good=good)


FIELDS = {
    "referer": Known(_referer, (rfc(9110, "10.1.3"), header("Referer"))),
    "referrer-policy": Known(_policy, (w3c("referrer-policy", "Referrer Policy"), header("Referrer-Policy"))),
}
