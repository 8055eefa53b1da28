"""What Inspector changed between the two legs: a difference of lines, and the sentences of its decisions."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from inspector.exchange.decisions import DECISIONS, say
from inspector.exchange.model import Decision, Message
from inspector.web.words import visible

Mark = Literal["same", "gone", "new"]
MOST = 1_000


@dataclass(frozen=True, slots=True)
class Difference:
    """`lines` of the start line and fields, in the order they were passed on; `changed` if any is not `same`."""

    lines: tuple[tuple[Mark, str], ...]
    changed: bool
    body: str


@dataclass(frozen=True, slots=True)
class Said:
    """A decision as a page says it; `routine` is what every proxy must do, `more` what stands below it in lines of its own."""

    sentence: str
    routine: bool
    rfc: str
    rule: str
    more: str = ""


def difference(came: Message | None, went: Message | None) -> Difference | None:
    """From the message that came to the one passed on; None unless there are both."""
    if came is None or went is None:
        return None
    before, after = _lines(came), _lines(went)
    lines: list[tuple[Mark, str]] = []
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            lines += (("same", line) for line in before[a:b])
            continue
        lines += (("gone", line) for line in before[a:b])
        lines += (("new", line) for line in after[c:d])
    return Difference(tuple(lines), any(mark != "same" for mark, _ in lines), _body(came, went))


def _lines(message: Message) -> list[str]:
    """Names compare as they are spelled: a changed letter is a change."""
    lines = [visible(message.start_line)]
    lines += [f"{visible(field.name)}: {visible(field.value)}" for field in message.fields[:MOST]]
    return lines


def _body(came: Message, went: Message) -> str:
    if came.body.note == "same" or went.body.note == "same":
        return "The body was passed on unchanged."
    if came.body.size != went.body.size:
        return f"The body came with {came.body.size:,} bytes and went with {went.body.size:,}."
    return "No body." if not came.body.size else "The body was passed on with the same size."


def _readable(detail: str) -> str:
    """Bytes as they came stand in a detail as latin-1; what hooks say is text in any letters."""
    try:
        return visible(detail.encode("latin-1"))
    except UnicodeEncodeError:
        return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in detail)


def said(decisions: tuple[Decision, ...]) -> tuple[Said, ...]:
    """The sentences of what Inspector did; those that change something first."""
    rows = []
    for decision in decisions:
        act = DECISIONS.get(decision.code)
        detail, _, more = (
            decision.detail.partition("\n") if decision.code.startswith("hook") else (decision.detail, "", "")
        )
        sentence = say(decision.code, _readable(detail))
        rows.append(Said(sentence, bool(act and act.routine), act.rfc if act else "", decision.rule, more))
    return tuple(sorted(rows, key=lambda row: row.routine))
