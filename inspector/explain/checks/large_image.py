"""Pictures that weigh more than what is shown of them needs."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from inspector.explain.case import Case, body_of
from inspector.explain.checks.model import Check, Cure, Found, Severity, seen
from inspector.explain.prose import Prose, say
from inspector.explain.references import mdn
from inspector.explain.words import size

HEAVY = 300 * 1024
VERY = 1024 * 1024
WIDE = 2_560


def _look(case: Case) -> Iterator[Found]:
    exchange = case.exchange
    kind = case.response.first("content-type").partition(";")[0].strip().lower()
    if not kind.startswith("image/") or exchange.status not in (200, 206) or case.answered_here:
        return
    body = body_of(exchange, "response")
    width, height = dimensions(body.inline)
    if body.size < HEAVY and not (width > WIDE and body.size > HEAVY // 3):
        return
    evidence = seen(case, case.response.place(), say("{size}", size=size(body.size)))
    pixels = say(", {width} by {height} pixels,", width=str(width), height=str(height)) if width else Prose()
    old = (
        say("As WebP or AVIF it would be a good deal smaller.")
        if kind in ("image/png", "image/jpeg", "image/gif", "image/bmp")
        else Prose()
    )
    severity: Severity = "warning" if body.size > VERY else "advice"
    yield Found(
        severity,
        case.path,
        say(
            "The picture `{path}`{pixels} weighs {size}.", path=case.path, pixels=pixels, size=size(body.size)
        )
        + old,
        evidence,
    )


def dimensions(data: bytes) -> tuple[int, int]:
    """Width and height out of the first bytes of a PNG, GIF or WebP; zeros where they can't be read."""
    try:
        if data.startswith(b"\x89PNG\r\n\x1a\n"):
            width, height = struct.unpack(">II", data[16:24])
        elif data[:4] == b"GIF8":
            width, height = struct.unpack("<HH", data[6:10])
        elif data[:4] == b"RIFF" and data[8:16] == b"WEBPVP8X":
            width = 1 + int.from_bytes(data[24:27], "little")
            height = 1 + int.from_bytes(data[27:30], "little")
        else:
            return 0, 0
    except struct.error:
        return 0, 0
    return int(width), int(height)


CHECK = Check(
    "large-image", "performance", "A heavy picture",
    say("On a telephone over a mobile network the user looks at an empty frame for seconds, and pays for it. Most pages show pictures far smaller than they send them."),
    Cure(
        say("Send pictures in the size in which they are shown, in a modern format, and the lower ones later."),
        """<img src="{{ url_for('static', filename='mug-800.webp') }}" width="800" height="600" loading="lazy" alt="A mug">
""",
        "html+jinja",
    ),
    (mdn("Web/HTML/Guides/Responsive_images", "Responsive images"),),
    _look,
)  # fmt: skip
