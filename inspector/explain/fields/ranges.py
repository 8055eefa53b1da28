"""Range and Content-Range: a part of something, asked for and sent."""

from __future__ import annotations

import re

from inspector.explain.fields.model import Known, Line, Told
from inspector.explain.parts import Part
from inspector.explain.prose import NOTHING, Prose, joined, say
from inspector.explain.references import header, rfc
from inspector.explain.words import ordinal, percent, size

_SPEC = re.compile(r"\s*(\d{1,18})?\s*-\s*(\d{1,18})?\s*")
_CONTENT = re.compile(r"bytes (?:(\d{1,18})-(\d{1,18})|\*)/(\d{1,18}|\*)", re.IGNORECASE)
MOST = 20


def _range(line: Line) -> Told:
    if not line.in_request:
        return Told(
            say("In an answer this means nothing; Content-Range is what says which part it is."), good=False
        )
    unit, equals, rest = line.value.partition("=")
    if unit.strip().lower() != "bytes" or not equals:
        return Told(
            say(
                "It wants a part, counted in `{unit}`, which servers hardly know; then they send all of it.",
                unit=unit,
            )
        )
    found = []
    for spec in rest.split(",")[:MOST]:
        match = _SPEC.fullmatch(spec)
        if match is None or (match[1] is None and match[2] is None):
            return Told(
                say("`{spec}` names no part, so the server must ignore all of this.", spec=spec.strip()),
                good=False,
            )
        found.append(Part(spec.strip(), _said(match[1], match[2])))
    plain = say("It wants only a part:") if len(found) == 1 else say("It wants only some parts:")
    return Told(
        plain + joined(part.plain for part in found) + _outcome(line.case.exchange.status),
        parts=tuple(found) if len(found) > 1 else (),
    )


def _said(first: str | None, last: str | None) -> Prose:
    if first is None:
        return say("the last {size}.", size=size(int(last or 0)))
    if last is None:
        if int(first) == 0:
            return say(
                "from the first byte on, which is all of it. Players of sound and film ask so, to learn whether parts can be had."
            )
        return say("from the {nth} byte on to the end.", nth=ordinal(int(first) + 1))
    count = int(last) - int(first) + 1
    if count <= 0:
        return say("an end that lies before its beginning, which makes it invalid.")
    return say("{size} from the {nth} byte on.", size=size(count), nth=ordinal(int(first) + 1))


def _outcome(status: int) -> Prose:
    if status == 206:
        return say("It got that (206).")
    if status == 200:
        return say("The server sent all of it instead (200), as it may.")
    if status == 416:
        return say("There is no such part (416).")
    return NOTHING


def _content_range(line: Line) -> Told:
    found = _CONTENT.fullmatch(line.value.strip())
    if found is None:
        return Told(say("`{value}` does not say rightly which part this is.", value=line.value), good=False)
    first, last, whole = found.groups()
    if first is None:
        return Told(
            say(
                "There is no such part: all of it is {size}.",
                size=size(int(whole)) if whole != "*" else "of unknown size",
            )
        )
    count = int(last) - int(first) + 1
    if count <= 0 or (whole != "*" and int(last) >= int(whole)):
        return Told(
            say("`{value}` cannot be: the part lies outside of the whole.", value=line.value), good=False
        )
    if whole == "*":
        return Told(
            say(
                "These are {count} from the {nth} byte on, of something whose size isn't known.",
                count=size(count),
                nth=ordinal(int(first) + 1),
            )
        )
    return Told(
        say("These are {count} from the {nth} byte on, {share} of {whole} in all.", count=size(count), nth=ordinal(int(first) + 1),
            share=percent(count, int(whole)), whole=size(int(whole)))
    )  # fmt: skip


FIELDS = {
    "range": Known(_range, (rfc(9110, "14.2"), header("Range"))),
    "content-range": Known(_content_range, (rfc(9110, "14.4"), header("Content-Range"))),
}
