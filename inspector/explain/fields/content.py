"""What the body is: its type, coding, length, and the name to save it under."""

from __future__ import annotations

import re
from urllib.parse import unquote

from inspector.explain import media
from inspector.explain.case import body_of
from inspector.explain.fields.model import Known, Line, Told
from inspector.explain.parts import Part
from inspector.explain.prose import NOTHING, Prose, listed, say, shown
from inspector.explain.references import header, rfc
from inspector.explain.values.lists import number, parameters, tokens
from inspector.explain.words import percent, size

_TYPE = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+/[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_CODINGS = {"gzip": "gzip", "x-gzip": "gzip", "br": "Brotli", "zstd": "Zstandard", "deflate": "deflate", "dcb": "Brotli with a shared dictionary", "dcz": "Zstandard with a shared dictionary"}  # fmt: skip


def _content_type(line: Line) -> Told:
    kind, given = parameters(line.value)
    kind = kind.lower()
    if not _TYPE.fullmatch(kind):
        plain = say("`{kind}` is no media type; browsers look at the bytes then, and guess.", kind=kind)
        return Told(plain, good=False)
    what = media.look_up(kind)
    plain = (
        say("The body is `{kind}`: {what}.", kind=kind, what=what)
        if what
        else say("The body is `{kind}`, a type that isn't known here.", kind=kind)
    )
    found = []
    for name, value in given.items():
        found.append(Part(shown(f"{name}={value}"), _parameter(name, value), good=_is_good(name, value)))
    return Told(plain, _charset(line, kind, given), tuple(found))


def _parameter(name: str, value: str) -> Prose:
    if name == "charset":
        if value.lower().replace("-", "") == "utf8":
            return say("The letters are encoded as UTF-8, which has those of all languages.")
        return say("The letters are encoded as `{value}`.", value=value)
    if name == "boundary":
        return say(
            "The line that stands between the parts: `{value}`. It must not occur inside of them.",
            value=value,
        )
    if name == "q":
        return say("A weight belongs into Accept; here it means nothing.")
    return say("`{name}` is `{value}`.", name=name, value=value)


def _is_good(name: str, value: str) -> bool | None:
    return False if name == "q" else None


def _charset(line: Line, kind: str, given: dict[str, str]) -> Prose:
    if line.in_request:
        return NOTHING
    if kind in ("text/html", "text/plain", "text/css", "text/csv") and "charset" not in given:
        return say(
            "No charset is named, so the browser has to find out how the letters are encoded, or guess."
        )
    if kind == "application/json" and "charset" in given:
        return say("JSON is always UTF-8; charset has no meaning for it.")
    return NOTHING


def _content_encoding(line: Line) -> Told:
    names = tokens(line.value)
    words = listed((_CODINGS.get(each, each) for each in names), code=False)
    if not names or names == ("identity",):
        return Told(say("The body is not packed; then this field need not be there."))
    plain = say("The body is packed with {codings}, and has to be unpacked to be used.", codings=words)
    half = line.said.half
    wire = body_of(line.case.exchange, half).size
    found = line.case.content if half == "response" else line.case.request_content
    if found.problem and not found.data:
        return Told(plain, say("{problem}", problem=found.problem))
    if found.whole and wire and not found.problem:
        if len(found.data) > wire:
            plain += say("{wire} on the way instead of {size}: {saved} saved.", wire=size(wire), size=size(len(found.data)), saved=percent(len(found.data) - wire, len(found.data)))  # fmt: skip
        else:
            plain += say(
                "It did not get smaller by that: {wire} instead of {size}.",
                wire=size(wire),
                size=size(len(found.data)),
            )
    unknown = [each for each in names if each not in _CODINGS and each != "identity"]
    if unknown:
        return Told(plain, say("`{coding}` is no coding that is known here.", coding=unknown[0]), good=False)
    return Told(plain)


def _content_length(line: Line) -> Told:
    values = {each.strip() for each in line.value.split(",")}
    if len(values) > 1:
        return Told(
            say(
                "Several lengths contradict each other: nobody can tell where the body ends. Such a message must be refused."
            ),
            good=False,
        )
    count = number(line.value.split(",")[0], 2**62)
    if count is None:
        return Told(
            say("`{value}` is no length. Such a message must be refused.", value=line.value), good=False
        )
    if line.said.has("transfer-encoding"):
        return Told(
            say(
                "Transfer-Encoding is there too, and then this does not count. The two together may be an attack."
            ),
            good=False,
        )
    method, status = line.case.exchange.method, line.case.exchange.status
    if not line.in_request and (method == "HEAD" or status == 304):
        return Told(say("The body would have {size}; in this answer there is none.", size=size(count)))
    body = body_of(line.case.exchange, line.said.half)
    plain = say("The body has {size}, so that the receiver knows where it ends.", size=size(count))
    if body.wire and body.complete and body.size != count and not line.case.answered_here:
        return Told(plain + say("But {came} came.", came=size(body.size)), good=False)
    if not body.complete and line.case.exchange.state != "open" and body.size < count:
        return Told(plain + say("Only {came} of it came.", came=size(body.size)), good=False)
    return Told(plain)


def _content_disposition(line: Line) -> Told:
    kind, given = parameters(line.value)
    name = given.get("filename*", "").rpartition("'")[2] or given.get("filename", "")
    name = unquote(name) if "filename*" in given else name
    if kind.lower() == "attachment":
        plain = say("The browser is to save this instead of showing it")
        return Told(
            say("{plain}, as `{name}`.", plain=plain, name=name) if name else say("{plain}.", plain=plain)
        )
    if kind.lower() == "inline":
        plain = say("The browser is to show this, if it can.")
        return Told(plain + (say("If it is saved: as `{name}`.", name=name) if name else NOTHING))
    if kind.lower() == "form-data":
        return Told(
            say("Inside of a form's parts this names a field; in a message's own fields it means nothing."),
            good=False,
        )
    return Told(say("`{kind}` is treated like `attachment`: the browser saves this.", kind=kind))


def _content_location(line: Line) -> Told:
    return Told(
        say("What the body holds is also to be had at `{url}`.", url=line.value),
        say("No redirect: the browser stays where it is."),
    )


FIELDS = {
    "content-type": Known(_content_type, (rfc(9110, "8.3"), header("Content-Type"))),
    "content-encoding": Known(_content_encoding, (rfc(9110, "8.4"), header("Content-Encoding"))),
    "content-length": Known(_content_length, (rfc(9110, "8.6"), header("Content-Length"))),
    "content-disposition": Known(_content_disposition, (rfc(6266, "4"), header("Content-Disposition"))),
    "content-location": Known(_content_location, (rfc(9110, "8.7"), header("Content-Location"))),
}
