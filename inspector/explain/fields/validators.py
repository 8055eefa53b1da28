"""ETag and Last-Modified, by which a copy can be asked about; and the fields of a request that ask with them."""

from __future__ import annotations

import re

from inspector.explain.fields.model import Known, Line, Told
from inspector.explain.prose import NOTHING, Prose, listed, say
from inspector.explain.references import header, rfc
from inspector.explain.values.dates import http_date
from inspector.explain.values.lists import members
from inspector.explain.words import lasting, moment

_TAG = re.compile(r'(?:W/)?"[!#-~\x80-\xff]*"')


def _etag(line: Line) -> Told:
    tag = line.value.strip()
    if line.in_request:
        return Told(say("In a request this means nothing."), good=False)
    if not _TAG.fullmatch(tag):
        plain = say("`{tag}` is not written as it must be, in double quotes.", tag=tag)
        return Told(plain, say("Some clients use it all the same, others take it for none."), good=False)
    if tag.startswith("W/"):
        plain = say("A mark for this very version ([[ETag]]). W/ says that it is weak: the same mark means as good as the same, not the same byte for byte.")  # fmt: skip
        return Told(plain, say("A weak mark will do to ask about a copy; it will not do to go on with a part of a file, or to guard an edit.") + _suffix(tag))  # fmt: skip
    plain = say(
        "A mark for this very version ([[ETag]]). The browser can show it next time and ask whether it is still the same."
    )
    return Told(plain, say("It is strong: the same mark means the same, byte for byte. What is inside the quotes only the server understands.") + _suffix(tag))  # fmt: skip


def _suffix(tag: str) -> Prose:
    if tag.removesuffix('"').endswith(("-gzip", "-br", "-zstd", ";gzip", "--gzip")):
        return say("The ending names the coding: the packed and the plain version are two.")
    return NOTHING


def _last_modified(line: Line) -> Told:
    case = line.case
    at = http_date(line.value, case.now)
    if at is None:
        return Told(say("`{value}` is no date in the form that HTTP uses.", value=line.value), good=False)
    when = moment(at, case.now, case.zone)
    made = http_date(line.said.first("date"), case.now) or case.answered_at
    if at > made + 1:
        return Told(
            say(
                "It says that it was last changed at {when}, which lies ahead of the answer itself: that cannot be.",
                when=when,
            ),
            good=False,
        )
    plain = say("It was last changed at {when}, {time} before. The browser can name that time and ask whether it is still the same.", when=when, time=lasting(made - at))  # fmt: skip
    return Told(
        plain,
        say(
            "It counts whole seconds: two changes within one second look like one. An [[ETag]] knows better."
        ),
    )


def _if_none_match(line: Line) -> Told:
    status = line.case.exchange.status
    if line.value.strip() == "*":
        return Told(
            say("Do it only if there is nothing there yet: so that nobody overwrites what another has made."),
            _outcome(status, 412),
        )
    tags = [member.words for member in members(line.value)]
    bad = [tag for tag in tags if not _TAG.fullmatch(tag)]
    if bad:
        return Told(say("{tags} is not a mark in double quotes.", tags=listed(bad, most=2)), good=False)
    plain = say(
        "It has a copy, marked {tags}. It wants the content only if it is another by now.",
        tags=listed(tags, most=3),
    )
    return Told(plain + (_match(line, tags) or _outcome(status, 304)))


def _outcome(status: int, hoped: int) -> Prose:
    if status == 304:
        return say("It wasn't: the answer is 304, without content.")
    if status == 412:
        return say("The condition was not met: 412, and nothing was done.")
    if status == 200 and hoped == 304:
        return say("It was, or the server doesn't look at this: all of it came again.")
    return NOTHING


def _match(line: Line, tags: list[str]) -> Prose:
    """What the answer's own mark says of it; nothing where there is none to compare."""
    now = line.case.response.first("etag").strip()
    if not now or line.case.exchange.status != 200:
        return NOTHING
    if now.removeprefix("W/") in [tag.removeprefix("W/") for tag in tags]:
        return say(
            "All of it came again, though it has the very same mark: the server could have answered 304, without content."
        )
    return say("It is: its mark is `{tag}` now, so all of it came.", tag=now)


def _if_match(line: Line) -> Told:
    if line.value.strip() == "*":
        return Told(say("Do it only if there is something there."), _outcome(line.case.exchange.status, 412))
    tags = [member.words for member in members(line.value)]
    plain = say(
        "Do it only if what is there is still the version {tags}: so that nobody's change in between is lost.",
        tags=listed(tags, most=3),
    )
    weak = say("A weak mark (W/) never fits here.") if any(tag.startswith("W/") for tag in tags) else NOTHING
    return Told(plain + _outcome(line.case.exchange.status, 412), weak)


def _if_modified_since(line: Line) -> Told:
    case = line.case
    at = http_date(line.value, case.now)
    if at is None:
        return Told(
            say("`{value}` is no date, so the server must ignore this.", value=line.value), good=False
        )
    if line.said.has("if-none-match"):
        return Told(say("Only for servers that know no [[ETag]]: If-None-Match comes before it."))
    if case.exchange.method not in ("GET", "HEAD"):
        return Told(say("With this method it means nothing."), good=False)
    plain = say(
        "It has a copy from {when}. It wants the content only if it was changed since.",
        when=moment(at, case.now, case.zone),
    )
    return Told(plain + _outcome(case.exchange.status, 304))


def _if_unmodified_since(line: Line) -> Told:
    case = line.case
    at = http_date(line.value, case.now)
    if at is None:
        return Told(
            say("`{value}` is no date, so the server must ignore this.", value=line.value), good=False
        )
    plain = say("Do it only if it was not changed since {when}.", when=moment(at, case.now, case.zone))
    return Told(plain + _outcome(case.exchange.status, 412))


def _if_range(line: Line) -> Told:
    if not line.said.has("range"):
        return Told(say("Without Range this means nothing."), good=False)
    plain = say(
        "Send the part only if it is still the version `{version}`, else send all of it.", version=line.value
    )
    if line.value.strip().startswith("W/"):
        return Told(plain + say("But a weak mark (W/) never fits here."), good=False)
    return Told(plain)


FIELDS = {
    "etag": Known(_etag, (rfc(9110, "8.8.3"), header("ETag"))),
    "last-modified": Known(_last_modified, (rfc(9110, "8.8.2"), header("Last-Modified"))),
    "if-none-match": Known(_if_none_match, (rfc(9110, "13.1.2"), header("If-None-Match"))),
    "if-match": Known(_if_match, (rfc(9110, "13.1.1"), header("If-Match"))),
    "if-modified-since": Known(_if_modified_since, (rfc(9110, "13.1.3"), header("If-Modified-Since"))),
    "if-unmodified-since": Known(_if_unmodified_since, (rfc(9110, "13.1.4"), header("If-Unmodified-Since"))),
    "if-range": Known(_if_range, (rfc(9110, "13.1.5"), header("If-Range"))),
}
