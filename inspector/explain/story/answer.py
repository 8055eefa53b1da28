"""The answer: the wait for it, words on the way, its status, its body."""

from __future__ import annotations

from urllib.parse import urljoin

from inspector.explain import media, statuses
from inspector.explain.case import Case, body_of
from inspector.explain.people import asker, capital, site
from inspector.explain.prose import NOTHING, Prose, say
from inspector.explain.references import header, rfc
from inspector.explain.story.frame import broke_at, imported, number, server_turn, skipped, span, unseen
from inspector.explain.story.model import Actor, Number, Step
from inspector.explain.values.lists import members
from inspector.explain.words import percent, size, took

_WAIT, _STATUS, _BODY = "The wait", "The answer", "The body"


def wait(case: Case) -> Step | None:
    """From the last byte of the request to the first of the answer."""
    exchange, line = case.exchange, case.exchange.timeline
    if exchange.kind in ("page", "tls", "tunnel") or imported(case) or line.send_end is None:
        return None
    end = line.response_start
    if end is None:
        plain = say("The request was at the site, and Inspector waited for an answer.")
        return Step(
            "wait",
            _WAIT,
            "open" if exchange.state == "open" else "done",
            ("inspector", "site"),
            plain,
            start=line.send_end,
        )
    duration = max(end - line.send_end, 0.0)
    plain = say("{time} passed until the first byte of the answer came.", time=took(duration))
    if end < line.send_end:
        plain = say("The site began to answer before it had the whole request, so nobody waited.")
    return Step(
        "wait", _WAIT, "done", ("inspector", "site"), plain + _server_timing(case), _share(case, duration),
        start=min(line.send_end, end), took=duration, numbers=number("waited", duration),
        references=(header("Server-Timing"),) if case.response.has("server-timing") else (),
    )  # fmt: skip


def _share(case: Case, duration: float) -> Prose:
    line = case.exchange.timeline
    trip = span(line.connect_start, line.connect_end) if server_turn(case) <= 1 else None
    sentence = say(
        "In this time the request travelled to the site, the site worked, and the first byte travelled back."
    )
    if (
        trip is not None
        and 0 < trip < duration
        and not (case.exchange.server_leg and case.exchange.server_leg.attempts)
    ):
        sentence += say("The way there and back took {trip} at most when the connection was made, so the site was at work for about {rest} of it, or more.", trip=took(trip), rest=took(duration - trip))  # fmt: skip
    else:
        sentence += say("How much of it was the way, and how much the work, is not visible from here.")
    return sentence


def _server_timing(case: Case) -> Prose:
    named = []
    for member in members(case.response.value("server-timing"))[:6]:
        spent = member.parameter("dur")
        words = member.parameter("desc") or member.words
        if spent:
            named.append(f"{words} {spent} ms")
    return say("The server itself reports: {parts}.", parts=", ".join(named)) if named else NOTHING


def _answerer(case: Case) -> Actor:
    """Whose answer the browser got."""
    return "inspector" if case.answered_here else "site"


def status(case: Case) -> Step | None:
    """The status, and what it asks of the browser."""
    exchange = case.exchange
    if exchange.kind in ("tls", "tunnel"):
        return None
    if not exchange.status:
        if exchange.state == "open":
            return Step("status", _STATUS, "open", ("site", "browser"), say("No answer has come yet."))
        return skipped("status", _STATUS, ("site", "browser"), say("No answer came."))
    who = _answerer(case)
    response = case.response
    line = exchange.timeline
    return Step(
        "status", _STATUS, "done", (who, "browser"),
        _says(case, who, response.start[2]), _asks(case),
        start=line.response_start,
        numbers=(Number("fields", f"{len(response.fields):,}"), Number("head", size(len(response.message.head)))) if response.there else (),
        marks=_doubts(case, who),
        places=(response.whole_head(),) if response.there else (),
        references=statuses.references(exchange.status),
        shows="response",
    )  # fmt: skip


def _says(case: Case, who: Actor, phrase: str) -> Prose:
    exchange = case.exchange
    row = statuses.look_up(exchange.status)
    named = phrase.strip() or row.phrase
    if who == "inspector":
        whom = "Inspector" if exchange.kind == "page" else "Inspector, in the site's place,"
        return say(
            f"{whom} answered `{{code}} {{phrase}}`: {row.plain}.", code=str(exchange.status), phrase=named
        )
    sentence = say(
        f"`{{host}}` answered `{{code}} {{phrase}}`: {row.plain}.",
        host=site(exchange),
        code=str(exchange.status),
        phrase=named,
    )
    if exchange.status == 304:
        sentence += _asked_whether(case)
    return sentence


