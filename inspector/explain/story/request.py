"""The request as the browser said it; and the request as Inspector passed it on."""

from __future__ import annotations

from inspector.exchange.decisions import DECISIONS
from inspector.exchange.decisions import say as say_decision
from inspector.explain import methods
from inspector.explain.case import Case, body_of
from inspector.explain.people import asker, capital, site
from inspector.explain.prose import NOTHING, Prose, joined, say
from inspector.explain.references import rfc
from inspector.explain.story.frame import broke_at, imported, number, server_turn, skipped, span
from inspector.explain.story.model import Actor, Number, Step
from inspector.explain.words import plural, size

_SENDING = "Passed on to the site"


def tell(case: Case) -> Step | None:
    """What the browser asked for, in its own words."""
    exchange, asked = case.exchange, case.request
    if exchange.kind in ("tls", "tunnel") and exchange.method in ("CONNECT", ""):
        return None
    if not asked.there:
        return None
    fields = len(asked.fields)
    body = body_of(exchange, "request")
    line = exchange.timeline
    numbers = [Number("fields", f"{fields:,}"), Number("head", size(len(asked.message.head)))]
    if body.size:
        numbers.append(Number("body", size(body.size)))
    return Step(
        "request", "The request", "done", ("browser", "inspector"), _plain(case, fields), _precise(case),
        start=0.0, took=line.request_end if line.request_end and line.request_end > 0 else None,
        numbers=tuple(numbers),
        places=(asked.whole_head(),),
        references=(*methods.references(exchange.method), rfc(9112, "3")),
        shows="request",
    )  # fmt: skip


def _plain(case: Case, fields: int) -> Prose:
    exchange = case.exchange
    who = capital(asker(exchange))
    first = case.request.message.start_line.decode("latin-1")
    if broke_at(exchange) == "request":
        return say("{who} began to say what it wanted: `{first}`.", who=who, first=first)
    sentence = say("{who} said what it wanted, in one line: `{first}`, and {fields} about it.", who=who, first=first, fields=plural(fields, "field") if fields else "no fields")  # fmt: skip
    row = methods.look_up(exchange.method)
    if row is not None:
        sentence += say(f"`{{method}}` {row.plain}.", method=exchange.method)
    elif exchange.method:
        sentence += say("`{method}` is a method that isn't known here.", method=exchange.method)
    return sentence + _body(case)


def _body(case: Case) -> Prose:
    body = body_of(case.exchange, "request")
    if not body.size:
        return NOTHING
    media = case.request.first("content-type").partition(";")[0].strip()
    what = say("of type `{media}`", media=media) if media else say("of a type that it doesn't name")
    if not body.complete and case.exchange.state != "open":
        return say("A body {what} followed, and was cut off after {size}.", what=what, size=size(body.size))
    return say("A body of {size} {what} followed.", what=what, size=size(body.size))


def _precise(case: Case) -> Prose:
    row = methods.look_up(case.exchange.method)
    sentences = []
    if row is not None:
        safe = (
            "[[safe method|safe]]: it asks to change nothing"
            if row.safe
            else "not [[safe method|safe]]: it may change something"
        )
        again = (
            "[[idempotent]]: doing it twice is as good as once, so it may be sent again when a connection breaks"
            if row.idempotent
            else "not [[idempotent]]: sent twice, it may be done twice"
        )
        sentences.append(say(f"The method is {safe}; and {again}."))
    target = case.asked.start[1]
    if target.startswith("http://"):
        sentences.append(
            say("To a proxy the whole address stands in the first line; a site itself is told the path only.")
        )
    sentences.append(say("An empty line ends the head."))
    return joined(sentences)


def passed_on(case: Case) -> Step | None:
    """What Inspector sent to the site, and what it had to change."""
    exchange, sent = case.exchange, case.sent
    between: tuple[Actor, Actor] = ("inspector", "site")
    if exchange.kind in ("tls", "tunnel") or imported(case):
        return None
    if exchange.kind == "page":
        return skipped(
            "passing-on",
            _SENDING,
            ("inspector", "site"),
            say("Inspector answered this itself; no site was asked."),
        )
    if broke_at(exchange) == "passing-on":
        return Step(
            "passing-on", _SENDING, "done", ("inspector", "site"), say("Inspector did not pass this on.")
        )
    if not sent.there:
        if exchange.state == "open":
            return Step(
                "passing-on",
                _SENDING,
                "open",
                ("inspector", "site"),
                say("Not yet: the way to the site is still being made."),
            )
        return skipped(
            "passing-on",
            _SENDING,
            ("inspector", "site"),
            say("It never came to this: nothing was said to the site."),
        )
    line = exchange.timeline
    took = span(line.send_start, line.send_end)
    return Step(
        "passing-on", _SENDING, "done", between,
        _sentence(case), joined(_changes(case, routine=True)),
        start=line.send_start, took=took,
        numbers=(*number("took", took), Number("head", size(len(sent.message.head)))),
        marks=_changes(case, routine=False),
        places=(sent.whole_head(),),
        references=(rfc(9110, "7.6"),),
    )  # fmt: skip


def _sentence(case: Case) -> Prose:
    host = site(case.exchange)
    turn = server_turn(case)
    how = say("on the connection that was open already") if turn > 1 else say("on the new connection")
    if _changes(case, routine=False):
        return say(
            "Inspector passed the request on to `{host}`, {how}, and changed something in it.",
            host=host,
            how=how,
        )
    made = {decision.code for decision in case.exchange.decisions}
    if made & _FOR_THE_APP:
        return say("Inspector passed the request on to `{host}`, {how}, with the changes that every [[proxy]] has to make and a field that the app there asked for.", host=host, how=how)  # fmt: skip
    if _changes(case, routine=True) and made - _NO_CHANGES:
        return say("Inspector passed the request on to `{host}`, {how}, with just the changes that every [[proxy]] has to make.", host=host, how=how)  # fmt: skip
    return say("Inspector passed the request on to `{host}`, {how}, as it was.", host=host, how=how)


# RFC 9110 §7.6.1: what was left out of one message, so a decision about the response may read like one about the request
_EITHER = "hop-by-hop"
OF_HOOKS = frozenset({"hooked", "hook-answered", "hook-noted", "hook-failed", "hook-slow"})
_FOR_THE_APP = frozenset({"app-asked", "trace-begun"})
_NO_CHANGES = frozenset(
    {"local-site", "retried", "imported", "imported-own", "raw", "raw-more", "rule-passed-over", *OF_HOOKS}
)
_OF_RESPONSES = frozenset({"connection-close", "dechunked", "space-before-colon", "no-content", "answered"})


def _changes(case: Case, *, routine: bool) -> tuple[Prose, ...]:
    """The sentences of decisions about the request."""
    found = []
    for decision in case.exchange.decisions:
        act = DECISIONS.get(decision.code)
        if decision.code in _OF_RESPONSES or (act is not None and act.routine) != routine:
            continue
        if decision.code in OF_HOOKS and not decision.detail.startswith("the request"):
            continue
        if decision.code == _EITHER and not _left_out(case, decision.detail):
            continue
        sentence = say("{sentence}", sentence=say_decision(decision.code, decision.detail))
        if sentence not in found:
            found.append(sentence)
    return tuple(found)


def _left_out(case: Case, names: str) -> bool:
    """Whether the request itself had these fields."""
    return all(case.asked.has(name.strip().lower()) for name in names.split(","))
