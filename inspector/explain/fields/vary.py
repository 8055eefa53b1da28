"""Vary: on which fields of the request the answer depends."""

from __future__ import annotations

from inspector.explain.fields.model import Known, Line, Told
from inspector.explain.parts import Part
from inspector.explain.prose import Prose, listed, say
from inspector.explain.references import header, rfc
from inspector.explain.values.lists import members

_WHY = {
    "accept-encoding": "packed answers differ from plain ones",
    "accept-language": "the language is chosen by it",
    "accept": "the form of the answer is chosen by it",
    "cookie": "the answer is made for whoever is logged in; shared caches can hardly ever use a copy then",
    "authorization": "the answer is made for whoever is logged in",
    "origin": "the permission for other sites' scripts ([[CORS]]) is made for each of them",
    "user-agent": "the answer is made for the kind of browser; there are so many that a copy seldom fits",
    "sec-fetch-dest": "the answer depends on what it is for",
    "sec-fetch-mode": "the answer depends on how it was asked for",
    "sec-fetch-site": "the answer depends on where the request came from",
    "x-requested-with": "a page's own scripts get another answer",
    "hx-request": "htmx gets a part of the page, a browser all of it",
}


def _vary(line: Line) -> Told:
    found = members(line.value)
    if any(each.words == "*" for each in found):
        plain = say(
            "The answer depends on more than the request shows, so no copy may be used for another request."
        )
        return Told(
            plain,
            say("Whoever means that says it better with `Cache-Control: no-store` or `no-cache`."),
            good=False,
        )
    if not found:
        return Told(say("It is empty, and so says nothing."))
    names = listed((each.words for each in found), most=8)
    plain = say(
        "A copy of this answer fits only a request with the same {names}: the answer depends on that.",
        names=names,
    )
    parts = tuple(
        Part(each.words, _part(line, each.words.lower()), offset=each.offset, length=len(each.words))
        for each in found
    )
    return Told(plain, parts=parts)


def _part(line: Line, name: str) -> Prose:
    why = _WHY.get(name)
    value = line.case.request.value(name)
    here = say("This request had `{value}`.", value=value) if value else say("This request had none.")
    return (say(f"Most likely because {why}.") if why else say("The answer depends on this field.")) + here


FIELDS = {"vary": Known(_vary, (rfc(9110, "12.5.5"), rfc(9111, "4.1"), header("Vary")))}
