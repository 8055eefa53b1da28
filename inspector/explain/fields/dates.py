"""Date with the clocks compared, Expires, Age: when a message was made and how long it lasts."""

from __future__ import annotations

from inspector.explain.fields.model import Known, Line, Told
from inspector.explain.keeping import cache_verdict
from inspector.explain.prose import NOTHING, Prose, say
from inspector.explain.references import header, rfc
from inspector.explain.values.caching import cache_control, keeping
from inspector.explain.values.dates import http_date, is_preferred
from inspector.explain.values.lists import number
from inspector.explain.words import lasting, moment

MUCH = 5.0  # seconds by which clocks may differ without a word


def _date(line: Line) -> Told:
    case = line.case
    at = http_date(line.value, case.now)
    if at is None:
        return Told(_no_date(line.value), good=False)
    when = moment(at, case.now, case.zone)
    if line.in_request:
        return Told(say("The request was made at {when}, by the clock of whoever sent it.", when=when))
    age = number(line.said.first("age")) or 0
    early = (case.exchange.started or at) - at - age
    late = at - case.answered_at
    plain = say("The answer was made at {when}, by the server's clock.", when=when)
    if late > MUCH:
        plain += say(
            "That is {time} ahead of this computer's clock: one of the two is wrong.", time=lasting(late)
        )
        return Told(plain, _form(line.value), good=False)
    if early > MUCH:
        plain += say("That is {time} before it was asked for here: it is a copy that somebody kept, or one of the two clocks is wrong.", time=lasting(early))  # fmt: skip
    return Told(plain, say("Caches count from here how old an answer is.") + _form(line.value))


def _no_date(value: str) -> Prose:
    return say(
        "`{value}` is no date in the form that HTTP uses: `Sun, 06 Nov 1994 08:49:37 GMT`.", value=value
    )


def _form(value: str) -> Prose:
    return (
        NOTHING
        if is_preferred(value)
        else say("It is written in an old form that must be understood and should no longer be sent.")
    )


def _expires(line: Line) -> Told:
    case = line.case
    if line.in_request:
        return Told(say("In a request this means nothing."), good=False)
    found = keeping(case)
    at = http_date(line.value, case.now)
    if cache_control(line.said.value("cache-control")).has("max-age"):
        return Told(say("Not used: `max-age` in Cache-Control comes before it."))
    if at is None:
        plain = say(
            "`{value}` is no date, and then it counts as past: a copy is too old at once.", value=line.value
        )
        return Told(
            plain, say("Many servers send 0 or -1 for this; `Cache-Control: no-cache` says it rightly.")
        )
    when = moment(at, case.now, case.zone)
    plain = say("A copy may be used without asking until {when}, by the server's clock.", when=when)
    if at <= (http_date(line.said.first("date"), case.now) or case.answered_at):
        plain = say("It names {when}, which was past already: a copy is too old at once.", when=when)
    return Told(plain, cache_verdict(case, found))


def _age(line: Line) -> Told:
    seconds = number(line.value)
    if seconds is None:
        return Told(say("`{value}` is no number of seconds.", value=line.value), good=False)
    if seconds == 0:
        return Told(
            say(
                "It comes through a [[shared cache|cache]] on the way, and was made, or asked about, just now."
            )
        )
    plain = say(
        "It comes out of a [[shared cache|cache]] on the way, and was made, or last asked about, {time} before.",
        time=lasting(seconds),
    )
    return Told(plain, say("This time is taken off how long it may still be used."))


FIELDS = {
    "date": Known(_date, (rfc(9110, "6.6.1"), header("Date"))),
    "expires": Known(_expires, (rfc(9111, "5.3"), header("Expires"))),
    "age": Known(_age, (rfc(9111, "5.1"), header("Age"))),
}
