"""What could be typed next: fields, and values for the field that the caret stands in. Works on any text, however unfinished."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from inspector.filter.fields import FIELDS, Field, find
from inspector.filter.kinds import Offer
from inspector.filter.written import quoted

MOST = 12
HEADERS = (
    "accept", "accept-encoding", "accept-language", "access-control-allow-origin", "authorization", "cache-control",
    "content-disposition", "content-encoding", "content-length", "content-security-policy", "content-type", "cookie", "date",
    "etag", "host", "if-modified-since", "if-none-match", "last-modified", "location", "origin", "range", "referer",
    "sec-fetch-dest", "sec-fetch-mode", "sec-fetch-site", "server", "set-cookie", "strict-transport-security", "transfer-encoding",
    "upgrade", "user-agent", "vary", "via", "www-authenticate", "x-forwarded-for", "x-request-id",
)  # fmt: skip
_PIECE = re.compile(r'"(?:\\.|[^"\\])*"?|[()]|[^\s()"]+')
_ASKED = re.compile(r"([A-Za-z][\w.\-]*):(?!//)(>=|<=|>|<|=)?(.*)", re.DOTALL)
_CHOICES = re.compile(r"([A-Za-z][\w.\-]*):\([^()]*$")
_JOINING = (Offer("AND", "both"), Offer("OR", "at least one of the two"), Offer("NOT", "what does not fit"))

Seen = Callable[[Field], Iterable[str]]


class Completion(NamedTuple):
    """`insert` would stand in place of the text between the answer's two ends."""

    insert: str
    means: str


class Completions(NamedTuple):
    """What could stand between `start` and `end`, best first."""

    start: int
    end: int
    offers: tuple[Completion, ...]


def _nothing_seen(_: Field) -> Iterable[str]:
    return ()


def complete(text: str, caret: int, seen: Seen = _nothing_seen) -> Completions:
    """What could be typed at a place. `seen` gives values that were captured lately for a field, most usual first."""
    start, end, word = _piece_at(text, caret)
    if word.startswith('"'):
        return Completions(caret, caret, ())
    while word[:1] in ("-", "!") and word:
        start, word = start + 1, word[1:]
    asked = _ASKED.fullmatch(word)
    inside = _CHOICES.search(text[:start])
    if asked:
        begin = start + asked.start(3)
        return Completions(begin, end, _values(asked[1], asked[3], seen, compared=asked[2] is not None))
    if inside:
        return Completions(start, end, _values(inside[1], word, seen, compared=False))
    return Completions(start, end, _names(word, seen))


def _piece_at(text: str, caret: int) -> tuple[int, int, str]:
    """The piece that the caret stands in or at the end of, up to the caret."""
    for found in _PIECE.finditer(text):
        if found.start() < caret <= found.end() and found[0] not in ("(", ")"):
            closed = len(found[0]) > 1 and found[0].endswith('"') and caret == found.end()
            if not closed:
                return found.start(), found.end(), text[found.start() : caret]
    return caret, caret, ""


def _names(word: str, seen: Seen) -> tuple[Completion, ...]:
    family = find(word + "x") if word.endswith(".") else find(word)
    if family is not None and family[0].family:
        field = family[0]
        typed = "" if word.endswith(".") else family[1]
        names = [*seen(field), *(HEADERS if "header" in field.name else ())]
        offers = (Offer(f"{field.name}{name}:", "") for name in dict.fromkeys(each.lower() for each in names))
        return _fitting(offers, field.name + typed, lambda offer: offer.text)
    fields = [Offer(field.name if field.family else f"{field.name}:", field.help) for field in FIELDS]
    joining = _JOINING if word and word.isupper() else ()
    return _fitting((*joining, *fields), word.lower() if not joining else word, lambda offer: offer.text)


def _values(name: str, typed: str, seen: Seen, *, compared: bool) -> tuple[Completion, ...]:
    found = find(name)
    if found is None:
        return ()
    field = found[0]
    offers = list(field.kind.offers)
    if compared:  # a number has to follow, no class and no second comparison
        numbers = (Offer(offer.text.lstrip("<>="), offer.means) for offer in offers)
        offers = [
            offer for offer in dict.fromkeys(numbers) if offer.text[:1].isdecimal() and "xx" not in offer.text
        ]
    known = {offer.text for offer in offers}
    offers += [Offer(quoted(value)) for value in seen(field) if value and value not in known]
    return _fitting(offers, typed.lower(), lambda offer: offer.text)


def _fitting(offers: Iterable[Offer], typed: str, key: Callable[[Offer], str]) -> tuple[Completion, ...]:
    """Those that begin with what was typed, then those that hold it; not what stands there already."""
    low = typed.lower()
    begin, hold = [], []
    for offer in offers:
        text = key(offer).lower()
        if text == low:
            continue
        if text.startswith(low):
            begin.append(offer)
        elif len(low) > 1 and low in text:
            hold.append(offer)
    return tuple(Completion(offer.text, offer.means) for offer in (begin + hold)[:MOST])
