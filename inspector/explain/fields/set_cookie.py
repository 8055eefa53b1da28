"""Set-Cookie attribute by attribute, and whether a browser keeps the cookie and where it sends it."""

from __future__ import annotations

from inspector.explain.fields.model import Known, Line, Told
from inspector.explain.keeping import cookie_verdict, setting_of
from inspector.explain.parts import Part
from inspector.explain.prose import NOTHING, Prose, joined, say, shown
from inspector.explain.references import cookies, header
from inspector.explain.values.cookies import (
    LARGEST_ATTRIBUTE,
    LONGEST_LIFE,
    Attribute,
    Judged,
    SetCookie,
    judge,
    parse_set_cookie,
)
from inspector.explain.values.dates import cookie_date
from inspector.explain.values.sites import registrable
from inspector.explain.values.tokens import read_flask_session, read_jwt
from inspector.explain.words import lasting, moment, size


def _set_cookie(line: Line) -> Told:
    if line.in_request:
        return Told(say("Only a server sets cookies; in a request this means nothing."), good=False)
    cookie = parse_set_cookie(line.value)
    judged = judge(cookie, setting_of(line.case))
    parts = (_pair(line, cookie), *(_attribute(line, cookie, each) for each in cookie.attributes))
    return Told(cookie_verdict(line.case, cookie, judged), _precise(cookie, judged), parts, judged.keeps)


def _pair(line: Line, cookie: SetCookie) -> Part:
    text = line.value.partition(";")[0]
    plain = (
        say("The cookie's name is `{name}`; its value, which only the server understands, has {size}.", name=cookie.name, size=size(len(cookie.value)))
        if cookie.name
        else say("Without an equals sign this is a cookie that has a value and no name.")
    )  # fmt: skip
    prefix = cookie.name.lower()
    if prefix.startswith("__host-"):
        plain += say(
            "A name that begins with `__Host-` makes the browser see to it that this host alone set it, over https, for all of its paths."
        )
    elif prefix.startswith("__secure-"):
        plain += say(
            "A name that begins with `__Secure-` makes the browser see to it that it was set over https."
        )
    return Part(shown(text), plain, _inside(cookie.value), None, 0, len(text))


def _inside(value: str) -> Prose:
    if read_jwt(value) is not None:
        return say("The value is a [[JWT]]: anyone who has it can read it.")
    session = read_flask_session(value)
    if session is not None:
        return say(
            "The value is a session as Flask signs it: nobody can change it unnoticed, and anyone who has it can read it: `{content}`.",
            content=session.content,
        )
    return NOTHING


def _attribute(line: Line, cookie: SetCookie, attribute: Attribute) -> Part:
    name, value = attribute.name.lower(), attribute.value or ""
    text = line.value[attribute.offset : attribute.offset + attribute.length]
    told = _too_long if len(value) > LARGEST_ATTRIBUTE else _ATTRIBUTES.get(name, _unknown)
    plain, good = told(line, cookie, value)
    precise = NOTHING
    if [each.name.lower() for each in cookie.attributes].count(name) > 1:
        precise = say("It stands here more than once; the last one counts.")
    return Part(shown(text), plain, precise, good, attribute.offset, attribute.length)


Saying = tuple[Prose, bool | None]


def _expires(line: Line, cookie: SetCookie, value: str) -> Saying:
    at = cookie_date(value)
    if at is None:
        return say("`{value}` holds no date that a browser can read, so it ignores this.", value=value), False
    when = moment(at, line.case.now, line.case.zone)
    if cookie.max_age is not None:
        return say("It would end at {when}, but Max-Age comes before this.", when=when), None
    if at <= line.case.answered_at:
        return say("It ended at {when}, which was past already: that deletes the cookie.", when=when), None
    if at > line.case.answered_at + LONGEST_LIFE:
        return say(
            "It ends at {when}. The standard lets browsers keep no cookie longer than 400 days, and Chrome doesn't.",
            when=when,
        ), None
    return say("It is kept until {when}, also when the browser is closed in between.", when=when), None


def _max_age(line: Line, cookie: SetCookie, value: str) -> Saying:
    digits = value.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()):
        return say("`{value}` is no whole number of seconds, so browsers ignore this.", value=value), False
    seconds = int(value[:12])
    if seconds <= 0:
        return say("Zero or less: that deletes the cookie."), None
    if seconds > LONGEST_LIFE:
        return say("It is to be kept for {time}. The standard lets browsers keep no cookie longer than 400 days, and Chrome doesn't.", time=lasting(seconds)), None  # fmt: skip
    return say(
        "It is kept for {time}, also when the browser is closed in between.", time=lasting(seconds)
    ), None


