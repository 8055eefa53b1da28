"""Alt-Svc and Link: other ways to the site, and what belongs to the page."""

from __future__ import annotations

import re

from inspector.explain.fields.model import Known, Line, Told
from inspector.explain.parts import Part
from inspector.explain.prose import NOTHING, Prose, joined, listed, say, shown
from inspector.explain.references import header, rfc
from inspector.explain.values.lists import members, number, parameters, unquoted
from inspector.explain.words import lasting

_PROTOCOLS = {
    "h3": "HTTP/3",
    "h2": "HTTP/2",
    "http/1.1": "HTTP/1.1",
    "h3-29": "a draft of HTTP/3",
    "quic": "an old QUIC",
}
_LINK = re.compile(r"<([^>]*)>((?:[^,\"]|\"(?:[^\"\\]|\\.)*\"?)*)")
MOST = 30

_RELATIONS = {
    "preload": "will be needed for this page, so fetch it now",
    "modulepreload": "is a script module that will be needed, so fetch it now",
    "preconnect": "is a host that will be needed, so connect to it now",
    "dns-prefetch": "is a host that will be needed, so look its name up now",
    "prefetch": "may be needed for the next page",
    "prerender": "may be the next page",
    "stylesheet": "is the page's style sheet",
    "canonical": "is the one address under which search engines should know this",
    "alternate": "is the same in another form or language",
    "next": "is the next page of a list",
    "prev": "is the page of a list before this one",
    "first": "is the first page of a list",
    "last": "is the last page of a list",
    "self": "is this very thing",
    "icon": "is the site's icon",
    "license": "is the licence",
    "describedby": "describes this",
    "help": "is help about this",
    "compression-dictionary": "is a dictionary for packing later answers",
    "https://api.w.org/": "is where WordPress answers programs",
    "shortlink": "is a short address of this",
}


def _alt_svc(line: Line) -> Told:
    if line.value.strip().lower() == "clear":
        return Told(say("The browser is to forget the other ways to this site that it knew."))
    parts = []
    for each in members(line.value)[:MOST]:
        name, _, where = each.words.partition("=")
        protocol = _PROTOCOLS.get(name.strip().lower(), name.strip())
        seconds = number(each.parameter("ma") or "")
        host, _, port = unquoted(where).rpartition(":")
        there = (
            say("on the same host, [[port]] {port}", port=port)
            if not host
            else say("at `{where}`", where=f"{host}:{port}")
        )
        plain = say(
            "{protocol} {there}, to be remembered for {time}.",
            protocol=protocol,
            there=there,
            time=lasting(86_400 if seconds is None else seconds),
        )
        parts.append(Part(shown(each.words), plain, offset=each.offset, length=len(each.words)))
    plain = say("The same site can be reached in another way too, if the browser likes:") + joined(
        part.plain for part in parts
    )
    note = (
        say("Through a [[proxy]] like Inspector browsers don't take it.")
        if "h3" in line.value.lower()
        else NOTHING
    )
    return Told(plain, note, tuple(parts))


def _link(line: Line) -> Told:
    parts = []
    for found in list(_LINK.finditer(line.value))[:MOST]:
        _, given = parameters(found[2])
        relations = given.get("rel", "").lower().split()
        said = [_relation(each) for each in relations] or [
            say("stands in some relation to this, which isn't named")
        ]
        target = say("`{target}`", target=found[1])
        plain = joined(say("{target} {what}.", target=target, what=each) for each in said)
        kind = given.get("as", "")
        plain += say("It is of the kind `{kind}`.", kind=kind) if kind else NOTHING
        parts.append(Part(shown(found[0].strip()), plain, offset=found.start(), length=len(found[0])))
    if not parts:
        return Told(
            say("`{value}` names nothing: an address in angle brackets is missing.", value=line.value),
            good=False,
        )
    plain = (
        parts[0].plain
        if len(parts) == 1
        else say("It names {count} things that belong to this page.", count=len(parts))
    )
    return Told(plain, parts=tuple(parts))


def _relation(name: str) -> Prose:
    words = _RELATIONS.get(name)
    return say(words) if words else say("has the relation `{name}` to this", name=name)


def _allow(line: Line) -> Told:
    names = listed((each.words for each in members(line.value)), most=10)
    return Told(say("This address takes the methods {methods}.", methods=names or say("(none)")))


FIELDS = {
    "alt-svc": Known(_alt_svc, (rfc(7838, "3"), header("Alt-Svc"))),
    "link": Known(_link, (rfc(8288, "3"), header("Link"))),
    "allow": Known(_allow, (rfc(9110, "10.2.1"), header("Allow"))),
}
