"""What is kept of an answer, in words: by the browser's cookie jar, and by its cache, and until when."""

from __future__ import annotations

from inspector.explain.case import Case
from inspector.explain.prose import NOTHING, Prose, listed, say
from inspector.explain.values.caching import Keeping
from inspector.explain.values.cookies import Judged, SetCookie, Setting, default_path
from inspector.explain.values.situation import situation
from inspector.explain.words import lasting, moment

# why a browser does not keep a cookie (values.cookies.REFUSALS)
COOKIE_REFUSALS: dict[str, str] = {
    "control": "it holds a control character, and browsers drop such a cookie whole",
    "empty": "it has neither name nor value",
    "large": "name and value together are larger than 4,096 bytes",
    "domain-not-ascii": "its Domain holds letters beyond ASCII; such a name must be written in its `xn--` form",
    "public-suffix": "its Domain is a [[public suffix]]: a cookie for all the strangers' sites under it",
    "other-domain": "its Domain does not cover the host that sets it",
    "secure-over-http": "it is marked Secure and came over plain http, where anyone on the way could have made it",
    "none-not-secure": "SameSite=None wants Secure as well",
    "cross-site": "it is meant for its own site only (SameSite) and came with a part of another site's page",
    "perhaps-cross-site": "it is meant for its own site only (SameSite), and whether this was a part of another site's page can't be seen here",
    "nameless-prefix": "it has no name, and its value begins like a protected name",
    "secure-prefix": "a name that begins with `__Secure-` wants the attribute Secure",
    "host-prefix": "a name that begins with `__Host-` wants Secure and Path=/ and no Domain",
    "http-prefix": "a name that begins with `__Http-` or `__Host-Http-` wants Secure and HttpOnly, in Chrome and its kin",
    "partitioned-not-secure": "Partitioned wants Secure as well",
}

# why a private cache does not keep a response (values.caching.NOT_KEPT)
CACHE_REFUSALS: dict[str, str] = {
    "no-store": "the site forbids it (`no-store`)",
    "request-no-store": "the request forbids it (`no-store`)",
    "method": "only answers to GET and HEAD are kept",
    "status": "an answer of this status is not kept as such",
    "must-understand": "only caches that know what this status means may keep it",
    "undated": "the site doesn't say for how long, and with this status nobody may guess",
    "open": "there is no answer yet",
}


def setting_of(case: Case) -> Setting:
    """Where the exchange's cookies come from."""
    found = situation(case)
    return Setting(
        case.exchange.scheme,
        case.host,
        case.path,
        case.answered_at,
        found.same_site,
        found.top_level,
        case.is_local,
    )


def cookie_verdict(case: Case, cookie: SetCookie, judged: Judged) -> Prose:
    """Whether the browser keeps the cookie, until when, and where it sends it; or why not."""
    name = say("the cookie `{name}`", name=cookie.name) if cookie.name else say("a cookie without a name")
    if judged.keeps is None:
        return say(
            f"Whether a browser keeps {{name}} can't be known from here: {COOKIE_REFUSALS[judged.code]}.",
            name=name,
        )
    kept = judged.cookie
    if not judged.keeps or kept is None:
        why = COOKIE_REFUSALS.get(judged.code, "it is not valid")
        sentence = say(f"A browser does not keep {{name}}: {why}.", name=name)
        if judged.code == "none-not-secure":
            sentence += say("Firefox and Safari may still keep it.")
        return sentence
    if judged.code == "deleted":
        return say("This deletes {name}, if there is one: its time is over already.", name=name)
    until = (
        say("until the browser is closed")
        if kept.expires is None
        else say("until {when}", when=moment(kept.expires, case.now, case.zone))
    )
    sentence = say("A browser keeps {name} {until}.", name=name, until=until)
    where = (
        say("to `{host}` only", host=kept.domain)
        if kept.host_only
        else say("to `{host}` and everything below it", host=kept.domain)
    )
    path = NOTHING if kept.path == "/" else say(", for addresses under `{path}`", path=kept.path)
    sentence += say("It sends it {where}{path}.", where=where, path=path)
    if kept.secure and not case.secure and case.is_local:
        sentence += say("Over http it takes a Secure cookie only because this is your own computer: Chrome and Firefox make that exception.")  # fmt: skip
    return sentence


def cache_verdict(case: Case, keeping: Keeping) -> Prose:
    """Whether the browser's cache keeps the response, and until when it may be used without asking."""
    if keeping.no:
        if case.exchange.status == 304:
            return say("The copy that the browser has is renewed: {until}.", until=_until(case, keeping))
        return say(f"A browser's [[cache]] keeps no copy: {CACHE_REFUSALS[keeping.no]}.")
    if "*" in keeping.varies:
        return say("A copy may be kept and is never used without asking: `Vary: *` says that the answer depends on more than the request shows.")  # fmt: skip
    if keeping.ask_first:
        return say(
            "The browser may keep a copy, but has to ask each time whether it is still good (`no-cache`)."
        ) + _asking(keeping)
    return say("The browser may keep a copy: {until}.", until=_until(case, keeping)) + _asking(keeping)


def _until(case: Case, keeping: Keeping) -> Prose:
    if keeping.ask_first:
        return say("it may be used again, once the site has been asked each time (`no-cache`)")
    left = keeping.fresh_until - case.answered_at
    when = moment(keeping.fresh_until, case.now, case.zone)
    if left <= 0:
        if keeping.basis == "none":
            return say("nothing says for how long, so it has to ask before it uses it")
        return say("it is [[fresh|stale]] at once, so it has to ask before it uses it")
    over = say("; that time is over now") if keeping.fresh_until <= case.now else NOTHING
    if keeping.basis == "heuristic":
        return say("the site doesn't say for how long, so the browser guesses, usually a tenth of the time since the last change: until about {when}{over}", when=when, over=over)  # fmt: skip
    return say(
        "for {time}, until {when}, it may use it without asking{over}",
        time=lasting(left),
        when=when,
        over=over,
    )


def _asking(keeping: Keeping) -> Prose:
    if keeping.validators:
        names = {"etag": "ETag", "last-modified": "Last-Modified"}
        with_ = listed(names[each] for each in keeping.validators)
        return say("Then it can ask whether its copy is still good, with {fields}.", fields=with_)
    return say("It can only fetch all of it again then: there is no ETag and no Last-Modified to ask with.")


__all__ = [
    "CACHE_REFUSALS",
    "COOKIE_REFUSALS",
    "cache_verdict",
    "cookie_verdict",
    "default_path",
    "setting_of",
]