def _domain(line: Line, cookie: SetCookie, value: str) -> Saying:
    domain = value.removeprefix(".").lower()
    if not domain:
        return say(
            "It is empty, and so says nothing: the cookie is for `{host}` only.", host=line.case.host
        ), None
    judged = judge(cookie, setting_of(line.case))
    if judged.code == "public-suffix":
        return say(
            "`{domain}` is a [[public suffix]], under which strangers have their sites. Browsers refuse such a cookie.",
            domain=domain,
        ), False
    if judged.code == "other-domain":
        return say("`{host}` does not lie under `{domain}`, so it may not set cookies for it. Browsers refuse the cookie.", host=line.case.host, domain=domain), False  # fmt: skip
    if domain == line.case.host and registrable(domain) != domain:
        return say(
            "It goes to `{domain}` and to all hosts below it. Without Domain it would go to this host alone.",
            domain=domain,
        ), None
    return say(
        "It goes to `{domain}` and to all hosts below it, not just to the one that set it.", domain=domain
    ), None


def _path(line: Line, cookie: SetCookie, value: str) -> Saying:
    if not value.startswith("/"):
        return say("It does not begin with a slash, so the path of this request counts: `{path}`.", path=line.case.path.rpartition("/")[0] or "/"), False  # fmt: skip
    if value == "/":
        return say("It goes with every path of the host."), None
    return say(
        "It goes only with `{path}` and what lies below it. That keeps nobody out: pages of other paths can still get at it.",
        path=value,
    ), None


def _secure(line: Line, cookie: SetCookie, value: str) -> Saying:
    if not line.case.secure and not line.case.is_local:
        return say("It may travel over https only. This came over plain http, so browsers refuse it."), False
    return say("It goes over https only, so that nobody on the way can read it."), True


def _http_only(line: Line, cookie: SetCookie, value: str) -> Saying:
    return say(
        "Scripts in the page cannot read it, so a script that somebody smuggled in can't carry it off."
    ), True


def _same_site(line: Line, cookie: SetCookie, value: str) -> Saying:
    kind = value.lower()
    if kind == "strict":
        return say(
            "It goes only with requests that come from the site itself; not even when somebody follows a link to here from elsewhere."
        ), True
    if kind == "lax":
        return say("It goes with requests from the site itself, and when somebody follows a link to here from elsewhere; not with parts of other sites' pages, nor with forms that they send by POST."), True  # fmt: skip
    if kind == "none":
        if not cookie.secure:
            return say("It goes with requests from other sites' pages too; but that wants Secure as well, and without it Chrome refuses the cookie."), False  # fmt: skip
        return say("It goes with requests from other sites' pages too. That is needed for what is embedded there, and lets others act in the user's name."), None  # fmt: skip
    return say(
        "`{value}` is none of Strict, Lax and None, so it counts as if SameSite were missing.", value=value
    ), False


def _partitioned(line: Line, cookie: SetCookie, value: str) -> Saying:
    return say(
        "Inside other sites' pages it is kept apart for each of them, so that it can't follow a person from one to the next."
    ), True


def _priority(line: Line, cookie: SetCookie, value: str) -> Saying:
    return say("Chrome's own: which cookies go first when there are too many. It is in no standard."), None


def _too_long(line: Line, cookie: SetCookie, value: str) -> Saying:
    return say("It is longer than 1,024 bytes, so browsers ignore it."), False


def _unknown(line: Line, cookie: SetCookie, value: str) -> Saying:
    return say("No attribute of this name is known here; browsers ignore those they don't know."), False


_ATTRIBUTES = {
    "expires": _expires,
    "max-age": _max_age,
    "domain": _domain,
    "path": _path,
    "secure": _secure,
    "httponly": _http_only,
    "samesite": _same_site,
    "partitioned": _partitioned,
    "priority": _priority,
}


def _precise(cookie: SetCookie, judged: Judged) -> Prose:
    """What isn't there, and what that means."""
    if not judged.keeps or judged.code != "kept":
        return NOTHING
    missing = []
    if not cookie.secure:
        missing.append(say("Without Secure it also goes over plain http, if there is such an address."))
    if not cookie.http_only:
        missing.append(say("Without HttpOnly every script in the page can read it."))
    if not cookie.same_site:
        missing.append(say("Without SameSite, Chrome and Edge treat it as Lax (for two minutes after it was set they let it go with forms from elsewhere, too); Firefox and Safari as None."))  # fmt: skip
    return joined(missing)


FIELDS = {"set-cookie": Known(_set_cookie, (cookies("5.6"), header("Set-Cookie")))}
