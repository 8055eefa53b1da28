"""A WebSocket's messages as their page shows them: a part of the list at a time, each with a line to read and the whole to open."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from inspector.exchange.socket_talk import Spoken
from inspector.store.talk import Talk
from inspector.web.present import hexdump, highlight, jsontext
from inspector.web.words import plural, size
from inspector.wire.websocket import Frame

ON_A_PAGE = 100
_LINE = 160
_SHOWN = 32 * 1024
_DUMPED = 1024
_FRAMES = 20

WHOSE = {
    "all": "All",
    "browser": "From the browser",
    "site": "From the site",
    "said": "Without control frames",
}
_CONTROL = ("ping", "pong", "close")
_WORDS = {
    "text": "text",
    "binary": "binary",
    "ping": "ping",
    "pong": "pong",
    "close": "close",
    "broken": "no whole frame",
}


@dataclass(frozen=True, slots=True)
class Said:
    """One message for its template: `line` is its beginning, `whole` what opens below it (`look` says how that is set)."""

    number: int
    speaker: str
    kind: str
    words: str
    at: float | None
    line: str
    facts: str
    look: str
    whole: Any
    frames: tuple[str, ...]
    notes: tuple[str, ...]


class Conversation(NamedTuple):
    """A part of a talk. `back` and `more` are where the neighbouring parts begin (None: there is none)."""

    title: str
    said: tuple[Said, ...]
    whose: str
    timed: bool
    cut: bool
    start: int
    back: int | None
    more: int | None
    number: int


def conversation(talk: Talk, whose: str, start: int) -> Conversation:
    """The messages that `whose` (a key of WHOSE) lets through, from the one with number `start` on."""
    numbered = [(number, each) for number, each in enumerate(talk.said, 1) if _PASS[whose](each)]
    start = min(start, max(len(numbered) - 1, 0) // ON_A_PAGE * ON_A_PAGE)
    part = numbered[start : start + ON_A_PAGE]
    more = start + ON_A_PAGE if start + ON_A_PAGE < len(numbered) else None
    return Conversation(
        _title(talk.said),
        tuple(_said(number, each) for number, each in part),
        whose,
        talk.timed,
        talk.cut,
        start,
        max(start - ON_A_PAGE, 0) if start else None,
        more,
        len(numbered),
    )


_PASS: dict[str, Callable[[Spoken], bool]] = {
    "all": lambda _: True,
    "browser": lambda each: each.speaker == "browser",
    "site": lambda each: each.speaker == "site",
    "said": lambda each: each.kind not in _CONTROL,
}


def _title(said: Sequence[Spoken]) -> str:
    if not said:
        return "Nothing has been said yet"
    there = sum(each.speaker == "browser" for each in said)
    return f"{plural(len(said), 'message')}: {there:,} from the browser, {len(said) - there:,} from the site"


def _said(number: int, each: Spoken) -> Said:
    look, whole = _whole(each)
    return Said(
        number, each.speaker, each.kind, _WORDS[each.kind], each.at, _line(each), _facts(each), look, whole,
        _frames(each.parts), each.notes,
    )  # fmt: skip


def _line(each: Spoken) -> str:
    if each.kind == "close":
        code = "no code" if each.code is None else f"{each.code}"
        means = f": {each.code_means}" if each.code_means and each.code is not None else ""
        return f"{code}{means}{f' (“{each.text[:_LINE]}”)' if each.text else ''}"
    if each.kind == "text":
        return " ".join(each.text[: _LINE * 2].split())[:_LINE]
    return each.payload[:24].hex(" ")


def _facts(each: Spoken) -> str:
    if each.kind == "broken":
        return size(each.wire)
    packed = f", packed to {size(sum(len(part.payload) for part in each.parts))}" if each.packed else ""
    parts = f", in {len(each.parts):,} frames" if len(each.parts) > 1 else ""
    return f"{size(len(each.payload))}{packed}{parts}"


def _whole(each: Spoken) -> tuple[str, Any]:
    """What opens: JSON in colour, text, or bytes; empty where the line says it all."""
    if each.kind == "text":
        text = each.text
        if len(text) <= _SHOWN and text[:1] in ("{", "[") and not jsontext.find_fault(text):
            return "code", highlight.in_colour(jsontext.indent(text), "json")
        if text == _line(each):
            return "", ""
        return "text", text[:_SHOWN]
    if each.payload and each.kind != "close":
        return "hex", hexdump.dump(each.payload[:_DUMPED], 0)
    return "", ""


def _frames(parts: Sequence[Frame]) -> tuple[str, ...]:
    lines = [_frame(part) for part in parts[:_FRAMES]]
    left = len(parts) - len(lines)
    return (*lines, f"and {plural(left, 'more frame')}") if left > 0 else tuple(lines)


def _frame(part: Frame) -> str:
    bits = ["FIN" if part.final else "not the last"]
    bits += ["RSV1, packed"] if part.packed else []
    masked = f"masked with {part.mask.hex()}" if part.mask else "not masked"
    return (
        f"byte {part.at:,}: {part.header} bytes of header ({', '.join(bits)}, opcode {part.opcode:#x} {part.opcode.name.lower()}, "
        f"{masked}), then {len(part.payload):,} of payload"
    )
