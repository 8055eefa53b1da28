"""Text replaced in a whole body. Its content coding is undone first, within limits; what can't be done is said in words, and the body then stays as it is."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from dataclasses import dataclass

from inspector.rules.effects import Replace
from inspector.rules.heads import value_of
from inspector.wire.codings import decode

MOST = 8 * 1024 * 1024  # of a body as it came; more passes unchanged
MOST_DECODED = 16 * 1024 * 1024

_CHARSET = re.compile(rb'charset\s*=\s*"?([A-Za-z0-9_:.-]{2,40})', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Replaced:
    """The new body, without a content coding, and how often each text was found. `unable` says why nothing was done."""

    body: bytes = b""
    counts: tuple[int, ...] = ()
    unable: str = ""


def replaced(head: bytes, body: bytes, replacements: Iterable[Replace]) -> Replaced:
    """The body of the response with this head, after all replacements, one after the other."""
    codings = value_of(head, b"content-encoding").decode("latin-1")
    if codings and codings.strip().lower() != "identity":
        found = decode(codings, (body,), max_output=MOST_DECODED)
        if found.problem:
            return Replaced(unable=f"its content coding could not be undone ({found.problem})")
        body = found.data
    charset = _charset(head)
    counts = []
    for each in replacements:
        try:
            find, by = each.find.encode(charset), each.by.encode(charset)
        except UnicodeEncodeError:
            return Replaced(
                unable=f"the texts have characters that do not exist in the body's encoding, {charset}"
            )
        count = body.count(find)
        if len(body) + count * (len(by) - len(find)) > 2 * MOST_DECODED:
            return Replaced(
                unable=f"{count:,} replacements would make it larger than {2 * MOST_DECODED >> 20} MiB"
            )
        counts.append(count)
        body = body.replace(find, by)
    return Replaced(body, tuple(counts))


def _charset(head: bytes) -> str:
    """The body's encoding as the head says it; UTF-8 where it says none that texts are written in."""
    found = _CHARSET.search(value_of(head, b"content-type"))
    try:
        info = codecs.lookup(found[1].decode("ascii")) if found else None
    except LookupError:
        info = None
    return info.name if info is not None and info._is_text_encoding else "utf-8"
