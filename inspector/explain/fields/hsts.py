"""Strict-Transport-Security: come by https only, from now on."""

from __future__ import annotations

from inspector.explain.fields.model import Known, Line, Told
from inspector.explain.prose import NOTHING, say
from inspector.explain.references import header, rfc
from inspector.explain.values.lists import number, parameters, parts
from inspector.explain.words import lasting, moment

_YEAR = 31_536_000


def _hsts(line: Line) -> Told:
    case = line.case
    _, found = parameters(";" + line.value)
    names = [each.partition("=")[0].strip().lower() for each in parts(line.value)]
    seconds = number(found.get("max-age", ""))
    if not case.secure:
        return Told(
            say("Over plain http browsers ignore this: anyone on the way could have written it."), good=False
        )
    if case.is_address:
        return Told(
            say("For an [[IP address|address]] browsers ignore this; it holds for names only."), good=False
        )
    if "max-age" not in names or seconds is None:
        return Told(say("Without a number of seconds in `max-age` browsers ignore this."), good=False)
    if names.count("max-age") > 1:
        return Told(
            say("`max-age` stands here more than once, and then browsers ignore all of it."), good=False
        )
    if seconds == 0:
        return Told(say("The browser forgets that this host wanted https only."), good=False)
    below = "includesubdomains" in names
    whom = (
        say("`{host}` and all hosts below it", host=case.host) if below else say("`{host}`", host=case.host)
    )
    until = moment(case.answered_at + seconds, case.now, case.zone)
    plain = say("For {time}, until {until}, the browser asks {whom} by https only, even where a link says http ([[HSTS]]).", time=lasting(seconds), until=until, whom=whom)  # fmt: skip
    precise = say("And if the certificate is not good, there is no button to go on all the same.")
    if "preload" in names:
        ready = below and seconds >= _YEAR
        precise += say(
            "`preload` agrees to be put on the list that browsers ship with, so that not even the first visit is in the open."
        )
        precise += NOTHING if ready else say("That list wants a year at least, and includeSubDomains.")
    return Told(plain, precise, good=True)


FIELDS = {"strict-transport-security": Known(_hsts, (rfc(6797, "6.1"), header("Strict-Transport-Security")))}
