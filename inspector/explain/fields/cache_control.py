"""Cache-Control directive by directive, and Pragma, its forerunner."""

from __future__ import annotations

from inspector.explain.fields.model import Known, Line, Told
from inspector.explain.keeping import cache_verdict
from inspector.explain.parts import Part
from inspector.explain.prose import NOTHING, Prose, joined, say
from inspector.explain.references import header, rfc
from inspector.explain.values.caching import Directive, Directives, cache_control, keeping
from inspector.explain.values.lists import number
from inspector.explain.words import lasting, moment

# directives of a response without a number: what they say to somebody new, and in detail
_SAYS = {
    "no-store": ("Nobody may keep a copy of this.", "Neither a browser's cache nor one on the way; what is kept already is not deleted by it."),
    "no-cache": ("A copy may be kept, but before each use the site must be asked whether it is still good.", "The name misleads: it forbids using a copy unasked, not keeping one."),
    "private": ("Only the browser of whoever asked may keep this, no [[shared cache|cache]] that serves others too.", ""),
    "public": ("Any [[cache]] may keep this, also one that serves many people.", "It is needed only where caching would not be allowed without it, such as for requests with Authorization."),
    "must-revalidate": ("Once the copy is too old, it may not be used any more without asking, not even if the site can't be reached.", ""),
    "proxy-revalidate": ("The same as must-revalidate, for [[shared cache|shared caches]] only.", ""),
    "no-transform": ("Nobody on the way may change the content, such as to shrink pictures.", ""),
    "immutable": ("While the copy is [[fresh]], this will not change, so the browser need not ask even when the page is reloaded.", "Firefox and Safari obey it; Chrome, when it reloads, asks about the page itself only anyway."),
    "must-understand": ("Only caches that know what this status means may keep it.", "Together with no-store: a cache that knows this directive follows it and ignores no-store."),
}  # fmt: skip

_TIMED = {
    "max-age": "For {time} a copy may be used without asking",
    "s-maxage": "In [[shared cache|shared caches]] a copy may be used for {time} without asking; browsers ignore this",
    "stale-while-revalidate": "For {time} after that, a copy that is too old may still be used while a new one is fetched behind the scenes",
    "stale-if-error": "For {time} after that, a copy that is too old may be used if the site answers with an error",
}

_ASKS = {
    "no-cache": "It wants no copy that nobody has asked about: whoever has one must ask the site first. A browser says this when a page is reloaded by force.",
    "no-store": "It asks everybody on the way to keep nothing of this request or its answer.",
    "only-if-cached": "It wants an answer out of a cache, or none (504).",
    "no-transform": "It asks that nobody on the way changes the content.",
}
_ASKS_TIMED = {
    "max-age": "It wants no copy older than {time}",
    "max-stale": "It would take a copy that is too old by up to {time}",
    "min-fresh": "It wants a copy that is good for another {time} at least",
    "stale-if-error": "It would take a copy that is too old by up to {time} if the site fails",
}


def _cache_control(line: Line) -> Told:
    directives = cache_control(line.value)
    parts = tuple(_part(line, each, directives) for each in directives)
    if not parts:
        return Told(say("It is empty, and so says nothing."), good=False)
    if line.in_request:
        return Told(joined(part.plain for part in parts), say("Directives in a request are wishes; a browser sends them when somebody reloads a page."), parts)  # fmt: skip
    found = keeping(line.case)
    return Told(cache_verdict(line.case, found), _shared(line, found.shared_no, found.shared_lifetime), parts)


def _part(line: Line, directive: Directive, all: Directives) -> Part:
    text = line.value[directive.offset : directive.offset + directive.length]
    timed = (_ASKS_TIMED if line.in_request else _TIMED).get(directive.name)
    precise, good = NOTHING, None
    if timed is not None:
        plain, good = _timed(line, directive, timed)
    elif line.in_request and directive.name in _ASKS:
        plain = say(_ASKS[directive.name])
    elif not line.in_request and directive.name in _SAYS:
        words, details = _SAYS[directive.name]
        plain, precise = say(words), say(details) if details else NOTHING
        if directive.value and directive.name in ("private", "no-cache"):
            plain = say("This holds only for the fields that it names: `{fields}`.", fields=directive.value)
            precise = say(
                "Few caches obey lists of fields here; many treat the directive as if it stood alone."
            )
    else:
        plain, good = (
            say(
                "`{name}` is no directive that is known here; whoever doesn't know it ignores it.",
                name=directive.name or "=",
            ),
            False,
        )
    if [each.name for each in all].count(directive.name) > 1:
        precise += say(
            "It stands here more than once; caches may take the first, or treat the answer as too old."
        )
    return Part(text, plain, precise, good, directive.offset, directive.length)


def _timed(line: Line, directive: Directive, words: str) -> tuple[Prose, bool | None]:
    seconds = number(directive.value or "")
    if seconds is None:
        if directive.name == "max-stale" and directive.value is None:
            return say("It would take a copy however old."), None
        return say(
            "`{name}` wants a whole number of seconds; without one, caches treat the answer as too old.",
            name=directive.name,
        ), False
    if seconds == 0:
        zero = {
            "max-age": "It wants a copy that was just asked about: a browser says this when a page is reloaded." if line.in_request else "A copy is too old at once: before each use the site must be asked.",
            "s-maxage": "In [[shared cache|shared caches]] a copy is too old at once.",
        }  # fmt: skip
        return say(zero.get(directive.name, f"`{directive.name}` of zero seconds says nothing.")), None
    until = NOTHING
    if directive.name == "max-age" and not line.in_request:
        found = keeping(line.case)
        until = say(": until {when}", when=moment(found.fresh_until, line.case.now, line.case.zone))
        if found.age > 1:
            until += say("(it was {age} old already when it came)", age=lasting(found.age))
    return say(words + "{until}.", time=lasting(seconds), until=until), None


def _shared(line: Line, no: str, lifetime: float) -> Prose:
    why = {
        "private": "the site forbids it (`private`)",
        "authorization": "the request had Authorization, and nothing here allows it all the same",
        "no-store": "the site forbids it (`no-store`)",
    }
    if no == "status" and line.case.exchange.status == 304:
        return say("A [[shared cache]] that has a copy renews it in the same way.")
    if no:
        return say(
            f"[[Shared cache|Shared caches]], such as a CDN's, may not keep it: {why.get(no, 'this kind of answer is not kept')}."
        )
    age = keeping(line.case).age
    since = say(", counted from when it was made, {age} before it came here", age=lasting(age)) if age > 1 else NOTHING  # fmt: skip
    return say(
        "[[Shared cache|Shared caches]], such as a CDN's, may keep it and use it for {time} without asking{since}.",
        time=lasting(lifetime),
        since=since,
    )


def _pragma(line: Line) -> Told:
    if line.in_request and "no-cache" in line.value.lower():
        return Told(
            say(
                "The old way, from HTTP/1.0, to say `Cache-Control: no-cache`; browsers add it for old servers."
            )
        )
    if "no-cache" in line.value.lower():
        plain = say(
            "Meant to keep copies from being used. In an answer it has no meaning by the standard; Cache-Control is what counts."
        )
        return Told(
            plain, say("Browsers treat it like `Cache-Control: no-cache` where that is missing."), good=False
        )
    return Told(say("A field of HTTP/1.0 that has lost its use."), good=False)


FIELDS = {
    "cache-control": Known(_cache_control, (rfc(9111, "5.2"), header("Cache-Control"))),
    "pragma": Known(_pragma, (rfc(9111, "5.4"), header("Pragma"))),
}