def _asked_whether(case: Case) -> Prose:
    request = case.request
    if request.has("if-none-match"):
        return say(
            "{who} had named its copy by its [[ETag]] (`If-None-Match`).", who=capital(asker(case.exchange))
        )
    if request.has("if-modified-since"):
        return say(
            "{who} had said how old its copy is (`If-Modified-Since`).", who=capital(asker(case.exchange))
        )
    return say(
        "{who} had not asked whether a copy is still good, so this answer makes no sense.",
        who=capital(asker(case.exchange)),
    )


def _asks(case: Case) -> Prose:
    exchange = case.exchange
    row = statuses.look_up(exchange.status)
    final = (
        not case.answered_here and exchange.status != 101
    )  # 101 is no word on the way, though it looks like one
    family = "" if not final else statuses.CLASSES.get(exchange.status // 100, "")
    sentence = (
        say(f"A status from {exchange.status // 100}00 to {exchange.status // 100}99 means that {family}.")
        if family
        else NOTHING
    )
    if row.asks:
        sentence += say(f"What the browser does now: {row.asks[0].lower()}{row.asks[1:]}")
    target = case.response.first("location")
    if exchange.status in statuses.REDIRECTS:
        sentence += (
            say("The next address is `{target}`.", target=_whole(case, target))
            if target
            else say("But there is no Location field, so the browser has nowhere to go and shows the body.")
        )
        sentence += _followed(case, target)
    return sentence


def _whole(case: Case, target: str) -> str:
    """RFC 9110 §10.2.2: a Location may be relative; then it is meant from the address that was asked for."""
    try:
        return urljoin(case.url, target)
    except ValueError:
        return target


def _followed(case: Case, target: str) -> Prose:
    """Whether the redirect was obeyed, if a later request of the same client shows it."""
    try:
        url = urljoin(case.url, target).partition("#")[0]
    except ValueError:
        return NOTHING
    client = case.exchange.client.rpartition(":")[0]
    for other in sorted(case.siblings, key=lambda each: each.started):
        same = other.client.rpartition(":")[0] == client and other.agent == case.exchange.agent
        if (
            same
            and other.started >= case.exchange.started
            and other.id != case.exchange.id
            and Case(other).url == url
        ):
            after = other.started - (case.ended or case.exchange.started)
            return say("It was asked for {time} later, by a request of its own.", time=took(max(after, 0)))
    return NOTHING


def _doubts(case: Case, who: Actor) -> tuple[Prose, ...]:
    if who == "inspector" and case.exchange.kind != "page":
        hook = next((each.rule for each in case.exchange.decisions if each.code == "hook-answered"), "")
        if hook:
            return (say("Your hook “{hook}” made this answer.", hook=hook),)
        rule = next((each.rule for each in case.exchange.decisions if each.code == "ruled" and each.rule), "")
        if rule and not case.exchange.fault:
            return (say("Your rule “{rule}” asked for this answer; the site was not asked.", rule=rule),)
        return (say("This page was made by Inspector; the site never said it."),)
    via, age = case.response.value("via"), case.response.first("age")
    if age.strip().isdigit() and int(age.strip()[:9]) > 0:
        return (
            say(
                "It came out of a [[shared cache|cache]] on the way: {age} seconds before, the site had made it or said that it is still good.",
                age=age.strip()[:12],
            ),
        )
    if via:
        return (say("Others stood in between and passed it on: `{via}`.", via=via),)
    return ()


def body(case: Case) -> Step | None:
    """The response's body: how long it is known to be, its coding, its way here."""
    exchange = case.exchange
    if exchange.kind in ("tls", "tunnel", "websocket") or not exchange.status:
        return None
    who = _answerer(case)
    found = body_of(exchange, "response")
    line = exchange.timeline
    if not found.size:
        return _empty(case, who)
    if not found.captured and found.note == "":
        return unseen(
            "body",
            _BODY,
            (who, "browser"),
            say("The body's bytes are no longer on record; {size} passed.", size=size(found.size)),
        )
    duration = span(line.response_start, line.response_end)
    state = "open" if not found.complete and exchange.state == "open" else "done"
    return Step(
        "body", _BODY, "open" if state == "open" else "done", (who, "browser"),
        _brought(case, found.size, complete=found.complete, open=state == "open"), _framing(case),
        start=line.response_start, took=duration,
        numbers=_figures(case, duration),
        marks=_kept_of_it(case),
        places=(case.response.whole_body(),) if found.captured else (),
        references=(rfc(9112, "6"), *((rfc(9110, "8.4"),) if case.response.has("content-encoding") else ())),
    )  # fmt: skip


def _empty(case: Case, who: Actor) -> Step:
    exchange = case.exchange
    if exchange.method == "HEAD":
        why = say("HEAD asks for the head alone, so no body follows, whatever the fields say.")
    elif exchange.status == 304:
        why = say("There is none: the browser has the body already.")
    elif exchange.status in (204, 205) or exchange.status < 200:
        why = say("An answer of this status has none.")
    elif exchange.state == "open":
        return Step("body", _BODY, "open", (who, "browser"), say("Nothing of a body has come yet."))
    else:
        why = say("The answer has an empty body.")
    return skipped("body", _BODY, (who, "browser"), why)


def _brought(case: Case, count: int, *, complete: bool, open: bool) -> Prose:
    kind = case.response.first("content-type").partition(";")[0].strip().lower()
    what = media.look_up(kind)
    sentence = say("{size} followed", size=size(count))
    named = (
        say("`{kind}`, {what},", kind=kind, what=what)
        if what and kind
        else say("`{kind}`", kind=kind)
        if kind
        else NOTHING
    )
    if named:
        sentence = say("{size} of {named} followed.", size=size(count), named=named)
    else:
        sentence = say(
            "{size} followed. What they are, the site doesn't say (no Content-Type).", size=size(count)
        )
    if open:
        return sentence + say("More is on its way.")
    if not complete:
        return sentence + say("Then it broke off: this is not all.")
    return sentence + _packed(case)


def _packed(case: Case) -> Prose:
    coding = case.response.value("content-encoding").strip()
    if not coding or coding.lower() == "identity":
        return NOTHING
    found, wire = case.content, body_of(case.exchange, "response").size
    if found.whole and not found.problem and len(found.data) > wire:
        saved = percent(len(found.data) - wire, len(found.data))
        return say("It was packed for the way (`{coding}`): unpacked it is {size}, so {saved} of the way was saved.", coding=coding, size=size(len(found.data)), saved=saved)  # fmt: skip
    return say("It was packed for the way (`{coding}`).", coding=coding)


def _framing(case: Case) -> Prose:
    """RFC 9112 §6.3: how the receiver knows where the body ends."""
    response = case.response
    codings = response.value("transfer-encoding").lower()
    if "chunked" in codings:
        count = body_of(case.exchange, "response")
        extra = count.wire - count.size
        sentence = say(
            "Its length was not known beforehand, so it came in [[chunked transfer coding|chunks]], each with its own length before it."
        )
        return sentence + (
            say("These lengths took {extra} more.", extra=size(extra)) if extra > 0 else NOTHING
        )
    if response.has("content-length"):
        return say("Content-Length said beforehand where it ends.")
    return say("Nothing says where it ends, so it ends with the connection: if that breaks, nobody can tell.")


def _figures(case: Case, duration: float | None) -> tuple[Number, ...]:
    found = body_of(case.exchange, "response")
    numbers = [Number("body", size(found.size)), *number("took", duration)]
    if duration and duration > 0.001 and found.size > 1024:
        numbers.append(Number("speed", f"{size(int(found.size / duration))}/s"))
    return tuple(numbers)


def _kept_of_it(case: Case) -> tuple[Prose, ...]:
    found = body_of(case.exchange, "response")
    if found.note == "capped":
        return (
            say("Only the first {kept} were kept here; all of it was passed on.", kept=size(found.captured)),
        )
    if found.note == "lost":
        return (say("Not all of it could be kept here; all of it was passed on."),)
    if found.note == "off":
        return (say("Capturing was paused, so it was passed on and not kept here."),)
    return ()


__all__ = ["body", "broke_at", "status", "wait"]
