"""Pictures and archives that are packed once more, which makes them no smaller."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.explain.case import Case, body_of
from inspector.explain.checks.model import Check, Cure, Found, seen
from inspector.explain.prose import say
from inspector.explain.references import mdn, rfc
from inspector.explain.words import size

_PACKED = (
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/webp",
    "image/avif",
    "font/woff",
    "video/",
    "audio/",
    "application/zip",
    "application/gzip",
    "application/pdf",
)


def _look(case: Case) -> Iterator[Found]:
    kind = case.response.first("content-type").partition(";")[0].strip().lower()
    if not kind.startswith(_PACKED) or not case.response.has("content-encoding") or case.answered_here:
        return
    wire, plain = body_of(case.exchange, "response").size, len(case.content.data)
    if not case.content.whole or case.content.problem or not wire or plain > wire * 1.05:
        return
    evidence = seen(
        case,
        case.response.place(case.response.every("content-encoding")[0]),
        say("{plain} became {wire}", plain=size(plain), wire=size(wire)),
    )
    yield Found(
        "advice",
        case.path,
        say(
            "`{path}` is packed by its own format (`{kind}`), and was packed once more in vain.",
            path=case.path,
            kind=kind,
        ),
        evidence,
    )


CHECK = Check(
    "packed-twice", "performance", "Packed twice",
    say("It costs server and browser time and saves nothing."),
    Cure(
        say("Pack text only."),
        """app.config["COMPRESS_MIMETYPES"] = ["text/html", "text/css", "text/javascript", "application/json", "image/svg+xml"]
""",
    ),
    (rfc(9110, "8.4"), mdn("Web/HTTP/Guides/Compression", "Compression")),
    _look,
)  # fmt: skip
