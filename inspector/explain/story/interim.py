"""Words on the way: answers of one hundred and something before the answer, and the one that was asked for and never came."""

from __future__ import annotations

from inspector.exchange.model import Message
from inspector.explain import statuses
from inspector.explain.case import Case, Said, body_of
from inspector.explain.fields import explain_field
from inspector.explain.parts import Part
from inspector.explain.people import asker, capital
from inspector.explain.prose import NOTHING, Prose, joined, say, shown
from inspector.explain.references import header, rfc
from inspector.explain.story.frame import skipped
from inspector.explain.story.model import Step
from inspector.explain.words import plural

MOST = 8  # of them are told one by one
_MOST_HINTS = 12
_TITLE = "Words on the way"


def tell(case: Case) -> Step | None:
    """The interim answers; or that none came, where the request waited for one."""
    leg = case.exchange.server_leg
    found = leg.interim if leg else ()
    if not found:
        return _unheard(case)
    parts = tuple(_part(case, message) for message in found[:MOST])
    plain = say(
        "Before its answer the site sent {words}.",
        words=plural(len(found), "word on the way", "words on the way"),
    )
    precise = say("Such an answer has no body and ends nothing: the answer itself comes after it, in the same exchange.")  # fmt: skip
    numbers = sorted({_status(message) for message in found})
    return Step(
        "interim", _TITLE, "done", ("site", "browser"), plain + joined(part.plain for part in parts), precise,
        marks=_marks(case), parts=tuple(part for part in parts if part.precise),
        references=(rfc(9110, "15.2"), *(each for number in numbers[:3] for each in statuses.references(number))),
    )  # fmt: skip


def meaning(message: Message) -> Prose:
    """What an interim answer says, and what it asks of whoever gets it."""
    number = _status(message)
    row = statuses.look_up(number)
    sentence = say(f"`{{code}} {{phrase}}`: {row.plain}.", code=str(number), phrase=row.phrase)
    return sentence + (say(row.asks) if row.asks else NOTHING)


def _part(case: Case, message: Message) -> Part:
    said = Said("site", "response", message)
    line = message.start_line.decode("latin-1")
    hints = joined(explain_field(case, said, each).plain for each in said.every("link")[:_MOST_HINTS])
    return Part(shown(line), meaning(message) + _asked_for(case, message), hints)


def _asked_for(case: Case, message: Message) -> Prose:
    if _status(message) != 100 or not case.request.has("expect"):
        return NOTHING
    return say("{who} had asked for that word before it sent its body (`Expect`).", who=capital(asker(case.exchange)))  # fmt: skip


def _marks(case: Case) -> tuple[Prose, ...]:
    """RFC 9110 §15.2: an interim response is for HTTP/1.1 and later."""
    leg = case.exchange.client_leg
    kept_back = sum(not message.head for message in leg.interim) if leg else 0
    if not kept_back:
        return ()
    return (say("Inspector did not pass it on: {who} spoke HTTP/1.0, which knows no such answers.", who=asker(case.exchange)),)  # fmt: skip


def _unheard(case: Case) -> Step | None:
    """RFC 9110 §10.1.1: whoever asks by Expect waits for the word, but not for ever."""
    exchange = case.exchange
    expects = "100-continue" in case.request.value("expect").lower()
    if not expects or not case.response.there or case.answered_here or not exchange.server_leg:
        return None
    if body_of(exchange, "request").size:
        why = say(
            "{who} wanted to hear first that its body is welcome (`Expect`). No such word came, and it sent the body all the same, as it may after a while.",
            who=capital(asker(exchange)),
        )
    else:
        why = say("{who} wanted to hear first that its body is welcome (`Expect`). The site answered at once instead, so the body was never sent.", who=capital(asker(exchange)))  # fmt: skip
    step = skipped("interim", _TITLE, ("site", "browser"), why)
    return Step(step.id, step.title, step.state, step.between, step.plain, why=step.why, references=(rfc(9110, "10.1.1"), header("Expect")))  # fmt: skip


def _status(message: Message) -> int:
    code = message.start_line.split(b" ")[1:2]
    return int(code[0]) if code and code[0].isdigit() and len(code[0]) == 3 else 0


__all__ = ["meaning", "tell"]
