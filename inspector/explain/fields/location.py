"""Location, Refresh and Retry-After: where to go, and when."""

from __future__ import annotations

from urllib.parse import urljoin

from inspector.explain.fields.model import Known, Line, Told
from inspector.explain.prose import NOTHING, Prose, say
from inspector.explain.references import header, html, rfc
from inspector.explain.statuses import REDIRECTS
from inspector.explain.values.dates import http_date
from inspector.explain.values.lists import number
from inspector.explain.values.sites import split_origin
from inspector.explain.words import lasting, moment


def _location(line: Line) -> Told:
    case, status = line.case, line.case.exchange.status
    try:
        url = urljoin(case.url, line.value.strip())
    except ValueError:
        return Told(say("`{value}` is no address.", value=line.value), good=False)
    if status in REDIRECTS:
        plain = say("The browser goes on to `{url}`.", url=url)
        return Told(
            plain + _where_to(line, url),
            say(
                "It is written without all of its parts, so the rest is taken from the address that was asked for."
            )
            if url != line.value.strip()
            else NOTHING,
        )
    if status == 201:
        return Told(say("What was made is at `{url}`.", url=url))
    return Told(
        say("With this status it has no meaning: browsers go nowhere."),
        good=False if not line.in_request else None,
    )


def _where_to(line: Line, url: str) -> Prose:
    there = split_origin(url)
    case = line.case
    if there is None:
        return say("That is no address that browsers follow.")
    scheme, host, _ = there
    if url.partition("#")[0] == case.url and case.exchange.method == "GET":
        return say(
            "That is the very address that it asked for: unless a cookie changes things, it goes round in a circle."
        )
    if host != case.host:
        return say("That is another host, `{host}`.", host=host)
    if scheme == "https" and not case.secure:
        return say("That is the same host, from here on encrypted.")
    if scheme == "http" and case.secure:
        return say("That leaves https: from there on anyone on the way can read along.")
    return NOTHING


def _refresh(line: Line) -> Told:
    seconds, _, rest = line.value.partition(";")
    url = rest.partition("=")[2].strip().strip("'\"")
    wait = number(seconds.partition(".")[0])
    if wait is None:
        return Told(say("`{value}` names no number of seconds.", value=line.value), good=False)
    when = say("at once") if wait == 0 else say("after {time}", time=lasting(wait))
    if url:
        return Told(
            say("The browser goes on to `{url}` {when}.", url=url, when=when),
            say("A redirect (3xx) is better: caches, search engines and screen readers understand it."),
        )
    return Told(say("The browser loads the page again {when}.", when=when))


def _retry_after(line: Line) -> Told:
    seconds = number(line.value)
    if seconds is not None:
        return Told(
            say("Try again after {time}.", time=lasting(seconds)),
            say("Browsers don't do that by themselves; programs should."),
        )
    at = http_date(line.value, line.case.now)
    if at is None:
        return Told(say("`{value}` is neither a number of seconds nor a date.", value=line.value), good=False)
    return Told(
        say("Try again after {when}.", when=moment(at, line.case.now, line.case.zone)),
        say("Browsers don't do that by themselves; programs should."),
    )


FIELDS = {
    "location": Known(_location, (rfc(9110, "10.2.2"), header("Location"))),
    "refresh": Known(
        _refresh,
        (html("document-lifecycle.html#the-refresh-header", "HTML standard: Refresh"), header("Refresh")),
    ),
    "retry-after": Known(_retry_after, (rfc(9110, "10.2.3"), header("Retry-After"))),
}
